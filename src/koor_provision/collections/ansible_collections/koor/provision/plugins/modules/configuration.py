#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A component's configuration files, as one tested change."""

from __future__ import annotations

DOCUMENTATION = r"""
module: configuration
short_description: Lay a component's configuration files and test them as a whole
description:
  - A drop-in file can only be tested together with the files it is dropped among. This module lays all files of a
    component, runs the component's own test, and puts everything back as it was if the test fails. Nothing is
    reloaded before, so a running service never meets an untested configuration.
  - Each file is replaced at once, never written in place. Links are not followed, they are replaced.
  - It is not for secrets. Contents come from the controller.
author: koor-provision maintainers
options:
  directories:
    description:
      - Directories that must exist before the files. What is missing is made for root with mode 0755, and what exists
        is left alone.
    type: list
    elements: path
    default: []
  placeholder:
    description: A file for those of O(directories) in which nothing is yet. Never changed again.
    type: dict
    suboptions:
      name:
        description: Name of the file.
        type: str
        required: true
      content:
        description: What the file holds.
        type: str
        required: true
  files:
    description: Files with their whole contents.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Absolute path.
        type: path
        required: true
      content:
        description: What the file holds.
        type: str
        required: true
      owner:
        description: User name.
        type: str
        default: root
      group:
        description: Group name.
        type: str
        default: root
      mode:
        description: Octal mode as a string.
        type: str
        default: "0644"
  disabled:
    description:
      - Files that a service must no longer read. They are renamed to end in C(.disabled), so that nothing is lost.
    type: list
    elements: path
    default: []
  unlinked:
    description:
      - Symbolic links that must go, for services that read every name in a directory. What they lead to stays. A plain
        file of that name is left alone, since nothing else would keep what is in it.
    type: list
    elements: path
    default: []
  within:
    description:
      - Paths of the role's contract; a trailing slash stands for the whole tree. Where a path of this task lies in none
        of them the module fails and nothing is changed. For paths that an order may choose. None means no limit.
    type: list
    elements: str
    default: []
  test:
    description: Command (a list, no shell) that must succeed on the new configuration. Run only after a change.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Says what would change. The test is not run, since the files are not there.
    support: full
  diff_mode:
    description: Shows the files that change.
    support: full
"""

EXAMPLES = r"""
- name: Configure the database server
  koor.provision.configuration:
    files:
      - path: /etc/mysql/mariadb.conf.d/90-koor.cnf
        content: "{{ lookup('ansible.builtin.template', 'koor.cnf.j2') }}"
    test: [mariadbd, --user=mysql, --help, --verbose]
"""

RETURN = r"""
paths:
  description: Directories and files that were (or in check mode would be) made, changed, renamed or removed.
  returned: always
  type: list
  elements: str
  sample: [/etc/mysql/mariadb.conf.d/90-koor.cnf]
"""

import contextlib
import grp
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.trees import outside
from ansible_collections.koor.provision.plugins.module_utils.whole_file import Access, is_plain_file, write

SUFFIX = ".disabled"
ROOT_DIRECTORY = Access(0, 0, 0o755)
ROOT_FILE = {"owner": "root", "group": "root", "mode": "0644"}


def wanted_access(entry: dict[str, Any]) -> Access:
    """Return what an entry of the task asks for; a name that does not exist (yet) is a KeyError."""
    return Access(pwd.getpwnam(entry["owner"]).pw_uid, grp.getgrnam(entry["group"]).gr_gid, int(entry["mode"], 8))


