"""What the maintainer scripts of packages do, as far as their commands say it."""

from __future__ import annotations

import glob
import os
import re
import shlex
import stat
from typing import Any

from koor_provision.audit.target.shell import Script

CLOSED = {"/usr/sbin/nologin", "/sbin/nologin", "/bin/false", "/usr/bin/false"}
_GROUP_MAKERS = {"addgroup", "groupadd"}
_MAKERS = {"adduser", "useradd", *_GROUP_MAKERS}
_REMOVERS = {"deluser", "userdel", "delgroup", "groupdel"}
_USERS_LAST = {"useradd", "groupadd", "userdel", "groupdel"}
_GIVERS = ("chown", "chgrp", "dpkg-statoverride", "install")
_HOME, _SHELL = ("--home", "--home-dir", "-d"), ("--shell", "-s")
_GROUP = ("--ingroup", "--gid", "-g")
# Options of these programs that have a value of their own, as far as packages use them.
_VALUED = {
    *_HOME, *_SHELL, *_GROUP, "--gecos", "--comment", "-c", "--uid", "-u", "--conf", "--firstuid", "--lastuid",
    "--firstgid", "--lastgid", "--groups", "-G", "--base-dir", "-b", "--skel", "-k", "--key", "-K",
}  # fmt: skip
_OF_ALTERNATIVES = {"--install", "--slave", "--follower"}


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def scripts(package: str, database: str) -> str:
    """The text of a package's maintainer scripts; of those of several architectures, of all."""
    plain = package.partition(":")[0]
    kinds = ("preinst", "postinst", "postrm")
    places = (f"{database}/info/{plain}{end}.{kind}" for kind in kinds for end in ("", ":*"))
    return "\n".join(_read(path) for place in places for path in glob.glob(place))


