"""Finished runs to look at and to test the customer's page with: what came of one order in many different ways.

`script/example-reports DIR` writes their evidence. No server is needed; everything in them is made up.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from koor_provision.gate.judge import judge
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.load.strict_yaml import parse
from koor_provision.models.audit import Audit, Change, ChangeKind, Owner
from koor_provision.models.case import Case
from koor_provision.models.components import ROLE_OF
from koor_provision.models.earlier import BrokenOff
from koor_provision.models.evidence import CheckResult, Record, Result
from koor_provision.models.facts import Facts
from koor_provision.models.order import Removal
from koor_provision.models.plan import Plan
from koor_provision.preflight.facts import packages_of
from koor_provision.report.bill import bill
from koor_provision.report.checklist import checklist_yaml
from koor_provision.report.customer.words import texts
from koor_provision.report.html import reports
from koor_provision.sample.write import write_sample
from tests.world import SAMPLE_DAY, World

BEGUN = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)
SCOPES = load_scopes(share() / "roles")
TEST_DATA = Path(__file__).parent / "data"
DATA = TEST_DATA / "examples.yml"
STEPS = {
    "packages": ("Install the packages of the order", 21.4),
    "mariadb": ("Lay the configuration", 6.1),
    "postgresql": ("Lay the configuration", 5.2),
    "redis": ("Set the password that the server made", 1.3),
    "php": ("Configure FPM", 2.4),
    "apache": ("Enable modules and sites", 3.2),
    "nginx": ("Lay the sites", 2.1),
    "removal": ("Remove the packages", 5.3),
    "keep": ("Keep on the server what the run may change", 0.3),
    "undo": ("Purge the packages that the run brought", 9.8),
}


@dataclass(frozen=True)
class Example:
    """A finished run with the case that it was for."""

    record: Record
    case: Case


def examples(world: World) -> dict[str, Example]:
    """Every example by its name. The world is changed."""
    case = replace(world.case(), scopes=SCOPES)
    small = plan_of(world, _DATA["default"])
    large = plan_of(world, _DATA["large"])
    passed = record_of(world, small, audit=audit_of(small))
    found = {
        "passed": passed,
        "large": record_of(world, large, audit=audit_of(large)),
        "not-looked-at": replace(passed, audit=None),
        "unreliable": replace(passed, audit=replace(audit_of(small), troubles=("/srv/files could not be read",))),
        "nothing-to-do": _nothing(world),
        "finished": _finishing(_nothing(world)),
        "failed-step": _failed_step(world, small),
        "failed-test": _failed_test(passed),
        "half-done": replace(_failed_step(world, small), audit=_half_done(audit_of(small))),
        "out-of-scope": replace(passed, result=Result.OUT_OF_SCOPE, audit=tampered(audit_of(small))),
        "unverified": replace(
            passed,
            result=Result.UNVERIFIED,
            events=passed.events[:-1],
            troubles=("event 7 came after event 5", "a line that is no event"),
            checks=(),
            audit=None,
        ),
        "interrupted": replace(passed, result=Result.INTERRUPTED, events=passed.events[:6], checks=(), audit=None),
        "not-begun": replace(passed, result=Result.FAILED, events=(), checks=(), audit=Audit((), files=120_000)),
    }
    cases = dict.fromkeys(found, case)
    found["exception"], cases["exception"] = _by_exception(world, small)
    cases["large"] = by_mail_and_paper(world)
    removed = _removal(world)
    cases["removal"], found["removal"] = case, removed
    cases["removal-failed"], found["removal-failed"] = (
        case,
        replace(
            removed, result=Result.FAILED, events=(*removed.events[:3], _broken_step("removal")), checks=(), audit=None
        ),
    )
    found["removal-finished"], cases["removal-finished"] = _finishing(removed), case
    found |= _undone(world)
    cases |= {name: case for name in found if name.startswith("undo")}
    return {name: Example(record, cases[name]) for name, record in found.items()}


_DATA: Any = parse(DATA.read_bytes(), DATA.name)


def plan_of(world: World, tree: dict[str, Any]) -> Plan:
    """A plan whose packages are those of the real contracts, in made-up versions."""
    plan = world.proposal().plan.model_copy(update={"exceptions": ()})
    data = plan.model_dump(mode="json") | {
        name: value for name, value in tree.items() if name not in {"versions", "there"}
    }
    components = Plan.model_validate(data | {"packages": []}).components
    packages = {
        name: {"version": version_for(name, tree), "component": one.component, "old_version": old(name, tree)}
        for one in components
        for name in packages_of(one, SCOPES[one.component], "debian12")
    }
    packages |= {name: {"version": version} for name, version in _DATA["dependencies"].items()}
    if "removal" not in tree:
        data["keeps"] = f"/var/lib/koor-provision/undo/{plan.plan}/"
    return Plan.model_validate(data | {"packages": [{"name": name, **one} for name, one in packages.items()]})


def version_for(name: str, tree: dict[str, Any]) -> str:
    """The version of the longest beginning of its name that the data know."""
    versions: dict[str, str] = tree.get("versions", {}) | _DATA["versions"]
    return next(
        (versions[begin] for begin in sorted(versions, key=len, reverse=True) if name.startswith(begin)), "1.0-1"
    )


def old(name: str, tree: dict[str, Any]) -> str | None:
    """What was there before, if anything."""
    there: dict[str, str] = tree.get("there", {})
    return there.get(name)


def record_of(world: World, plan: Plan, *, audit: Audit | None = None, findings: Any = None) -> Record:
    """A run of this plan in which everything went well."""
    names = [one.component for one in plan.components]
    roles = ["keep", "packages", *(name for name in STEPS if name in names)]
    roles = ["removal"] if plan.removal else ["undo"] if plan.undo else roles
    events, end = events_of(roles)
    facts = Facts.model_validate(
        world.trees["facts"]
        | {"architectures": {package.name: "all" if "common" in package.name else "amd64" for package in plan.packages}}
    )
    return Record(
        result=Result.PASSED,
        proposal=replace(world.proposal(), plan=plan, facts=facts),
        findings=findings or judge(world.case()).findings,
        started=BEGUN,
        finished=BEGUN + timedelta(seconds=end + 3.4),
        events=events,
        troubles=(),
        checks=checks_of(["undo"]) if plan.undo else checks_of([*names, *(["removal"] if plan.removal else [])]),
        audit=audit,
    )


def events_of(roles: Sequence[str]) -> tuple[tuple[dict[str, Any], ...], float]:
    """The events of these roles, and when the last one came, in seconds after the run began."""
    at = 1.6
    events: list[dict[str, Any]] = [{"event": "start"}]
    for role in roles:
        task, seconds = STEPS[role]
        step = {"role": role, "task": task}
        events.append({"event": "task", "time": BEGUN.timestamp() + at, **step})
        at += seconds
        events.append(
            {"event": "result", "time": BEGUN.timestamp() + at, "status": "changed", "seconds": seconds, **step}
        )
    events.append({"event": "end", "time": BEGUN.timestamp() + at})
    return tuple({**event, "number": number} for number, event in enumerate(events, 1)), at


def checks_of(names: Sequence[str]) -> tuple[CheckResult, ...]:
    """Every test that we have a sentence for, of these components and of the whole."""
    web = {"apache", "nginx"} & {*names}
    tools = {"third_party"} if {*names} - ROLE_OF.keys() - {"removal", "undo"} else set()
    whole = set() if "undo" in names else {"versions", "stack"}
    areas = {*names, *whole, *({"web"} if web else set()), *tools}
    tests = [name.removeprefix("test.") for name in texts("en") if name.startswith("test.")]
    return tuple(CheckResult(name, "passed", 0.1) for name in tests if name.partition(":")[0] in areas)


def audit_of(plan: Plan) -> Audit:
    """What a look at the server would find after such a run."""
    owned = [
        *((ChangeKind.FILE, path, "added" if "koor" in path else "changed") for path in plan.touches.paths),
        *((ChangeKind.UNIT, unit, "added") for unit in plan.touches.services),
        *((ChangeKind.USER, user, "added") for user in plan.touches.users),
        *((ChangeKind.GROUP, group, "added") for group in plan.touches.groups),
        *((ChangeKind.PORT, port, "added") for port in plan.touches.ports),
    ]
    mine = [Change(kind, what, how, "", Owner.COMPONENT, whose(what, kind, plan)) for kind, what, how in owned]
    files = [
        Change(ChangeKind.FILE, f"/usr/share/doc/{package.name}/{name}", "added", "", Owner.PACKAGE, package.name)
        for package in plan.packages
        if package.changes
        for name in ("copyright", "changelog.Debian.gz")
    ]
    packages = [
        Change(ChangeKind.PACKAGE, one.name, "changed" if one.old_version else "added", "", Owner.PACKAGE, one.name)
        for one in plan.packages
        if one.changes
    ]
    if plan.keeps:
        mine.append(Change(ChangeKind.FILE, plan.keeps.rstrip("/"), "added", "", Owner.COMPONENT, "keep"))
    itself = Change(ChangeKind.FILE, "/var/log/wtmp", "changed", "", Owner.SYSTEM, "log of logins")
    return Audit(tuple(sorted([*mine, *files, *packages, itself])), files=148_212, seconds=4.1)


def whose(what: str, kind: ChangeKind, plan: Plan) -> str:
    """The first component of a plan whose contract covers it."""
    for one in plan.components:
        scope = SCOPES[one.component]
        if what in (*scope.paths, *scope.ports, *scope.users, *scope.groups, *scope.systems["debian12"].services):
            return one.component
    return plan.components[0].component


def tampered(audit: Audit) -> Audit:
    """Somebody was at the server meanwhile."""
    foreign = (
        Change(ChangeKind.PACKAGE, "netcat-openbsd", "added", "1.219-1"),
        Change(ChangeKind.FILE, "/etc/ssh/sshd_config", "changed", "mode 0644 -> 0666"),
        Change(ChangeKind.USER, "backdoor", "added", "uid 0"),
        Change(ChangeKind.SUDOERS, "/etc/sudoers.d/90-anybody", "added"),
        Change(ChangeKind.PORT, "0.0.0.0:4444/tcp", "added", "nc"),
        Change(ChangeKind.SETUID, "/usr/local/bin/helper", "added", "mode 4755"),
    )
    return replace(audit, changes=tuple(sorted([*audit.changes, *foreign])))


def _broken_step(role: str) -> dict[str, Any]:
    return {
        "event": "result", "number": 99, "role": role, "task": STEPS[role][0], "status": "failed", "seconds": 1.9,
        "time": BEGUN.timestamp() + 28, "message": "Job for mariadb.service failed because the control process exited "
        "with error code. See 'systemctl status mariadb.service' for details.",
    }  # fmt: skip


def _failed_step(world: World, plan: Plan) -> Record:
    record = record_of(
        world,
        plan,
        audit=Audit(tuple(one for one in audit_of(plan).changes if one.by not in {"apache", "mariadb"}), files=148_212),
    )
    end = {"event": "end", "number": 100, "time": BEGUN.timestamp() + 28}
    return replace(
        record,
        result=Result.FAILED,
        events=(*record.events[:4], _broken_step("mariadb"), end),
        checks=(),
        finished=BEGUN + timedelta(seconds=29),
    )


def _failed_test(passed: Record) -> Record:
    bad = {
        "web: https answers": ("failed", "AssertionError: https://127.0.0.1/ answered 502"),
        "web: http2 is spoken where php allows it": ("error", "the connection was closed"),
        "stack: page knows how it was asked": ("skipped", "there is no page to ask"),
    }
    checks = tuple(
        replace(check, result=bad[check.name][0], message=bad[check.name][1]) if check.name in bad else check
        for check in passed.checks
    )
    return replace(passed, result=Result.FAILED, checks=checks)


def _nothing(world: World) -> Record:
    plan = plan_of(world, _DATA["default"])
    there = tuple(one.model_copy(update={"old_version": one.version}) for one in plan.packages)
    record = record_of(world, plan.model_copy(update={"packages": there}), audit=Audit((), files=148_212))
    return replace(record, events=tuple({**event, "status": "ok"} for event in record.events))


def _with_word(events: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    """The same events, of which one has something to say though nothing failed."""
    word = "the account shop stays: it owns /srv/shop; the account web stays: it runs a process"
    first = next(event for event in events if event.get("role") == "undo" and event.get("event") == "result")
    return tuple({**event, "message": word} if event is first else event for event in events)


def _half_done(audit: Audit) -> Audit:
    """The package manager stopped on its way, with half of the packages unpacked."""
    packages = [one.what for one in audit.changes if one.kind is ChangeKind.PACKAGE]
    changed = (
        replace(one, owner=Owner.UNFINISHED, detail=f"{one.detail}, install ok unpacked")
        if one.what in packages[::2]
        else one
        for one in audit.changes
    )
    return replace(audit, changes=tuple(sorted(changed)))


def _finishing(record: Record) -> Record:
    """The same run, which finished one that was killed after it had brought half of the packages."""
    names = tuple(one.name for one in record.proposal.plan.packages if not one.changes)
    brought = names[1::2] if len(names) > 1 else ()
    killed = BrokenOff(run="fedcba9876543210", began=record.started - timedelta(minutes=7), brought=brought)
    plan = record.proposal.plan.model_copy(update={"finishes": (killed,)})
    return replace(record, result=Result.PARTLY_AUDITED, proposal=replace(record.proposal, plan=plan))


def by_mail_and_paper(world: World) -> Case:
    """The order of a customer without a key, who asked for more afterwards; and nobody signed the acceptance."""
    other = world.copy()
    words: Any = parse((TEST_DATA / "words.yml").read_bytes(), "words.yml")
    other.words = [words[name] | {"id": name} for name in ("mail-of-acceptance", "paper-of-targets")]
    other.additions = [words["addition"] | {"id": "addition"}]
    other.trees["request"] = words["request"]
    other.signers |= {"acceptance": [], "targets": []}
    return replace(other.case(), scopes=SCOPES)


def _by_exception(world: World, plan: Plan) -> tuple[Record, Case]:
    broken = world.copy()
    broken.add("exception", "checklist")
    broken.trees["checklist"]["rows"][1] |= {"done": "true", "by": "engineer-senior", "date": "2027-03-09"}
    broken.engineer = "engineer-junior"
    broken.signers["checklist"] = ["engineer-junior"]
    decision = judge(broken.case())
    text = "R6 may be broken until before 2027-03-12, by exception of cto, hocs: the senior engineers are ill."
    plan = plan.model_copy(update={"engineer": "engineer-junior", "exceptions": (text,)})
    record = record_of(broken, plan, audit=audit_of(plan), findings=decision.findings)
    return record, replace(broken.case(), scopes=SCOPES)


def _removal(world: World) -> Record:
    removing = world.copy()
    removing.removal = Removal.model_validate({"component": "redis"})
    plan = plan_of(removing, _DATA["removal"])
    there = tuple(one.model_copy(update={"old_version": one.version}) for one in plan.packages)
    gone = [
        Change(ChangeKind.PACKAGE, "redis-server", "removed", "5:7.0.15-1~deb12u5", Owner.COMPONENT, "redis"),
        Change(ChangeKind.PACKAGE, "redis-tools", "removed", "5:7.0.15-1~deb12u5", Owner.COMPONENT, "redis"),
        Change(ChangeKind.PACKAGE, "liblzf1", "removed", "3.6-3", Owner.PACKAGE, "redis-server"),
        Change(ChangeKind.PORT, "127.0.0.1:6379/tcp", "removed", "", Owner.COMPONENT, "redis"),
        Change(ChangeKind.UNIT, "redis-server.service", "removed", "", Owner.COMPONENT, "redis"),
    ]
    allowed = judge(world.case()).findings
    plan = plan.model_copy(update={"packages": there})
    return record_of(removing, plan, audit=Audit(tuple(gone), files=148_019), findings=allowed)


def _undone(world: World) -> dict[str, Record]:
    """A run that was undone: all of it, with data given up, not at all, and what had been undone by hand before."""
    undoing = world.copy()
    undoing.ask_for_undo({"run": "00112233aabbccdd", "discard": "true"})
    proposal = undoing.proposal()
    undo = proposal.plan.undo
    assert undo
    kept = undo.model_copy(update={"data": (), "discard": False})
    gone = [
        Change(ChangeKind.PACKAGE, "apache2", "removed", "2.4.65-1~deb12u1", Owner.COMPONENT, "apache"),
        Change(ChangeKind.PACKAGE, "libaprutil1", "removed", "1.6.3-1", Owner.PACKAGE, "libaprutil1"),
        Change(ChangeKind.FILE, "/etc/mailcap", "changed", "written", Owner.COMPONENT, "undo"),
        Change(ChangeKind.USER, "mysql", "removed", "", Owner.COMPONENT, "undo"),
        Change(ChangeKind.PORT, "*:80/tcp", "removed", "", Owner.COMPONENT, "apache"),
    ]
    audit, allowed = Audit(tuple(sorted(gone)), files=148_019), judge(world.case()).findings
    plan = proposal.plan.model_copy(update={"undo": kept})
    passed = record_of(undoing, plan, audit=audit, findings=allowed)
    given_up = undo.model_copy(update={"changed": ("/etc/php/8.2/fpm/php.ini",), "upgraded": ("libssl3",)})
    broken = (*passed.events[:2], _broken_step("undo"))
    nothing = tuple({**event, "status": "ok"} for event in passed.events)
    return {
        "undo": passed,
        "undo-data": record_of(undoing, plan.model_copy(update={"undo": given_up}), audit=audit, findings=allowed),
        "undo-failed": replace(passed, result=Result.FAILED, events=broken, checks=(), audit=None),
        "undo-finished": _finishing(passed),
        "undo-stays": replace(passed, events=_with_word(passed.events)),
        "undo-nothing": replace(passed, events=nothing, audit=Audit((), files=148_019)),
    }


def write(folder: Path) -> None:
    """Write the pages of every example to a folder of its own, with what lies beside them."""
    with TemporaryDirectory() as sample:
        write_sample(Path(sample) / "sample", SAMPLE_DAY)
        world = World.of(Path(sample) / "sample")
    for name, one in examples(world).items():
        files = {"sbom.cdx.json": bill(one.record), "checklist.yml": checklist_yaml(one.case, one.record)}
        beside = {file: text for file, text in files.items() if text is not None}
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file, text in {**beside, **reports(one.record, one.case, beside)}.items():
            (folder / name / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
