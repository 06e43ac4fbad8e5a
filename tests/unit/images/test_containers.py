import pytest

from koor_provision.errors import InputError, RunError
from koor_provision.images.containers import call


def test_what_a_command_prints_is_returned():
    assert call(["cat"], given=b"text", doing="trying") == b"text"


def test_a_failure_says_what_it_was_for_and_its_last_line_but_no_progress():
    with pytest.raises(RunError, match="making the base failed: E: no mirror") as caught:
        call(["sh", "-c", "echo 'E: before' >&2; echo 'E: no mirror' >&2; echo 'I: cleaning up' >&2; exit 1"],
             doing="making the base")  # fmt: skip
    assert "E: before" in caught.value.hint


def test_a_program_that_is_missing_is_named_with_the_package():
    with pytest.raises(InputError, match="no-such-program is not installed"):
        call(["no-such-program"], doing="trying")
