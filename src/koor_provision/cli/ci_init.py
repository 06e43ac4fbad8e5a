"""`koor-provision ci init`: a ready pipeline for a repository of the company's own."""

from pathlib import Path

import click

from koor_provision import __version__
from koor_provision.errors import InputError
from koor_provision.models.text import shown
from koor_provision.pipelines.pipelines import PLACES, Settings, pipeline
from koor_provision.write import write_new


@click.command(name="init")
@click.argument("system", type=click.Choice([*PLACES]))
@click.argument("folder", metavar="[FOLDER]", required=False, default=".", type=click.Path(path_type=Path))
@click.option(
    "--requirement",
    default=f"koor-provision[test]=={__version__}",
    show_default=True,
    help="What pip is to install: a version, a wheel, a git address.",
)
@click.option("--branch", default="main", show_default=True, help="The branch that changes are merged into.")
def command(system: str, folder: Path, requirement: str, branch: str) -> None:
    """Write a pipeline for a CI SYSTEM into the repository in FOLDER; a file that is there is never overwritten.

    It works in a repository that holds the company's documents (company/), cases (cases/), roles of its own (roles/ and
    molecule/), or any of these: it proves the documents, judges the cases, tests the roles, and says once a week which
    validations are due. Where there are no roles, those are tested that koor-provision brings.

    \b
      koor-provision ci init github
      koor-provision ci init gitlab /srv/company --requirement ./koor_provision-0.1.0-py3-none-any.whl[test]
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder), hint="name the repository's folder")
    settings = Settings(requirement, branch, own_roles=(folder / "roles").is_dir() and (folder / "molecule").is_dir())
    text = pipeline(system, settings)
    target = folder / PLACES[system]
    target.parent.mkdir(parents=True, exist_ok=True)
    write_new(target, text.encode())
    click.echo(f"written: {shown(str(target))}")
    click.echo("to do: set the CI variable KOOR_CTO_FINGERPRINT to what your CTO reads out (ssh-keygen -lf KEY.pub)")
