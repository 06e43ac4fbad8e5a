"""Each row of the maintenance form is measured, asked, or open with a reason, and held against R10 (R14)."""

from pathlib import Path
from typing import Any

import pytest

from koor_provision.forms.maintenance import ROWS
from koor_provision.forms.rows import ASKED, How
from koor_provision.forms.yearly import filled, question, recommendations
from koor_provision.load.strict_yaml import parse
from koor_provision.models.checklist import Item, MaintenanceRow
from koor_provision.models.measured import Cache, Database, Files, Machine, Measured, Server
from koor_provision.sample import write

FORM: Any = parse(
    (Path(write.__file__).parent / "templates" / "company" / "maintenance_checklist.yml").read_bytes(), "form"
)
# What the policy's own form has, in its order; date, performed by, customer and supervised by head the report.
LEVELS = ("emergency", "critical", "error", "warning", "alert", "notice", "info", "debug")
POLICY = {
    "impression": ["impression-response", "impression-errors"],
    "configuration": ["system", "processor", "graphics", "database-server", "storage", "php"],
    "application": ["application-version", "employee-accounts", "active-accounts", "storage-used"],
    "updates": ["update-newest", "update-stays", "update-requested", "update-done"],
    "logs": [f"log-{level}" for level in LEVELS] + ["logs-may-be-sent"],
    "tests": ["tests-framework", "tests-modules", "tests-applications"],
    "database": ["database-healthy", "cache-hits", "database-response"],
    "code": ["functions", "integrity-framework", "integrity-modules", "integrity-applications", "unicode"],
    "end": ["remarks"],
}  # fmt: skip


@pytest.fixture
def whole(healthy: Measured) -> Measured:
    machine = Machine(
        system="Debian GNU/Linux 12", kernel="6.1.0", processor="a Xeon", cores=10, memory_mb=32_768, disk_mb=100_000,
        free_mb=80_000, updates=0,
    )  # fmt: skip
    server = Server(
        machine=machine,
        versions={"php8.2-common": "8.2.29-1", "mariadb-server": "1:10.11.14-0"},
        database=Database(size_mb=20, checked=75, average_ms=0.4, timed=10, buffer_hits_percent=99.0),
    )
    application = healthy.application.model_copy(update={"files": Files(known=100), "logs": dict.fromkeys(LEVELS, 0)})
    return healthy.model_copy(update={"server": server, "application": application})


def row(name: str, seen: Measured, said: str = "") -> MaintenanceRow:
    return filled(Item(id=name, text=name), ROWS.get(name, ASKED), seen, said)


def with_server(seen: Measured, part: str, **changes: object) -> Measured:
    assert seen.server
    inner = getattr(seen.server, part).model_copy(update=changes)
    return seen.model_copy(update={"server": seen.server.model_copy(update={part: inner})})


def with_files(seen: Measured, **changes: object) -> Measured:
    files = seen.application.files.model_copy(update=changes)
    return seen.model_copy(update={"application": seen.application.model_copy(update={"files": files})})


def test_the_form_has_every_row_of_the_policy() -> None:
    assert [item["id"] for item in FORM["items"]] == [name for part in POLICY.values() for name in part]


def test_every_row_of_the_form_is_measured_asked_or_open_with_a_reason() -> None:
    assert list(ROWS) != []
    assert set(ROWS) == {item["id"] for item in FORM["items"]}
    for name, one in ROWS.items():
        assert (one.measure is not None) is (one.how in {How.MEASURED, How.CONFIRMED}), name
        assert one.reason or one.how is How.MEASURED, name


@pytest.mark.parametrize("name", ROWS)
def test_every_row_without_a_verdict_has_a_reason(healthy: Measured, name: str) -> None:
    found = row(name, healthy)
    assert found.found or found.said


def test_a_server_in_order_needs_no_attention_and_no_advice(whole: Measured) -> None:
    rows = [row(name, whole) for name in ROWS]
    assert [one.item for one in rows if one.verdict == "attention"] == []
    assert recommendations(rows) == ()


@pytest.mark.parametrize("name", ROWS)
def test_nothing_is_good_where_nobody_looked(healthy: Measured, name: str) -> None:
    # Of the application alone everything was looked at but its files and its logs.
    if name not in {"impression-response", "functions", "unicode"}:
        assert row(name, healthy).verdict != "good"


