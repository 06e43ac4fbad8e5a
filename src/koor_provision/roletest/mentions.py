"""Which files a file leads to: by the paths, roles and plugins that its text names."""

import posixpath
import re
from functools import cache
from pathlib import Path

COLLECTION = "src/koor_provision/collections/ansible_collections/koor/provision/"
_PATH = re.compile(r"(?<![\w.])((?:\.\./)*|/)((?:roles|playbooks|molecule|shared|script)/[A-Za-z0-9_./-]*)([\\{]?)")
_ROLE = re.compile(r"^\s*(?:- )?role:\s*([a-z0-9_]+)\s*$", re.MULTILINE)
_INCLUDED = re.compile(r"(?:include|import)_role:\s*\n(?:\s+(?!name:)\w+:.*\n)*\s+name:\s*(.+)")
_PLUGIN = re.compile(r"koor\.provision\.([a-z0-9_]+)")
_LIBRARY = re.compile(r"plugins\.module_utils\.([a-z0-9_]+)")
_QUOTED = re.compile(r"'(\w+)'")
_PLAYBOOK = re.compile(r"import_playbook:\s*(\S+)")
_TEXTS = {".yml", ".yaml", ".j2", ".py", ".json", ""}
_MAX_TEXT = 200_000


class Mentions:
    """Follows what texts name, each file once.

    Attributes:
        paths: what was reached, from the root; a folder ends in a slash.
        roles: the roles among it.
    """

    def __init__(self, root: Path, components: frozenset[str]) -> None:
        """`components` are those for which a role's name is filled in; empty where it could be any."""
        self.paths: set[str] = set()
        self.roles: set[str] = set()
        self._root = root
        self._every = every_role(root)
        self._components = components & self._every

    def path(self, path: str) -> None:
        """Take in a file or a folder, and what it leads to."""
        if path in self.paths:
            return
        self.paths.add(path)
        place = self._root / path
        for file in sorted(place.rglob("*")) if path.endswith("/") else [place]:
            if file.is_file() and file.suffix in _TEXTS and file.stat().st_size < _MAX_TEXT:
                shown = file.relative_to(self._root).as_posix()
                self.text(file.read_text(encoding="utf-8", errors="replace"), posixpath.dirname(shown) + "/")

    def role(self, name: str) -> None:
        """Take in a role: what runs, and not its tests, which only those read who run them."""
        if name in self.roles:
            return
        self.roles.add(name)
        for part in sorted((self._root / "roles" / name).iterdir()):
            if part.name not in {"verify", "README.md"}:
                self.path(f"roles/{name}/{part.name}" + ("/" if part.is_dir() else ""))

    def text(self, text: str, folder: str) -> None:
        """Take in what a text names; it stands in a file of this folder."""
        # Where Python finds a plugin says nothing of the tests beside it; the plugin is one of ALWAYS.
        for _, rest, template in _PATH.findall(re.sub(r".*PYTHONPATH.*", "", text)):
            self._named(posixpath.normpath(rest) + ("/*" if template else ""))
        for name in _PLAYBOOK.findall(text):
            self._named(posixpath.normpath(posixpath.join(folder, name)))
        for name in (*_ROLE.findall(text), *_INCLUDED.findall(text)):
            for one in sorted(self._could_be(name, text)):
                self.role(one)
        self._plugins(text)

    def _plugins(self, text: str) -> None:
        for name in _PLUGIN.findall(text):
            for kind in ("modules", "lookup", "filter"):
                self._file(f"{COLLECTION}plugins/{kind}/{name}.py")
        for name in _LIBRARY.findall(text):
            self._file(f"{COLLECTION}plugins/module_utils/{name}.py")
        if "files/backup" in text or "backup_files" in text:
            self._file(f"{COLLECTION}files/backup/")

    def _could_be(self, name: str, text: str) -> frozenset[str]:
        """The roles that a name can mean; none that is not ours.

        Where a template makes it up: the scenario's components, and what the text adds to them in quotes.
        """
        if "{{" not in name:
            return self._every & {name}
        return self._components | self._every & set(_QUOTED.findall(text)) if self._components else self._every

    def _named(self, path: str) -> None:
        """A path that a text names: relative to the root, or to the folder of scenarios."""
        if path == "roles/*":  # made up by a template, such as roles/\\1/verify
            for one in sorted(self._components or self._every):
                self.role(one)
                self._file(f"roles/{one}/verify")
        elif not self._file(path):
            self._file(f"molecule/{path}")

    def _file(self, path: str) -> bool:
        """Take in a path if there is something; the folders that hold everything name nothing in particular."""
        plain = path.rstrip("/.")
        place = self._root / plain
        if plain in {"roles", "playbooks", "molecule", "molecule/shared", "script"} or not place.exists():
            return False
        if plain.startswith("roles/") and plain.count("/") == 1:
            self.role(plain.removeprefix("roles/"))
        else:
            self.path(plain + ("/" if place.is_dir() else ""))
        return True


@cache
def every_role(root: Path) -> frozenset[str]:
    """The names of all roles."""
    folder = root / "roles"
    return frozenset(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else frozenset()
