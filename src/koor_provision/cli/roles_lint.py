"""`koor-provision roles lint`: roles and playbooks against their scope contracts, from their files alone (R8)."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click

from koor_provision import __version__
from koor_provision.errors import Exit
from koor_provision.load.resources import share
from koor_provision.models.lint import Fault
from koor_provision.report import lint as report

_FORMATS: dict[str, Callable[[Sequence[Fault]], str]] = {
    "text": report.text,
    "json": report.as_json,
    "sarif": partial(report.sarif, version=__version__),
}


@click.command(name="lint")
@click.argument("folder", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path))
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="Only this role; may be repeated. No playbooks.")
@click.option("--format", "form", type=click.Choice([*_FORMATS]), default="text", show_default=True)
def command(folder: Path | None, roles: tuple[str, ...], form: str) -> int:
    """Find every task that reaches outside its role's meta/scope.yml, before it ever runs.

    FOLDER holds roles/ and playbooks/; without it those are judged that koor-provision itself runs. Packages, paths,
    services, accounts, ports and settings in tasks, handlers and templates are worked out from the role's own files,
    for each system that it knows. What cannot be worked out is refused as well: nobody could say that it is inside.

    \b
      koor-provision roles lint
      koor-provision roles lint --role php
      koor-provision roles lint . --format sarif > scope.sarif

    \b
    A value that only an order brings is accepted where
      - the variable has `choices` in meta/argument_specs.yml, and each of them is inside,
      - it names a file in a tree of the contract, cut down to a bare word:
        "/etc/koor/{{ name | regex_replace('[^A-Za-z0-9_-]', '') }}.conf",
      - the module itself refuses to leave given trees: `within: [/var/www/]`.

    \b
    Exit codes: 0 nothing found or warnings only, 1 something is outside, 2 a file cannot be read.
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.rolelint.lint import lint  # noqa: PLC0415  # loads Jinja, which help and completion do not need

    faults = lint(folder or share(), roles)
    click.echo(_FORMATS[form](faults))
    return Exit.REFUSED if any(not fault.warning for fault in faults) else Exit.DONE
