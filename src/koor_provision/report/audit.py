"""The scope audit for people, a line for each change, and for programs."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from koor_provision.models.audit import Audit, Change

MOST_LINES = 20
SCHEMA = 1


def audit_data(audit: Audit) -> dict[str, Any]:
    """What audit.json holds; tests/schemas/audit.schema.json says what each field is."""
    return {
        "schema": SCHEMA,
        "verdict": verdict(audit),
        "files": audit.files,
        "seconds": audit.seconds,
        "troubles": list(audit.troubles),
        "left_out": list(audit.left_out),
        "out_of_scope": [asdict(change) for change in audit.out_of_scope],
        "changes": [asdict(change) for change in audit.changes],
    }


def verdict(audit: Audit) -> str:
    """In scope, out of scope, not as planned, or not known."""
    if audit.out_of_scope:
        return "out of scope"
    if audit.not_as_planned:
        return "not as planned"
    return "not known" if audit.troubles else "in scope"


def line(change: Change) -> str:
    """One change."""
    return f"{change.kind} {change.how}: {change.what}" + (f" ({change.detail})" if change.detail else "")


def out_of_scope_lines(audit: Audit) -> Iterator[str]:
    """What nobody answers for, the first lines and how many more there are."""
    found = audit.out_of_scope
    for change in found[:MOST_LINES]:
        yield f"out of scope: {line(change)}"
    if len(found) > MOST_LINES:
        yield f"out of scope: {len(found) - MOST_LINES} more; all are in audit.json"


def not_as_planned_lines(audit: Audit) -> Iterator[str]:
    """What the plan's own package step left half done, the first lines and how many more there are."""
    found = audit.not_as_planned
    for change in found[:MOST_LINES]:
        yield f"not as planned: {line(change)}"
    if len(found) > MOST_LINES:
        yield f"not as planned: {len(found) - MOST_LINES} more; all are in audit.json"
