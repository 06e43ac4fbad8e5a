"""Jinja expressions over what the files of a role tell: the values that one may come to, without running anything."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import chain

import jinja2
from jinja2 import nodes

from koor_provision.rolelint import filters
from koor_provision.rolelint.values import (
    MISSING,
    OMIT,
    Hole,
    Value,
    Values,
    combine,
    distinct,
    has_holes,
    hole,
    names_in,
    text_of,
)
from koor_provision.rolelint.yaml_lines import Node

_PARSER = jinja2.Environment(autoescape=False)  # noqa: S701  # only parsed, nothing is ever rendered
_PRINTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_MARKS = ("{{", "{%", "{#")
Lookup = Callable[[str, tuple[Value, ...], dict[str, Value]], Value]


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
        lookup: what a lookup returns, by its plugin's name, terms and options.
    """

    def __init__(self, variables: Mapping[str, Node | Values], lookup: Lookup) -> None:
        self._variables = dict(variables)
        self._lookup = lookup
        self._found: dict[str, Values] = {}
        self._asked: set[str] = set()

    def within(self, variables: Mapping[str, Node | Values]) -> "Evaluator":
        """The same with further variables, as a block, a task or a loop brings them."""
        return Evaluator({**self._variables, **variables}, self._lookup) if variables else self

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
            handle = _HANDLERS.get(type(node))
            return handle(self, node) if handle else self._unknown(node)
        except RecursionError:
            return (hole(),)

    def _unknown(self, node: nodes.Node) -> Values:
        used = [*node.find_all(nodes.Name), *([node] if isinstance(node, nodes.Name) else [])]
        return (Hole(frozenset(name for one in used for value in self.name(one.name) for name in names_in(value))),)

    def _name(self, node: nodes.Name) -> Values:
        return (OMIT,) if node.name == "omit" else self.name(node.name)

    def _attribute(self, node: nodes.Getattr) -> Values:
        return combine([self.expression(node.node)], lambda value: filters.index(value, node.attr))

    def _item(self, node: nodes.Getitem) -> Values:
        if isinstance(node.arg, nodes.Slice):
            return self._unknown(node)
        return combine([self.expression(node.node), self.expression(node.arg)], filters.index)

    def _list(self, node: nodes.List | nodes.Tuple) -> Values:
        return combine([self.expression(item) for item in node.items], lambda *items: list(items))

    def _dict(self, node: nodes.Dict) -> Values:
        flat = [part for pair in node.items for part in (self.expression(pair.key), self.expression(pair.value))]

        def make(*items: Value) -> Value:
            if any(not isinstance(key, str | int) for key in items[::2]):
                return hole(*items)
            return dict(zip(items[::2], items[1::2], strict=True))

        return combine(flat, make)

    def _concat(self, node: nodes.Concat) -> Values:
        return combine([self.expression(item) for item in node.nodes], lambda *items: text_of(items))

    def _add(self, node: nodes.Add) -> Values:
        return combine([self.expression(node.left), self.expression(node.right)], filters.plus)

    def _either(self, node: nodes.And | nodes.Or) -> Values:
        return distinct([*self.expression(node.left), *self.expression(node.right)])

    def _condition(self, node: nodes.CondExpr) -> Values:
        no = self.expression(node.expr2) if node.expr2 else (MISSING,)
        chosen: list[Value] = []
        for test in self.expression(node.test):
            if has_holes(test) or test is MISSING or test:
                chosen += self.expression(node.expr1)
            if has_holes(test) or test is MISSING or not test:
                chosen += no
        return distinct(chosen)

    def _compare(self, node: nodes.Compare) -> Values:
        if len(node.ops) != 1:
            return self._unknown(node)
        operator = node.ops[0].op

        def decide(left: Value, right: Value) -> Value:
            if operator in {"eq", "ne"} and not has_holes(left) and not has_holes(right):
                return (left == right) == (operator == "eq")
            answer = filters.holds("in", left, (right,)) if operator in {"in", "notin"} else None
            return hole(left, right) if answer is None else answer == (operator == "in")

        return combine([self.expression(node.expr), self.expression(node.ops[0].expr)], decide)

    def _not(self, node: nodes.Not) -> Values:
        return combine([self.expression(node.node)], lambda value: hole(value) if has_holes(value) else not value)

    def _arguments(self, node: nodes.Filter | nodes.Call) -> tuple[list[Values], list[str]]:
        """The possible values of positional and then of named arguments, and the names of the latter."""
        given = [self.expression(argument) for argument in node.args]
        given += [self.expression(one.value) for one in node.kwargs]
        return given, [one.key for one in node.kwargs]

    def _filter(self, node: nodes.Filter) -> Values:
        if node.node is None or node.dyn_args or node.dyn_kwargs:
            return self._unknown(node)
        given, names = self._arguments(node)

        def make(value: Value, *rest: Value) -> Value:
            positional, named = rest[: len(rest) - len(names)], rest[len(rest) - len(names) :]
            return filters.apply(node.name, value, positional, dict(zip(names, named, strict=True)))

        return combine([self.expression(node.node), *given], make)

    def _call(self, node: nodes.Call) -> Values:
        if isinstance(node.node, nodes.Name) and node.node.name in LOOKUPS and node.args:
            return self._looked_up(node, listed=node.node.name != "lookup")
        if isinstance(node.node, nodes.Getattr) and node.node.attr in {"values", "keys"} and not node.args:
            return combine(
                [self.expression(node.node.node)],
                lambda value: list(getattr(value, node.node.attr)()) if isinstance(value, dict) else hole(value),
            )
        return self._unknown(node)

    def _looked_up(self, node: nodes.Call, *, listed: bool) -> Values:
        given, names = self._arguments(node)
        if node.dyn_args is not None:
            given.insert(len(node.args), self.expression(node.dyn_args))

        def make(name: Value, *rest: Value) -> Value:
            positional, named = rest[: len(rest) - len(names)], rest[len(rest) - len(names) :]
            if not isinstance(name, str):
                return hole(name, *rest)
            terms = tuple(
                term for one in positional for term in (one if isinstance(one, list) else [one])
            )  # fmt: skip
            found = self._lookup(name, terms, dict(zip(names, named, strict=True)))
            if isinstance(found, list) and not listed:
                return found[0] if len(found) == 1 else hole(*found)
            return found

        return combine(given, make)


LOOKUPS = {"lookup", "query", "q"}
_HANDLERS: dict[type[nodes.Node], Callable[..., Values]] = {
    nodes.Const: lambda _, node: (node.value,),
    nodes.TemplateData: lambda _, node: (node.data,),
    nodes.Name: Evaluator._name,
    nodes.Getattr: Evaluator._attribute,
    nodes.Getitem: Evaluator._item,
    nodes.List: Evaluator._list,
    nodes.Tuple: Evaluator._list,
    nodes.Dict: Evaluator._dict,
    nodes.Concat: Evaluator._concat,
    nodes.Add: Evaluator._add,
    nodes.And: Evaluator._either,
    nodes.Or: Evaluator._either,
    nodes.CondExpr: Evaluator._condition,
    nodes.Compare: Evaluator._compare,
    nodes.Not: Evaluator._not,
    nodes.Filter: Evaluator._filter,
    nodes.Call: Evaluator._call,
}
