"""Looking at a customer's server for a form: only for an admitted case, and nothing is changed there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from koor_provision.cli.options import company_of
from koor_provision.cli.session import Options
from koor_provision.cli.workflow import _admit, _entry, _only_a_container
from koor_provision.errors import RefusedError
from koor_provision.gate.decision import Admitted, Refused
from koor_provision.models.order import Target
from koor_provision.preflight.reach import Reach, reach
from koor_provision.private.memory import private_directory
from koor_provision.provision import planning
from koor_provision.report.answer import answer_of
from koor_provision.report.text import answers
from koor_provision.rules.registry import TITLES


@dataclass(frozen=True)
class Looked:
    """An admitted case, and the way to one of its servers."""

    admitted: Admitted
    target: Target
    way: Reach


def look_options(case: Path, inventory: Path, host: str | None, company: Path | None, engineer: str | None) -> Options:
    """The options of a look, which plans and changes nothing."""
    return Options(
        case=case, inventory=inventory, host=host, company=company, engineer=engineer, key=None, plan_file=None,
        dry_run=True, yes=False, evidence=None, engine="mitogen",
    )  # fmt: skip


@contextmanager
def looking(options: Options) -> Iterator[Looked]:
    """The way to a server of an admitted case; what it needs here goes with the block.

    Raises:
        RefusedError: the gate does not admit the case, with all its reasons.
    """
    admitted, _ = _admit(options)
    if isinstance(admitted, Refused):
        company = company_of(options.case, options.company)
        raise RefusedError(
            "nobody looks at this customer's server:\n"
            + answers([answer_of(admitted, str(options.case), str(company))], TITLES),
            hint="what is missing is said above",
        )
    target = planning.choose_target(admitted, options.host)
    entry = _entry(options, target)
    if admitted.case.company.sample:
        _only_a_container(entry, options.inventory)
    with private_directory() as private:
        yield Looked(admitted, target, reach(target, entry, private))
