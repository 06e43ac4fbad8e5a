"""The steps of an installation, a removal or an undo, in the only order that their types allow."""

import secrets
import shutil
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.audit.run import changing
from koor_provision.audit.watch import watching
from koor_provision.cli.admitting import admit, way_in
from koor_provision.cli.earlier import broken_off
from koor_provision.cli.finish import SignedPlan, mails_of
from koor_provision.cli.leaving import left_by
from koor_provision.cli.options import company_of
from koor_provision.cli.plan_signing import engineer_key, read_signed, sign_plan
from koor_provision.cli.progress import progress
from koor_provision.cli.running import run_plan
from koor_provision.cli.session import Options, Session
from koor_provision.cli.training import training_of
from koor_provision.cli.undoing import former_plan
from koor_provision.errors import Exit, InputError, KoorError
from koor_provision.gate.decision import Admitted, Refused
from koor_provision.gate.judge import authorise, foresee
from koor_provision.ledger.earlier import earlier
from koor_provision.ledger.mails import refuse_reuse
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.files import Content, lies
from koor_provision.load.plan import parse_plan, plan_bytes
from koor_provision.load.resources import collections, share
from koor_provision.models.application import Application
from koor_provision.models.case import Proposal
from koor_provision.models.facts import Facts
from koor_provision.models.finding import Finding, Verdict
from koor_provision.models.order import Target
from koor_provision.models.plan import Plan
from koor_provision.models.text import shown
from koor_provision.preflight.attendance import read_attendance
from koor_provision.preflight.facts import forget, gather, gather_leaving, gather_undoing
from koor_provision.preflight.reach import reach
from koor_provision.private.memory import private_directory
from koor_provision.provision import planning, seal, source
from koor_provision.provision.runner import warm_up
from koor_provision.report.answer import answer_of
from koor_provision.report.plan import attendance_text, plan_text
from koor_provision.report.text import answers
from koor_provision.rules.registry import TITLES
from koor_provision.trust.signer import signer
from koor_provision.write import write_whole


def go(options: Options) -> int:
    """Go the whole way; returns the exit code."""
    admitted, keyring = admit(options)
    if isinstance(admitted, Refused):
        return _refuse(admitted, options)
    refuse_reuse(Ledger(ledger_path()), mails_of(admitted.case))
    target = planning.choose_target(admitted, options.host)
    entry = way_in(options, admitted.case, target)
    with private_directory() as private:
        session = Session(options, admitted, reach(target, entry, private), private, secrets.token_hex(8), keyring)
        facts = None
        try:
            facts, plan = _look(session, target)
            return _planned(session, facts, plan)
        finally:
            if facts is None or facts.apt_config:  # a look that fetched no package lists left nothing there
                with suppress(KoorError):  # what went wrong before is what the engineer must hear
                    forget(session.way, session.plan_id)


def _refuse(refused: Refused, options: Options) -> int:
    answer = answer_of(refused, str(options.case), str(company_of(options.case, options.company)))
    click.echo(answers([answer], TITLES), err=True)
    return Exit.REFUSED


def _look(session: Session, target: Target) -> tuple[Facts, Plan]:
    """Seal what would run, look at the server, and work out the plan. Nothing is changed."""
    admitted, project = session.admitted, session.private / "project"
    removal, scopes = admitted.case.removal, admitted.case.scopes
    components = admitted.case.components
    with progress() as bar:
        bar.stage(f"Looking at {target.name}")
        warm_up()

        def waiting() -> None:
            bar.stage(f"Waiting for the package manager of {target.name} to finish what it does")

        seal.copy_content(share(), collections(), project)
        if admitted.case.undo:
            facts = gather_undoing(session.way, admitted.case.undo, components, scopes, waiting)
        elif removal:
            facts = gather_leaving(session.way, removal, components, scopes, waiting)
        else:
            _bring_application(session, project)
            facts = gather(session.way, components, scopes, session.plan_id, waiting)
    identity = planning.Identity(plan_id=session.plan_id, content_sha256=seal.digest(project), now=admitted.case.now)
    former = former_plan(session, facts)
    before = planning.Before(
        former=former,
        left=left_by(session.options.case, former, facts.kept) if former and facts.kept else (),
        finishes=broken_off(facts, earlier(Ledger(ledger_path()).receipts(), facts.machine_id)),
    )
    return facts, planning.plan(admitted, target, facts, session.way.host_key, identity, before)


def _bring_application(session: Session, project: Path) -> None:
    for component in session.admitted.case.components:
        if isinstance(component, Application):
            source.hand_over(component, session.options.application_source, project)


def _training(session: Session) -> str | None:
    case, options = session.admitted.case, session.options
    return None if case.removal else training_of(case, company_of(options.case, options.company), case.now)


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
    former = former_plan(session, facts)
    foreseen = foresee(session.admitted, plan, facts, datetime.now(UTC), former)
    if isinstance(foreseen, Refused):
        return _refuse(foreseen, options)
    _attention(foreseen)
    if options.dry_run:
        return _leave(options, data)
    training = _training(session)  # a run whose hand-over is incomplete is not begun
    _confirm(options, session.way.name)
    # The first look at the target is taken beside all this; the run waits for it.
    with watching(session.way, changing(plan), f"plan {plan.plan}") as watch:
        # Somebody may have thought for a while, and a key may have been revoked meanwhile: read everything again.
        admitted, keyring = admit(options)
        if isinstance(admitted, Refused):
            return _refuse(admitted, options)
        engineer = admitted.case.engineer
        with signer(engineer_key(engineer, options.key, keyring), session.private) as key:
            signatures, signers = sign_plan(data, earlier, engineer, key, keyring)
            present = read_attendance(session.way) if attendance else None
            authorised = authorise(admitted, Proposal(plan, facts, signers, sha256, present, former), datetime.now(UTC))
            if isinstance(authorised, Refused):
                return _refuse(authorised, options)
            return run_plan(session, authorised, SignedPlan(data, signatures, key, training), watch)


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
        if lies(options.plan_file, str(options.plan_file)):
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
