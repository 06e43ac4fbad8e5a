"""`koor-provision roles test`: what CI calls before a role may be used on anybody's server."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koor_provision.errors import Exit
from koor_provision.load.resources import collections, share
from koor_provision.models.trial import Outcome
from koor_provision.write import write_whole

if TYPE_CHECKING:
    from koor_provision.roletest.changes import Choice


@click.command(name="test")
@click.argument("folder", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--role", "roles", multiple=True, metavar="ROLE", help="Only this role and its own scenario; may be repeated."
)
@click.option("--system", "systems", multiple=True, metavar="SYSTEM", help="Only on this system; may be repeated.")
@click.option(
    "--changed-since", "revision", metavar="REV", help="Only what the changes since this git revision can affect."
)
@click.option(
    "--without", "left_out", multiple=True, metavar="SCENARIO", help="Leave this scenario out; may be repeated."
)
@click.option(
    "--workers", "-j", type=click.IntRange(1, 32), default=2, show_default=True, help="How many run side by side."
)
@click.option(
    "--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write the results as JUnit XML as well."
)
@click.option(
    "--logs", type=click.Path(path_type=Path), default=Path("roles-test-logs"), show_default=True,
    help="Where the logs of what failed are kept; nothing is written where all pass.",
)  # fmt: skip
@click.option("--list", "only_list", is_flag=True, help="Say what would be run, and run nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(  # noqa: PLR0913, PLR0917  # one parameter an option
    folder: Path | None, roles: tuple[str, ...], systems: tuple[str, ...], revision: str | None,
    left_out: tuple[str, ...], workers: int, junit: Path | None, logs: Path, form: str, *, only_list: bool,
) -> int:  # fmt: skip
    """Test roles: scope lint, ansible-lint, argument specs, and their Molecule scenarios on each system.

    FOLDER holds roles/, playbooks/ and molecule/; without it those are tested that koor-provision itself runs.
    Everything runs in a copy, on servers of its own in containers, side by side. Molecule and ansible-lint come with
    `pip install 'koor-provision[test]'`; servers need podman on Debian, as root.

    \b
      koor-provision roles test --role nginx
      koor-provision roles test --system debian13 --junit roles.xml
      koor-provision roles test . --changed-since origin/main --without stack

    With --changed-since a scenario is run when a file that it reads has changed: its playbooks and tests, its roles,
    the plugins that these call. What is not committed counts as changed.

    \b
    Exit codes: 0 all passed, 2 bad input, 3 something failed, 130 stopped by Ctrl-C (servers are removed).
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.cli.watching import watching  # noqa: PLC0415  # help and completion need none of these
    from koor_provision.report import trials as report  # noqa: PLC0415
    from koor_provision.roletest import changes, session  # noqa: PLC0415
    from koor_provision.roletest.jobs import systems_of  # noqa: PLC0415
    from koor_provision.roletest.scenarios import scenarios  # noqa: PLC0415

    root = (folder or share()).resolve()
    every = scenarios(root, share())
    session.must_be_known(systems, systems_of(every))
    session.must_be_scenarios(left_out, every)
    kept = [one for one in every if one.name not in left_out]
    if revision:
        choice = changes.affected(root, kept, changes.changed_since(root, revision))
    else:
        choice = changes.everything(root, kept)
    choice = choice.of(changes.of_roles(root, kept, roles)) if roles else choice
    wanted = systems or systems_of(every)
    if only_list:
        click.echo("\n".join(_listed(choice, wanted)) or "nothing")
        return Exit.DONE
    start = time.monotonic()
    with session.copies(root, share(), collections(), ["files", *wanted]) as copied:
        ready = session.Session(choice, copied, wanted)
        with watching(len(ready.jobs)) as tell:
            found = ready.run(workers, logs, tell)
    if junit:
        write_whole(junit, report.junit(found).encode())
    seconds = time.monotonic() - start
    click.echo(report.as_json(found, seconds) if form == "json" else report.text(found, seconds))
    return Exit.DONE if all(one.outcome is Outcome.PASSED for one in found) else Exit.FAILED


def _listed(choice: "Choice", systems: Sequence[str]) -> Iterator[str]:
    """What would be run, a line each."""
    looked_at = [*choice.roles, *["playbooks"] * choice.playbooks]
    if looked_at:
        yield f"scope lint, ansible-lint, argument specs: {', '.join(looked_at)}"
    for one in choice.scenarios:
        yield f"molecule: {one.name} on {', '.join(system for system in systems if system in one.systems)}"
