"""Whose changes are where the server is the machine that we work on."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from koor_provision.audit import run
from koor_provision.audit.watch import Watch
from koor_provision.models.audit import Audit, Change, ChangeKind, Owner
from koor_provision.models.plan import Plan

KEPT = (Path("/root/.local/state/koor-provision"),)


def whose(monkeypatch: pytest.MonkeyPatch, change: Change, kept: tuple[Path, ...]) -> Owner:
    watch = SimpleNamespace(after=lambda: (None, 0.5), before=lambda: SimpleNamespace(troubles=[]))
    monkeypatch.setattr(run, "audit", lambda *_: Audit((change,)))
    monkeypatch.setattr(run, "expected", lambda *_: None)
    found = run.audited(cast("Watch", watch), cast("Plan", None), {}, kept)
    return found.changes[0].owner


@pytest.mark.parametrize("name", ["", "/ledger.jsonl", "/ledger.head", "/ledger.key"])
def test_our_own_records_on_the_machine_that_we_work_on(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    change = Change(ChangeKind.FILE, f"{KEPT[0]}{name}", "changed")
    assert whose(monkeypatch, change, KEPT) is Owner.SYSTEM
    assert whose(monkeypatch, change, ()) is Owner.NOBODY


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (ChangeKind.SETUID, f"{KEPT[0]}/ledger.jsonl"),
        (ChangeKind.FILE, f"{KEPT[0]}/program"),
        (ChangeKind.FILE, f"{KEPT[0]}/below/ledger.jsonl"),
        (ChangeKind.FILE, "/root/.local/state/ledger.jsonl"),
    ],
)
def test_nothing_else_beside_them(monkeypatch: pytest.MonkeyPatch, kind: ChangeKind, path: str) -> None:
    assert whose(monkeypatch, Change(kind, path, "added"), KEPT) is Owner.NOBODY
