"""What `software outdated` found: for people, and for programs."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import click

from koor_provision.models.due import Row
from koor_provision.models.text import shown


def text(rows: Sequence[Row], checked: date) -> str:
    """A block for each system, and at the end the commands for what is due."""
    return "\n".join(_lines(rows, checked))


def _lines(rows: Sequence[Row], checked: date) -> Iterator[str]:
    for system in dict.fromkeys(row.system for row in rows):
        yield click.style(str(system), bold=True)
        for row in (one for one in rows if one.system == system):
            word = click.style("due", fg="yellow") if row.due else click.style("ok ", fg="green")
            tested = f"tested {row.tested} on {row.tested_on}" if row.tested else "no test run on record"
            offered = shown(row.offered) if row.offered else "not offered"
            yield f"  {word} {row.component:<14} {offered}" + (f" ({tested})" if row.approved else "")
            for reason in (*row.due, *row.notes):
                yield f"        {reason}"
    due = [row for row in rows if row.due]
    if due:
        yield f"{len(due)} {'validation is' if len(due) == 1 else 'validations are'} due:"
        yield from (f"  {row.command}" for row in due)
    else:
        yield "no validation is due"
    yield f"Ends of support as of {checked}; see docs/how-to/approve-software.md."


def as_json(rows: Sequence[Row], checked: date) -> str:
    """For programs."""
    data: dict[str, Any] = {"lifetimes_checked": checked.isoformat(), "rows": [_tree(row) for row in rows]}
    return json.dumps(data, indent=2)


def _tree(row: Row) -> dict[str, Any]:
    return {
        "component": row.component,
        "system": row.system,
        "offered": row.offered,
        "approved": row.approved,
        "tested": row.tested,
        "tested_on": row.tested_on.isoformat() if row.tested_on else None,
        "ends": row.ends.isoformat() if row.ends else None,
        "due": list(row.due),
        "notes": list(row.notes),
        "command": row.command if row.due else None,
    }
