"""An evidence bundle of a run that never was: small, whole, and signed with a key made for it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from koor_provision.evidence.bundle import Bundle
from koor_provision.evidence.check import Checked, check
from koor_provision.evidence.manifest import MANIFEST, NAMESPACE, SIGNATURE, SUMS, Manifest, entries, sums
from koor_provision.evidence.reading import read_bundle
from koor_provision.load.plan import plan_bytes
from koor_provision.models.audit import Audit
from koor_provision.models.evidence import CheckResult, Record, Result
from koor_provision.report.audit import audit_data
from koor_provision.trust.machine_key import MachineKey
from tests.world import World

NOW = datetime(2027, 3, 10, 12, 5, tzinfo=UTC)
EVENTS = ("start", "play", "task", "result", "end")
JUNIT = (
    '<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" timestamp="{time}">'
    '<testcase classname="test_php" name="test_page" time="0.1"/></testsuite></testsuites>'
)
Sign = Callable[[bytes, str], bytes]


@dataclass
class Run:
    """What a bundle is made from; a test changes it before it is written."""

    world: World
    key: Sign = field(default_factory=lambda: MachineKey.make().sign)
    result: Result = Result.PASSED
    audit: Audit = field(default_factory=lambda: Audit((), files=1000, seconds=0.5))

    def record(self) -> Record:
        events = [
            {"number": number, "event": event, "time": NOW.timestamp() + number}
            for number, event in enumerate(EVENTS, 1)
        ]
        events[3] |= {"role": "php", "task": "Configure FPM", "status": "changed", "seconds": 0.5}
        return Record(
            result=self.result,
            proposal=self.world.proposal(),
            findings=(),
            started=NOW,
            finished=NOW + timedelta(seconds=50),
            events=tuple(events),
            troubles=(),
            checks=(CheckResult("php: page", "passed", 0.1),),
            audit=self.audit,
        )

    def files(self) -> dict[str, str | bytes]:
        record = self.record()
        plan = record.proposal.plan
        data = plan_bytes(plan)
        decision: dict[str, Any] = {
            "decision": "admitted",
            "findings": [{"rule": "R5", "verdict": "pass"}],
            "inputs": dict(plan.inputs),
            "plan": plan.plan,
            "plan_sha256": entries({"plan.yml": data})["plan.yml"].sha256,
            "plan_findings": [{"rule": "R5", "verdict": "pass"}],
        }
        return {
            "audit.json": json.dumps(audit_data(self.audit)),
            "decision.json": json.dumps(decision),
            "plan.yml": data,
            "plan.yml.sig": self.key(data, "plan@koor-provision"),
            "events.jsonl": "".join(json.dumps(event) + "\n" for event in record.events),
            "report.html": f"<p>Plan {plan.plan}</p>",
            "verification.xml": JUNIT.format(time=NOW.isoformat()),
        }

    def write(self, folder: Path) -> Path:
        """As a run writes it; returns the folder, beside which the archive lies."""
        bundle = Bundle(self.record(), self.files())
        bundle.write(folder, self.key(bundle.sums, NAMESPACE))
        return folder


def verified(path: Path) -> Checked:
    return check(read_bundle(path))


def resigned(files: Mapping[str, bytes], key: Sign, **changes: object) -> dict[str, bytes]:
    """Files that somebody changed, with a manifest, sums and a signature that fit again."""
    rest = {name: data for name, data in files.items() if name not in {MANIFEST, SUMS, SIGNATURE}}
    before = Manifest.model_validate_json(files[MANIFEST])
    rest[MANIFEST] = before.model_copy(update={"files": entries(rest), **changes}).written()
    listed = sums(rest)
    return {**rest, SUMS: listed, SIGNATURE: key(listed, NAMESPACE)}


def failed(run: Run, result: Result = Result.FAILED) -> Run:
    """The run, with another result."""
    return replace(run, result=result)
