"""An order of the application is shown by the version that we call it, since it is no package."""

from dataclasses import replace

from tests.examples import Example

from koor_provision.models.application import Application
from koor_provision.report.customer.picture import picture
from koor_provision.report.customer.words import Words
from koor_provision.report.html import report, reports
from koor_provision.report.plan import plan_text

Runs = dict[str, Example]


def with_application(one: Example, *units: str) -> Example:
    ours = Application(component="application", version="2026.1", sha256="a" * 64, units=units)
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


def test_the_plan_says_how_much_is_entered(runs: Runs) -> None:
    one, bare = with_application(runs["passed"], "North", "South"), with_application(runs["passed"])
    text = plan_text(one.record.proposal.plan, one.case.scopes, "here", 120)
    assert "enters      2 units, where nothing of that name is there" in text
    assert "enters" not in plan_text(bare.record.proposal.plan, bare.case.scopes, "here", 120)


def page_of(one: Example, language: str) -> str:
    return report(one.record, one.case, Words(language), [])


def test_the_application_is_drawn_where_it_runs(runs: Runs) -> None:
    one = with_application(runs["passed"])
    words = Words("en")
    drawn = picture(one.record, one.case.scopes, words, done=True)
    assert drawn.language
    assert drawn.language.lines[-1].text == "Application 2026.1"
    assert [node.title for node in drawn.tools] == []


def test_notes_are_written_to_the_customer_in_their_language(runs: Runs) -> None:
    one = with_application(runs["passed"])
    plan = one.record.proposal.plan.model_copy(
        update={"notes": (*one.case.scopes["application"].notes, "something else")}
    )
    one = replace(one, record=replace(one.record, proposal=replace(one.record.proposal, plan=plan)))
    german, english = page_of(one, "de"), page_of(one, "en")
    assert "Bitte ändern Sie es in der Anwendung" in german
    assert "have it changed" not in german + english
    assert "something else" in german


def test_a_run_that_failed_does_not_say_that_the_ordered_version_is_there(runs: Runs) -> None:
    assert "there in the ordered version" in page_of(with_application(runs["passed"]), "en")
    failed = page_of(with_application(runs["failed-step"]), "en")
    assert "there in the ordered version" not in failed
    assert "ordered; this run did not confirm it" in failed
