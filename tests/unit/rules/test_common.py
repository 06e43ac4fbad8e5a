from datetime import date

from koor_provision.models.documents import Signed
from koor_provision.models.staff import Position
from koor_provision.rules.common import holds, senior_in_support, signed_by, staff_among

DAY = date(2027, 3, 10)


def test_nobody_is_entitled_to_nothing():
    assert senior_in_support(None, DAY) is False
    assert holds(None, Position.CTO, DAY) is False


def test_signers_are_told_with_the_reasons_against_others(world):
    document = Signed(
        world.case().offer.content, "offer.yml", "0" * 64, frozenset({"b", "a"}), ("the key X is revoked",)
    )

    assert signed_by(document) == "signed by a, b; the key X is revoked"


def test_only_who_is_in_the_register_is_staff(world):
    found = staff_among(["team-leader", "somebody", "cto"], world.case().company.staff.content)

    assert [entry.id for entry in found] == ["cto", "team-leader"]
