"""Looking at a customer's server for a form: where the customer's papers allow it, and without changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from koor_provision.cli.admitting import admit, way_in
from koor_provision.cli.options import company_of
from koor_provision.cli.session import Options
from koor_provision.errors import RefusedError
from koor_provision.gate.decision import Admitted, Refused
from koor_provision.models.case import Case
from koor_provision.models.order import Target
from koor_provision.preflight.reach import Reach, reach
from koor_provision.private.memory import private_directory
from koor_provision.provision.planning import choose_target
from koor_provision.report.answer import answer_of
from koor_provision.report.text import answers
from koor_provision.rules.registry import TITLES

SUPPORT = frozenset({"R1", "R2", "R3", "R6"})
"""What must hold for any service to a customer: both papers, who speaks for them, and who of ours may do it. The rest
is about what is installed, and an order that was carried out a year ago need not pass today's lists."""


@dataclass(frozen=True)
class Looked:
    """A case, and the way to one of its servers."""

    case: Case
    target: Target
    way: Reach


def look_options(case: Path, inventory: Path, host: str | None, company: Path | None, engineer: str | None) -> Options:
    """The options of a look, which plans and changes nothing."""
    return Options(
        case=case, inventory=inventory, host=host, company=company, engineer=engineer, key=None, plan_file=None,
        dry_run=True, yes=False, evidence=None, engine="mitogen",
    )  # fmt: skip


@contextmanager
def looking(options: Options, rules: frozenset[str] | None = None) -> Iterator[Looked]:
    """The way to a server of a case; what it needs here goes with the block.

    Args:
        rules: which rules must hold; all of them unless said.

    Raises:
        RefusedError: one of them does not, with all reasons.
    """
    decision, _ = admit(options)
    case = _case(decision, options, rules)
    target = choose_target(decision, options.host)
    entry = way_in(options, case, target)
    with private_directory() as private:
        yield Looked(case, target, reach(target, entry, private))


def _case(decision: Admitted | Refused, options: Options, rules: frozenset[str] | None) -> Case:
    if isinstance(decision, Refused) and any(rules is None or one.rule in rules for one in decision.reasons):
        answer = answer_of(decision, str(options.case), str(company_of(options.case, options.company)))
        raise RefusedError(
            f"nobody looks at this customer's server:\n{answers([answer], TITLES)}", hint="mend what is said above"
        )
    return decision.case
