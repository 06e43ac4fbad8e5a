import re

import pytest

from koor_provision.errors import RunError
from koor_provision.images.boot import guest

LOGIN = "    user      koor\n    password  bcdefghjknprstuvxbcd   (asks for a new one)\n"


class Console:
    """Said all of this already."""

    name = "qcow2, uefi"

    def __init__(self, log: str) -> None:
        self.log = log

    def wait_for(self, pattern: str, _: float, since: int = 0) -> re.Match[str]:
        found = re.compile(pattern, re.MULTILINE).search(self.log, since)
        assert found
        return found


def test_a_first_boot_that_failed_is_told_in_its_own_words():
    log = f"The first boot did not finish (accounts).\n    RuntimeError: refused\nRestart the machine\n\n{LOGIN}"
    with pytest.raises(RunError, match=r"The first boot did not finish \(accounts\)\. RuntimeError: refused"):
        guest.log_in(Console(log))  # type: ignore[arg-type]  # what it uses of a console


def test_what_failed_after_the_login_was_shown_is_not_its_matter():
    with pytest.raises(AssertionError):  # nothing answers here, so it goes on to the login
        guest.log_in(Console(f"This server is ready\n{LOGIN}"))  # type: ignore[arg-type]