class Change:
    """What was done so far, and how to take it back."""

    def __init__(self, *, pretend: bool) -> None:
        self.pretend = pretend
        self.paths: list[str] = []
        self.diff: list[dict[str, str]] = []
        self._undo: list[Callable[[], object]] = []

    def directory(self, path: Path, placeholder: dict[str, str] | None) -> None:
        """Make a directory and what is missing above it, and lay the placeholder if nothing is in it."""
        if not path.is_dir():
            for missing in reversed([folder for folder in (path, *path.parents) if not folder.exists()]):
                self._note(missing, "", "directory\n")
                if not self.pretend:
                    missing.mkdir()
                    self._undo.append(missing.rmdir)
                    ROOT_DIRECTORY.give(missing)
        if placeholder and not (path.is_dir() and any(path.iterdir())):
            self.file({**ROOT_FILE, "path": path / placeholder["name"], "content": placeholder["content"]})

    def file(self, entry: dict[str, Any]) -> None:
        """Lay a file, or correct it."""
        path, content = Path(entry["path"]), entry["content"].encode()
        exists = os.path.lexists(path)
        old = path.read_bytes() if is_plain_file(path) else b""
        if self.pretend and (not exists or old != content):
            self._note(path, old.decode(errors="replace"), entry["content"])
            return
        access = wanted_access(entry)
        if not is_plain_file(path) or old != content:
            self._note(path, old.decode(errors="replace"), entry["content"])
            self._keep(path)
            write(path, content, access)
        elif (had := Access.of(path)) != access:
            self._note(path, f"{had}\n", f"{access}\n")
            if not self.pretend:
                self._undo.append(lambda: had.give(path))
                access.give(path)

    def disable(self, path: Path) -> None:
        """Rename a file so that its service does not read it any more."""
        if not os.path.lexists(path):
            return
        self._note(path, f"{path}\n", f"{path}{SUFFIX}\n")
        if self.pretend:
            return
        aside = path.with_name(path.name + SUFFIX)
        self._keep(aside)
        path.rename(aside)
        self._undo.append(lambda: aside.rename(path))

    def unlink(self, path: Path) -> None:
        """Remove a link, and only a link."""
        if not path.is_symlink():
            return
        self._note(path, f"link to {path.readlink()}\n", "")
        if not self.pretend:
            self._keep(path)
            path.unlink()

    def take_back(self) -> None:
        """Undo everything, last things first; one thing that cannot be undone does not keep the others."""
        for step in reversed(self._undo):
            with contextlib.suppress(OSError):
                step()

    def _note(self, path: Path, before: str, after: str) -> None:
        self.paths.append(str(path))
        self.diff.append({"before_header": str(path), "after_header": str(path), "before": before, "after": after})

    def _keep(self, path: Path) -> None:
        """Remember how to bring back what is at path now."""
        if path.is_symlink():
            target = path.readlink()
            self._undo.append(lambda: path.symlink_to(target))
            self._undo.append(lambda: path.unlink(missing_ok=True))  # undone in reverse: first away, then the link
        elif path.exists():
            content, access = path.read_bytes(), Access.of(path)
            self._undo.append(lambda: write(path, content, access))
        else:
            self._undo.append(lambda: path.unlink(missing_ok=True))


def paths_of(parameters: dict[str, Any]) -> list[str]:
    """Return every path that the task names."""
    listed = (*parameters["directories"], *parameters["disabled"], *parameters["unlinked"])
    return [*listed, *(entry["path"] for entry in parameters["files"])]


def apply(change: Change, parameters: dict[str, Any]) -> None:
    """Do what the task asks for, in the order that works."""
    for path in parameters["directories"]:
        change.directory(Path(path), parameters["placeholder"])
    for entry in parameters["files"]:
        change.file(entry)
    for path in parameters["disabled"]:
        change.disable(Path(path))
    for path in parameters["unlinked"]:
        change.unlink(Path(path))


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "directories": {"type": "list", "elements": "path", "default": []},
            "placeholder": {"type": "dict", "options": {"name": {"required": True}, "content": {"required": True}}},
            "files": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "path": {"type": "path", "required": True},
                    "content": {"required": True},
                    "owner": {"default": "root"},
                    "group": {"default": "root"},
                    "mode": {"default": "0644"},
                },
            },
            "disabled": {"type": "list", "elements": "path", "default": []},
            "unlinked": {"type": "list", "elements": "path", "default": []},
            "within": {"type": "list", "elements": "str", "default": []},
            "test": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    if strays := outside(paths_of(module.params), module.params["within"]):
        module.fail_json(msg=f"nothing was changed: not in the role's contract: {', '.join(strays)}")
    change = Change(pretend=module.check_mode)
    try:
        apply(change, module.params)
    except (OSError, KeyError, ValueError) as problem:
        change.take_back()
        module.fail_json(msg=f"nothing was changed: {problem}")
    except BaseException:
        change.take_back()
        raise
    if change.paths and module.params["test"] and not module.check_mode:
        rc, out, err = module.run_command(module.params["test"])
        if rc != 0:
            change.take_back()
            module.fail_json(
                msg=f"the new configuration failed its test and was taken back: {(err or out).strip()[-2000:]}",
                rc=rc, paths=change.paths,
            )  # fmt: skip
    module.exit_json(changed=bool(change.paths), paths=change.paths, diff=change.diff)


if __name__ == "__main__":
    main()
