"""`koor-provision trust`: record the CTO's key."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.enrol import enrol, propose, rotate, trusted_before
from koor_provision.cli.trusted import open_company
from koor_provision.errors import Exit, InputError, RefusedError
from koor_provision.load.files import require_folder
from koor_provision.memory.anchors import Anchor, anchors
from koor_provision.memory.places import anchors_file
from koor_provision.models.base import Fingerprint
from koor_provision.models.case import Company
from koor_provision.models.text import shown


@click.command(name="trust")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--fingerprint",
    "told",
    metavar="SHA256:...",
    multiple=True,
    help="What the CTO told you, instead of being asked. May be repeated, for a CTO with two keys.",
)
@click.option(
    "--replace",
    is_flag=True,
    help="Begin anew: forget the key and the versions that this machine remembers. The ledger keeps that it was done.",
)
def command(folder: Path, told: tuple[str, ...], *, replace: bool) -> int:
    """Record whose key the company's documents in DIR rest on.

    Do this once on every machine: the CTO reads out the fingerprint of their key (ssh-keygen -lf KEY.pub), in person or
    by phone, and you compare. From then on documents that are not signed with it are refused, and so is a version that
    is older than one that was seen here.

    \b
    A new key of the CTO: they sign allowed_signers with the old and the new one; then run this again.
    The old key is lost or revoked, or what this machine remembers is lost: --replace, and compare again.
    """  # noqa: D301
    require_folder(folder, "name the folder with the company's documents")
    known = anchors()
    if known.is_sample(folder):
        raise RefusedError(
            "is a sample, whose keys lie beside it for everybody to read",
            where=str(folder),
            hint="it is trusted in its own folder already; name the folder of your company",
        )
    keys, company = propose(folder, datetime.now(UTC))
    chosen = _chosen(folder, keys, told)
    if known.company and not replace:
        return _follow(folder, known.company, chosen, told)
    if not replace and trusted_before():
        raise RefusedError(
            "the ledger says that this machine trusted a company before, and its anchor is gone",
            where=str(anchors_file()),
            hint="restore it from your backup; if it is lost for good: koor-provision trust DIR --replace",
        )
    _confirm(folder, chosen, company, told)
    enrol(chosen, company)
    return _done()


def _follow(folder: Path, before: Anchor, chosen: frozenset[Fingerprint], told: tuple[str, ...]) -> int:
    """Keep the key that is trusted, or take the one that it vouches for."""
    opened = open_company(folder, datetime.now(UTC))
    if chosen == frozenset(before.keys):
        click.echo(f"trusted already: {', '.join(before.keys)}")
        return Exit.DONE
    _confirm(folder, chosen, opened.company, told)
    rotate(chosen, before)
    return _done()


def _chosen(folder: Path, keys: frozenset[Fingerprint], told: tuple[str, ...]) -> frozenset[Fingerprint]:
    if wrong := sorted(set(told) - keys):
        raise RefusedError(
            f"the CTO's key there is {' or '.join(sorted(keys))}, not {', '.join(wrong)}",
            where=str(folder),
            hint="do not trust this folder: find out with the CTO who made it, and get theirs",
        )
    return frozenset(told) or keys


def _confirm(folder: Path, keys: frozenset[Fingerprint], company: Company, told: tuple[str, ...]) -> None:
    versions = ", ".join(f"{kind} {seen.version}" for kind, seen in sorted(company.versions.items()))
    click.echo(f"company    {shown(str(folder))}")
    for key in sorted(keys):
        click.echo(f"CTO's key  {key}")
    click.echo(f"versions   {versions}")
    if told:
        return
    if not sys.stdin.isatty():
        raise InputError(
            "nobody can be asked here: standard input is no terminal",
            hint="compare the fingerprint with the CTO, then give it: --fingerprint SHA256:...",
        )
    click.confirm("Did the CTO tell you this fingerprint, in person or by phone?", abort=True, err=True)


def _done() -> int:
    click.echo(f"trusted from now on; kept in {shown(str(anchors_file()))}")
    return Exit.DONE
