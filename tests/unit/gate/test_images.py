from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.world import SCOPES, World

from koor_provision.gate.decision import AdmittedImage, AuthorisedImage, RefusedImage
from koor_provision.gate.images import authorise_image, judge_image
from koor_provision.models.case import ImageCase, ImageProposal
from koor_provision.models.image import ImagePlan


def image_case(world: World, **changes: Any) -> ImageCase:
    case = world.case()
    inputs = {"images/default.yml": "0" * 64, **case.company.inputs}
    values = ImageCase(case.components, "images/default.yml", case.company, SCOPES, case.now, inputs)
    return replace(values, **changes)


def proposal(world: World, case: ImageCase, **changes: Any) -> ImageProposal:
    order = world.proposal()
    fields = set(ImagePlan.model_fields) & set(type(order.plan).model_fields)
    values = {name: getattr(order.plan, name) for name in fields}
    plan = ImagePlan(**values | {"kind": "image-plan", "image": "koor-default", "inputs": dict(case.inputs)} | changes)
    return ImageProposal(plan, order.facts)


def admit(case: ImageCase) -> AdmittedImage:
    admitted = judge_image(case)
    assert isinstance(admitted, AdmittedImage), reasons(admitted)
    return admitted


def reasons(decision: object) -> list[str]:
    assert isinstance(decision, RefusedImage)
    return [f"{one.rule}: {one.reason}" for one in decision.findings if one.verdict.blocks]


def test_an_image_of_approved_software_is_admitted_and_authorised(world):
    case = image_case(world)
    admitted = judge_image(case)
    assert isinstance(admitted, AdmittedImage)
    authorised = authorise_image(admitted, proposal(world, case), case.now)
    assert isinstance(authorised, AuthorisedImage), reasons(authorised)
    assert {one.rule for one in authorised.findings} == {"R8", "R9"}


def test_only_the_gate_makes_these_decisions(world):
    with pytest.raises(TypeError, match="only the gate"):
        AdmittedImage(object(), image_case(world), ())


def test_a_component_that_is_not_on_the_list_is_refused(world):
    world.trees["software"]["entries"] = [
        one for one in world.trees["software"]["entries"] if one["component"] != "mariadb"
    ]
    said = reasons(judge_image(image_case(world)))
    assert "R8: 'mariadb' is not approved customer software" in said
    assert "R9: no version of 'mariadb' is approved" in said


def test_a_list_that_the_cto_did_not_sign_approves_nothing(world):
    world.signers["software"] = ["team-leader"]
    (said,) = reasons(judge_image(image_case(world)))
    assert said.startswith("R9: the approved list is not signed by the CTO")


def test_a_list_that_ends_meanwhile_approves_nothing_any_more(world):
    case = image_case(world)
    late = case.now + timedelta(days=3650)
    assert any("is valid from" in one for one in reasons(authorise_image(admit(case), proposal(world, case), late)))


def test_a_version_that_is_not_approved_is_refused(world):
    case = image_case(world)
    packages = tuple(
        one.model_copy(update={"version": "9:9.9"}) if one.component == "apache" else one
        for one in proposal(world, case).plan.packages
    )
    said = reasons(authorise_image(admit(case), proposal(world, case, packages=packages), case.now))
    assert any(one.startswith("R9: 'apache' 9:9.9") for one in said)


def test_a_package_that_nothing_ordered_needs_is_refused(world):
    case = image_case(world)
    packages = proposal(world, case).plan.packages
    stray = packages[0].model_copy(update={"name": "telnetd", "component": None})
    said = reasons(authorise_image(admit(case), proposal(world, case, packages=(*packages, stray)), case.now))
    assert "R8: package 'telnetd' is needed by nothing in the order" in said


def test_a_plan_for_other_documents_is_refused(world):
    case = image_case(world)
    made = proposal(world, case, inputs={"images/default.yml": "1" * 64})
    assert "R9: documents changed since the plan was made" in reasons(authorise_image(admit(case), made, case.now))


def test_a_sample_must_be_said_to_be_one(world):
    case = image_case(world)
    sample = replace(case, company=replace(case.company, sample=True))
    assert "R9: the plan does not say whether it rests on a sample company" in reasons(
        authorise_image(admit(sample), proposal(world, sample), case.now)
    )
