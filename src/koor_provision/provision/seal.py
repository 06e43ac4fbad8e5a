"""What was judged is what runs: playbooks, roles and modules are copied to a private place and digested there."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

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
    return _digest_of(digests(project))


def digests(project: Path) -> dict[str, str]:
    """The SHA-256 of every file, by its name in the project, in the order that `digest` goes by."""
    found = {}
    for part in PARTS:
        for path in sorted((project / part).rglob("*")):
            if path.is_symlink():
                raise RunError(
                    "became a symbolic link",
                    where=str(path.relative_to(project)),
                    hint="do not trust this machine; run again from another one",
                )
            if path.is_file() and path.suffix != ".pyc":
                with path.open("rb") as file:  # the application's archive is large
                    found[str(path.relative_to(project))] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def content(project: Path) -> dict[str, Any]:
    r"""What ran, for the evidence: the digest of the whole, of each role and other part, and of each file.

    Each digest of several files is the SHA-256 of their lines, `NAME\0SHA256\n`, in the order of the list.
    """
    files = digests(project)
    parts: dict[str, dict[str, str]] = {}
    for name, sha256 in files.items():
        part = "/".join(name.split("/")[:2]) if name.startswith("roles/") else name.split("/")[0]
        parts.setdefault(part, {})[name] = sha256
    return {
        "content_sha256": _digest_of(files),
        "parts": {part: _digest_of(inside) for part, inside in parts.items()},
        "files": files,
    }


def _digest_of(files: dict[str, str]) -> str:
    lines = (f"{name}\0{sha256}\n" for name, sha256 in files.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()
