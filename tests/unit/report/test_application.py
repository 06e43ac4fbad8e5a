"""An order of the application is shown by the version that we call it, since it is no package."""

from dataclasses import replace

from tests.examples import Example

from koor_provision.models.application import Application
from koor_provision.report.html import reports
from koor_provision.report.plan import plan_text

Runs = dict[str, Example]


def with_application(one: Example) -> Example:
    ours = Application(component="application", version="2026.1", sha256="a" * 64)
    plan = one.record.proposal.plan
    changed = plan.model_copy(update={"components": (*plan.components, ours)})
    return replace(one, record=replace(one.record, proposal=replace(one.record.proposal, plan=changed)))


def test_the_report_shows_it_with_its_version(runs: Runs) -> None:
    one = with_application(runs["passed"])
    for page in reports(one.record, one.case, []).values():
        assert "2026.1" in page


def test_the_plan_that_is_signed_names_the_archive(runs: Runs) -> None:
    one = with_application(runs["passed"])
    text = plan_text(one.record.proposal.plan, one.case.scopes, "here", 120)
    assert f"2026.1, {'a' * 64}" in text.replace("\n              ", "")
