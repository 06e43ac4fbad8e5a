"""The steps of an installation, in the only order that their types allow."""

import secrets
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.finish import Finished, finish
from koor_provision.cli.options import company_of
from koor_provision.cli.plan_signing import read_signed, sign_plan
from koor_provision.cli.progress import Progress, progress
from koor_provision.errors import Exit, InputError, RefusedError
from koor_provision.gate.decision import Admitted, Authorised, Refused
from koor_provision.gate.judge import authorise, judge
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.case import load_case
from koor_provision.load.company import load_company
from koor_provision.load.inventory import load_inventory
from koor_provision.load.plan import parse_plan, plan_bytes
from koor_provision.load.resources import collections, share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.case import Proposal
from koor_provision.models.facts import Facts
from koor_provision.models.plan import Plan
from koor_provision.preflight.facts import forget, gather
from koor_provision.preflight.reach import Reach, reach
from koor_provision.private.memory import private_directory
from koor_provision.provision import planning, seal
from koor_provision.provision.runner import Engine, run
from koor_provision.report.plan import plan_text
from koor_provision.report.text import decision
from koor_provision.rules.registry import TITLES
from koor_provision.trust.keyring import Keyring
from koor_provision.verify.run import verify
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


def install(options: Options) -> int:
    """Go the whole way; returns the exit code."""
    admitted, keyring = _admit(options)
    if isinstance(admitted, Refused):
        click.echo(decision(admitted, TITLES, name=admitted.case.name), err=True)
        return Exit.REFUSED
    target = planning.choose_target(admitted, options.host)
    inventory = load_inventory(options.inventory)
    entry = inventory.find(target.name)
    if entry is None:
        raise InputError(
            f"has no host '{target.name}'",
            where=str(options.inventory),
            hint=f"add it below all: hosts:, or choose another target with --host (there: {', '.join(inventory.all.hosts)})",
        )
    with private_directory() as private:
        way = reach(target, entry, private)
        with progress() as bar:
            bar.stage(f"Looking at {target.name}")
            seal.copy_content(share(), collections(), private / "project")
            facts = gather(way, tuple(admitted.case.offer.content.components), admitted.case.scopes)
        try:
            plan = planning.plan(
                admitted,
                target,
                facts,
                host_key=way.host_key,
                content_sha256=seal.digest(private / "project"),
                plan_id=secrets.token_hex(8),
                now=admitted.case.now,
            )
            return _planned(options, admitted, keyring, plan, facts, way, private)
        finally:
            forget(way, facts)


def _admit(options: Options) -> tuple[Admitted | Refused, Keyring]:
    now = datetime.now(UTC)
    company, keyring = load_company(company_of(options.case, options.company), now.date())
    case, customers = load_case(
        options.case, company, keyring, load_scopes(share() / "roles"), engineer=options.engineer, now=now
    )
    return judge(case), customers


def _planned(
    options: Options, admitted: Admitted, keyring: Keyring, plan: Plan, facts: Facts, way: Reach, private: Path
) -> int:
    click.echo(plan_text(plan, admitted.case.scopes))
    data = plan_bytes(plan)
    if options.dry_run:
        return _dry(options, admitted, Proposal(plan, facts, frozenset()), data)
    if options.plan_file:
        data, earlier = read_signed(options.plan_file, plan)
    else:
        earlier = b""
    # Refused for a reason that no signature can mend? Then nobody is asked to sign.
    signed = parse_plan(data, "plan.yml")
    hopeless = authorise(
        admitted, Proposal(signed, facts, frozenset({admitted.case.engineer, *_customer_it(admitted)}))
    )
    if isinstance(hopeless, Refused):
        return _refuse(hopeless)
    _confirm(options, way.name)
    signatures, signers = sign_plan(data, earlier, admitted.case.engineer, options.key, keyring, private)
    authorised = authorise(admitted, Proposal(signed, facts, signers))
    if isinstance(authorised, Refused):
        return _refuse(authorised)
    return _run(options, authorised, way, private, Finished(data, signatures))


def _customer_it(admitted: Admitted) -> set[str]:
    return {person.id for person in admitted.case.agreement.content.responsible_for_it}


def _refuse(refused: Refused) -> int:
    click.echo(decision(refused, TITLES, name=refused.case.name), err=True)
    return Exit.REFUSED


def _dry(options: Options, admitted: Admitted, proposal: Proposal, data: bytes) -> int:
    """Show what the gate would say if everybody who must sign signed."""
    everybody = Proposal(proposal.plan, proposal.facts, frozenset({admitted.case.engineer, *_customer_it(admitted)}))
    judged = authorise(admitted, everybody)
    if isinstance(judged, Refused):
        return _refuse(judged)
    for finding in judged.findings:
        if finding.warning:
            click.echo(f"  {click.style('warning', fg='yellow')}    {finding.rule}: {finding.reason}")
    if options.plan_file:
        write_whole(options.plan_file, data, mode=0o600)
        click.echo(f"written: {options.plan_file}")
    click.echo("dry run: nothing on the server was changed")
    return Exit.DONE


def _confirm(options: Options, host: str) -> None:
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise InputError(
            "nobody can be asked here: standard input is no terminal",
            hint="look at the plan with --dry-run, then run with --yes",
        )
    click.confirm(f"Sign this plan and run it on {host}?", abort=True, err=True)


def _run(options: Options, authorised: Authorised, way: Reach, private: Path, signed: Finished) -> int:
    plan = authorised.proposal.plan
    ledger = Ledger(ledger_path())
    if any(receipt.get("plan") == plan.plan for receipt in ledger.receipts()):
        raise RefusedError(
            "this plan was run before", where=f"plan {plan.plan}", hint="a plan is good for one run: make a new one"
        )
    ledger.append(signed.receipt("started", authorised))
    started = datetime.now(UTC)
    stopping = threading.Event()
    with progress() as bar:
        outcome = _until_stopped(authorised, way, private, options.engine, bar, stopping)
        verification = None
        if outcome.passed and not stopping.is_set():
            bar.stage("Verifying")
            verification = verify(plan, way, private)
    return finish(
        authorised,
        outcome,
        verification,
        signed,
        started=started,
        stopped=stopping.is_set(),
        folder=options.evidence or options.case / "evidence" / plan.plan,
        ledger=ledger,
    )


def _until_stopped(
    authorised: Authorised, way: Reach, private: Path, engine: Engine, bar: Progress, stopping: threading.Event
):  # type: ignore[no-untyped-def]
    bar.stage(f"Installing on {way.name}")
    return run(authorised, way, private, engine=engine, on_event=bar.event, stop=stopping.is_set)
