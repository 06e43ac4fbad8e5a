"""What the maintainer scripts of packages do, as far as their commands say it."""

from __future__ import annotations

import glob
import os
import re
import stat

from koor_provision.audit.target.shell import Script

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


class Scripts:
    """What the maintainer scripts of packages say, each read once.

    Args:
        texts: by package.
    """

    def __init__(self, texts: dict[str, str]) -> None:
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

    def account(self, name: str) -> str:
        """The package whose scripts or sysusers.d entry make an account of this name."""
        word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
        for package, text in self._text.items():
            entries = [_read(path) for path in glob.glob(f"/usr/lib/sysusers.d/{package.partition(':')[0]}*.conf")]
            if any(word.search(one) for one in (text, *entries)):
                return package
        return ""

    def mode(self, path: str, mode: int, package: str) -> bool:
        """Whether a package's scripts give a file this very mode."""
        octal = re.compile(rf"(?<!\w)0?{stat.S_IMODE(mode):o}(?!\w)")
        name = re.compile(rf"/{re.escape(os.path.basename(path))}(?![\w.-])")
        lines = self._text.get(package, "").replace("\\\n", " ").splitlines()
        return any(octal.search(line) and name.search(line) for line in lines)
