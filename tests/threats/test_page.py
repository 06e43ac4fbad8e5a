"""docs/threats.md names a test for each threat, and each class of tests here is on that page."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [
    line.split(" | ")
    for line in (ROOT / "docs" / "threats.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "`" in line
]
HERE = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))


def test_each_row_names_tests_that_are_there() -> None:
    assert len(ROWS) > 20
    for threat, _, tests in ROWS:
        names = re.findall(r"`([^`]+)`", tests)
        assert names, threat
        for file in (name for name in names if name.endswith(".py")):
            text = (ROOT / file).read_text(encoding="utf-8")
            assert all(f"def {name}(" in text for name in names if name.startswith("test_")), threat
        assert all(f"class {name}:" in HERE for name in names if name.startswith("Test")), threat


def test_each_class_is_on_the_page() -> None:
    told = {name for row in ROWS for name in re.findall(r"`(Test\w+)`", row[2])}
    assert told == set(re.findall(r"^class (Test\w+):", HERE, re.MULTILINE))
