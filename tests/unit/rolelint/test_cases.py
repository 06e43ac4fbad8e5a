"""Tasks that reach outside are refused at their place, and others are not: tests/data/rolelint/cases."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from koor_provision.rolelint.lint import lint_role

DATA = Path(__file__).parents[2] / "data" / "rolelint"
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['case']}")
    for file in sorted((DATA / "cases").glob("*.yml"))
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]


def write(role: Path, case: dict[str, Any]) -> None:
    files = {"tasks/main.yml": case["tasks"], "handlers/main.yml": case.get("handlers", ""), **case.get("files", {})}
    for name, content in files.items():
        (role / name).parent.mkdir(exist_ok=True)
        (role / name).write_text(content, encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_a_case(case, tmp_path):
    role = Path(shutil.copytree(DATA / "shop", tmp_path / "shop"))
    write(role, case)

    found = [fault for fault in lint_role(role, "roles/shop") if not fault.warning]

    told = {f"{fault.file}:{fault.line} {fault.rule} {fault.what}" for fault in found}
    for one in case.get("found", []):
        place, rule, words = one.split(" ", 2)
        start = f"roles/shop/{place if ':' in place else f'tasks/main.yml:{place}'} {rule} "
        hits = [line for line in told if line.startswith(start) and words in line]
        assert hits, f"{one!r} is not among {sorted(told)}"
        told.discard(min(hits))
    assert not told
    assert all(fault.remedy for fault in found)
