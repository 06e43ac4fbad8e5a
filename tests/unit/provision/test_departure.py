"""A plan that removes says what goes: what the contract names, what is there, and nothing that the rest shares."""

from typing import Any

import pytest
from tests.world import SCOPES, World

from koor_provision.gate.decision import Admitted, Authorised
from koor_provision.gate.judge import authorise, judge
from koor_provision.models.case import Proposal
from koor_provision.models.facts import Facts
from koor_provision.models.leaving import leaving
from koor_provision.models.plan import Plan, PlannedRemoval
from koor_provision.models.scope import Scope
from koor_provision.provision import planning
from koor_provision.provision.variables import variables

CACHE = SCOPES["memcached"]
REST = [SCOPES["php"], SCOPES["apache"], SCOPES["mariadb"]]


@pytest.fixture
def ordered(world: World):
    """Plans the removal that somebody asks for, as the customer ordered it."""

    def admit(*, purge: bool, **facts: Any) -> tuple[Admitted, Facts, Plan]:
        removal = {"component": "memcached", "purge": str(purge).lower()}
        world.ask_for_removal(removal)
        for name in ("offer", "confirmation"):
            world.trees[name]["removals"] = [removal]
        world.link()
        admitted = judge(world.case())
        assert isinstance(admitted, Admitted), admitted
        seen = Facts.model_validate({**world.trees["facts"], **facts})
        identity = planning.Identity(plan_id="a" * 16, content_sha256="0" * 64, now=admitted.case.now)
        target = planning.choose_target(admitted, None)
        return admitted, seen, planning.plan(admitted, target, seen, None, identity)

    return admit


def removal_of(plan: Plan) -> PlannedRemoval:
    assert plan.removal
    return plan.removal


def test_packages_of_the_component_and_those_that_only_they_needed(ordered) -> None:
    _, _, plan = ordered(purge=False)
    assert [(one.name, one.version, one.component) for one in removal_of(plan).packages] == [
        ("libevent-2.1-7", "2.1.12-stable-8", None),
        ("memcached", "1.6.18-1", "memcached"),
    ]


def test_data_is_kept_and_only_what_is_there_is_named(ordered) -> None:
    _, _, plan = ordered(purge=False)
    removal = removal_of(plan)
    assert removal.files == ("/etc/memcached/koor.conf",)
    assert removal.restored == ("/etc/memcached/other.conf",)
    assert (removal.data, removal.kept) == ((), ("/var/lib/memcached/",))


def test_data_goes_in_a_purge(ordered) -> None:
    _, _, plan = ordered(purge=True)
    assert (removal_of(plan).data, removal_of(plan).kept) == (("/var/lib/memcached/",), ())
    assert "/var/lib/memcached/" in plan.touches.paths


def test_a_plan_that_removes_touches_nothing_else_and_installs_nothing(ordered) -> None:
    _, _, plan = ordered(purge=False)
    assert set(plan.touches.paths) == {"/etc/memcached/koor.conf", "/etc/memcached/other.conf"}
    assert plan.touches.services == ("memcached.service",)
    assert not plan.touches.ports
    assert not any(package.changes for package in plan.packages)


@pytest.mark.parametrize("purge", [False, True])
def test_what_is_planned_is_what_the_gate_lets_run(ordered, purge: bool) -> None:
    admitted, facts, plan = ordered(purge=purge)
    answer = authorise(admitted, Proposal(plan, facts, frozenset({"engineer-senior"})), admitted.case.now)
    assert isinstance(answer, Authorised), answer


def test_nothing_there_is_a_plan_of_nothing(ordered) -> None:
    admitted, facts, plan = ordered(purge=False, removals=[], orphans=[], present=[])
    removal = removal_of(plan)
    assert (removal.packages, removal.files, removal.restored, removal.kept) == ((), (), (), ())
    answer = authorise(admitted, Proposal(plan, facts, frozenset({"engineer-senior"})), admitted.case.now)
    assert isinstance(answer, Authorised), answer


def test_playbook_is_given_what_the_plan_says_and_no_more(ordered) -> None:
    _, _, plan = ordered(purge=True)
    assert variables(plan, None)["koor_removal"] == {
        "component": "memcached",
        "purge": True,
        "services": ["memcached.service"],
        "files": ["/etc/memcached/koor.conf"],
        "restored": ["/etc/memcached/other.conf"],
        "data": ["/var/lib/memcached/"],
        "packages": ["libevent-2.1-7", "memcached"],
    }


def test_an_installation_has_no_removal(world: World) -> None:
    assert "koor_removal" not in variables(world.proposal().plan, None)


def test_what_the_rest_shares_stays() -> None:
    leaves = leaving(CACHE, REST)
    assert leaves.packages("debian12") == {"memcached", "memcached-slab"}
    assert "apache2" in leaving(CACHE, []).packages("debian12")
    assert leaves.ports == ("127.0.0.1:11211/tcp",)
    assert leaves.services("debian12") == ("memcached.service",)


def test_a_path_that_two_contracts_leave_behind_stays_with_the_other() -> None:
    other = Scope.model_validate(
        {**CACHE.model_dump(), "component": "other", "removal": {"data": ["/var/lib/memcached/"]}}
    )
    assert leaving(CACHE, [other]).data == ("/var/log/memcached.log*",)


def test_a_component_is_not_its_own_rest() -> None:
    assert leaving(CACHE, [CACHE]).data == CACHE.removal.data
