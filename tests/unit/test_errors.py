import pytest

from koor_provision.errors import Exit, InputError, KoorError, RefusedError, RunError


@pytest.mark.parametrize(("kind", "code"), [(InputError, 2), (RefusedError, 1), (RunError, 3), (KoorError, 70)])
def test_each_error_has_its_exit_code(kind, code):
    assert kind("x").exit_code == code


def test_exit_codes_are_those_of_the_design():
    assert {one.name: one.value for one in Exit} == {
        "DONE": 0, "REFUSED": 1, "BAD_INPUT": 2, "FAILED": 3, "OUT_OF_SCOPE": 4, "BUG": 70,
    }  # fmt: skip


def test_an_error_says_where():
    assert str(InputError("bad", where="a.yml, line 3")) == "a.yml, line 3: bad"
    assert str(InputError("bad")) == "bad"
