"""The steps of an installation, in the only order that their types allow."""

import secrets
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.finish import SignedPlan, finish, mails_of
from koor_provision.cli.options import company_of
from koor_provision.cli.plan_signing import read_signed, sign_plan
from koor_provision.cli.progress import progress
from koor_provision.cli.trusted import open_company
from koor_provision.errors import Exit, InputError, KoorError
from koor_provision.evidence.bundle import prepare
from koor_provision.gate.decision import Admitted, Authorised, Refused
from koor_provision.gate.judge import authorise, foresee, judge
from koor_provision.ledger.mails import refuse_reuse
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.case import load_case
from koor_provision.load.files import Content
from koor_provision.load.inventory import load_inventory
from koor_provision.load.plan import parse_plan, plan_bytes
from koor_provision.load.resources import collections, share
from koor_provision.load.scopes import load_scopes
from koor_provision.memory.anchors import anchors
from koor_provision.models.case import Proposal
from koor_provision.models.evidence import Result
from koor_provision.models.facts import Facts
from koor_provision.models.finding import Finding, Verdict
from koor_provision.models.inventory import HostEntry
from koor_provision.models.order import Target
from koor_provision.models.plan import Plan
from koor_provision.models.text import shown
from koor_provision.preflight.attendance import read_attendance
from koor_provision.preflight.facts import forget, gather
from koor_provision.preflight.reach import Reach, reach
from koor_provision.private.memory import private_directory
from koor_provision.provision import planning, seal
from koor_provision.provision.runner import Engine, run
from koor_provision.report.plan import attendance_text, plan_text
from koor_provision.report.text import decision
from koor_provision.rules.registry import TITLES
from koor_provision.trust.keyring import Keyring
from koor_provision.verify.run import verifier
from koor_provision.write import write_whole


@dataclass(frozen=True)
class Options:
    """What the command line gave."""

    case: Path
    inventory: Path
    host: str | None
    company: Path | None
    engineer: str | None
    key: Path | None
    plan_file: Path | None
    dry_run: bool
    yes: bool
    evidence: Path | None
    engine: Engine


@dataclass(frozen=True)
class Session:
    """An admitted order, and the way to the server that it is for."""

    options: Options
    admitted: Admitted
    way: Reach
    private: Path
    plan_id: str


def install(options: Options) -> int:
    """Go the whole way; returns the exit code."""
    admitted, _ = _admit(options)
    if isinstance(admitted, Refused):
        return _refuse(admitted)
    if anchors().is_sample(company_of(options.case, options.company)):
        click.echo("note: judged by a sample company, for learning: everybody's keys lie beside it", err=True)
    refuse_reuse(Ledger(ledger_path()), mails_of(admitted.case))
    target = planning.choose_target(admitted, options.host)
    entry = _entry(options, target)
    with private_directory() as private:
        session = Session(options, admitted, reach(target, entry, private), private, secrets.token_hex(8))
        facts = None
        try:
            facts, plan = _look(session, target)
            return _planned(session, facts, plan)
        finally:
            if facts is None or facts.apt_config:  # a look that fetched no package lists left nothing there
                with suppress(KoorError):  # what went wrong before is what the engineer must hear
                    forget(session.way, session.plan_id)


def _admit(options: Options) -> tuple[Admitted | Refused, Keyring]:
    now = datetime.now(UTC)
    opened = open_company(company_of(options.case, options.company), now)
    scopes = load_scopes(share() / "roles")
    case, customers = load_case(
        options.case, opened.company, opened.keyring, scopes, engineer=options.engineer, now=now
    )
    decision = judge(case)
    opened.remember(dict([case.agreement_seen]) if isinstance(decision, Admitted) else {}, now)
    return decision, customers


def _refuse(refused: Refused) -> int:
    click.echo(decision(refused, TITLES, name=refused.case.name), err=True)
    return Exit.REFUSED


def _entry(options: Options, target: Target) -> HostEntry:
    inventory = load_inventory(options.inventory)
    entry = inventory.find(target.name)
    if entry is None:
        raise InputError(
            f"has no host '{target.name}'",
            where=str(options.inventory),
            hint=f"add it below `all: hosts:`, which has {', '.join(inventory.all.hosts) or 'none'}, "
            "or choose another target of the order with --host",
        )
    if entry.ansible_connection == "podman" and options.engine == "plain":
        raise InputError(
            "Ansible alone cannot reach a container by podman",
            where=f"{options.inventory}, {target.name}",
            hint="use the engine mitogen, or reach it by ssh",
        )
    return entry


