"""The end of a run: what it came to, evidence for the customer, a receipt for us, an answer for the engineer."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from koor_provision.errors import Exit
from koor_provision.evidence.bundle import write_bundle
from koor_provision.gate.decision import Authorised
from koor_provision.ledger.chain import digest
from koor_provision.ledger.store import Ledger
from koor_provision.load.documents import Content
from koor_provision.models.evidence import Record, Result
from koor_provision.provision.runner import Outcome
from koor_provision.report.html import report
from koor_provision.report.json import decision_data, finding_data
from koor_provision.verify.run import Verification


@dataclass(frozen=True)
class Finished:
    """The plan as it was signed."""

    data: bytes
    signatures: bytes

    def receipt(self, event: str, authorised: Authorised, **more: Any) -> dict[str, Any]:
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
            "rules": {finding.rule: finding.verdict.value for finding in authorised.findings},
            "components": components,
            "system": plan.host.system,
            **more,
        }


def finish(
    authorised: Authorised,
    outcome: Outcome,
    verification: Verification | None,
    signed: Finished,
    *,
    started: datetime,
    stopped: bool,
    folder: Path,
    ledger: Ledger,
) -> int:
    """Write evidence and receipt, tell the engineer, and return the exit code."""
    record = Record(
        result=_result(outcome, verification, stopped=stopped),
        proposal=authorised.proposal,
        findings=authorised.findings,
        started=started,
        finished=datetime.now(UTC),
        events=tuple(outcome.log.events),
        troubles=tuple(outcome.log.troubles),
        checks=verification.checks if verification else (),
    )
    decision = {
        **decision_data(authorised.admitted),
        "plan_findings": [finding_data(finding) for finding in authorised.findings],
    }
    files = {
        "decision.json": json.dumps(decision, indent=2, ensure_ascii=False) + "\n",
        "plan.yml": signed.data,
        "plan.yml.sig": signed.signatures,
        "events.jsonl": "".join(
            json.dumps(event, sort_keys=True, ensure_ascii=False) + "\n" for event in record.events
        ),
        "report.html": report(record, dict(authorised.admitted.case.scopes)),
    }
    if verification:
        files["verification.xml"] = verification.junit
    bundle = write_bundle(folder, files)
    ledger.append(signed.receipt(record.result.value, authorised, bundle_sha256=bundle))
    return _tell(record, outcome, folder)


def _result(outcome: Outcome, verification: Verification | None, *, stopped: bool) -> Result:
    if stopped:
        return Result.INTERRUPTED
    if outcome.status != "successful" or outcome.log.results("failed", "unreachable"):
        return Result.FAILED
    if not outcome.log.complete:
        return Result.UNVERIFIED
    return Result.PASSED if verification and verification.passed else Result.FAILED


def _tell(record: Record, outcome: Outcome, folder: Path) -> int:
    seconds = (record.finished - record.started).total_seconds()
    if record.result is Result.PASSED:
        changed = f"{len(record.changes)} steps changed something" if record.changes else "nothing had to be changed"
        click.echo(
            f"{click.style('installed and verified', fg='green', bold=True)} in {seconds:.0f} s: {changed}, {len(record.checks)} checks passed"
        )
    else:
        click.echo(click.style(f"{record.result.value} after {seconds:.0f} s", fg="red", bold=True), err=True)
        for event in outcome.log.results("failed", "unreachable"):
            click.echo(f"  {event['role']}: {event['task']}: {event['message']}", err=True)
        for check in record.checks:
            if check.result != "passed":
                click.echo(
                    f"  check {check.result}: {check.name}: {check.message.splitlines()[0] if check.message else ''}",
                    err=True,
                )
        for trouble in record.troubles:
            click.echo(f"  not verified: {trouble}", err=True)
        if not record.events:
            click.echo(
                "  Ansible did not start: " + (outcome.output.strip().splitlines() or ["no output"])[-1], err=True
            )
        click.echo(
            "  to do: mend what is named above and run the same command again; what is done already is not done twice",
            err=True,
        )
    click.echo(f"evidence: {folder}/report.html")
    return Exit.DONE if record.result is Result.PASSED else Exit.FAILED