@pytest.mark.parametrize(
    ("name", "part", "changes", "advice"),
    [
        ("processor", "machine", {"cores": 3}, "less than the minimum"),
        ("processor", "machine", {"memory_mb": 3_000}, "less than the minimum"),
        ("storage", "machine", {"free_mb": 14_000}, "extend the storage"),
        ("storage", "machine", {"disk_mb": 9_000, "free_mb": 8_000}, "extend the storage"),
        ("system", "machine", {"updates": 7}, "have 7 waiting updates"),
        ("database-healthy", "database", {"unsound": ("koor.unit",)}, "have the tables repaired"),
        ("database-healthy", "database", {"checked": 0}, "by hand"),
        ("database-response", "database", {"average_ms": 50.0}, "find the slow queries"),
        ("database-response", "database", {"average_ms": None}, "could not ask"),
        ("cache-hits", "cache", {"kind": "redis", "asked": 10, "hits_percent": 49.9}, "more memory"),
    ],
)
def test_what_falls_short_needs_attention_and_has_advice(
    whole: Measured, name: str, part: str, changes: dict[str, object], advice: str
) -> None:
    found = row(name, with_server(whole, part, **changes))
    assert found.verdict == "attention"
    assert advice in (found.advice or "")


def test_below_the_recommendation_but_above_the_minimum_is_good_with_advice(whole: Measured) -> None:
    found = row("processor", with_server(whole, "machine", cores=4))
    assert (found.verdict, "recommended are 10 cores" in (found.advice or "")) == ("good", True)
    found = row("storage", with_server(whole, "machine", spinning=1))
    assert (found.verdict, "recommended is an SSD" in (found.advice or "")) == ("good", True)


def test_the_limits_of_the_form_are_held_on_the_right_side(whole: Measured) -> None:
    assert row("database-response", with_server(whole, "database", average_ms=49.9)).verdict == "good"
    half = with_server(whole, "cache", **Cache(kind="redis", asked=10, hits_percent=50.0).model_dump())
    assert row("cache-hits", half).verdict == "good"
    assert row("cache-hits", whole).verdict == "good"


@pytest.mark.parametrize(
    ("changes", "bad"),
    [
        ({"changed": ("index.php",)}, "integrity-framework"),
        ({"missing": ("Modules/Admin/info.json",)}, "integrity-modules"),
        ({"changed": ("Web/Backend/app.php",)}, "integrity-applications"),
        ({"strange": ("Modules/Admin/shell.php",)}, "integrity-modules"),
        ({"known": 0}, "integrity-framework"),
        ({"odd": ("Modules/a.php",)}, "unicode"),
        ({"old_calls": {"utf8_encode": 2}}, "functions"),
    ],
)
def test_what_was_changed_is_told_by_where_it_is(whole: Measured, changes: dict[str, object], bad: str) -> None:
    seen = with_files(whole, **changes)
    names = ["integrity-framework", "integrity-modules", "integrity-applications", "unicode", "functions"]
    found = {name for name in names if row(name, seen).verdict == "attention"}
    assert bad in found
    if changes != {"known": 0}:
        assert found == {bad}


def test_advice_names_what_it_is_about_and_promises_nothing_that_an_update_does_not_do(whole: Measured) -> None:
    seen = with_files(
        whole, strange=("Modules/Admin/evil.php",), changed=tuple(f"Modules/{name}.php" for name in "abcde"),
        missing=("index.php",), odd=("Modules/a.php",), old_calls={"each": 1},
    )  # fmt: skip
    advice = {name: row(name, seen).advice or "" for name in ROWS}
    assert "who put Modules/Admin/evil.php there, and move it away: an update keeps it" in advice["integrity-modules"]
    assert "who changed Modules/a.php, Modules/b.php, Modules/c.php and 2 more" in advice["integrity-modules"]
    assert advice["integrity-framework"] == "find out who deleted index.php: an update brings it back"
    assert "Modules/a.php" in advice["unicode"]
    assert "each" in advice["functions"]


def test_a_row_that_nobody_answered_is_open(whole: Measured) -> None:
    assert (row("remarks", whole).verdict, row("remarks", whole).found) == ("open", "nobody answered: anything else")
    assert (row("remarks", whole, "none").verdict, row("remarks", whole, "none").said) == ("noted", "none")
    assert row("tests-modules", whole, "ran them").verdict == "open"
    assert question(ROWS["tests-modules"]) is None
    assert question(ROWS["storage"]) is None
    assert question(ROWS["remarks"])
