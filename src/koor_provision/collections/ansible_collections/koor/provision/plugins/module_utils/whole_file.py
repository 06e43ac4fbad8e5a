# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files that are replaced at once, and never seen half written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NamedTuple


class Access(NamedTuple):
    """Whose a file is, and who may do what with it."""

    uid: int = 0
    gid: int = 0
    mode: int = 0o644


def replace(path: Path, content: bytes, access: Access) -> None:
    """Put a file in place at once; nobody could read it before it has its owner and mode."""
    handle, name = tempfile.mkstemp(prefix=".koor-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchown(file.fileno(), access.uid, access.gid)
            os.fchmod(file.fileno(), access.mode)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
