"""What an undo leaves of what the run's own audit found outside of the order."""

import json
from pathlib import Path

import pytest
from tests.world import World

from koor_provision.cli.leaving import left_by
from koor_provision.models.undo import Kept

RUN = "00112233aabbccdd"
KEPT = Kept.model_validate(
    {"run": RUN, "state": "kept", "restored": ["/etc/hosts"], "deleted": ["/etc/shop/"], "users": ["shop"]}
)
FOUND = [
    ("file", "/usr/sbin/evil", "added"), ("file", "/etc/hosts", "changed"), ("file", "/etc/shop/x", "added"),
    ("user", "shop", "added"), ("user", "upgrade", "added"), ("file", "/etc/shopping", "added"),
]  # fmt: skip


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    file = tmp_path / "evidence" / RUN / "audit.json"
    file.parent.mkdir(parents=True)
    file.write_text(
        json.dumps({"out_of_scope": [dict(zip(("kind", "what", "how"), one, strict=True)) for one in FOUND]})
    )
    return file


def test_what_neither_goes_nor_comes_back_is_named(world: World, tmp_path: Path, audit: Path) -> None:
    named = [line.rpartition(": ")[2] for line in left_by(tmp_path, world.proposal().plan, KEPT)]
    assert named == ["/usr/sbin/evil", "upgrade", "/etc/shopping"]


@pytest.mark.parametrize("text", ["", "[" * 100_000, "{}", '{"out_of_scope": [{"what": 1}]}'])
def test_evidence_that_says_nothing_is_in_nobodys_way(world: World, tmp_path: Path, audit: Path, text: str) -> None:
    audit.write_text(text)
    assert left_by(tmp_path, world.proposal().plan, KEPT) == ()
    audit.unlink()
    assert left_by(tmp_path, world.proposal().plan, KEPT) == ()


def test_names_are_shown_with_care_and_not_all_of_very_many(world: World, tmp_path: Path, audit: Path) -> None:
    rows = [{"kind": "file", "what": f"/srv/\x1b[31m{number}" + "x" * 300, "how": "added"} for number in range(60)]
    audit.write_text(json.dumps({"out_of_scope": rows}))
    lines = left_by(tmp_path, world.proposal().plan, KEPT)
    assert lines[-1] == "10 more stay; all are in audit.json of that run"
    assert all(line.isprintable() and len(line) <= 200 for line in lines)
