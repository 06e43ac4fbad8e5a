"""What an order has entered in the application belongs together, and holds nothing that a page or a statement takes."""

from typing import Any

import pytest
from pydantic import ValidationError

from koor_provision.models.application import Application

ORDERED: dict[str, Any] = {"component": "application", "version": "2026.1", "sha256": "a" * 64}


def ordered(**entries: object) -> Application:
    return Application.model_validate({**ORDERED, **entries})


def test_the_first_unit_is_one_of_those_that_the_form_counts() -> None:
    assert ordered().entries() == {"units": 1, "departments": 0, "positions": 0, "groups": 0}
    assert ordered(units=["North", "Süd & Ost"]).entries()["units"] == 3


def test_a_department_may_be_in_the_first_unit_by_its_name() -> None:
    assert ordered(organisation="Acme", departments=[{"name": "Sales", "unit": "Acme"}]).departments[0].unit == "Acme"


def test_the_organisation_may_have_the_letters_that_units_may_have() -> None:
    assert ordered(organisation="Bäcker & Söhne").organisation == "Bäcker & Söhne"


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"units": ["North", "North"]}, "'North' stands twice"),
        ({"units": ["Organisation"]}, "'Organisation' stands twice"),
        ({"departments": [{"name": "Sales"}, {"name": "Sales"}]}, "'Sales' stands twice"),
        ({"departments": [{"name": "Sales", "unit": "East"}]}, "which is no unit here"),
        ({"positions": [{"name": "Clerk", "department": "Sales"}]}, "no department here"),
        ({"groups": ["<b>"]}, "match pattern"),
        ({"organisation": "a'b"}, "match pattern"),
        ({"organisation": "a$b"}, "match pattern"),
        ({"groups": ["a'b"]}, "match pattern"),
        ({"groups": ["a\nb"]}, "invisible character"),
        ({"units": ["{{ x }}"]}, "template marks"),
    ],
)
def test_what_does_not_belong_together_is_no_order(entries: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        ordered(**entries)
