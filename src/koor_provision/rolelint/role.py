"""A role's files, read once and without following links."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content, read
from koor_provision.load.scopes import SOFTWARE
from koor_provision.models.lint import Fault
from koor_provision.models.scope import Scope
from koor_provision.rolelint.keywords import BLOCK
from koor_provision.rolelint.yaml_lines import Node, read_lines

FOLDERS = {"defaults", "files", "handlers", "meta", "tasks", "templates", "vars", "verify"}
_MAX_FILE = 1024 * 1024
_SKIPPED = {"__pycache__"}
_NAMES = {
    "defaults": re.compile(r"main\.yml"),
    "handlers": re.compile(r".+\.yml"),
    "meta": re.compile(r"(main|scope|argument_specs|software/[^/]+)\.yml"),
    "tasks": re.compile(r".+\.yml"),
    "vars": re.compile(r"main\.yml"),
}
"""What may lie in a folder from which Ansible loads by name, with several endings and whole folders."""


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
        several = self.yaml_in(str(SOFTWARE)) or ["meta/scope.yml"]
        if several[0] not in self.files:
            raise InputError(
                "missing: the role has no contract", where=f"{self.shown}/{several[0]}",
                hint="write down what it may touch, as the other roles do",
            )  # fmt: skip
        return [to_model(Content(f"{self.shown}/{path}", self.files[path]), Scope) for path in several]

    def tasks(self) -> Iterator[tuple[Node, bool]]:
        """Every task and handler, those of blocks too, and whether its result is kept out of the log."""
        for path in (*self.yaml_in("tasks"), *self.yaml_in("handlers")):
            yield from self.tasks_of(path)

    def tasks_of(self, path: str) -> Iterator[tuple[Node, bool]]:
        """The same of one file."""
        return _tasks_in(self.node(path), hidden=False)

    def lines_of(self, path: str) -> list[str]:
        """The text of a file, line by line."""
        return self.files.get(path, b"").decode("utf-8", errors="replace").split("\n")


def _tasks_in(node: Node, *, hidden: bool) -> Iterator[tuple[Node, bool]]:
    for task in node.elements():
        entries = task.items()
        mark = entries.get("no_log")
        kept = hidden or (mark is not None and mark.value is not False)
        yield task, kept
        for key in BLOCK:
            if key in entries:
                yield from _tasks_in(entries[key], hidden=kept)


def read_role(folder: Path, shown: str) -> RoleFiles:
    """Read a role; links and what would run on our machine become faults."""
    role = RoleFiles(folder.name, shown, {})
    for path in walk(folder, shown, role.faults):
        inside = path.relative_to(folder)
        if len(inside.parts) > 1 and inside.parts[0] not in FOLDERS:
            role.faults.append(foreign(f"{shown}/{inside}", inside.parts[0]))
        elif not _has_a_place(inside):
            role.faults.append(
                Fault(
                    f"{shown}/{inside}", 1, "link", "is a file that Ansible may load and the lint does not read",
                    "variables belong into defaults/main.yml and vars/main.yml, tasks into files that end in .yml",
                )
            )  # fmt: skip
        elif inside.parts[0] != "verify":
            role.files[str(inside)] = read(path, f"{shown}/{inside}", limit=_MAX_FILE).data
    return role


def _has_a_place(inside: Path) -> bool:
    pattern = _NAMES.get(inside.parts[0])
    return pattern is None or pattern.fullmatch(str(Path(*inside.parts[1:]))) is not None


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
