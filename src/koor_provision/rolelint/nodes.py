"""Jinja's expressions, one function for each kind: from the possible values of the parts to those of the whole."""

from collections.abc import Callable
from typing import Any, Protocol

from jinja2 import nodes

from koor_provision.rolelint import access, filters
from koor_provision.rolelint.values import MISSING, OMIT, Value, Values, combine, distinct, has_holes, hole, text_of

LOOKUPS = {"lookup", "query", "q"}


class Evaluation(Protocol):
    """What the functions ask for."""

    def expression(self, node: nodes.Node) -> Values:
        """The possible values of a part."""

    def name(self, name: str) -> Values:
        """Those of a variable."""

    def unknown(self, node: nodes.Node) -> Values:
        """A hole that names what a part depends on."""

    def lookup(self, plugin: str, terms: tuple[Value, ...], options: dict[str, Value]) -> tuple[list[Value], ...]:
        """The lists that a lookup may return."""


def _name(of: Evaluation, node: nodes.Name) -> Values:
    return (OMIT,) if node.name == "omit" else of.name(node.name)


def _attribute(of: Evaluation, node: nodes.Getattr) -> Values:
    return combine([of.expression(node.node)], lambda value: access.index(value, node.attr))


def _item(of: Evaluation, node: nodes.Getitem) -> Values:
    if isinstance(node.arg, nodes.Slice):
        return of.unknown(node)
    return combine([of.expression(node.node), of.expression(node.arg)], access.index)


def _list(of: Evaluation, node: nodes.List | nodes.Tuple) -> Values:
    return combine([of.expression(item) for item in node.items], lambda *items: list(items))


def _dict(of: Evaluation, node: nodes.Dict) -> Values:
    flat = [part for pair in node.items for part in (of.expression(pair.key), of.expression(pair.value))]

    def make(*items: Value) -> Value:
        if any(not isinstance(key, str | int) for key in items[::2]):
            return hole(*items)
        return dict(zip(items[::2], items[1::2], strict=True))

    return combine(flat, make)


def _concat(of: Evaluation, node: nodes.Concat) -> Values:
    return combine([of.expression(item) for item in node.nodes], lambda *items: text_of(items))


def _add(of: Evaluation, node: nodes.Add) -> Values:
    return combine([of.expression(node.left), of.expression(node.right)], filters.plus)


def _either(of: Evaluation, node: nodes.And | nodes.Or) -> Values:
    return distinct([*of.expression(node.left), *of.expression(node.right)])


def _condition(of: Evaluation, node: nodes.CondExpr) -> Values:
    no = of.expression(node.expr2) if node.expr2 else (MISSING,)
    chosen: list[Value] = []
    for test in of.expression(node.test):
        if has_holes(test) or test is MISSING or test:
            chosen += of.expression(node.expr1)
        if has_holes(test) or test is MISSING or not test:
            chosen += no
    return distinct(chosen)


def _compare(of: Evaluation, node: nodes.Compare) -> Values:
    if len(node.ops) != 1:
        return of.unknown(node)
    operator = node.ops[0].op

    def decide(left: Value, right: Value) -> Value:
        if operator in {"eq", "ne"} and not has_holes(left) and not has_holes(right):
            return (left == right) == (operator == "eq")
        answer = access.holds("in", left, (right,)) if operator in {"in", "notin"} else None
        return hole(left, right) if answer is None else answer == (operator == "in")

    return combine([of.expression(node.expr), of.expression(node.ops[0].expr)], decide)


def _not(of: Evaluation, node: nodes.Not) -> Values:
    return combine([of.expression(node.node)], lambda value: hole(value) if has_holes(value) else not value)


def _arguments(of: Evaluation, node: nodes.Filter | nodes.Call) -> tuple[list[Values], list[str]]:
    """The possible values of positional and then of named arguments, and the names of the latter."""
    given = [of.expression(argument) for argument in node.args]
    given += [of.expression(one.value) for one in node.kwargs]
    return given, [str(getattr(one, "key", "")) for one in node.kwargs]


def _filter(of: Evaluation, node: nodes.Filter) -> Values:
    if node.node is None or node.dyn_args or node.dyn_kwargs:
        return of.unknown(node)
    given, names = _arguments(of, node)

    def make(value: Value, *rest: Value) -> Value:
        positional, named = rest[: len(rest) - len(names)], rest[len(rest) - len(names) :]
        return filters.apply(node.name, value, positional, dict(zip(names, named, strict=True)))

    return combine([of.expression(node.node), *given], make)


def _call(of: Evaluation, node: nodes.Call) -> Values:
    if isinstance(node.node, nodes.Name) and node.node.name in LOOKUPS and node.args:
        return _looked_up(of, node, listed=node.node.name != "lookup")
    if isinstance(node.node, nodes.Getattr) and node.node.attr in {"values", "keys"} and not node.args:
        method = node.node.attr
        return combine(
            [of.expression(node.node.node)],
            lambda value: list(getattr(value, method)()) if isinstance(value, dict) else hole(value),
        )
    return of.unknown(node)


def _looked_up(of: Evaluation, node: nodes.Call, *, listed: bool) -> Values:
    given, names = _arguments(of, node)
    if node.dyn_args is not None:
        given.insert(len(node.args), of.expression(node.dyn_args))

    def make(name: Value, *rest: Value) -> Value:
        positional, named = rest[: len(rest) - len(names)], rest[len(rest) - len(names) :]
        if not isinstance(name, str):
            return hole(name, *rest)
        terms = tuple(
            term for one in positional for term in (one if isinstance(one, list) else [one])
        )  # fmt: skip
        found = of.lookup(name, terms, dict(zip(names, named, strict=True)))
        return found if listed else tuple(one[0] if len(one) == 1 else hole(one) for one in found)

    return combine(given, make)


HANDLERS: dict[type[nodes.Node], Callable[[Evaluation, Any], Values]] = {
    nodes.Const: lambda _, node: (node.value,),
    nodes.TemplateData: lambda _, node: (node.data,),
    nodes.Name: _name,
    nodes.Getattr: _attribute,
    nodes.Getitem: _item,
    nodes.List: _list,
    nodes.Tuple: _list,
    nodes.Dict: _dict,
    nodes.Concat: _concat,
    nodes.Add: _add,
    nodes.And: _either,
    nodes.Or: _either,
    nodes.CondExpr: _condition,
    nodes.Compare: _compare,
    nodes.Not: _not,
    nodes.Filter: _filter,
    nodes.Call: _call,
}
