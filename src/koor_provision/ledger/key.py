"""The key of this machine's ledger: made at first use, for its owner alone."""

import os
import stat
from pathlib import Path

from koor_provision.errors import RunError
from koor_provision.trust.machine_key import MachineKey
from koor_provision.write import write_whole

_OTHERS = 0o077
_MAX_BYTES = 64 * 1024
LOST = "restore it from your backup; if it is lost for good, begin with a new one: koor-provision ledger key --new"


def load_key(path: Path) -> MachineKey | None:
    """The key; None if there is none.

    Raises:
        RunError: it is damaged, or others can read it: whoever has it can write another past.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError(f"cannot be read: {error.strerror}", where=str(path), hint=LOST) from error
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise RunError("is not a plain file", where=str(path), hint=LOST)
        if about.st_mode & _OTHERS:
            raise RunError(
                f"can be used by others (mode {stat.S_IMODE(about.st_mode):04o})",
                where=str(path),
                hint=f"chmod 600 {path}; if somebody had it, begin with a new one: koor-provision ledger key --new",
            )
        try:
            return MachineKey.read(file.read(_MAX_BYTES))
        except ValueError as error:
            raise RunError("is damaged", where=str(path), hint=LOST) from error


def make_key(path: Path) -> MachineKey:
    """A new key in the place of whatever is there.

    Raises:
        InputError: it cannot be written.
    """
    key = MachineKey.make()
    write_whole(path, key.written(), mode=0o600)
    return key
