"""What a look sees of earlier runs in what the server keeps of them."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from koor_provision.preflight import earlier_probe

RUN = "0123456789abcdef"
BEFORE = {
    "order": {"packages": ["php", "nginx", "old"]},
    "packages": {"nginx": ["1", "installed"], "old": ["1", "installed"]},
}
THERE = {"php": "8", "nginx": "1", "old": "2"}
PROBE = SimpleNamespace(installed=lambda names: {name: THERE[name] for name in names})


def runs(base: Path) -> list[dict[str, object]]:
    found = earlier_probe.told(PROBE, {"root": True}, str(base)).get("runs", [])
    return [{name: value for name, value in row.items() if name != "began"} for row in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / RUN
    made.mkdir()
    (made / "before.json").write_text(json.dumps(BEFORE))
    (tmp_path / ".unfinished").mkdir()
    (tmp_path / ("f" * 16)).mkdir()
    return made


def test_what_a_run_brought_is_what_was_not_there_in_that_version(tmp_path: Path, folder: Path) -> None:
    row = {"run": RUN, "ended": False, "settled": False, "brought": ["old", "php"]}
    assert runs(tmp_path) == [row]
    (folder / "after.json").touch()
    assert runs(tmp_path) == [row | {"ended": True}]
    (folder / "goes-on").touch()
    assert runs(tmp_path) == [row]


@pytest.mark.parametrize("mark", ["undone.json", "finished.json"])
def test_a_run_that_was_undone_or_finished_is_settled(tmp_path: Path, folder: Path, mark: str) -> None:
    (folder / mark).touch()
    assert runs(tmp_path) == [{"run": RUN, "ended": False, "settled": True, "brought": []}]


def test_that_a_run_began_is_known_though_its_notes_are_damaged(tmp_path: Path, folder: Path) -> None:
    (folder / "before.json").write_text("{")
    assert runs(tmp_path) == [{"run": RUN, "ended": False, "settled": False, "brought": []}]


def test_nothing_is_looked_at_where_nothing_is_kept_or_we_are_not_root(tmp_path: Path) -> None:
    assert "runs" not in earlier_probe.told(PROBE, {"root": True}, str(tmp_path / "none"))
    assert "runs" not in earlier_probe.told(PROBE, {"root": False}, str(tmp_path))
    assert "runs" not in earlier_probe.told(PROBE, {"root": True, "busy": True}, str(tmp_path))
