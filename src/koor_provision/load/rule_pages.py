"""The documentation of the policy's rules, a page a rule: `docs/rules/`, which travels with the program."""

import re
from pathlib import Path
from typing import NamedTuple

from koor_provision.load.resources import share

_HEAD = re.compile(r"# (R[0-9]+[ab]?): (.+)\n")


class RulePage(NamedTuple):
    """A page: the rule's id, such as R5 or R4a, what it says in a line, and the whole in Markdown."""

    rule: str
    title: str
    text: str


def rule_pages(folder: Path | None = None) -> tuple[RulePage, ...]:
    """All pages, in the policy's order.

    Raises:
        ValueError: a page does not begin with a rule's id and title.
    """
    pages = []
    for file in sorted((folder or share() / "docs" / "rules").glob("r[0-9][0-9]*.md")):
        text = file.read_text(encoding="utf-8")
        match = _HEAD.match(text)
        if not match:
            raise ValueError(f"{file.name} must begin with: # R1: TITLE")
        pages.append(RulePage(match[1], match[2], text))
    return tuple(pages)
