"""What was judged is what runs: playbooks, roles and modules are copied to a private place and digested there."""

import hashlib
import shutil
from pathlib import Path

from koor_provision.errors import RunError

PARTS = ("playbooks", "roles", "collections")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "README.md")


def copy_content(share: Path, collections: Path, project: Path) -> None:
    """Copy what Ansible is given.

    Raises:
        RunError: there is a link among it, which could lead outside.
    """
    for name, source in (("playbooks", share / "playbooks"), ("roles", share / "roles"), ("collections", collections)):
        for path in source.rglob("*"):
            if path.is_symlink():
                raise RunError(
                    "is a symbolic link",
                    where=str(path),
                    hint="reinstall koor-provision; what is handed to Ansible holds no links",
                )
        shutil.copytree(source, project / name, ignore=_LEFT_OUT, copy_function=shutil.copyfile)


def digest(project: Path) -> str:
    """SHA-256 over names and digests of all files, in order of their names."""
    total = hashlib.sha256()
    for part in PARTS:
        for path in sorted((project / part).rglob("*")):
            if path.is_symlink():
                raise RunError(
                    "became a symbolic link",
                    where=str(path.relative_to(project)),
                    hint="do not trust this machine; run again from another one",
                )
            if path.is_file() and path.suffix != ".pyc":
                total.update(f"{path.relative_to(project)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
