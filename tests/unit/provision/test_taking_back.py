"""A plan that undoes a run says what goes and what comes back, and what of that would lose somebody's work."""

from typing import Any

import pytest
from pydantic import ValidationError
from tests.world import World

from koor_provision.gate.decision import Admitted, Authorised, Refused
from koor_provision.gate.judge import authorise, foresee, judge
from koor_provision.models.case import Proposal
from koor_provision.models.facts import Facts
from koor_provision.models.order import Undo
from koor_provision.models.plan import Plan
from koor_provision.models.scope import Scope
from koor_provision.models.undo import Kept, PlannedUndo
from koor_provision.provision import planning
from koor_provision.provision.taking_back import taken_back
from koor_provision.provision.variables import variables

RUN = "00112233aabbccdd"


@pytest.fixture
def planned(world: World):
    """Plans the undo that somebody asks for."""

    def plan(*, discard: bool = True, **kept: Any) -> tuple[Admitted, Facts, Plan, Plan]:
        world.ask_for_undo({"run": RUN, "discard": str(discard).lower()})
        world.trees["facts"]["kept"] |= kept
        admitted = judge(world.case())
        assert isinstance(admitted, Admitted), admitted
        facts, former = Facts.model_validate(world.trees["facts"]), world.proposal().former
        assert former
        identity = planning.Identity(plan_id="a" * 16, content_sha256="0" * 64, now=admitted.case.now)
        target = planning.choose_target(admitted, None)
        return admitted, facts, planning.plan(admitted, target, facts, None, identity, planning.Before(former)), former

    return plan


def undo_of(plan: Plan) -> PlannedUndo:
    assert plan.undo
    return plan.undo


def test_everything_that_the_run_brought_goes(planned) -> None:
    _, _, plan, _ = planned()
    undo = undo_of(plan)
    assert [one.name for one in undo.packages] == [
        "apache2", "libaprutil1", "mariadb-server", "php8.2-cli", "php8.2-common", "php8.2-fpm",
    ]  # fmt: skip
    assert (undo.restored, undo.deleted) == (("/etc/mailcap",), ("/etc/apache2/", "/etc/php/"))
    assert (plan.packages, plan.removal, plan.keeps) == ((), None, None)


def test_such_a_plan_is_authorised(planned) -> None:
    admitted, facts, plan, former = planned()
    assert not isinstance(foresee(admitted, plan, facts, admitted.case.now, former), Refused)
    proposal = Proposal(plan, facts, frozenset({admitted.case.engineer}), "0" * 64, former=former)
    assert isinstance(authorise(admitted, proposal, admitted.case.now), Authorised)


def test_without_its_run_no_plan_is(planned) -> None:
    admitted, facts, plan, _ = planned()
    assert isinstance(foresee(admitted, plan, facts, admitted.case.now), Refused)


def test_data_is_told_from_logs_and_from_pages_as_the_run_left_them(planned) -> None:
    scope = Scope.model_validate({
        "component": "mariadb", "summary": "a database", "systems": {"debian12": {}},
        "removal": {"data": ["/var/lib/mysql/", "/var/log/mysql/"]},
    })  # fmt: skip
    _, facts, _, former = planned()
    undo = taken_back(Undo(run=RUN), former, [scope], facts)
    assert [(one.path, one.files, one.megabytes) for one in undo.data] == [("/var/lib/mysql/", 5, 2)]
    assert undo.made == ("/var/www/koor/", "/var/log/apache2/")


def test_pages_that_somebody_changed_are_data(planned) -> None:
    made = [{"path": "/var/www/koor/", "files": 2, "bytes": 10, "touched": True}]
    _, _, plan, _ = planned(made=made)
    assert [one.path for one in undo_of(plan).data] == ["/var/www/koor/"]


def test_data_stays_where_nobody_gives_it_up(planned) -> None:
    made = [{"path": "/var/www/koor/", "files": 2, "bytes": 10, "touched": True}]
    admitted, facts, plan, former = planned(discard=False, made=made)
    refused = foresee(admitted, plan, facts, admitted.case.now, former)
    assert isinstance(refused, Refused)
    assert ["/var/www/koor/" in one.reason for one in refused.reasons] == [True]