def _look(session: Session, target: Target) -> tuple[Facts, Plan]:
    """Seal what would run, look at the server, and work out the plan. Nothing is changed."""
    admitted, project = session.admitted, session.private / "project"
    with progress() as bar:
        bar.stage(f"Looking at {target.name}")
        seal.copy_content(share(), collections(), project)
        facts = gather(session.way, admitted.case.components, admitted.case.scopes, session.plan_id)
    identity = planning.Identity(plan_id=session.plan_id, content_sha256=seal.digest(project), now=admitted.case.now)
    return facts, planning.plan(admitted, target, facts, session.way.host_key, identity)


def _planned(session: Session, facts: Facts, fresh: Plan) -> int:
    """Show the plan, have it signed and judged, and run it."""
    options = session.options
    admitted: Admitted | Refused = session.admitted
    data, earlier = plan_bytes(fresh), b""
    if options.plan_file and not options.dry_run:
        data, earlier = read_signed(options.plan_file, fresh)
    plan = parse_plan(data, "plan.yml")
    case, sha256 = session.admitted.case, Content("plan.yml", data).sha256
    attendance = attendance_text(plan, sha256, [person.id for person in case.agreement.content.responsible_for_it])
    click.echo(plan_text(plan, case.scopes, session.way.how, _width(), attendance=attendance))
    foreseen = foresee(session.admitted, plan, facts, datetime.now(UTC))
    if isinstance(foreseen, Refused):
        return _refuse(foreseen)
    _attention(foreseen)
    if options.dry_run:
        return _leave(options, data)
    _confirm(options, session.way.name)
    # Somebody may have thought for a while, and a key may have been revoked meanwhile: read everything again.
    admitted, keyring = _admit(options)
    if isinstance(admitted, Refused):
        return _refuse(admitted)
    signatures, signers = sign_plan(data, earlier, admitted.case.engineer, options.key, keyring)
    present = read_attendance(session.way) if attendance else None
    authorised = authorise(admitted, Proposal(plan, facts, signers, sha256, present), datetime.now(UTC))
    if isinstance(authorised, Refused):
        return _refuse(authorised)
    return _run(session, authorised, SignedPlan(data, signatures))


def _attention(findings: tuple[Finding, ...]) -> None:
    """What refuses nothing, but must be seen before somebody signs."""
    for finding in findings:
        broken = finding.verdict is Verdict.BROKEN
        if broken or finding.warning:
            label = click.style("BROKEN ", fg="red", bold=True) if broken else click.style("warning", fg="yellow")
            text = f"{finding.rule}: {shown(finding.reason)}"
            click.echo(f"  {label}    " + click.wrap_text(text, _width() - 13, subsequent_indent=" " * 13))


def _leave(options: Options, data: bytes) -> int:
    if options.plan_file:
        if options.plan_file.exists():
            raise InputError(
                "exists already", where=str(options.plan_file), hint="name a new file; nothing is overwritten"
            )
        write_whole(options.plan_file, data, mode=0o600)
        click.echo(f"written: {shown(str(options.plan_file))}")
    click.echo("dry run: nothing on the server was changed")
    return Exit.DONE


def _width() -> int:
    return min(shutil.get_terminal_size((110, 40)).columns, 110)


def _confirm(options: Options, host: str) -> None:
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise InputError(
            "nobody can be asked here: standard input is no terminal",
            hint="look at the plan with --dry-run, then run with --yes",
        )
    click.confirm(f"Sign this plan and run it on {host}?", abort=True, err=True)


def _run(session: Session, authorised: Authorised, signed: SignedPlan) -> int:
    plan = authorised.proposal.plan
    folder = session.options.evidence or session.options.case / "evidence" / plan.plan
    prepare(folder)  # a run whose evidence has no place is not begun
    ledger = Ledger(ledger_path())
    refuse_reuse(ledger, mails_of(authorised.admitted.case))
    ledger.begin(signed.receipt("started", authorised))
    started = datetime.now(UTC)
    verification = None
    with (
        _stoppable() as stopping,
        progress() as bar,
        verifier(plan, session.way, session.private) as verify,
    ):
        bar.stage(f"Installing on {session.way.name}", roles=1 + len(plan.components))  # packages, then each component
        engine = session.options.engine
        try:
            outcome = run(
                authorised, session.way, session.private, engine=engine, on_event=bar.event, stop=stopping.is_set
            )
        except KoorError:
            ledger.append(signed.receipt(Result.FAILED, authorised))
            raise
        if outcome.passed and not stopping.is_set():
            bar.stage("Verifying")
            try:
                verification = verify()
            except KoorError as error:
                outcome.log.troubles.append(str(error))
    result = finish(authorised, outcome, verification, signed, started=started, stopped=stopping.is_set())
    return result.hand_over(folder, ledger)


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """Ctrl-C ends the run and not the program: what was done is still verified, recorded and told."""
    stopping = threading.Event()

    def stop(*_: object) -> None:
        if not stopping.is_set():
            with suppress(OSError):
                click.echo("\nstopping; what was done is recorded", err=True)
        stopping.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopping
    finally:
        signal.signal(signal.SIGINT, before)
