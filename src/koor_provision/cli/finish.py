"""The end of a run: what it came to, evidence for the customer, a receipt for us, an answer for the engineer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from koor_provision.cli.sealing import write_signed
from koor_provision.errors import Exit
from koor_provision.evidence.bundle import Bundle
from koor_provision.evidence.manifest import MANIFEST, SIGNATURE, SUMS
from koor_provision.gate.decision import Authorised
from koor_provision.ledger.chain import digest
from koor_provision.ledger.earlier import server_mark
from koor_provision.ledger.mails import Use, uses
from koor_provision.ledger.store import Ledger
from koor_provision.load.files import Content
from koor_provision.models.audit import Audit
from koor_provision.models.case import Case
from koor_provision.models.earlier import BrokenOff
from koor_provision.models.evidence import Record, Result
from koor_provision.models.finding import Verdict, broken_rules
from koor_provision.models.plan import Plan
from koor_provision.provision.runner import Outcome
from koor_provision.report.audit import audit_data, not_as_planned_lines, out_of_scope_lines
from koor_provision.report.bill import bill
from koor_provision.report.checklist import checklist_yaml
from koor_provision.report.html import reports
from koor_provision.report.json import admitted_data, finding_data
from koor_provision.trust.signer import Signer
from koor_provision.verify.run import Verification

_EXITS = {Result.PASSED: Exit.DONE, Result.PARTLY_AUDITED: Exit.DONE, Result.OUT_OF_SCOPE: Exit.OUT_OF_SCOPE}


@dataclass(frozen=True)
class Seen:
    """What was seen of the server after the run; None where nobody looked."""

    verification: Verification | None
    audit: Audit | None


def mails_of(case: Case) -> list[Use]:
    """What the customer's mails and papers are used for by this order."""
    return uses(case.used)


@dataclass(frozen=True)
class SignedPlan:
    """The plan as it was signed: these bytes, these signatures. The key is at hand for the evidence.

    `training` is what is handed over with the software (R13), if anything.
    """

    data: bytes
    signatures: bytes
    key: Signer | None = None
    training: str | None = None

    def receipt(self, event: str, authorised: Authorised, **more: str) -> dict[str, Any]:
        """A receipt without names, addresses or host names: digests, verdicts, versions, times."""
        plan, case = authorised.proposal.plan, authorised.admitted.case
        versions = {package.name: package.version for package in plan.packages}
        components = {
            component.component: versions.get(
                case.scopes[component.component].systems[plan.host.system].version_package or "", ""
            )
            for component in plan.components
        }
        return {
            "event": event,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "plan": plan.plan,
            "plan_sha256": Content("plan.yml", self.data).sha256,
            "inputs_sha256": digest(json.dumps(dict(plan.inputs), sort_keys=True)),
            "content_sha256": plan.content_sha256,
            "rules": {finding.rule: finding.verdict.value for finding in authorised.findings}
            | dict.fromkeys(broken_rules(authorised.findings), Verdict.BROKEN.value),
            **({"sample": True} if case.company.sample else {}),
            **({"exception_sha256": case.exception.sha256} if case.exception else {}),
            "components": components,
            **_removed(plan),
            "system": plan.host.system,
            "server": server_mark(plan.plan, plan.host.machine_id),
            **({"finishes": [one.run for one in plan.finishes]} if plan.finishes else {}),
            "mails": mails_of(case),
            **more,
        }


def _removed(plan: Plan) -> dict[str, Any]:
    if plan.undo:
        taken = [f"{package.name}={package.version}" for package in plan.undo.packages]
        return {"undone": plan.undo.run, "discarded": plan.undo.discard, "removed_packages": taken}
    if plan.removal is None:
        return {}
    packages = [f"{package.name}={package.version}" for package in plan.removal.packages]
    return {"removed": plan.removal.component, "purged": plan.removal.purge, "removed_packages": packages}


@dataclass(frozen=True)
class Ended:
    """A run that is over."""

    authorised: Authorised
    record: Record
    signed: SignedPlan
    junit: str | None
    output: str
    content: dict[str, Any]

    def hand_over(self, folder: Path, ledger: Ledger) -> int:
        """Write evidence and receipt, tell the engineer, and return the exit code."""
        record, case = self.record, self.authorised.admitted.case
        findings = [finding_data(finding) for finding in record.findings]
        broken = broken_rules(record.findings)
        decision = {
            **admitted_data(self.authorised.admitted),
            **({"decision": "admitted_by_exception", "broken": list(broken)} if broken else {}),
            "plan": record.proposal.plan.plan,
            "plan_sha256": Content("plan.yml", self.signed.data).sha256,
            "plan_findings": findings,
        }
        events = [json.dumps(event, sort_keys=True) + "\n" for event in record.events]
        files: dict[str, str | bytes] = {
            "decision.json": json.dumps(decision, indent=2) + "\n",
            "plan.yml": self.signed.data,
            "plan.yml.sig": self.signed.signatures,
            "events.jsonl": "".join(events),
        }
        ran = json.dumps(self.content, indent=2) + "\n" if self.content else None
        more = {"content.json": ran, "verification.xml": self.junit, "sbom.cdx.json": bill(record)}
        if record.audit is not None:
            more["audit.json"] = json.dumps(audit_data(record.audit), indent=2) + "\n"
        if record.proposal.plan.removal is None and record.proposal.plan.undo is None:
            more["checklist.yml"] = checklist_yaml(case, record)
            more["training.md"] = self.signed.training
        files |= {name: text for name, text in more.items() if text is not None}
        files |= reports(record, case, [*files, MANIFEST, SIGNATURE, SUMS])
        bundle = Bundle(record, files)
        self._receipt(ledger, bundle.sha256)
        _tell(record, self.output)
        if not write_signed(bundle, self.signed.key, folder):
            return Exit.FAILED
        return _EXITS.get(record.result, Exit.FAILED)

    def _receipt(self, ledger: Ledger, bundle_sha256: str) -> None:
        """The receipt comes first: it says that there was a run, whatever becomes of the rest."""
        ledger.append(self.signed.receipt(self.record.result.value, self.authorised, bundle_sha256=bundle_sha256))


