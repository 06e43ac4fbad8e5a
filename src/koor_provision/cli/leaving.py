"""What an undo leaves: changes that the run's own audit found outside of the order, and of which nothing was kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from koor_provision.errors import InputError
from koor_provision.load.files import read
from koor_provision.models.plan import Plan
from koor_provision.models.text import shown
from koor_provision.models.undo import Kept

_MOST_BYTES = 64 * 1024 * 1024
_MOST_NAMED = 50
_LONGEST = 200


def left_by(case: Path, former: Plan, kept: Kept) -> tuple[str, ...]:
    """Say of each such change that it stays, as far as the evidence of the run lies in its case.

    Args:
        case: the case folder.
        former: the plan of the run.
        kept: what the server kept of it, and what of that goes or comes back.
    """
    audit = case / "evidence" / former.plan / "audit.json"
    try:
        data: Any = json.loads(read(audit, str(audit), limit=_MOST_BYTES, hint="").data)
        found = [(str(one["kind"]), str(one["what"]), str(one["how"])) for one in data["out_of_scope"]]
    except (InputError, ValueError, KeyError, TypeError, RecursionError):
        return ()  # not needed for an undo, and whether it holds is for `verify` to say
    lines = list(_lines(found, kept))
    more = (
        [f"{len(lines) - _MOST_NAMED} more stay; all are in audit.json of that run"] if len(lines) > _MOST_NAMED else []
    )
    return (*lines[:_MOST_NAMED], *more)


def _lines(found: list[tuple[str, str, str]], kept: Kept) -> Iterator[str]:
    back = {*kept.restored, *kept.users, *kept.groups, *kept.added}
    trees = tuple(path for path in (*kept.deleted, *(one.path for one in kept.made)))
    for kind, what, how in found:
        gone = any(what == tree or (tree.endswith("/") and f"{what}/".startswith(tree)) for tree in trees)
        if not gone and what not in back:
            text = f"stays as it is, since the run's audit found it outside of the order: {kind} {how}: {what}"
            yield shown(text)[:_LONGEST]
