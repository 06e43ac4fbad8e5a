"""What `undo` understands by a run, and what it believes a server of that run's plan."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.conftest import Answer, Sample
from tests.world import World

from koor_provision.cli.undoing import find_run, former_plan
from koor_provision.errors import InputError, RefusedError
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.files import Content
from koor_provision.load.plan import plan_bytes
from koor_provision.models.facts import Facts
from koor_provision.models.order import Undo
from koor_provision.models.plan import Plan
from koor_provision.trust.keyring import Holder, Keyring
from koor_provision.trust.keys import fingerprint
from koor_provision.trust.signing import sign

RUN, LATER = "00112233aabbccdd", "ffeeddccbbaa9988"


@pytest.fixture
def undo(koor: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """No inventory is there: whoever is not refused before ends with bad input."""
    monkeypatch.chdir(tmp_path)
    return lambda *more: koor("undo", *more, "-i", tmp_path / "none.yml")


@pytest.fixture
def evidence(sample: Sample, world: World) -> Path:
    folder = sample.case / "evidence" / RUN
    folder.mkdir(parents=True)
    (folder / "plan.yml").write_bytes(plan_bytes(world.proposal().plan))
    return folder


def test_a_run_is_called_by_its_evidence(evidence: Path, sample: Sample) -> None:
    assert find_run(str(evidence), None) == (RUN, sample.case)


def test_evidence_may_lie_elsewhere(evidence: Path, sample: Sample, tmp_path: Path) -> None:
    moved = evidence.rename(tmp_path / "moved")
    assert find_run(str(moved), sample.case) == (RUN, sample.case)
    with pytest.raises(InputError, match="does not lie in a case"):
        find_run(str(moved), None)


def test_a_run_is_called_by_its_plan(evidence: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_run(RUN, sample.case) == (RUN, sample.case)
    monkeypatch.chdir(sample.root)
    assert find_run(RUN, None) == (RUN, Path("cases/default-offer"))
    with pytest.raises(InputError, match="which of 3 cases run ffff"):
        find_run("f" * 16, None)
    monkeypatch.chdir(sample.case)
    assert find_run("f" * 16, None).case.resolve() == sample.case


def test_where_no_case_is_one_has_to_be_named(undo: Callable[..., Answer]) -> None:
    answer = undo(RUN)
    assert (answer.code, "--case CASE" in answer.err) == (2, True)


@pytest.mark.parametrize("name", ["no-such-thing", "0123", RUN.upper(), "../" + RUN])
def test_anything_else_is_no_run(undo: Callable[..., Answer], name: str) -> None:
    answer = undo(name)
    assert (answer.code, "no evidence and no identifier of a run" in answer.err) == (
        2,
        True,
    )


def test_a_folder_without_a_plan_is_no_evidence(undo: Callable[..., Answer], sample: Sample) -> None:
    answer = undo(sample.case)
    assert answer.code != 0
    assert "Traceback" not in answer.err


def test_an_order_that_holds_goes_on_to_the_server(undo: Callable[..., Answer], evidence: Path) -> None:
    answer = undo(evidence)
    assert (answer.code, "none.yml: missing" in answer.err) == (2, True)


def test_an_order_that_does_not_hold_stays_here(undo: Callable[..., Answer], evidence: Path, sample: Sample) -> None:
    sample.edit("acceptance.yml", "binding: true", "binding: false", "customer-authorised")
    assert undo(evidence).code == 1


@dataclass
class Server:
    """What a server says that it kept, and those who would know the engineer's key."""

    plan: Plan
    session: Any
    kept: dict[str, Any]

    def former(self) -> Plan | None:
        facts = Facts.model_validate(self.kept["facts"] | {"kept": self.kept["kept"]})
        return former_plan(self.session, facts)


@pytest.fixture
def server(sample: Sample, world: World) -> Server:
    plan = world.proposal().plan
    data = plan_bytes(plan)
    key = sample.key("engineer-senior")
    mark = fingerprint(sample.public_key("engineer-senior"))
    keyring = Keyring({mark: Holder("engineer-senior", frozenset({Plan.namespace()}))})
    session = SimpleNamespace(
        admitted=SimpleNamespace(case=SimpleNamespace(undo=Undo(run=RUN))),
        keyring=keyring,
        way=SimpleNamespace(name="web-1"),
    )
    kept = {
        "run": RUN, "state": "kept", "plan": data.decode(),
        "signatures": sign(data, key, Plan.namespace()).decode(),
    }  # fmt: skip
    return Server(plan, session, {"facts": world.trees["facts"], "kept": kept})


def test_a_plan_that_its_engineer_signed_is_believed(server: Server) -> None:
    assert server.former() == server.plan


def test_nothing_to_undo_has_no_former_plan(server: Server) -> None:
    server.session.admitted.case.undo = None
    assert server.former() is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"state": "none"}, "nothing of run 00112233aabbccdd is kept there"),
        ({"state": "undone"}, "is undone already"),
        ({"later": [LATER]}, "is not the latest one: ffeeddccbbaa9988 came after it"),
        ({"run": LATER}, "nothing of run 00112233aabbccdd is kept there"),
        ({"plan": "kind: plan\n"}, "is not proven"),
        ({"plan": ""}, "is not proven"),
        ({"signatures": ""}, "is not proven"),
        ({"signatures": "-----BEGIN"}, "is not proven"),
    ],
)
def test_what_cannot_be_undone_is_refused(server: Server, changed: dict[str, Any], reason: str) -> None:
    server.kept["kept"] |= changed
    with pytest.raises(RefusedError, match=reason):
        server.former()


def test_a_changed_plan_is_not_believed(server: Server) -> None:
    server.kept["kept"]["plan"] = server.kept["kept"]["plan"].replace("libaprutil1", "sudo")
    with pytest.raises(RefusedError, match="changed after engineer-senior signed it"):
        server.former()


def test_the_plan_of_another_run_is_not_believed(server: Server, sample: Sample) -> None:
    data = plan_bytes(server.plan.model_copy(update={"plan": LATER}))
    signatures = sign(data, sample.key("engineer-senior"), Plan.namespace())
    server.kept["kept"] |= {"plan": data.decode(), "signatures": signatures.decode()}
    with pytest.raises(RefusedError, match=f"it is that of {LATER}"):
        server.former()


def test_where_the_engineer_left_our_own_receipt_is_believed(server: Server) -> None:
    server.session.keyring = Keyring({})
    with pytest.raises(RefusedError, match="nobody known holds the key"):
        server.former()
    sha256 = Content("plan.yml", server.kept["kept"]["plan"].encode()).sha256
    Ledger(ledger_path(), lambda _: None).begin(
        {
            "event": "started",
            "time": "2027-03-10T12:00:00+00:00",
            "plan": RUN,
            "plan_sha256": sha256,
        }
    )
    assert server.former() == server.plan


def test_the_ledger_shows_what_was_undone(koor: Callable[..., Answer]) -> None:
    Ledger(ledger_path(), lambda _: None).append(
        {
            "event": "passed",
            "time": "2027-03-10T12:00:00+00:00",
            "plan": LATER,
            "undone": RUN,
            "discarded": True,
        }
    )
    assert f"run {RUN} undone, data given up" in koor("ledger", "show").out
    assert json.loads(koor("ledger", "show", "--format", "json").out)[0]["undone"] == RUN