def finish(
    authorised: Authorised,
    outcome: Outcome,
    seen: Seen,
    signed: SignedPlan,
    *,
    started: datetime,
    stopped: bool,
) -> Ended:
    """Put together what a run came to."""
    verification = seen.verification
    record = Record(
        result=_result(outcome, seen, stopped=stopped, finishes=bool(authorised.proposal.plan.finishes)),
        proposal=authorised.proposal,
        findings=authorised.findings,
        started=started,
        finished=datetime.now(UTC),
        events=tuple(outcome.log.events),
        troubles=tuple(outcome.log.troubles),
        checks=verification.checks if verification else (),
        audit=_with_gaps(seen.audit, authorised.proposal.plan, started),
    )
    junit = verification.junit if verification else None
    return Ended(authorised, record, signed, junit, outcome.output, outcome.content)


def _with_gaps(audit: Audit | None, plan: Plan, started: datetime) -> Audit | None:
    """The audit with what it cannot say: nobody looked while a run that was broken off was at work, nor after it."""
    gaps = tuple(_not_audited(one, started) for one in plan.finishes)
    return replace(audit, left_out=(*audit.left_out, *gaps)) if audit else None


def _result(outcome: Outcome, seen: Seen, *, stopped: bool, finishes: bool = False) -> Result:
    if stopped:
        return Result.INTERRUPTED
    if outcome.status != "successful" or outcome.log.results("failed", "unreachable"):
        return Result.FAILED
    if not outcome.log.complete:
        return Result.UNVERIFIED
    if not (seen.verification and seen.verification.passed) or (seen.audit and seen.audit.not_as_planned):
        return Result.FAILED
    if seen.audit and seen.audit.out_of_scope:
        return Result.OUT_OF_SCOPE
    good = Result.PARTLY_AUDITED if finishes else Result.PASSED
    return good if seen.audit and not seen.audit.troubles else Result.UNVERIFIED


def _tell(record: Record, output: str) -> None:
    seconds = (record.finished - record.started).total_seconds()
    if record.result.done:
        steps = len(record.changes)
        changed = f"{steps} steps changed something" if steps else "nothing had to be changed"
        plan = record.proposal.plan
        done = "removed" if plan.removal else "undone" if plan.undo else "installed"
        good = click.style(f"{done} and verified", fg="green", bold=True)
        click.echo(f"{good} in {seconds:.0f} s: {changed}, {len(record.checks)} checks passed")
        for text in record.told:
            click.echo(f"{click.style('note', fg='yellow', bold=True)}: {text}")
        for one in plan.finishes:
            click.echo(f"{click.style('not audited', fg='yellow', bold=True)}: {_not_audited(one, record.started)}")
        return
    click.echo(click.style(f"{record.result.value} after {seconds:.0f} s", fg="red", bold=True), err=True)
    for line in _reasons(record, output):
        click.echo(f"  {line}", err=True)
    todo = "mend what is named above and run the same command again; nothing is done twice"
    if record.result is Result.INTERRUPTED:
        todo = "run the same command again: it waits for what still goes on there, and does the rest"
    elif record.result is Result.OUT_OF_SCOPE:
        todo = "find out with the customer's IT who changed that; what is not theirs must be taken back"
    click.echo(f"  to do: {todo}", err=True)


def _not_audited(one: BrokenOff, until: datetime) -> str:
    return (
        f"what changed from {one.began:%Y-%m-%d %H:%M} UTC, when run {one.run} began that was broken off, "
        f"until this one began at {until:%Y-%m-%d %H:%M} UTC"
    )


def _reasons(record: Record, output: str) -> Iterator[str]:
    for event in record.events:
        if event.get("status") in {"failed", "unreachable"}:
            yield f"{event['role']}: {event['task']}: {event['message']}"
    for check in record.checks:
        if check.result != "passed":
            yield f"check {check.result}: {check.name}: {check.message.partition(chr(10))[0]}"
    yield from (f"not verified: {trouble}" for trouble in record.troubles)
    if record.audit:
        yield from (f"not audited: {trouble}" for trouble in record.audit.troubles)
        yield from out_of_scope_lines(record.audit)
        yield from not_as_planned_lines(record.audit)
    if not record.events:
        yield "Ansible did not start: " + (output.strip().splitlines() or ["no output"])[-1]
    elif record.result is Result.UNVERIFIED and not (record.troubles or (record.audit and record.audit.troubles)):
        yield "the run did not tell us its end"
