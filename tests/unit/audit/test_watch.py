"""The conversation with the process on the target, and what becomes of a run whose audit goes wrong."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from koor_provision.audit.watch import Watch, watching
from koor_provision.errors import RunError
from koor_provision.models.inventory import HostEntry
from koor_provision.preflight.reach import Reach

STARTED = {"sha256": "a" * 64, "files": 3, "seconds": 0.5, "troubles": [], "runs": {"open": [], "settled": []}}
ANSWER = {
    "sha256": "a" * 64, "intact": True, "files": 3, "seconds": 0.25, "troubles": [], "left_out": [], "packages": {},
    "shipped": {}, "files_changed": [], "accounts": [], "settings": [], "mounts": [], "ports": [], "firewall": [],
}  # fmt: skip
TARGET = """
import json, sys
program = sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))
planned, run = json.loads(sys.stdin.buffer.readline())
for line in sys.argv[1:]:
    print(line, flush=True)
    word = sys.stdin.readline()
"""


class Stub(Reach):
    """A way to a target that answers what a test wants."""

    def command(self, *words: str) -> list[str]:
        del words
        return [sys.executable, "-I", "-c", TARGET, *answers]


answers: list[str] = []


@pytest.fixture
def target(tmp_path: Path):
    def make(*given: dict[str, Any] | str) -> Stub:
        answers[:] = [one if isinstance(one, str) else json.dumps(one) for one in given]
        return Stub("web-1", HostEntry(ansible_connection="local"), tmp_path / "ssh_config", None)

    return make


def audited(watch: Watch, *, peek: bool = False) -> float:
    watch.before()
    if peek:
        watch.peek()
    return watch.after()[1]


def test_both_looks_are_heard(target) -> None:
    with watching(target(STARTED, ANSWER), ["php"]) as watch:
        assert watch.before().files == 3
        assert audited(watch) == 0.75


def test_a_look_ahead_is_answered_first(target) -> None:
    with watching(target(STARTED, {"peeked": True}, ANSWER), []) as watch:
        assert audited(watch, peek=True) == 0.75


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([STARTED, ANSWER | {"intact": False}], "was changed meanwhile"),
        ([STARTED, ANSWER | {"sha256": "b" * 64}], "was changed meanwhile"),
        ([STARTED, ANSWER | {"files": "many"}], "makes no sense"),
        ([STARTED, "[" * 5000], "makes no sense"),
        ([STARTED, {key: value for key, value in ANSWER.items() if key != "ports"}], "makes no sense"),
        ([STARTED], "our look at the host failed"),
        ([], "our look at the host failed"),
        (["nonsense"], "makes no sense"),
    ],
)
def test_an_audit_that_went_wrong_says_so(target, given, expected) -> None:
    with watching(target(*given), []) as watch, pytest.raises(RunError, match=expected):
        audited(watch)


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        (
            {"run": "plan 0123456789abcdef", "since": 0},
            r"another run \(plan 0123456789abcdef, since 1970-01-01 00:00 UTC\)",
        ),
        ({"run": "", "since": 60}, r"another run \(just begun, since 1970-01-01 00:01 UTC\) is at work"),
        ({"run": "x\x1b[2J", "since": 0}, r"another run \(x\\u001b"),
        ({"run": "x" * 101, "since": 0}, "makes no sense"),
        ({"run": "x", "since": 1 << 60}, "makes no sense"),
    ],
)
def test_a_target_where_another_run_is_at_work_is_left_alone(target, holder, expected) -> None:
    with watching(target({"busy": holder}), [], "plan x") as watch, pytest.raises(RunError, match=expected):
        watch.before()


def test_the_process_ends_with_the_block(target) -> None:
    with watching(target(STARTED, ANSWER), []) as watch:
        watch.before()
        process = watch._process
    assert process.returncode is not None


def test_what_is_sent_is_python_for_the_oldest_target() -> None:
    """Modules reach the target as text; each must at least be there, and import nothing that is not sent."""
    from koor_provision.audit import watch as module  # noqa: PLC0415

    sent: list[str] = []
    for name in module._MODULES:
        text = module._source(name)
        imported = [line for line in text.splitlines() if line.startswith("from koor_provision")]
        named = {word.strip(",") for line in imported for word in line.replace(".", " ").split()} & set(module._MODULES)
        assert named <= set(sent), f"{name} imports what is sent later"
        assert "from __future__ import annotations" in text
        sent.append(name)
