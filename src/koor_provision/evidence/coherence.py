"""Whether the files of a bundle are about one and the same run, and its result is what they say."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from koor_provision.evidence.manifest import MANIFEST, Manifest
from koor_provision.evidence.parts import audit_agrees, content_agrees, read_object
from koor_provision.evidence.reading import fails
from koor_provision.models.evidence import Result
from koor_provision.models.plan import Plan

TOLERANCE = timedelta(minutes=2)
"""Time services correct a clock during a run."""
_REFUSING = frozenset({"deny", "unknown"})
_NOT_DONE = frozenset({"failed", "unreachable"})
VERIFICATION = "verification.xml"


def cohere(manifest: Manifest, plan: Plan, files: Mapping[str, bytes]) -> None:
    """Hold the files against the manifest and each other.

    Raises:
        RunError: the first thing that does not fit.
    """
    _same_run(manifest, plan)
    _decision(manifest, plan, files["decision.json"])
    events = _events(manifest, files["events.jsonl"])
    checks = _checks(manifest, files)
    for name in sorted(files):
        if name.startswith("report") and name.endswith(".html") and manifest.plan.encode() not in files[name]:
            raise fails(name, f"is not about plan {manifest.plan}")
    content_agrees(manifest, files)
    audit_agrees(manifest, files)
    _result(manifest, plan, events, checks)


def _same_run(manifest: Manifest, plan: Plan) -> None:
    for what, said, really in (
        ("plan", manifest.plan, plan.plan),
        ("plan_sha256", manifest.plan_sha256, manifest.files["plan.yml"].sha256),
        ("content_sha256", manifest.content_sha256, plan.content_sha256),
        ("engineer", manifest.engineer, plan.engineer),
    ):
        if said != really:
            raise fails(f"{MANIFEST}, {what}", f"says {said}, and the plan {really}")
    if not plan.created - TOLERANCE <= manifest.started <= plan.expires + TOLERANCE:
        raise fails(f"{MANIFEST}, started", f"the plan was good from {plan.created} to {plan.expires} only")
    if manifest.finished < manifest.started:
        raise fails(f"{MANIFEST}, finished", "is before the run began")


def _decision(manifest: Manifest, plan: Plan, data: bytes) -> None:
    decision = read_object(data, "decision.json")
    for what, really in (("plan", manifest.plan), ("plan_sha256", manifest.plan_sha256), ("inputs", dict(plan.inputs))):
        if decision.get(what) != really:
            raise fails(f"decision.json, {what}", "is not about the plan that was run")
    if decision.get("decision") not in {"admitted", "admitted_by_exception"}:
        raise fails("decision.json, decision", "does not admit the order")
    findings = [*_list(decision, "findings"), *_list(decision, "plan_findings")]
    if any(not isinstance(one, dict) or one.get("verdict") in _REFUSING for one in findings):
        raise fails("decision.json, findings", "hold one that refuses the order")


def _list(decision: Mapping[str, Any], name: str) -> list[Any]:
    found = decision.get(name)
    if not isinstance(found, list) or not found:
        raise fails(f"decision.json, {name}", "says nothing")
    return found


def _events(manifest: Manifest, data: bytes) -> list[dict[str, Any]]:
    lines = data.split(b"\n")
    if lines.pop():
        raise fails("events.jsonl", "has no end")
    events = []
    for number, line in enumerate(lines, 1):
        event = read_object(line, f"events.jsonl, line {number}")
        if event.get("number") != number or not isinstance(event.get("event"), str):
            raise fails(f"events.jsonl, line {number}", f"is not event {number}")
        _during(manifest, event.get("time"), f"events.jsonl, line {number}")
        events.append(event)
    if len(events) != manifest.events:
        raise fails("events.jsonl", f"has {len(events)} events; the manifest says {manifest.events}")
    return events


def _during(manifest: Manifest, seconds: object, where: str) -> None:
    """Times of events are in seconds since 1970."""
    try:
        then = datetime.fromtimestamp(seconds, UTC)  # type: ignore[arg-type]  # what is no number is told below
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise fails(where, "says no time") from error
    if not manifest.started - TOLERANCE <= then <= manifest.finished + TOLERANCE:
        raise fails(where, f"is of {then:%Y-%m-%d %H:%M} UTC, when this run was not going on")


def _checks(manifest: Manifest, files: Mapping[str, bytes]) -> Counter[str]:
    """How many tests had which result (JUnit's XML, as pytest writes it)."""
    if VERIFICATION not in files:
        if manifest.checks:
            raise fails(VERIFICATION, "is missing; the manifest says that there were tests")
        return Counter()
    data = files[VERIFICATION]
    try:
        if b"<!" in data:  # no declarations: entities could expand without end
            raise ValueError
        suites = ET.fromstring(data.decode("utf-8"))  # noqa: S314  # see above
    except (ET.ParseError, ValueError) as error:
        raise fails(VERIFICATION, "cannot be read") from error
    for suite in suites.iter("testsuite"):
        _during(manifest, _seconds(suite.get("timestamp", "")), VERIFICATION)
    checks = Counter(_outcome(case) for case in suites.iter("testcase"))
    if dict(checks) != manifest.checks:
        raise fails(VERIFICATION, f"has {_counted(checks)}; the manifest says {_counted(manifest.checks)}")
    return checks


def _seconds(text: str) -> float | None:
    """A moment that names its time zone, in seconds since 1970; None for anything else."""
    try:
        then = datetime.fromisoformat(text)
        return then.timestamp() if then.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _outcome(case: ET.Element) -> str:
    for tag, result in (("skipped", "skipped"), ("error", "error"), ("failure", "failed")):
        if case.find(tag) is not None:
            return result
    return "passed"


def _counted(checks: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {result}" for result, number in sorted(checks.items())) or "no tests"


def _result(manifest: Manifest, plan: Plan, events: list[dict[str, Any]], checks: Counter[str]) -> None:
    """A run that passed must have done so in every respect; any other result claims nothing that could be too good."""
    if manifest.result is Result.OUT_OF_SCOPE and not manifest.out_of_scope:
        raise fails(f"{MANIFEST}, result", "says that something was out of scope, but not what")
    if not manifest.result.done:
        return
    troubles = {
        "the events do not go from its start to its end": not events
        or (events[0]["event"], events[-1]["event"]) != ("start", "end"),
        "a task failed": any(event.get("status") in _NOT_DONE for event in events),
        "the events cannot be relied on": manifest.troubles > 0,
        "not every test passed": not checks or set(checks) != {"passed"},
        "nobody looked at what else was changed": manifest.out_of_scope is None,
        "something was changed that nobody answers for": bool(manifest.out_of_scope),
        "it finished one that was broken off and never audited": bool(plan.finishes)
        and manifest.result is Result.PASSED,
    }
    for trouble, there in troubles.items():
        if there:
            raise fails(f"{MANIFEST}, result", f"says that the run passed, but {trouble}")
