"""What earlier runs left."""

from pathlib import Path

from koor_provision.audit.target import leftovers

DEAD, ALIVE, OLD, LAST = ("0" * 16, "1" * 16, "2" * 16, "3" * 16)


def test_runs_are_told_by_what_they_noted(tmp_path: Path) -> None:
    notes = {DEAD: ["before.json"], ALIVE: ["before.json", "after.json"], OLD: ["before.json", "undone.json"], LAST: []}
    for run, names in notes.items():
        (tmp_path / run).mkdir()
        for name in names:
            (tmp_path / run / name).touch()
    assert leftovers.runs(str(tmp_path)) == {"open": [DEAD], "settled": [OLD]}
    (tmp_path / ALIVE / "goes-on").touch()
    assert leftovers.runs(str(tmp_path))["open"] == [DEAD, ALIVE]
