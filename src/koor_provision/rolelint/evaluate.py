"""Jinja expressions over what the files of a role tell: the values that one may come to, without running anything."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import chain

import jinja2
from jinja2 import nodes

from koor_provision.rolelint.nodes import HANDLERS
from koor_provision.rolelint.values import Hole, Value, Values, combine, hole, names_in, text_of
from koor_provision.rolelint.yaml_lines import Node

_PARSER = jinja2.Environment(autoescape=False)  # noqa: S701  # only parsed, nothing is ever rendered
_PRINTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_MARKS = ("{{", "{%", "{#")
Lookup = Callable[[str, tuple[Value, ...], dict[str, Value]], tuple[list[Value], ...]]


class NotATemplateError(Exception):
    """A text that Jinja cannot read."""


def is_template(text: object) -> bool:
    """Whether Ansible would take it for a template."""
    return isinstance(text, str) and any(mark in text for mark in _MARKS)


@lru_cache(4096)  # a role's variables are asked for once for each system; nobody changes a tree
def parsed(text: str) -> nodes.Template:
    """The tree of a template.

    Raises:
        NotATemplateError: it is malformed.
    """
    try:
        return _PARSER.parse(text)
    except (jinja2.TemplateSyntaxError, RecursionError, ValueError, OverflowError, MemoryError) as error:
        raise NotATemplateError(str(error)) from error


class Evaluator:
    """Variables by name, worked out when they are asked for.

    Args:
        variables: nodes of the role's files, or possible values.
        lookup: the lists that a lookup may return, by its plugin's name, terms and options.
    """

    def __init__(self, variables: Mapping[str, Node | Values], lookup: Lookup) -> None:
        self._variables = dict(variables)
        self.lookup = lookup
        self._found: dict[str, Values] = {}
        self._asked: set[str] = set()

    def within(self, variables: Mapping[str, Node | Values]) -> "Evaluator":
        """The same with further variables, as a block, a task or a loop brings them."""
        return Evaluator({**self._variables, **variables}, self.lookup) if variables else self

    def name(self, name: str) -> Values:
        """The possible values of a variable; one that no file sets, or that stands for itself, is a hole."""
        if name in self._found:
            return self._found[name]
        known = self._variables.get(name)
        if known is None or name in self._asked:
            return (Hole(frozenset({name})),)
        if isinstance(known, tuple):
            return known
        self._asked.add(name)
        try:
            self._found[name] = self.node(known)
        except NotATemplateError:
            self._found[name] = (Hole(frozenset({name})),)
        finally:
            self._asked.discard(name)
        return self._found[name]

    def node(self, node: Node) -> Values:
        """The possible values of what stands in a file."""
        if isinstance(node.value, dict):
            keys = list(node.value)
            return combine(
                [self.node(item) for item in node.value.values()],
                lambda *items: dict(zip(keys, items, strict=True)),
            )
        if isinstance(node.value, list):
            return combine([self.node(item) for item in node.value], lambda *items: list(items))
        return self.text(node.value) if isinstance(node.value, str) else (node.value,)

    def text(self, text: str) -> Values:
        """The possible values of a text, which is a template or stands for itself.

        Raises:
            NotATemplateError: it is a malformed template.
        """
        if not is_template(text):
            return (text,)
        # In texts of playbooks Ansible takes a backslash for itself, where Jinja would begin an escape sequence.
        body = parsed(_PRINTED.sub(lambda found: found[0].replace("\\", "\\\\"), text)).body
        if all(isinstance(one, nodes.Output) for one in body):
            parts = [part for one in body if isinstance(one, nodes.Output) for part in one.nodes]
            if len(parts) == 1 and not isinstance(parts[0], nodes.TemplateData):
                return self.expression(parts[0])
            return combine([self.expression(part) for part in parts], lambda *values: text_of(values))
        used = chain.from_iterable(one.find_all(nodes.Name) for one in body)
        return (Hole(frozenset(one.name for one in used)),)

    def expression(self, node: nodes.Node) -> Values:
        """The possible values of a part of an expression."""
        try:
            handle = HANDLERS.get(type(node))
            return handle(self, node) if handle else self.unknown(node)
        except RecursionError:
            return (hole(),)

    def unknown(self, node: nodes.Node) -> Values:
        """A hole that names what an expression depends on."""
        used = [*node.find_all(nodes.Name), *([node] if isinstance(node, nodes.Name) else [])]
        return (Hole(frozenset(name for one in used for value in self.name(one.name) for name in names_in(value))),)
