"""`koor-provision pack`: the application's archive, from a Git checkout, the same on every machine."""

import re
import subprocess
from pathlib import Path

import click

from koor_provision.errors import InputError
from koor_provision.load.files import lies
from koor_provision.models.text import shown

_COMMIT = re.compile(r"[0-9a-f]{40}")


@click.command(name="pack")
@click.argument("checkout", type=click.Path(path_type=Path))
@click.option("--commit", help="Which commit, in full. Default: the one that is checked out.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, help="The archive; nothing is overwritten."
)
def command(checkout: Path, commit: str | None, output: Path) -> None:
    """Make the application's archive from a Git checkout, with its submodules, and print what an offer says about it.

    \b
      koor-provision pack ~/application -o application.tar
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.provision.source import pack, sha256_of  # noqa: PLC0415  # `pack --help` needs none of it

    if lies(output, str(output)):
        raise InputError("exists already", where=str(output), hint="name a new file; nothing is overwritten")
    chosen = commit or _head(checkout)
    if not _COMMIT.fullmatch(chosen):
        raise InputError("is no commit", where=shown(chosen), hint="write it in full: git rev-parse HEAD")
    pack(checkout, chosen, output)
    click.echo(f"written: {shown(str(output))}")
    click.echo("for the offer's components, with a version of your own:")
    click.echo(f"  - {{component: application, version: VERSION, sha256: {sha256_of(output)}, commit: {chosen}}}")


def _head(checkout: Path) -> str:
    done = subprocess.run(
        ["git", "-C", str(checkout), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InputError("is no Git checkout", where=str(checkout), hint="name the folder that `git clone` made")
    return done.stdout.strip()
