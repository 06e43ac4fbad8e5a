"""The plan says exactly what is there, what is added, and what may be touched."""

from dataclasses import replace

import pytest
from tests.edits import prepare
from tests.world import World

from koor_provision.errors import InputError
from koor_provision.gate.decision import Admitted
from koor_provision.gate.judge import judge
from koor_provision.load.plan import plan_bytes
from koor_provision.models.facts import Facts
from koor_provision.models.plan import Plan
from koor_provision.provision import planning


@pytest.fixture
def admitted(world: World) -> Admitted:
    decision = judge(world.case())
    assert isinstance(decision, Admitted)
    return decision


def make(admitted: Admitted, facts: Facts, plan_id: str = "a" * 16) -> Plan:
    target = planning.choose_target(admitted, None)
    identity = planning.Identity(plan_id=plan_id, content_sha256="0" * 64, now=admitted.case.now)
    return planning.plan(admitted, target, facts, None, identity)


def facts(world: World, **more: object) -> Facts:
    return Facts.model_validate({**world.trees["facts"], **more})


def test_a_plan_of_a_sample_company_says_so_and_no_other_does(admitted: Admitted, world: World) -> None:
    case = world.case()
    sample = judge(replace(case, company=replace(case.company, sample=True)))
    assert isinstance(sample, Admitted)

    assert make(sample, facts(world)).sample is True
    assert b"sample" not in plan_bytes(make(admitted, facts(world)))


def test_installed_packages_stay_and_new_ones_come_in_their_versions(admitted: Admitted, world: World) -> None:
    plan = make(
        admitted,
        facts(
            world,
            installed={"apache2": "2.4.1"},
            changes=[
                {"name": "mariadb-server", "version": "1:10.11.2"},
                {"name": "libx", "version": "1", "old_version": "0"},
            ],
        ),
    )
    packages = {package.name: package for package in plan.packages}
    assert (packages["apache2"].version, packages["apache2"].changes) == ("2.4.1", False)
    assert (packages["mariadb-server"].component, packages["mariadb-server"].changes) == ("mariadb", True)
    assert (packages["libx"].component, packages["libx"].old_version) == (None, "0")
    assert list(packages) == sorted(packages)


def test_scope_is_the_union_of_the_components_scopes(admitted: Admitted, world: World) -> None:
    plan = make(admitted, facts(world))
    wanted = {path for name in ("php", "apache", "mariadb") for path in admitted.case.scopes[name].paths}
    assert set(plan.touches.paths) == wanted
    assert len(plan.touches.paths) == len(wanted)


@pytest.mark.parametrize(
    ("system", "extensions", "notes"),
    [
        ("debian12", ["imap"], []),
        ("debian13", [], ["php-imap is not available on debian13"]),
        ("debian13", ["tidy"], ["php-imap is not available on debian13"]),
        ("debian13", ["imap"], ["php-imap was ordered and is not available on debian13"]),
    ],
)
def test_plan_says_what_the_system_does_not_have(
    world: World, system: str, extensions: list[str], notes: list[str]
) -> None:
    next(one for one in world.trees["offer"]["components"] if one["component"] == "php")["extensions"] = extensions
    world.link()
    decision = judge(world.case())
    assert isinstance(decision, Admitted)
    plan = make(decision, facts(world, system=system))
    assert [note.partition(":")[0] for note in plan.notes] == notes


def test_plan_says_what_stands_elsewhere_and_what_was_not_tested(world: World) -> None:
    ordered = {"component": "sqlsrv", "server_host": "db.example", "server_system": "rhel", "database": "shop"}
    world.trees["offer"]["components"].append(ordered)
    world.trees["confirmation"]["components"].append("sqlsrv")
    world.link()
    decision = judge(world.case())
    assert isinstance(decision, Admitted), decision
    notes = make(decision, facts(world)).notes
    assert "SQL Server 2022 is on db.example (rhel); this plan does not touch it" in notes
    assert any("sqlsrv-shop.sql" in note for note in notes)
    assert "Tested against a stand-in." in notes


def test_plan_names_the_one_server_and_ends(admitted: Admitted, world: World) -> None:
    plan = make(admitted, facts(world))
    assert plan.host.machine_id == facts(world).machine_id
    assert plan.expires - plan.created == planning.GOOD_FOR
    assert plan.inputs == dict(admitted.case.inputs)


def test_same_server_makes_the_same_plan_but_for_its_identity(admitted: Admitted, world: World) -> None:
    assert planning.differs(make(admitted, facts(world)), make(admitted, facts(world), "b" * 16)) == ()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("host", {"machine_id": "f" * 32}),
        ("host", {"memory_mb": "1"}),
        ("packages", {"installed": {"apache2": "2.4.99"}}),
    ],
)
def test_changed_server_makes_another_plan(
    admitted: Admitted, world: World, field: str, change: dict[str, object]
) -> None:
    assert planning.differs(make(admitted, facts(world)), make(admitted, facts(world, **change))) == (field,)


def test_target_is_the_named_one_or_the_only_one(admitted: Admitted) -> None:
    assert planning.choose_target(admitted, "web-1") == planning.choose_target(admitted, None)
    with pytest.raises(InputError, match="no target 'web-2'"):
        planning.choose_target(admitted, "web-2")


def test_one_of_several_targets_must_be_named(world: World) -> None:
    world.trees["targets"]["hosts"].append({"name": "web-2", "environment": "default-image"})
    decision = judge(world.case())
    assert isinstance(decision, Admitted)
    assert planning.choose_target(decision, "web-2").name == "web-2"
    with pytest.raises(InputError, match="several targets: web-1, web-2"):
        planning.choose_target(decision, None)


def test_what_was_asked_for_after_the_offer_is_planned_too(world: World) -> None:
    prepare(
        world,
        {
            "edit": {
                "offer": {"delete": ["components.apache"]},
                "confirmation": {"set": {"components": ["php", "mariadb"]}},
            },
            "words": [{"use": "request", "components": ["apache"]}],
            "additions": [{"use": "addition", "components": [{"component": "apache"}]}],
        },
    )
    admitted = judge(world.case())
    assert isinstance(admitted, Admitted), admitted

    plan = make(admitted, facts(world))

    assert [one.component for one in plan.components] == ["php", "mariadb", "apache"]
    assert "/etc/apache2/" in plan.touches.paths


def test_exceptions_stand_in_the_plan_and_an_earlier_plan_without_them_does_not_hold(world: World) -> None:
    without = judge(world.case())
    world.add("exception")
    excepted = judge(world.case())
    assert isinstance(without, Admitted)
    assert isinstance(excepted, Admitted)

    plain, plan = make(without, facts(world)), make(excepted, facts(world))

    assert plain.exceptions == ()
    (words,) = plan.exceptions
    assert words.startswith(
        "R6 may be broken for engineer-junior until before 2027-03-12, by exception of cto, hocs: The senior"
    )
    assert "exceptions" in planning.differs(plain, plan)
