import pytest

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.load.places import line_of
from koor_provision.models.order import Targets

DATA = b"""# a comment
kind: targets
customer: "4711"
hosts:
  - name: web-1
    environment: default-image
  - name: web-2
    environment: cloud
goals: [one, two]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["kind"], 2),
        (["hosts"], 4),
        (["hosts", 1], 7),
        (["hosts", "1", "environment"], 8),
        (["hosts", "web-2", "environment"], 8),
        (["hosts", 1, "variant-of-a-union", "environment"], 8),
        (["hosts", 1, "note"], 7),
        (["hosts", 9], 4),
        (["goals", "two"], 9),
        (["nowhere"], None),
        ([], None),
    ],
)
def test_the_line_of_a_field(path, line):
    assert line_of(DATA, path) == line


def test_lines_are_those_of_an_editor_whatever_ends_them():
    assert line_of(DATA.replace(b"\n", b"\r\n"), ["hosts", 1]) == 7


def test_every_mistake_has_its_line():
    with pytest.raises(InputError) as caught:
        to_model(Content("targets.yml", DATA), Targets)

    assert caught.value.where == "targets.yml"  # the first, a missing field, stands nowhere
    assert "order: is missing" in caught.value.message
    assert "hosts.1.environment (line 8): must be" in caught.value.message
    assert "goals (line 9): no such field" in caught.value.message


def test_a_blank_that_nobody_filled_in_is_called_that():
    with pytest.raises(InputError) as caught:
        to_model(Content("t.yml", DATA.replace(b'"4711"', b"<fill in the customer's number>")), Targets)

    assert caught.value.where == "t.yml, line 3"
    assert "customer: is still to be filled in" in caught.value.message
