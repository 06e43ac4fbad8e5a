"""A role's files, read once and without following links."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from koor_provision.load.documents import to_model
from koor_provision.load.files import Content, read
from koor_provision.load.scopes import SOFTWARE
from koor_provision.models.lint import Fault
from koor_provision.models.scope import Scope
from koor_provision.rolelint.yaml_lines import Node, read_lines

FOLDERS = {"defaults", "files", "handlers", "meta", "tasks", "templates", "vars", "verify"}
_MAX_FILE = 1024 * 1024
_SKIPPED = {"__pycache__"}


@dataclass
class RoleFiles:
    """Everything in a role's folder.

    Attributes:
        shown: how the folder is called in messages, such as `roles/php`.
        files: by their path inside the role.
    """

    name: str
    shown: str
    files: dict[str, bytes]
    faults: list[Fault] = field(default_factory=list)
    _nodes: dict[str, Node] = field(default_factory=dict)

    def node(self, path: str) -> Node:
        """A YAML file's content with lines; one that is not there is empty.

        Raises:
            InputError: it is not YAML as we take it.
        """
        if path not in self._nodes:
            data = self.files.get(path)
            self._nodes[path] = Node(None, 1) if data is None else read_lines(data, f"{self.shown}/{path}")
        return self._nodes[path]

    def yaml_in(self, folder: str) -> list[str]:
        """The YAML files below a folder."""
        return [path for path in self.files if path.startswith(f"{folder}/") and path.endswith((".yml", ".yaml"))]

    def scopes(self) -> list[Scope]:
        """Its contracts.

        Raises:
            InputError: one is malformed, or it has none.
        """
        several = self.yaml_in(str(SOFTWARE))
        return [
            to_model(Content(f"{self.shown}/{path}", self.files.get(path, b"")), Scope)
            for path in several or ["meta/scope.yml"]
        ]

    def lines_of(self, path: str) -> list[str]:
        """The text of a file, line by line."""
        return self.files.get(path, b"").decode("utf-8", errors="replace").split("\n")


def read_role(folder: Path, shown: str) -> RoleFiles:
    """Read a role; links and what would run on our machine become faults."""
    role = RoleFiles(folder.name, shown, {})
    for path in walk(folder, shown, role.faults):
        inside = path.relative_to(folder)
        if len(inside.parts) > 1 and inside.parts[0] not in FOLDERS:
            role.faults.append(foreign(f"{shown}/{inside}", inside.parts[0]))
        elif inside.parts[0] != "verify":
            role.files[str(inside)] = read(path, f"{shown}/{inside}", limit=_MAX_FILE).data
    return role


def foreign(place: str, name: str) -> Fault:
    """What Ansible would pick up by its place."""
    return Fault(
        place, 1, "link", f"'{name}' is no part of a role or a playbook, and Ansible could load code from it here",
        "plugins and modules belong into the collection koor.provision",
    )  # fmt: skip


def walk(folder: Path, shown: str, faults: list[Fault]) -> Iterator[Path]:
    """Every plain file below a folder, sorted; a link or anything else that is no plain file is a fault."""
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        path = Path(entry.path)
        if entry.name in _SKIPPED:
            continue
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            yield from walk(path, f"{shown}/{entry.name}", faults)
        elif stat.S_ISREG(mode):
            yield path
        else:
            what = "a symbolic link" if stat.S_ISLNK(mode) else "no plain file"
            faults.append(
                Fault(
                    f"{shown}/{entry.name}", 1, "link", f"is {what}: what is judged is not what would run",
                    "put a plain file in its place",
                )
            )  # fmt: skip