def test_what_became_newer_stays_and_the_plan_says_so(planned) -> None:
    _, _, plan, _ = planned(upgraded={"libc6": ["2.36-9", "2.36-10"]})
    assert undo_of(plan).upgraded == ("libc6",)
    assert plan.notes == (
        "libc6 stays in version 2.36-10; before the run it was 2.36-9, which no repository may have any longer",
        "what the run changed outside of /etc and of the places that the order names was not kept, and stays",
    )


def test_a_torn_run_is_said_to_be_one(planned) -> None:
    _, _, plan, _ = planned(finished=False)
    assert "torn away" in plan.notes[-1]


def test_what_was_chosen_before_is_chosen_again(planned) -> None:
    _, _, plan, _ = planned(choices=["awk"])
    assert undo_of(plan).choices == ("awk",)
    assert variables(plan, None)["koor_undo"]["choices"] == ["awk"]


def test_services_are_restarted_only_where_something_of_theirs_is_taken_back(planned) -> None:
    _, _, plan, _ = planned(restarted=["apache2.service"])
    assert undo_of(plan).restarted == ("apache2.service",)
    nothing: dict[str, Any] = {"added": {}, "restored": [], "deleted": [], "made": []}
    _, _, plan, _ = planned(restarted=["apache2.service"], **nothing)
    assert undo_of(plan).restarted == ()


def test_what_the_run_may_touch_and_its_undo_does_is_in_scope(planned) -> None:
    _, _, plan, former = planned(restored=["/etc/mailcap", "/etc/a file"])
    assert {*former.touches.paths, "/etc/mailcap", "/var/lib/mysql/"} <= {*plan.touches.paths}
    assert "/etc/a file" not in plan.touches.paths  # which stands in the plan, but is no path of a contract
    assert plan.touches.users == ("mysql",)


def test_variables_of_an_undo(planned) -> None:
    _, _, plan, _ = planned()
    given = variables(plan, None)
    assert "koor_keep" not in given
    undo = given["koor_undo"]
    assert undo["purged"] == [one.name for one in undo_of(plan).packages]
    assert undo["removed"] == []
    assert set(undo["deleted"]) == {
        "/etc/apache2/",
        "/etc/php/",
        "/var/lib/mysql/",
        "/var/www/koor/",
        "/var/log/apache2/",
    }
    assert (undo["run"], undo["by"]) == (RUN, plan.plan)


def test_a_package_whose_configuration_was_there_is_removed_and_not_purged(planned) -> None:
    _, _, plan, _ = planned(left=["apache2"])
    undo = variables(plan, None)["koor_undo"]
    assert "apache2" in undo["removed"]
    assert "apache2" not in undo["purged"]
    assert "php8.2-fpm" in undo["purged"]


def test_an_installation_says_what_is_kept_where(world: World) -> None:
    admitted = judge(world.case())
    assert isinstance(admitted, Admitted)
    facts = Facts.model_validate(world.trees["facts"])
    identity = planning.Identity(plan_id="a" * 16, content_sha256="0" * 64, now=admitted.case.now)
    plan = planning.plan(admitted, planning.choose_target(admitted, None), facts, None, identity)
    assert plan.keeps == f"/var/lib/koor-provision/undo/{'a' * 16}/"
    kept = variables(plan, None, (b"the plan\n", b"signatures\n"))["koor_keep"]
    assert (kept["run"], kept["plan"], kept["signatures"]) == ("a" * 16, "the plan\n", "signatures\n")
    assert set(kept["paths"]) == set(plan.touches.paths)
    assert planning.differs(plan.model_copy(update={"keeps": None}), plan) == ()


@pytest.mark.parametrize("path", ["etc/x", "/etc/../usr", "/etc//x", "/etc/*", "/etc/x\n", "/etc/./x", "/"])
def test_paths_that_a_server_cannot_have(path: str) -> None:
    with pytest.raises(ValidationError):
        Kept(run=RUN, state="kept", deleted=(path,))
