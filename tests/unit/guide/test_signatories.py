"""What `case status` asks for is what the gate asks for: nobody is sent to sign in vain, and nobody is forgotten."""

from itertools import product

import pytest
from tests.world import SIGNERS, World

from koor_provision.gate.judge import judge
from koor_provision.guide.signatories import SIGNATORIES, People

EVERYBODY = [
    "cto", "hocs", "team-leader", "engineer-senior", "engineer-junior", "sales-manager",
    "customer-authorised", "customer-it",
]  # fmt: skip


def complaints(world: World, document: str) -> list[str]:
    """What the gate says about the signatures of a document."""
    return [one.reason for one in judge(world.case()).findings if one.verdict.blocks and one.where == f"{document}.sig"]


@pytest.mark.parametrize(("document", "person"), list(product(SIGNATORIES, EVERYBODY)))
def test_the_gate_wants_the_same_people(world: World, document: str, person: str):
    name = document.removesuffix(".yml")
    case = world.case()
    people = People(case.agreement.content, case.company.staff.content, world.today)
    wanted = [set(signatory.persons(people)) for signatory in SIGNATORIES[document]]
    for number, persons in enumerate(wanted):
        others = [min(other) for place, other in enumerate(wanted) if place != number]
        world.signers[name] = [*others, person]

        assert bool(complaints(world, document)) is (person not in persons)


def test_the_samples_signers_are_enough(world: World):
    for document in SIGNATORIES:
        assert SIGNERS[document.removesuffix(".yml")]
        assert not complaints(world, document)
