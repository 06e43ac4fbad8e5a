# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files that are replaced at once and never written in place, and who may do what with them."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Access:
    """Who may do what with a path: numbers of user and group, and the mode's twelve bits."""

    uid: int
    gid: int
    mode: int

    @classmethod
    def of(cls, path: Path) -> Access:
        """Return what a path has; a link's own, and not that of what it leads to."""
        status = path.lstat()
        return cls(status.st_uid, status.st_gid, status.st_mode & 0o7777)

    def give(self, path: Path) -> None:
        """Give it to a path; the owner first, since a change of owner may clear mode bits."""
        os.chown(path, self.uid, self.gid)
        path.chmod(self.mode)


def is_plain_file(path: Path) -> bool:
    """Tell whether path is a file itself, and not a link to one."""
    return path.is_file() and not path.is_symlink()


def write(path: Path, content: bytes, access: Access) -> None:
    """Replace a file at once; nobody but its writer can read it before it has its access."""
    handle, name = tempfile.mkstemp(prefix=".koor-", dir=path.parent)  # 0600 from its first moment
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        access.give(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
