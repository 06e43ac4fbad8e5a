"""YAML of roles with the line of each value: strict as our documents, with the types that Ansible gives to scalars."""

from dataclasses import dataclass
from typing import Any

import yaml

from koor_provision.errors import InputError
from koor_provision.load.strict_yaml import parse

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRUE, _FALSE = {"yes", "true", "on"}, {"no", "false", "off"}


@dataclass(frozen=True)
class Node:
    """A value and where it stands: a scalar, a list of nodes, or a mapping of nodes.

    Attributes:
        line: counted from 1; of an entry in a mapping the line of its key, as people look for it.
    """

    value: Any
    line: int

    def items(self) -> dict[str, "Node"]:
        """The entries of a mapping; of anything else none."""
        return self.value if isinstance(self.value, dict) else {}

    def elements(self) -> list["Node"]:
        """The elements of a list; anything else is an only one, nothing is none."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    def plain(self) -> Any:  # noqa: ANN401  # whatever YAML can hold
        """The value without lines."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def read_lines(data: bytes, name: str) -> Node:
    """Parse one document; an empty one is a node with None.

    Raises:
        InputError: with file, line and column of what is not allowed.
    """
    try:
        parse(data, name)  # refuses all that would make what follows mean something else, or never end
    except InputError as error:
        hint = "mend the file" if "sample" in error.hint else error.hint  # roles have another form than documents
        raise InputError(error.message, where=error.where, hint=hint) from error
    tree = yaml.compose(data.decode("utf-8").replace("\r\n", "\n"), _Loader)
    return Node(None, 1) if tree is None else _node(tree, tree.start_mark.line + 1)


def _node(tree: Any, line: int) -> Node:  # noqa: ANN401  # PyYAML's nodes are not typed
    if isinstance(tree, yaml.MappingNode):
        return Node(
            {str(key.value): _node(value, key.start_mark.line + 1) for key, value in tree.value},
            line,
        )
    if isinstance(tree, yaml.SequenceNode):
        return Node([_node(item, item.start_mark.line + 1) for item in tree.value], line)
    return Node(_scalar(tree), line)


def _scalar(tree: Any) -> str | int | bool | None:  # noqa: ANN401
    text = str(tree.value)
    if tree.style:
        return text
    kind = tree.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    # Octal and the like mean other numbers; their text is what people compare.
    return int(text) if kind == "int" and text.isascii() and text.isdecimal() and not text.startswith("0") else text
