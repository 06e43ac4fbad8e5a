"""`koor-provision software adopt`: from what R9 refuses to what is installed, with the tests in between."""

from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.options import company_folder, company_only_option
from koor_provision.errors import Exit


@click.command(name="adopt")
@click.argument("subject", metavar="COMPONENT[=VERSION]")
@click.option("--system", required=True, metavar="SYSTEM", help="The server's system.")
@company_only_option
@click.option("--responsible", metavar="PERSON", help="Who tests and answers, by the name in the staff register.")
@click.option("--answers", type=click.Path(path_type=Path), metavar="FILE", help="What only people know, by row.")
@click.option("--key", type=click.Path(path_type=Path), help="The CTO's key. Default: the SSH agent's only key.")
@click.option("--case", type=click.Path(path_type=Path), help="The order to install when the version is approved.")
@click.option("--inventory", "-i", type=click.Path(path_type=Path), help="How to reach the order's server.")
@click.option("--engineer-key", type=click.Path(path_type=Path), help="The engineer's key, for the plan.")
@click.option("--yes", is_flag=True, help="Ask neither before approving nor before the run.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917  # one parameter an option
    context: click.Context, subject: str, system: str, company: Path | None, responsible: str | None,
    answers: Path | None, key: Path | None, case: Path | None, inventory: Path | None, engineer_key: Path | None,
    *, yes: bool,
) -> int:  # fmt: skip
    """Validate COMPONENT on a system, approve it, and install the order that waited for it.

    The same as `software validate`, `software approve` and `install`, one after the other; whatever refuses or fails
    ends it, and each keeps what it wrote. The CTO sits there for the approval; people who sit
    apart use the three.

    \b
      koor-provision software adopt mariadb=11.8 --system debian13 --responsible ana --answers answers.yml \\
          --key ~/.ssh/cto --case CASE --inventory FILE --engineer-key ~/.ssh/id_ed25519
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.cli import install, validating  # noqa: PLC0415  # help and completion need none of these
    from koor_provision.cli.approving import Wish, approve_record, must_be_the_ctos  # noqa: PLC0415
    from koor_provision.cli.trusted import open_company  # noqa: PLC0415

    if (case is None) != (inventory is None):
        raise click.UsageError("--case and --inventory belong together")
    folder = company_folder(company)
    now = datetime.now(UTC)
    must_be_the_ctos(open_company(folder, now), key, now.date())
    if case and inventory:
        click.echo("1 of 4: what the order's server would get today")
        before = context.invoke(install.command, case=case, inventory=inventory, company=folder, dry_run=True)
        if before != Exit.REFUSED:
            click.echo("nothing is refused, so there is nothing to adopt: install it", err=True)
            return int(before)
    click.echo(f"2 of 4: testing {subject} on {system}")
    request = validating.Request(subject, (system,), folder, responsible, answers)
    file, passed = validating.validate(request)
    validating.say(file, passed=passed)
    if not passed:
        return Exit.FAILED
    click.echo("3 of 4: the CTO's approval")
    approve_record(Wish(file, folder, key, sure=yes))
    if not case:
        return Exit.DONE
    click.echo("4 of 4: installing")
    return int(
        context.invoke(install.command, case=case, inventory=inventory, company=folder, key=engineer_key, yes=yes)
    )
