"""The first steps towards a customer's server, whatever is done there: the case is judged, and the way in found."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.options import company_of
from koor_provision.cli.session import Options
from koor_provision.cli.trusted import open_company
from koor_provision.errors import InputError, KoorError, RefusedError
from koor_provision.gate.decision import Admitted, Refused
from koor_provision.gate.judge import judge
from koor_provision.load.case import load_case
from koor_provision.load.inventory import load_inventory
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.case import Case
from koor_provision.models.inventory import HostEntry
from koor_provision.models.order import Target
from koor_provision.models.remedy import located
from koor_provision.trust.keyring import Keyring


def admit(options: Options) -> tuple[Admitted | Refused, Keyring]:
    """Judge a case; returns the customer's keys as well."""
    now = datetime.now(UTC)
    folder = company_of(options.case, options.company)
    opened = open_company(folder, now)
    scopes = load_scopes(share() / "roles")
    try:
        case, customers = load_case(
            options.case, opened.company, opened.keyring, scopes, engineer=options.engineer, now=now
        )
    except KoorError as error:
        error.hint = located(error.hint, options.case, folder)
        raise
    decision = judge(replace(case, removal=options.removal, undo=options.undo))
    opened.remember(dict([case.agreement_seen]) if isinstance(decision, Admitted) else {}, now)
    return decision, customers


def way_in(options: Options, case: Case, target: Target) -> HostEntry:
    """How the inventory reaches a target.

    Raises:
        InputError: it does not, or not in a way that works.
        RefusedError: a sample company orders something on a server.
    """
    entry = _entry(options, target)
    if case.company.sample:
        _only_a_container(entry, options.inventory)
    return entry


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


def _only_a_container(entry: HostEntry, inventory: Path) -> None:
    """One person with a sample's keys is everybody: no customer's server may be reached in their names."""
    if entry.ansible_connection != "podman":
        raise RefusedError(
            "judged by a sample company, whose keys lie beside it: that orders nothing on a server",
            where=f"{inventory}, ansible_connection: {entry.ansible_connection}",
            hint="try the sample on a container here (ansible_connection: podman); for a server, name the folder of "
            "your company's own documents: --company DIR",
        )
    click.echo("note: judged by a sample company, for learning: everybody's keys lie beside it", err=True)
