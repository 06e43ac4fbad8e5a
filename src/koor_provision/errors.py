"""Every error that a user may see: what is wrong, what to do about it, and the exit code.

Exit codes: 0 done, 1 refused by the gate, 2 bad input, 3 the run or its verification failed,
4 out-of-scope change found, 70 our own bug.
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line."""

    DONE = 0
    REFUSED = 1
    BAD_INPUT = 2
    FAILED = 3
    OUT_OF_SCOPE = 4
    BUG = 70


class KoorError(Exception):
    """Base of all expected errors.

    Args:
        message: what is wrong, in one sentence.
        where: the file and the place in it, or the host.
        hint: what to do about it.
    """

    exit_code = Exit.BUG

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class InputError(KoorError):
    """A document, an option or an inventory is missing, unreadable or malformed."""

    exit_code = Exit.BAD_INPUT


class RefusedError(KoorError):
    """The gate says no: something that must be proven is not."""

    exit_code = Exit.REFUSED


class RunError(KoorError):
    """The target could not be reached, or the run or its verification failed."""

    exit_code = Exit.FAILED
