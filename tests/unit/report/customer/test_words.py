"""Every language says everything, and nothing that nobody needs."""

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.examples import SCOPES, Example

from koor_provision.load.resources import share
from koor_provision.load.rule_pages import rule_pages
from koor_provision.models.application import Application
from koor_provision.models.attendance import Attendance
from koor_provision.models.audit import Audit, Change, ChangeKind, Owner
from koor_provision.models.components import ROLE_OF, Php
from koor_provision.models.finding import Finding, Verdict
from koor_provision.report.customer.words import LANGUAGES, Words, texts
from koor_provision.report.html import report


def values_in(text: object) -> set[str]:
    forms = text.values() if isinstance(text, dict) else text if isinstance(text, list) else [text]
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(str(form)) if name}


def names(table: str, language: str = "en") -> set[str]:
    return {name.removeprefix(f"{table}.") for name in texts(language) if name.startswith(f"{table}.")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_texts_with_the_same_values(language: str) -> None:
    english, other = texts("en"), texts(language)
    assert other.keys() == english.keys()
    for name, text in english.items():
        assert type(other[name]) is type(text), name
        assert values_in(other[name]) == values_in(text), name
        assert all(other[name]) if isinstance(text, dict) else other[name], name


def rarer(runs: dict[str, Example]) -> Iterator[Example]:
    """What no example is about."""
    passed, removal = runs["passed"], runs["removal"]
    for name in ("interrupted", "not-looked-at", "unreliable", "out-of-scope", "unverified", "nothing-to-do"):
        other = runs[name].record
        same = {part: getattr(other, part) for part in ("result", "audit", "troubles", "events")}
        checks = removal.record.checks if other.checks else ()
        yield replace(removal, record=replace(removal.record, **same, checks=checks))
        checks = runs["undo"].record.checks if other.checks else ()
        yield replace(runs["undo"], record=replace(runs["undo"].record, **same, checks=checks))
    yield with_plan(removal, removal=removal.record.proposal.plan.removal.model_copy(update={"purge": True}))  # type: ignore[union-attr]
    yield with_plan(passed, packages=())
    updated = tuple(one.model_copy(update={"old_version": "1"}) for one in passed.record.proposal.plan.packages)
    yield with_plan(passed, packages=updated)
    yield with_plan(runs["failed-step"], packages=updated)
    yield with_plan(passed, components=(Php(component="php", handler="mod_php"),))
    ours = Application(component="application", version="2026.1", sha256="a" * 64)
    for one in (passed, runs["failed-step"]):
        yield with_plan(one, components=(*one.record.proposal.plan.components, ours))
    findings = (
        Finding("R5", Verdict.DENY, "no", "x"),
        Finding("R10", Verdict.PASS, "little memory", "x", warning=True),
    )
    late = {"event": "task", "role": "", "task": "Gather", "time": passed.record.finished.timestamp()}
    record = replace(passed.record, findings=findings, events=(*passed.record.events, late))
    many = tuple(Change(ChangeKind.FILE, f"/srv/{number}", "added") for number in range(400))
    before = Change(ChangeKind.FILE, "/var/lib/redis/dump.rdb", "changed", "", Owner.BEFORE, "redis (there before)")
    there = Attendance(plain=True, owner=0, mode=0o600, text="0123 customer-authorised")
    yield replace(
        passed,
        record=replace(
            record,
            finished=record.finished + timedelta(minutes=3),
            audit=Audit((*many, before)),
            proposal=replace(record.proposal, attendance=there),
        ),
    )


def with_plan(one: Example, **changes: object) -> Example:
    plan = one.record.proposal.plan.model_copy(update=changes)
    return replace(one, record=replace(one.record, proposal=replace(one.record.proposal, plan=plan)))


def test_every_text_is_needed(runs: dict[str, Example]) -> None:
    """By a page of some run, or by one of the tables, whose names are tested below."""
    asked = {"page.language"}  # of the other language
    sample = with_plan(runs["passed"], sample=True)
    for one in (*runs.values(), *rarer(runs), sample):
        words = Words("en")
        report(one.record, one.case, words, [*names("file")])
        asked |= words.asked
    tables = ("test.", "component.", "about.", "note.", "rule.", "kind.", "what.", "how.")
    assert {name for name in texts("en").keys() - asked if not name.startswith(tables)} == set()


def test_every_test_that_a_run_may_make_has_a_sentence() -> None:
    """The scenario of a component that no order has is left out."""

    def of_roles() -> Iterator[str]:
        for file in [*share().glob("roles/*/verify/test_*.py"), *share().glob("playbooks/verify/test_*.py")]:
            role = file.stem.removeprefix("test_")
            if role not in SCOPES or SCOPES[role].can_be_ordered or role in {"removal", "undo"}:
                for test in re.findall(r"^def test_(\w+)", file.read_text(encoding="utf-8"), re.MULTILINE):
                    yield f"{role}: {test.replace('_', ' ')}"

    assert names("test") == set(of_roles())


def test_every_component_has_a_name_and_a_description() -> None:
    ordered = {name for name, scope in SCOPES.items() if scope.can_be_ordered}
    assert set(ROLE_OF) <= ordered
    assert names("component") == names("about") == ordered


def test_every_note_of_a_role_is_written_to_the_customer() -> None:
    assert names("note") == {note for scope in SCOPES.values() for note in scope.notes}


def test_every_kind_of_change_has_its_words() -> None:
    kinds = {kind.value for kind in ChangeKind}
    assert names("kind") == names("what") == kinds
    assert names("how") == {"added", "changed", "removed"}


def test_rules_are_called_what_their_pages_call_them() -> None:
    pages = {page.rule: page.title for page in rule_pages(share() / "docs" / "rules")}
    assert {rule: texts("en")[f"rule.{rule}"] for rule in names("rule")} == pages


@pytest.mark.parametrize(
    ("language", "seconds", "text"),
    [
        ("en", 0, "0.0 s"),
        ("en", 9.94, "9.9 s"),
        ("en", 9.96, "10 s"),
        ("de", 1.25, "1,2 s"),
        ("en", 90, "90 s"),
        ("en", 125.2, "2 min 5 s"),
        ("de", 119.9, "2 min 0 s"),
    ],
)
def test_durations_are_written_as_people_write_them(language: str, seconds: float, text: str) -> None:
    assert Words(language).duration(seconds) == text


def test_numbers_and_days_are_written_as_people_write_them() -> None:
    english, german = Words("en"), Words("de")
    assert [english.number(9999), english.number(148212), german.number(148212)] == ["9999", "148,212", "148.212"]
    assert [english.day(date(2027, 3, 1)), german.day(date(2027, 3, 1))] == ["1 March 2027", "1. März 2027"]
    assert german.moment(datetime(2027, 3, 1, 7, 5, tzinfo=UTC)) == "1. März 2027, 07:05 Uhr UTC"
    assert [english.listed(list(names)) for names in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_one_and_more_are_told_apart() -> None:
    words = Words("en")
    assert [words("kind.file", count=count) for count in (0, 1, 12000)] == ["0 files", "1 file", "12,000 files"]


def test_what_has_no_word_keeps_its_name() -> None:
    assert Words("de").known("component", "new-software") == "new-software"
    assert Words("de").known("about", "new-software", "does something new") == "does something new"
