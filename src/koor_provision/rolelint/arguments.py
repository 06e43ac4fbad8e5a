"""The arguments of a task, each as the table of modules says what it names."""

from collections.abc import Callable
from typing import Any

from koor_provision.rolelint.evaluate import Evaluator, NotATemplateError
from koor_provision.rolelint.judge import Judge
from koor_provision.rolelint.lines import Lines
from koor_provision.rolelint.modules import Kind, Module
from koor_provision.rolelint.values import MISSING, Hole, Text, Value, Values
from koor_provision.rolelint.yaml_lines import Node

Fail = Callable[[int, str, str, str], None]
"""Takes a line, a rule's id, what is wrong, and what to do about it."""


class Arguments:
    """Judges the arguments of one task with one module."""

    def __init__(self, judge: Judge, names: Evaluator, fail: Fail, title: str) -> None:
        self._judge = judge
        self._names = names
        self._fail = fail
        self._title = title

    def task(self, module: Module, given: Node) -> None:
        """Judge everything that the module is given, and what it touches without being told."""
        arguments = given.items()
        bounded = self._bounds(module, arguments)
        self._mapping(module, given, bounded=bounded)
        for name, value in module.defaults.items():
            if name not in arguments:
                self._form(module.arguments[name], Node(value, given.line), bounded=False, path="")
        for kind, value in module.always:
            self._each(kind, (value,), given.line, bounded=False, path="")

    def _bounds(self, module: Module, arguments: dict[str, Node]) -> bool:
        """Whether the module was told to stay in trees that are all in the contract."""
        node = arguments.get("within")
        if node is None or "within" not in module.arguments:
            return False
        for value in self._values(node):
            entries = value if isinstance(value, list) else [value]
            paths = self._judge.contract.paths
            if not entries or not all(
                isinstance(entry, str)
                and (entry in paths or self._judge.contract.has("path", entry))
                and "*" not in entry
                for entry in entries
            ):
                self._fail(
                    node.line, "unresolved", f"{self._title}: cannot be judged: `within` is not out of the contract",
                    "give it `paths` of meta/scope.yml, or some of them",
                )  # fmt: skip
                return False
            self._judge.used |= {("tree", str(entry)) for entry in entries}
        return True

    def _mapping(self, module: Module, given: Node, *, bounded: bool) -> None:
        if not isinstance(given.value, dict):
            if given.value is not None:
                self._fail(
                    given.line, "unresolved", f"{self._title}: cannot be judged: the arguments are not written out",
                    "write them as a mapping",
                )  # fmt: skip
            return
        path = self._path_of(given)
        for name, node in given.value.items():
            if name in module.arguments:
                self._form(module.arguments[name], node, bounded=bounded, path=path)
            elif not module.takes(name):
                self._fail(
                    node.line, "module", f"{self._title}: nobody has judged what the argument '{name}' touches",
                    "leave it out, or add it to rolelint/modules.yml after reading the module",
                )  # fmt: skip

    def _path_of(self, given: Node) -> str:
        for name in ("path", "dest", "name"):
            node = given.items().get(name)
            if node is not None:
                values = self._values(node)
                return values[0] if len(values) == 1 and isinstance(values[0], str) else "of an unknown file"
        return ""

    def _form(self, form: Any, node: Node, *, bounded: bool, path: str) -> None:  # noqa: ANN401  # see modules.form
        if isinstance(form, tuple):
            for kind in form:
                if kind.name == "text":
                    self._text(node)
                elif isinstance(node.value, list) and kind.name != "command":  # each element with its own line
                    for item in node.value:
                        self._each(kind, self._values(item), item.line, bounded=bounded, path=path)
                else:
                    self._each(kind, self._values(node), node.line, bounded=bounded, path=path)
            return
        module = form[0] if isinstance(form, list) else form
        if isinstance(node.value, str):
            for value in self._values(node):
                self._built(module, value, node.line, bounded=bounded)
            return
        for item in node.elements():
            if isinstance(item.value, str):
                self._form(form, item, bounded=bounded, path=path)
            else:
                self._mapping(module, item, bounded=bounded)

    def _text(self, node: Node) -> None:
        """A text of a server's configuration: as it stands here, and as variables that are known make it."""
        lines = Lines(self._judge, self._names, self._fail)
        texts = [node.value, *(value for value in self._values(node) if value != node.value)]
        for text in texts:
            if isinstance(text, str):  # several lines begin below the argument's name
                lines.text(text, node.line + ("\n" in text))

    def _built(self, module: Module, value: Value, line: int, *, bounded: bool) -> None:
        """A list of mappings that a template made."""
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Hole | Text):
                if not bounded:
                    self._each(Kind("path", ""), (item,), line, bounded=False, path="")
            elif isinstance(item, dict):
                self._mapping(module, _as_node(item, line), bounded=bounded)

    def _each(self, kind: Kind, values: Values, line: int, *, bounded: bool, path: str) -> None:
        for value in values:
            self._judge.value(
                kind, value, lambda rule, what, remedy: self._fail(line, rule, f"{self._title}: {what}", remedy),
                bounded=bounded, path=path,
            )  # fmt: skip

    def _values(self, node: Node) -> Values:
        try:
            return self._names.node(node)
        except NotATemplateError:
            return (MISSING,)  # said where all templates of a file are looked at


def _as_node(value: Value, line: int) -> Node:
    if isinstance(value, dict):
        return Node({str(key): _as_node(item, line) for key, item in value.items()}, line)
    if isinstance(value, list):
        return Node([_as_node(item, line) for item in value], line)
    return Node(value, line)
