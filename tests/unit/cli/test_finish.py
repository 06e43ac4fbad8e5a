"""The receipt of a run: verdicts and digests, and no rule that was broken looks better than it was."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.bundles import Run
from tests.conftest import Sample
from tests.examples import examples
from tests.world import World

from koor_provision.cli.finish import Ended, SignedPlan
from koor_provision.evidence.bundle import archive_of
from koor_provision.gate.decision import Admitted, Authorised
from koor_provision.gate.judge import authorise, judge
from koor_provision.ledger.store import Ledger
from koor_provision.load.plan import plan_bytes
from koor_provision.report.json import admitted_data
from koor_provision.trust.signer import signer


def authorised(world: World) -> Authorised:
    admitted = judge(world.case())
    assert isinstance(admitted, Admitted)
    decision = authorise(admitted, world.proposal(), admitted.case.now)
    assert isinstance(decision, Authorised), decision
    return decision


def test_a_broken_rule_is_broken_in_the_receipt_whatever_its_second_look_said(world: World):
    world.add("exception")
    world.engineer = "engineer-junior"
    world.trees["plan"]["engineer"] = "engineer-junior"
    world.signers["plan"] = ["engineer-junior"]
    decision = authorised(world)
    assert [finding.verdict for finding in decision.findings if finding.rule == "R6"] == ["broken", "pass"]

    receipt = SignedPlan(b"plan", b"").receipt("started", decision)

    assert receipt["rules"]["R6"] == "broken"
    assert receipt["rules"]["R5"] == "pass"
    assert receipt["exception_sha256"] == decision.admitted.case.inputs["exception.yml"]


def test_a_receipt_without_an_exception_names_none(world: World):
    receipt = SignedPlan(b"plan", b"").receipt("started", authorised(world))

    assert "exception_sha256" not in receipt
    assert "broken" not in receipt["rules"].values()


def test_a_receipt_and_the_decision_say_that_a_sample_company_judged(world: World):
    world.trees["plan"]["sample"] = "true"
    case = world.case()
    admitted = judge(replace(case, company=replace(case.company, sample=True)))
    assert isinstance(admitted, Admitted)
    decision = authorise(admitted, world.proposal(), case.now)
    assert isinstance(decision, Authorised)

    assert SignedPlan(b"plan", b"").receipt("started", decision)["sample"] is True
    assert admitted_data(admitted)["sample"] is True


def test_nothing_of_a_real_company_is_called_a_sample(world: World):
    decision = authorised(world)

    assert "sample" not in SignedPlan(b"plan", b"").receipt("started", decision)
    assert "sample" not in admitted_data(decision.admitted)


@dataclass(frozen=True)
class Handed:
    """What the engineer, the customer and we have after a run."""

    code: int
    folder: Path
    ledger: Ledger


@pytest.fixture
def handed(world: World, sample: Sample, tmp_path: Path) -> Handed:
    """The way of the evidence at the end of a run, without a server."""
    decision, key, run = authorised(world), sample.key("engineer-senior"), Run(world)
    data = plan_bytes(decision.proposal.plan)
    record = replace(run.record(), findings=decision.findings)
    junit = str(run.files()["verification.xml"])
    ledger = Ledger(tmp_path / "state" / "ledger.jsonl", lambda _: None)
    with signer(key, tmp_path) as ready:
        signed = SignedPlan(data, ready.sign(data, "plan@koor-provision"), ready)
        ledger.begin(signed.receipt("started", decision))
        code = Ended(decision, record, signed, junit, "", {}).hand_over(tmp_path / "evidence", ledger)
    return Handed(code, tmp_path / "evidence", ledger)


def test_what_is_handed_over_holds(koor, handed: Handed, sample: Sample):
    assert handed.code == 0
    for path in (handed.folder, archive_of(handed.folder)):
        answer = koor("verify", path, "--company", sample.company)
        assert answer.code == 0, answer.err


def test_the_ledger_has_an_entry_before_and_one_that_names_the_evidence(handed: Handed):
    before, after = handed.ledger.receipts()

    assert (before["event"], after["event"]) == ("started", "passed")
    assert after["bundle_sha256"] == hashlib.sha256((handed.folder / "SHA256SUMS").read_bytes()).hexdigest()


def test_the_ledger_holds_nothing_of_the_customers(world: World, handed: Handed):
    """Every text in the customer's documents is a canary, but for what we ourselves sell and sign with."""
    files = [path for path in handed.ledger.key_path.parent.rglob("*") if path.is_file() and path.suffix != ".key"]
    kept = "".join(path.read_text() for path in files)
    ours = {"php", "apache", "mariadb", "debian12", "passed", "started", *world.trees["plan"]["components"][0].values()}
    documents = [world.trees[name] for name in ("agreement", "offer", "acceptance", "confirmation", "targets")]
    canaries = {text for tree in documents for text in texts(tree) if len(text) > 3} - ours
    assert {"Example Bakery", "O-2026-0815", "anna@bakery.example", "web-1", "4711"} <= canaries

    assert not {text for text in canaries if text in kept}
    assert world.trees["plan"]["host"]["machine_id"] not in kept


def test_evidence_names_what_lies_beside_the_page(handed: Handed):
    files = {path.name for path in handed.folder.iterdir()}
    assert files >= {"checklist.yml", "manifest.json", "report.html", "report.de.html", "SHA256SUMS.sig"}
    page = (handed.folder / "report.html").read_text(encoding="utf-8")
    assert all(f"<code>{name}</code>" in page for name in files)


def test_evidence_of_a_run_that_proved_nothing_claims_nothing(world: World, tmp_path: Path):
    record = examples(world.copy())["failed-step"].record
    ledger = Ledger(tmp_path / "state" / "ledger.jsonl", lambda _: None)
    signed = SignedPlan(b"plan", b"")
    ended = Ended(authorised(world), record, signed, None, "", {"content_sha256": "0" * 64, "files": {}})

    assert ended.hand_over(tmp_path / "evidence", ledger) == 3

    files = {path.name for path in (tmp_path / "evidence").iterdir()}
    assert "content.json" in files
    assert not files & {"sbom.cdx.json", "verification.xml"}
    assert "sbom.cdx.json" not in (tmp_path / "evidence" / "report.html").read_text(encoding="utf-8")


def texts(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from (text for value in tree.values() for text in texts(value))
    elif isinstance(tree, list):
        yield from (text for value in tree for text in texts(value))
    else:
        yield str(tree)
