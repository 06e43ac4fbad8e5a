from tests.world import SCOPES

from koor_provision.gate.decision import AdmittedImage
from koor_provision.gate.images import judge_image
from koor_provision.models.case import ImageCase
from koor_provision.provision.planning import Identity, plan_image
from koor_provision.provision.variables import variables


def test_an_images_plan_has_exact_versions_and_tells_roles_nothing_of_a_customer(world):
    case = world.case()
    inputs = {"images/default.yml": "0" * 64}
    admitted = judge_image(ImageCase(case.components, "images/default.yml", case.company, SCOPES, case.now, inputs))
    assert isinstance(admitted, AdmittedImage)
    order = world.proposal()
    plan = plan_image(
        admitted, "koor-default", order.facts, (4096, 4), Identity("0123456789abcdef", "1" * 64, case.now)
    )

    assert plan.packages == order.plan.packages
    assert set(plan.touches.services) == set(order.plan.touches.services)
    assert plan.inputs == inputs
    told = variables(plan, "/run/apt.conf")
    assert (told["koor_memory_mb"], told["koor_cores"]) == (4096, 4)
    assert told["koor_packages"] == [f"{one.name}={one.version}" for one in plan.packages]
    assert not {"koor_removal", "koor_undo", "koor_keep"} & told.keys()
    customer = case.agreement.content.customer
    assert customer not in plan.model_dump_json()
    assert case.engineer not in plan.model_dump_json()