def _options(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Options with their values, and the words that are none."""
    given: dict[str, str] = {}
    plain: list[str] = []
    rest = iter(words)
    for word in rest:
        name, sign, value = word.partition("=")
        if name in _VALUED:
            given[name] = value if sign else next(rest, "")
        elif word[:1] == "-":
            given[name] = value
        elif not re.fullmatch(r"\$\{?[A-Za-z_]*quiet\}?|\$\{[^}]*:[-+=].*", word):
            plain.append(word)
    return given, plain


def _given_to(words: list[str]) -> tuple[str, str]:
    """The words for the owner and the group in a command that sets one of them; empty where it does not."""
    program, rest = words[0], words[1:]
    if program == "dpkg-statoverride":
        start = rest.index("--add") + 1 if "--add" in rest else len(rest)
        owner, group = [*rest[start:], "", ""][:2]
        return owner, group
    if program == "install":
        given = {word: rest[number + 1] for number, word in enumerate(rest[:-1])}
        return given.get("-o", ""), given.get("-g", "")
    plain = next((word for word in rest if word[:1] != "-"), "")
    owner, _, group = plain.replace(".", ":").partition(":")
    return (owner, group) if program == "chown" else ("", plain)


def _split(line: str) -> list[str]:
    """Words of a line of sysusers.d, of which quotes may hold several."""
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return []


def _entry_agrees(words: list[str], kind: str, name: str, record: dict[str, Any]) -> bool:
    """Whether a line of sysusers.d makes an account as it is: type, name, number, real name, home, shell."""
    sort, named, _, _, home, shell = [*words, "", "", "", "", ""][:6]
    if named != name or sort.rstrip("!") not in ({"u"} if kind == "user" else {"u", "g"}):
        return False
    if kind == "group" or not record:
        return True
    good_home = record["home"] == (home if home not in {"", "-"} else "/")
    good_shell = record["shell"] == shell if shell not in {"", "-"} else record["shell"] in CLOSED
    return good_home and good_shell and record["main group"] == [name]


class Scripts:
    """What the maintainer scripts of packages say, each read once.

    Args:
        texts: by package.
        users: the sysusers.d files that a package ships, by package.
    """

    def __init__(self, texts: dict[str, str], users: dict[str, list[str]] | None = None) -> None:
        self._users = users or {}
        self._text = dict(sorted(texts.items()))
        self._parsed: dict[str, Script] = {}
        self._offered: list[tuple[Script, list[str]]] | None = None

    def _script(self, package: str) -> Script:
        if package not in self._parsed:
            self._parsed[package] = Script(self._text[package])
        return self._parsed[package]

    def _naming(self, *words: str) -> list[Script]:
        """Scripts in which these words stand somewhere."""
        return [self._script(name) for name, text in self._text.items() if all(word in text for word in words)]

    def path(self, path: str) -> str:
        """The package whose scripts name a path."""
        whole = re.compile(rf"(?<![\w/.-]){re.escape(path)}(?![\w/-]|\.\w)")
        return next((name for name, text in self._text.items() if path in text and whole.search(text)), "")

    def alternative(self, name: str, target: str) -> bool:
        """Whether some script offers a target for an alternative."""
        return any(script.says(f"{name} {target}", *one[1:]) for script, one in self._alternatives())

    def alternative_link(self, link: str, name: str) -> bool:
        """Whether some script has a link lead to an alternative."""
        return any(script.says(f"{link} {name}", *one[:2]) for script, one in self._alternatives())

    def _alternatives(self) -> list[tuple[Script, list[str]]]:
        """Link, name and target of each that `update-alternatives` is told of."""
        if self._offered is None:
            self._offered = []
            for script in self._naming("update-alternatives"):
                for words in script.commands("update-alternatives"):
                    starts = [number for number, word in enumerate(words) if word in _OF_ALTERNATIVES]
                    rows = (words[number + 1 : number + 4] for number in starts)
                    self._offered += [(script, row) for row in rows if len(row) == 3]  # noqa: PLR2004
        return self._offered

    def account(self, kind: str, name: str, record: dict[str, Any]) -> str:
        """The package whose scripts or sysusers.d entry make, or delete, an account of this name, just as it is.

        Args:
            kind: user or group.
            record: what is there now, of a user with its `main group`; empty where it is gone.
        """
        for package, text in self._text.items():
            programs = _MAKERS if record else _MAKERS | _REMOVERS
            for words in self._script(package).commands(*programs) if any(one in text for one in programs) else ():
                if self._is_about(self._script(package), words, kind, name, record):
                    return package
            for line in self._entries(package):
                if _entry_agrees(line, kind, name, record):
                    return package
        return ""

    def _entries(self, package: str) -> list[list[str]]:
        """Lines of a package's own sysusers.d files."""
        files = self._users.get(package, [])
        return [words for path in files for line in _read(path).splitlines() if (words := _split(line))]

    def _is_about(self, script: Script, words: list[str], kind: str, name: str, record: dict[str, Any]) -> bool:
        """Whether a command makes or deletes this account, and would have made it as it is."""
        program, (given, plain) = words[0], _options(words[1:])
        if not plain or not script.says(name, plain[0 if program not in _USERS_LAST else -1]):
            return False
        if program in _REMOVERS:
            return True
        if kind == "group":
            return program in _GROUP_MAKERS or "--group" in given or program == "useradd"
        if program in _GROUP_MAKERS or len(plain) > 1:
            return False
        if not record:
            return True
        home, shell = (next((given[one] for one in names if one in given), None) for names in (_HOME, _SHELL))
        of_group = [given[one] for one in _GROUP if one in given]
        default = {*CLOSED, "/bin/sh"} if program == "useradd" else CLOSED
        good_shell = script.says(record["shell"], shell) if shell else record["shell"] in default
        good_home = script.says(record["home"], home) if home else record["home"] in {f"/home/{name}", "/nonexistent"}
        groups = record["main group"]
        named = all(one in {name, "nogroup"} or any(script.says(one, word) for word in of_group) for one in groups)
        return good_shell and good_home and bool(groups) and named

    def owner(self, path: str, users: set[str], groups: set[str]) -> bool:
        """Whether some script gives a path to this user and this group.

        Args:
            users: the names of its owner; none where it is root.
            groups: the same of its group.
        """
        for script in self._naming():
            for words in script.commands(*_GIVERS):
                owner, group = _given_to(words)
                named = any(script.says(name, owner) for name in users) or not users
                also = any(script.says(name, group) for name in groups) or not groups
                if named and also and any(script.says(path, word.rstrip("/")) for word in words[1:]):
                    return True
        return False

    def mode(self, path: str, mode: int, package: str) -> bool:
        """Whether a package's scripts give a file this very mode."""
        octal = re.compile(rf"(?<!\w)0?{stat.S_IMODE(mode):o}(?!\w)")
        name = re.compile(rf"/{re.escape(os.path.basename(path))}(?![\w.-])")
        lines = self._text.get(package, "").replace("\\\n", " ").splitlines()
        return any(octal.search(line) and name.search(line) for line in lines)
