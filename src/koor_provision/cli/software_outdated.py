"""`koor-provision software outdated`: which validations are due (R9)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from koor_provision.cli.options import company_folder, company_only_option
from koor_provision.errors import Exit, InputError

if TYPE_CHECKING:
    from koor_provision.models.software import System
    from koor_provision.validation.offers import Offers


@click.command(name="outdated")
@company_only_option
@click.option("--system", "systems", multiple=True, metavar="SYSTEM", help="Only on this system; may be repeated.")
@click.option(
    "--offers",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What systems offer, as YAML: {debian13: {nginx: 1.26.3-3}}. Default: ask fresh servers.",
)
@click.option(
    "--max-age",
    type=click.IntRange(1),
    default=365,
    show_default=True,
    metavar="DAYS",
    help="A test is good for so long.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 where something is due.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(  # one parameter an option
    company: Path | None, systems: tuple[str, ...], file: Path | None, max_age: int, form: str, *, exit_code: bool
) -> int:
    """Compare the approved list with what systems offer today, and propose the validations that are due.

    A fresh server of each system is asked for its candidates. Due is what is offered and not approved, what was tested
    in another series or never, too long ago, or with another state of its role. Ends of support, of versions and of
    systems, travel with koor-provision as data, and are told from half a year before.

    \b
      koor-provision software outdated --system debian13
      koor-provision software outdated --exit-code --format json
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.cli.trusted import open_company  # noqa: PLC0415  # help and completion need none of these
    from koor_provision.report import due as report  # noqa: PLC0415
    from koor_provision.roletest.workspace import present_roles  # noqa: PLC0415
    from koor_provision.validation import due  # noqa: PLC0415
    from koor_provision.validation.lifetimes import lifetimes  # noqa: PLC0415

    now = datetime.now(UTC)
    documents = open_company(company_folder(company), now).company
    listed = [system for entry in documents.software.content.entries for system in entry.systems]
    offers = _read(file, systems) if file else _ask(cast("tuple[System, ...]", systems or tuple(dict.fromkeys(listed))))
    standard = due.Standard(lifetimes(), present_roles(), now.date(), timedelta(days=max_age))
    rows = due.rows(documents, offers, standard)
    show = report.as_json if form == "json" else report.text
    click.echo(show(rows, lifetimes().checked))
    return Exit.REFUSED if exit_code and any(row.due for row in rows) else Exit.DONE


def _ask(systems: "tuple[System, ...]") -> "Offers":
    from koor_provision.load.resources import collections, share  # noqa: PLC0415
    from koor_provision.load.scopes import load_scopes  # noqa: PLC0415
    from koor_provision.validation.offers import offered  # noqa: PLC0415

    scopes = {name: scope for name, scope in load_scopes(share() / "roles").items() if scope.can_be_ordered}
    known = sorted({system for scope in scopes.values() for system in scope.systems})
    for system in systems:
        if system not in known:
            raise InputError(f"no role knows '{system}'", where="--system", hint=f"there are: {', '.join(known)}")
    click.echo(f"asking {', '.join(systems)}", err=True)
    return offered(share(), collections(), scopes, systems)


def _read(file: Path, systems: tuple[str, ...]) -> "Offers":
    from koor_provision.load.files import read  # noqa: PLC0415
    from koor_provision.validation.offers import read_offers  # noqa: PLC0415

    return {name: found for name, found in read_offers(read(file, str(file))).items() if not systems or name in systems}
