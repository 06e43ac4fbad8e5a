import subprocess
import sys
from datetime import UTC, datetime

import pytest

from koor_provision.errors import RefusedError
from koor_provision.memory.anchors import Anchor
from koor_provision.memory.seen import begin, recall, remember
from koor_provision.models.remembered import Remembered, Seen, detached, regress

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
ANCHOR = Anchor(keys=("SHA256:" + "A" * 43,), enrolled=NOW, memory="0123456789abcdef")
WRITER = """
import sys
from tests.unit.memory.test_seen import ANCHOR, NOW, seen
from koor_provision.memory.seen import remember
for number in range(20):
    remember(ANCHOR, {}, {f"{int(sys.argv[1]) * 100 + number:064}": seen(1)}, NOW, 0)
"""


def seen(version: int, digest: str = "a") -> Seen:
    return Seen(version=version, sha256=digest * 64)


@pytest.fixture
def begun():
    begin(ANCHOR, {"staff": seen(1)}, ledger=3)


def test_what_was_remembered_is_recalled(begun):
    remember(ANCHOR, {"staff": seen(2)}, {"b" * 64: seen(5)}, NOW, 7)

    memory = recall(ANCHOR)
    assert memory.documents == {"staff": seen(2)}
    assert memory.agreements == {"b" * 64: seen(5)}
    assert memory.ledger == 7


def test_nothing_new_is_not_written(begun, monkeypatch):
    monkeypatch.setattr("koor_provision.memory.seen.save", lambda *_: pytest.fail("written"))

    remember(ANCHOR, {"staff": seen(1)}, {}, NOW, 3)


def test_another_process_saw_a_newer_one_meanwhile(begun):
    """Between the judgement and the remembering."""
    remember(ANCHOR, {"staff": seen(2)}, {}, NOW, 3)

    with pytest.raises(RefusedError, match="version 1 is older than version 2"):
        remember(ANCHOR, {"staff": seen(1)}, {}, NOW, 3)
    assert recall(ANCHOR).documents == {"staff": seen(2)}


def test_two_processes_at_once_forget_nothing(begun):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in "12"]

    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(recall(ANCHOR).agreements) == 40


@pytest.mark.parametrize(
    ("present", "before", "reason"),
    [
        (seen(1), None, None),
        (seen(1), seen(1), None),
        (seen(2, "b"), seen(1), None),
        (seen(1), seen(2), "version 1 is older than version 2"),
        (seen(1, "b"), seen(1), "two different documents of version 1"),
    ],
)
def test_which_may_take_the_place_of_which(present, before, reason):
    said = regress(present, before)

    assert said is None if reason is None else reason in (said or "")


@pytest.mark.parametrize(
    ("present", "previous", "before", "follows"),
    [
        (seen(1), None, None, True),
        (seen(2), "a" * 64, seen(1), True),
        (seen(2), "b" * 64, seen(1), False),
        (seen(2), None, seen(1), False),
        (seen(3), "b" * 64, seen(1), True),
        (seen(1), None, seen(1), True),
    ],
)
def test_which_follows_which(present, previous, before, follows):
    assert (detached(present, previous, before) is None) is follows


def test_a_customers_mark_says_nothing_without_the_machine():
    one, other = (Remembered(frozenset(), salt=salt).customer_mark("4711") for salt in ("a", "b"))

    assert one != other
    assert "4711" not in one
