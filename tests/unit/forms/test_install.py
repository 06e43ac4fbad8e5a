"""Each row of the install checklist is measured, asked, or open with a reason; nothing is done without proof (R12)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from koor_provision.forms.fill import NOT_LOOKED, by_machine
from koor_provision.forms.install import ROWS, rows_of
from koor_provision.forms.rows import ASKED, How, Row
from koor_provision.load.strict_yaml import parse
from koor_provision.models.application import Application, Position
from koor_provision.models.checklist import Item
from koor_provision.models.measured import Measured
from koor_provision.sample import write

TODAY = date(2026, 1, 31)
FORM: Any = parse(
    (Path(write.__file__).parent / "templates" / "company" / "install_checklist.yml").read_bytes(),
    "install_checklist.yml",
)
# What the policy's own form has, in its order (Application Install Checklist).
POLICY = [
    "application", "domains", "localisation", "admin-user", "update-job", "monitoring-job", "units", "departments",
    "positions", "groups", "modules", "hidden-modules", "basic-test",
]  # fmt: skip
LIMITS = {"units": 10, "departments": 50, "positions": 250, "groups": 10}


def item(name: str, limit: int | None = None) -> Item:
    return Item(id=name, text=name, limit=limit)


def filled(name: str, seen: Measured | None, limit: int | None = None) -> Any:
    return by_machine(item(name, limit), ROWS.get(name, ASKED), seen, "engineer-senior", TODAY)


def changed(seen: Measured, **changes: object) -> Measured:
    return seen.model_copy(update={"application": seen.application.model_copy(update=changes)})


def test_the_form_has_every_row_of_the_policy_with_its_limits() -> None:
    rows = {row["id"]: row for row in FORM["items"]}
    assert [name for name in rows if name != "server"] == POLICY
    assert {name: int(row["limit"]) for name, row in rows.items() if "limit" in row} == LIMITS


def test_every_row_of_the_form_is_measured_asked_or_open_with_a_reason() -> None:
    assert set(ROWS) == {row["id"] for row in FORM["items"]}
    for name, row in ROWS.items():
        assert (row.measure is not None) is (row.how in {How.MEASURED, How.CONFIRMED}), name
        assert row.reason or row.how is How.MEASURED, name


def test_hidden_modules_are_modules_of_the_application(healthy: Measured) -> None:
    found = filled("application", changed(healthy, counts={"tables": 75, "modules": 12, "hidden": 1}))
    assert found.row.done
    assert "13 modules (1 of them hidden)" in found.row.measured


def test_what_a_machine_proves_alone_is_ticked_with_what_it_found(healthy: Measured) -> None:
    for name in ("application", "domains", "admin-user"):
        found = filled(name, healthy)
        assert found.question is None
        assert (found.row.done, found.row.by, found.row.date) == (True, "engineer-senior", TODAY)
        assert found.row.measured


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("application", {"installer": True}),
        ("application", {"configured": False}),
        ("application", {"deployed": {}}),
        ("application", {"counts": {"tables": 70, "modules": 13}}),
        ("domains", {"domains": ()}),
        ("admin-user", {"counts": {"administrators": 0}}),
        ("localisation", {"counts": {"localisation": 0}}),
        ("basic-test", {"logs": {"critical": 1}}),
    ],
)
def test_what_is_not_as_it_should_be_stays_open_and_is_not_asked(
    healthy: Measured, name: str, changes: dict[str, object]
) -> None:
    found = filled(name, changed(healthy, **changes))
    assert not found.row.done
    assert found.question is None
    assert found.row.left_open.startswith("not as it should be: ")


@pytest.mark.parametrize("name", POLICY)
def test_without_a_look_at_the_server_nothing_is_ticked(name: str) -> None:
    found = filled(name, None)
    assert not found.row.done
    assert (found.question is None) is (ROWS[name].how in {How.MEASURED, How.OPEN})
    if ROWS[name].how is How.MEASURED:
        assert found.row.left_open == NOT_LOOKED


@pytest.mark.parametrize("name", ["update-job", "monitoring-job"])
def test_jobs_that_do_not_work_are_never_ticked(healthy: Measured, name: str) -> None:
    found = filled(name, healthy)
    assert (found.row.done, found.question) == (False, None)
    assert found.row.left_open == ROWS[name].reason


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_limits_of_the_form_hold_for_what_is_counted(healthy: Measured, name: str, limit: int) -> None:
    at = filled(name, changed(healthy, counts={name: limit}), limit)
    above = filled(name, changed(healthy, counts={name: limit + 1}), limit)
    assert (at.row.count, at.row.left_open) == (limit, None)
    assert at.question
    assert above.question is None
    assert above.row.left_open == f"{limit + 1} are there, and the form allows {limit}"


ORDERED = Application(
    component="application", version="2026.1", sha256="a" * 64, units=("North",), positions=(Position(name="Clerk"),),
    groups=("Accounting",),
)  # fmt: skip


def test_what_an_order_has_entered_is_proven_by_its_names(healthy: Measured) -> None:
    rows = rows_of(ORDERED)
    assert {name for name, row in rows.items() if row != ROWS[name]} == {"units", "positions"}
    seen = changed(healthy, entered={"unit": ("North",), "position": ()})
    units = by_machine(item("units", 10), rows["units"], seen, "engineer-senior", TODAY)
    assert (units.row.done, units.row.count, units.question) == (True, 2, None)
    positions = by_machine(item("positions", 250), rows["positions"], seen, "engineer-senior", TODAY)
    assert (positions.row.done, positions.question) == (False, None)
    assert positions.row.left_open == "not as it should be: ordered and not there at the last run: Clerk"
    assert by_machine(item("units", 10), rows["units"], None, "engineer-senior", TODAY).row.left_open == NOT_LOOKED


def test_an_order_without_names_leaves_every_row_to_people() -> None:
    bare = ORDERED.model_copy(update={"units": (), "positions": ()})
    assert rows_of(bare) == rows_of(None) == ROWS


def test_a_row_that_only_the_cto_knows_is_asked() -> None:
    assert filled("coffee", None).question
    assert Row(How.ASKED, reason=ASKED.reason) == ASKED
