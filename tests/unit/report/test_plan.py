"""What the engineer sees of a plan: also how the customer's IT takes part, and what is broken."""

import click
from tests.world import PLAN_SHA256, SCOPES, World

from koor_provision.gate.decision import Admitted
from koor_provision.gate.judge import judge
from koor_provision.models.order import Environment
from koor_provision.models.plan import Plan
from koor_provision.provision.planning import Identity, plan
from koor_provision.report.plan import attendance_text, plan_text

WIDE = 1000


def plan_of(world: World, environment: Environment = Environment.PHYSICAL, **more: object) -> Plan:
    plan = world.proposal().plan
    return plan.model_copy(update={"host": plan.host.model_copy(update={"environment": environment}), **more})


def test_the_code_stands_beside_a_plan_for_a_custom_environment(world: World) -> None:
    plan = plan_of(world)
    attendance = attendance_text(plan, PLAN_SHA256, ["customer-it", "customer-it-two"])

    assert attendance.startswith("customer-it or customer-it-two signs this plan; or shows presence")
    assert "echo '0123-4567-89ab-cdef-0123 customer-it' > /run/koor-provision-attendance" in attendance
    assert f"  attendance {attendance}" in click.unstyle(plan_text(plan, SCOPES, "here", WIDE, attendance=attendance))


def test_no_code_where_nobody_has_to_take_part(world: World) -> None:
    assert attendance_text(plan_of(world, Environment.DEFAULT_IMAGE), PLAN_SHA256, ["customer-it"]) == ""
    assert attendance_text(plan_of(world), PLAN_SHA256, []) == ""
    assert "attendance" not in plan_text(plan_of(world), SCOPES, "here", WIDE)


def test_another_plan_has_another_code(world: World) -> None:
    one, other = (attendance_text(plan_of(world), digest * 64, ["customer-it"]) for digest in "ab")

    assert one != other


def test_a_sample_stands_out_in_the_plan(world: World) -> None:
    assert "  SAMPLE     ordered, approved and signed by nobody" in click.unstyle(
        plan_text(plan_of(world, sample=True), SCOPES, "here", WIDE)
    )
    assert "SAMPLE" not in plan_text(plan_of(world), SCOPES, "here", WIDE)


def test_an_exception_stands_in_the_plan(world: World) -> None:
    plan = plan_of(world, exceptions=("R6 may be broken until before 2027-03-12, by exception of cto, hocs: ill",))

    assert "EXCEPTION  R6 may be broken until before 2027-03-12" in click.unstyle(plan_text(plan, SCOPES, "here", WIDE))


def test_longest_name_makes_room_for_itself(world: World) -> None:
    plan = world.trees["plan"]
    plan["components"] = [*plan["components"], {"component": "wkhtmltopdf"}]
    new = {"name": "wkhtmltopdf", "version": "0.12.6-2+b1", "component": "wkhtmltopdf"}
    plan["packages"] = [*plan["packages"], new]
    lines = click.unstyle(plan_text(world.proposal().plan, SCOPES, "as a test", WIDE)).splitlines()
    assert "  wkhtmltopdf 0.12.6-2+b1  further software" in lines
    assert "  server      as a test" in lines


def test_where_packages_come_from_is_counted(world: World) -> None:
    first, second, *rest = world.proposal().plan.packages
    packages = (
        first.model_copy(update={"origin": "Example Vendor"}),
        second.model_copy(update={"origin": None}),
        *rest,
    )
    text = click.unstyle(plan_text(plan_of(world, packages=packages), SCOPES, "here", WIDE))
    assert "  from       Debian: 4; Example Vendor: 1" in text
    assert "  from  " not in click.unstyle(plan_text(plan_of(world, packages=()), SCOPES, "here", WIDE))


def test_what_was_there_before_is_a_note(world: World) -> None:
    world.trees["facts"]["others"] = ["memcached"]
    world.trees["plan"]["there_before"] = ["memcached"]
    admitted = judge(world.case())
    assert isinstance(admitted, Admitted)
    proposal = world.proposal()
    target = admitted.case.targets.content.hosts[0]
    identity = Identity(plan_id="0" * 16, content_sha256="0" * 64, now=admitted.case.now)
    made = plan(admitted, target, proposal.facts, None, identity)
    assert made.there_before == ("memcached",)
    assert "memcached; it stays as it is, and `koor-provision remove` takes it out" in made.notes[0]
