"""`koor-provision software validate`: the tests and answers that an approval rests on (R9)."""

from pathlib import Path

import click

from koor_provision.cli.options import company_folder, company_only_option
from koor_provision.errors import Exit
from koor_provision.models.text import shown


@click.command(name="validate")
@click.argument("subject", metavar="COMPONENT[=VERSION]")
@click.option("--system", "systems", multiple=True, metavar="SYSTEM", help="On which system; may be repeated.")
@company_only_option
@click.option("--responsible", metavar="PERSON", help="Who tests and answers, by the name in the staff register.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What only people know, by row. What is missing is asked at a terminal.",
)
@click.option(
    "--form", type=click.Choice(["new", "update"]), help="Default: update, if some version of it is approved."
)
@click.option("--versions", metavar="RANGE", help="Which versions the record speaks for. Default: the tested series.")
@click.option("--extension", "extensions", multiple=True, metavar="NAME", help="That may be ordered besides.")
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Default: validations/ of the company.")
@click.option(
    "--logs",
    type=click.Path(path_type=Path),
    default=Path("roles-test-logs"),
    show_default=True,
    help="Where the logs of what failed are kept.",
)
@click.option("--blank", is_flag=True, help="Only print a file of answers to fill in.")
def command(*, company: Path | None, blank: bool, **given: object) -> int:
    """Test COMPONENT on systems, ask what only people know, and write the validation record.

    Runs the component's Molecule scenario on a fresh server of each system; the record holds what was installed, how it
    went, and the digests of roles and images. It is written as YAML, and as a page to read. With =VERSION nothing is
    run unless the systems offer that version. Nothing is approved by it: that is the CTO's, with `software approve`.

    \b
      koor-provision software validate mariadb --blank >answers.yml
      koor-provision software validate mariadb=11.8 --system debian13 --responsible ana --answers answers.yml

    The record speaks for the tested version's series, joined with what is approved on the same system already where
    nothing untested lies between. Another range is said with --versions 'vers:deb/>=8.2|<8.5~'.

    \b
    Exit codes: 0 passed, 2 bad input, 3 a test failed (the record says so, and cannot be approved).
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.cli import validating  # noqa: PLC0415  # help and completion need none of it
    from koor_provision.validation.answers import blank as blank_file  # noqa: PLC0415

    request = validating.Request(folder=company_folder(company), **given)  # type: ignore[arg-type]  # named alike
    if blank:
        click.echo(blank_file(validating.form_for(request)), nl=False)
        return Exit.DONE
    file, passed = validating.validate(request)
    validating.say(file, passed=passed)
    if passed:
        click.echo(f"next, by the CTO: koor-provision software approve {shown(str(file))} --key KEY")
    return Exit.DONE if passed else Exit.FAILED
