"""One value of one argument against the contract: what it names, whether that is inside, and what to say if not."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from koor_provision.models.text import shown
from koor_provision.rolelint import commands
from koor_provision.rolelint.contract import HEADINGS, Contract, canonical
from koor_provision.rolelint.modules import Kind
from koor_provision.rolelint.role import RoleFiles
from koor_provision.rolelint.values import MISSING, OMIT, Hole, Text, Value, has_holes, names_in
from koor_provision.rolelint.variables import own_file

Report = Callable[[str, str, str], None]
"""Takes a rule's id, what is wrong, and what to do about it."""
_SETUID = re.compile(r"0?[2-7][0-7]{3}")
_NO_SHELLS = {"/usr/sbin/nologin", "/sbin/nologin", "/bin/false", "/usr/bin/false"}
_LISTED = {"package": ","}
"""Kinds that may be given as several names in one text."""


@dataclass
class Judge:
    """The contract on one system, and what was found inside it."""

    contract: Contract
    role: RoleFiles
    used: set[tuple[str, str]] = field(default_factory=set)

    def value(self, kind: Kind, value: Value, report: Report, *, bounded: bool = False, path: str = "") -> None:
        """Judge one possible value.

        Args:
            bounded: the module itself refuses what leaves the contract's trees.
            path: the file that it is about, for access rights.
        """
        if value is None or value is MISSING or value is OMIT or kind.name in {"any", "within"}:
            return
        if kind.name == "refused":
            report("module", *_reason(kind.pattern))
        elif kind.name == "command":
            self._command(value, report)
        elif kind.name == "source":
            self._source(value, report)
        elif kind.name == "mode":
            self._mode(value, path, report)
        elif kind.name == "shell":
            if value not in _NO_SHELLS:
                report("scope", "an account gets a way to log in that nobody ordered", "write /usr/sbin/nologin")
        elif isinstance(value, list):
            for item in value:
                self.value(kind, item, report, bounded=bounded, path=path)
        else:
            self._name(kind, value, report, bounded=bounded)

    def _name(self, kind: Kind, value: Value, report: Report, *, bounded: bool) -> None:
        if self.contract.is_given(HEADINGS_FOR_GIVEN.get(kind.name, kind.name), value):
            return
        if isinstance(value, Hole | Text):
            if not kind.pattern and isinstance(value, Text) and self.contract.begins_inside(kind.name, value):
                self.used.add((kind.name, str(value.parts[0])))
            elif not (bounded and kind.name in HEADINGS_FOR_GIVEN):
                report("unresolved", _unknown(kind.name, value), _how_to_resolve(kind.name))
            return
        if isinstance(value, dict):
            report(
                "unresolved", f"a mapping stands where the name of a {_noun(kind.name)} is expected", "write the name"
            )
            return
        text = kind.pattern.replace("{}", str(value)) if kind.pattern else str(value)
        for one in text.split(_LISTED[kind.name]) if kind.name in _LISTED else [text]:
            self._known(kind.name, canonical(kind.name, one), report)

    def _known(self, kind: str, name: str, report: Report) -> None:
        if self.contract.has(kind, name):
            self.used.add((kind, name))
            return
        heading = HEADINGS[kind]
        where = f" on {self.contract.system}" if heading in {"packages", "services"} else ""
        report(
            "scope",
            f"the {_noun(kind)} '{shown(name)}' is not in the contract{where}",
            f"leave it out, or have it approved and add it to `{heading}` in meta/scope.yml",
        )

    def _mode(self, value: Value, path: str, report: Report) -> None:
        if has_holes(value):
            report("unresolved", _unknown("mode", value), 'write the mode out, as "0644"')
        elif _SETUID.fullmatch(str(value)) or "s" in str(value).replace("preserve", ""):
            self._known("setting", f"setuid {path}", report)

    def _command(self, value: Value, report: Report) -> None:
        words = value.split() if isinstance(value, str) else value
        if not has_holes(words) and (
            not words or (isinstance(words, list) and commands.is_known([str(w) for w in words]))
        ):
            return
        if has_holes(words):
            report(
                "command", f"a command holds a value that the role does not fix ({_names(value)})",
                "use a module that takes the value as an argument",
            )  # fmt: skip
            return
        said = " ".join(str(word) for word in words) if isinstance(words, list) else str(words)
        report(
            "command", f"nobody has judged what the command '{shown(said[:120])}' changes",
            "use a module that says what it touches; if it only looks, add it to rolelint/commands.yml",
        )  # fmt: skip

    def _source(self, value: Value, report: Report) -> None:
        plugins = ("template", "file")
        if not any(own_file(self.role, plugin, value) for plugin in plugins):
            said = shown(value) if isinstance(value, str) else _names(value)
            report(
                "lookup", f"'{said}' is no file of this role", "lay it into files/ or templates/ and name it plainly"
            )


HEADINGS_FOR_GIVEN = {"path": "path", "tree": "path", "folder": "path"}


def _noun(kind: str) -> str:
    return {"tree": "tree", "folder": "folder", "owner": "account", "setting": "setting"}.get(kind, kind)


def _names(value: Value) -> str:
    return ", ".join(sorted(names_in(value))) or "an expression that the lint does not follow"


def _unknown(kind: str, value: Value) -> str:
    head = ""
    if isinstance(value, Text) and isinstance(value.parts[0], str):
        head = f" that begins with '{shown(value.parts[0])}'"
    return f"cannot be judged: the {_noun(kind)}{head} depends on {_names(value)}"


def _how_to_resolve(kind: str) -> str:
    if kind in HEADINGS_FOR_GIVEN:
        return (
            "write it out, give the variable `choices` in meta/argument_specs.yml, begin it inside a tree of the"
            " contract and pass the rest through regex_replace('[^A-Za-z0-9_-]', ''), or give the module `within`"
        )
    return "write it out, read it from meta/scope.yml, or give the variable `choices` in meta/argument_specs.yml"


def _reason(pattern: str) -> tuple[str, str]:
    what, _, remedy = pattern.partition("; ")
    return what, remedy
