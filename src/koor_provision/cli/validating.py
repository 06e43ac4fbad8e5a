"""Testing a component and writing its validation record, for `software validate` and `software adopt`."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from koor_provision import __version__
from koor_provision.cli.asking import ask_missing
from koor_provision.cli.trusted import open_company
from koor_provision.cli.watching import watching
from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import read
from koor_provision.load.resources import collections, share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.case import Company
from koor_provision.models.components import role_of
from koor_provision.models.scope import Scope
from koor_provision.models.series import is_called
from koor_provision.models.software import System, Tested, ValidationRecord
from koor_provision.models.text import shown
from koor_provision.report.validation import page
from koor_provision.roletest.scenarios import scenarios
from koor_provision.validation import records, testing
from koor_provision.validation.answers import Form, must_be_complete, read_answers
from koor_provision.validation.lifetimes import lifetimes
from koor_provision.validation.offers import offered
from koor_provision.write import write_new


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    subject: str
    systems: tuple[str, ...]
    folder: Path
    responsible: str | None = None
    answers: Path | None = None
    form: str | None = None
    versions: str | None = None
    extensions: tuple[str, ...] = ()
    output: Path | None = None
    logs: Path = Path("roles-test-logs")


def form_for(request: Request) -> Form:
    """Which form is to be filled in.

    Raises:
        InputError: there is no such component, or no such company.
        RefusedError: the company's documents prove nothing.
    """
    component = request.subject.partition("=")[0]
    known_scope(component)
    return _form(request, component, open_company(request.folder, datetime.now(UTC)).company)


def validate(request: Request) -> tuple[Path, bool]:
    """Ask, test, and write the record and its page; returns the record's place, and whether it passed.

    Raises:
        InputError: something that was given makes no sense; nothing was run.
        RunError: no server could be started, or nothing got installed that could be tested.
    """
    component, _, version = request.subject.partition("=")
    scope = known_scope(component)
    now = datetime.now(UTC)
    company = open_company(request.folder, now).company
    form = _form(request, component, company)
    who = records.who_answers(company, _given(request.responsible, "--responsible"), now.date())
    systems = _systems(request.systems, scope)
    scenario = testing.scenario_of(role_of(component), systems, scenarios(share()))
    answers = read_answers(read(request.answers, str(request.answers)), form) if request.answers else {}
    if sys.stdin.isatty():
        answers = ask_missing(answers, form)
    must_be_complete(answers, form)
    if version:
        _must_be_offered(component, version, scope, systems)
    with watching(len(systems)) as tell:
        bench = testing.Bench(share(), collections(), request.logs, __version__)
        tested = testing.test(bench, scenario, scope, systems, tell)
    text = records.write(_subject(request, form, company, tested), tested, answers, who)
    return _kept(request, text, component, form, company)


def known_scope(component: str) -> Scope:
    """A component's contract.

    Raises:
        InputError: no role knows it.
    """
    scopes = {name: scope for name, scope in load_scopes(share() / "roles").items() if scope.can_be_ordered}
    if component not in scopes:
        raise InputError(
            f"no role knows '{component}'", where="COMPONENT", hint=f"there are: {', '.join(sorted(scopes))}"
        )
    return scopes[component]


def say(file: Path, *, passed: bool) -> None:
    """Tell what became of a validation."""
    click.echo(f"{'passed' if passed else click.style('failed', fg='red', bold=True)}: {shown(str(file))}")
    click.echo(f"to read: {shown(str(file.with_suffix('.html')))}")


def _form(request: Request, component: str, company: Company) -> Form:
    return cast("Form", request.form or records.form_of(company, component))


def _subject(request: Request, form: Form, company: Company, tested: tuple[Tested, ...]) -> records.Subject:
    component = request.subject.partition("=")[0]
    found = [(run.system, run.version) for run in tested]
    if request.versions:
        records.must_hold(request.versions, found)
        versions, former = request.versions, None
    else:
        entries = company.software.content.find(component)
        versions, former = records.proposed_range(found, lifetimes().of(component).numbers, entries)
    extensions = request.extensions or (former.extensions if former else ())
    return records.Subject(component, form, versions, tuple(run.system for run in tested), extensions, former)


def _kept(request: Request, text: str, component: str, form: Form, company: Company) -> tuple[Path, bool]:
    target = request.output or request.folder / "validations"
    target.mkdir(parents=True, exist_ok=True)
    file = target / records.free_name(target, component, form)
    write_new(file, text.encode())
    content = read(file, str(file))
    record = to_model(content, ValidationRecord)
    write_new(file.with_suffix(".html"), page(record, content.sha256, company.staff.content).encode())
    return file, record.passed == "yes"


def _given(value: str | None, option: str) -> str:
    if not value:
        raise InputError("is missing", where=option, hint=f"give it: {option} PERSON, as in the staff register")
    return value


def _systems(systems: tuple[str, ...], scope: Scope) -> tuple[System, ...]:
    if not systems:
        raise InputError("is missing", where="--system", hint=f"one of: {', '.join(scope.systems)}; may be repeated")
    for system in systems:
        if system not in scope.systems:
            raise InputError(
                f"{scope.component} has no contract for '{system}'",
                where="--system",
                hint=f"it has one for: {', '.join(scope.systems)}",
            )
        if scope.systems[system].version_package is None:
            raise InputError(
                f"{system} has no {scope.component}",
                where="--system",
                hint="; ".join(scope.systems[system].unavailable.values()) or "choose another system",
            )
    return cast("tuple[System, ...]", tuple(dict.fromkeys(systems)))


def _must_be_offered(component: str, version: str, scope: Scope, systems: tuple[System, ...]) -> None:
    there = offered(share(), collections(), {component: scope}, systems)
    for system in systems:
        found = there[system].get(component)
        if found is None or not is_called(found, version):
            raise InputError(
                f"{system} offers {found or 'no version'} of {component}, not {version}",
                where="COMPONENT=VERSION",
                hint="leave =VERSION out to test what it offers, or have the system's package sources offer it",
            )
