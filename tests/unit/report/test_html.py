"""The customer's page: says how it ended, needs nothing from elsewhere, and prints what it is given as text."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.amount import examples
from tests.examples import Example

from koor_provision.models.audit import Audit, Change, ChangeKind, Owner
from koor_provision.models.evidence import CheckResult, Record, Result
from koor_provision.models.text import shown
from koor_provision.report.customer.words import Words
from koor_provision.report.html import FILES, report, reports

Runs = dict[str, Example]
Page = Callable[..., str]
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Structure(HTMLParser):
    """Elements with their attributes, and the text between them; a page whose elements do not close is no page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def page(runs: Runs) -> Page:
    def make(name: str, language: str = "en", **changes: Any) -> str:
        one = runs[name]
        return report(replace(one.record, **changes), one.case, Words(language), ["plan.yml"])

    return make


def attrs_from_elsewhere(attributes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (key, value) for key, value in attributes if key.startswith(("src", "on")) or (":" in value and "//" in value)
    ]


@pytest.fixture(scope="module")
def every(runs: Runs) -> list[tuple[str, str]]:
    """Every page of every example, with its name."""
    return [
        (f"{name}/{file}", text)
        for name, one in runs.items()
        for file, text in reports(one.record, one.case, []).items()
    ]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "This is a sample, and no order"), ("de", "Dies ist ein Muster und kein Auftrag")]
)
def test_page_of_a_sample_says_so_at_once(runs: Runs, page: Page, language: str, words: str) -> None:
    proposal = runs["passed"].record.proposal
    plan = proposal.plan.model_copy(update={"sample": True})

    said = page("passed", language, proposal=replace(proposal, plan=plan))

    assert words in said
    assert words not in page("passed", language)
    Structure(said)


def test_every_page_is_well_formed_and_stands_alone(every: list[tuple[str, str]]) -> None:
    for name, text in every:
        structure = Structure(text)
        attributes = [(key, value or "") for _, attrs in structure.elements for key, value in attrs]
        assert not [key for key, _ in attrs_from_elsewhere(attributes)], name
        assert not {tag for tag, _ in structure.elements} & {"script", "link", "img", "iframe", "object", "form"}, name
        assert not re.search(r"@import|url\((?!#)|https?:", text[: text.index("</style>")]), name
        assert set(re.findall(r'href="([^"]*)"', text)) <= set(FILES.values()), name


def test_every_page_can_be_read_by_who_cannot_see_it(every: list[tuple[str, str]]) -> None:
    for name, text in every:
        elements = Structure(text).elements
        named = [dict(attrs) for tag, attrs in elements if tag == "svg"]
        assert all(svg.get("aria-hidden") == "true" or svg.get("aria-labelledby") for svg in named), name
        identifiers = [dict(attrs)["id"] for _, attrs in elements if "id" in dict(attrs)]
        assert len(identifiers) == len(set(identifiers)), name
        headings = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h[1-6]", tag)]
        assert headings.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(headings)), name
        assert all("scope" in dict(attrs) for tag, attrs in elements if tag == "th"), name


def test_each_language_has_a_page_of_its_own_that_leads_to_the_other(runs: Runs) -> None:
    pages = reports(runs["passed"].record, runs["passed"].case, [])
    assert list(pages) == ["report.html", "report.de.html"]
    assert '<html lang="en">' in pages["report.html"]
    assert '<a href="report.de.html" hreflang="de" lang="de">Deutsch</a>' in pages["report.html"]
    assert '<html lang="de">' in pages["report.de.html"]
    assert '<a href="report.html" hreflang="en" lang="en">English</a>' in pages["report.de.html"]
    assert "ist installiert und funktioniert" in pages["report.de.html"]


def test_page_says_what_happened(page: Page) -> None:
    text = page("passed")
    for said in ("What you ordered is installed and works. Nothing else", "Configure FPM", "R11", "R16"):
        assert said in text


def test_page_of_a_run_that_finished_another_names_it_and_calls_nothing_of_it_there_before(
    runs: Runs, page: Page
) -> None:
    text = page("finished")
    assert "An earlier run was broken off" in text
    assert "when run fedcba9876543210 began, until" in text
    assert "brought by our run that was broken off" in text
    assert "Nothing else on your server was changed" not in text
    assert "was there already" not in text
    assert "was there already" in page("nothing-to-do")
    assert "von unserem abgebrochenen Lauf gebracht" in page("finished", "de")


def test_page_of_a_run_whose_packages_are_half_done_names_them_and_calls_nobody_else_to_account(page: Page) -> None:
    text = page("half-done")
    assert "packages are only half installed" in text
    assert "do not belong to your order" not in text
    assert "What went wrong" in text


def test_page_of_a_removal_says_what_went_and_what_stays(page: Page) -> None:
    text = page("removal")
    for said in ("Removal report", "Redis is removed", "liblzf1", "/var/lib/redis/", "Its data stays", "What stays"):
        assert said in text
    assert "installed and works" not in text
    assert "passwords were made" not in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("failed-step", "not finished"),
        ("failed-test", "not finished"),
        ("not-begun", "not a single step was reported"),
        ("unverified", "cannot prove"),
        ("interrupted", "stopped before its end"),
        ("out-of-scope", "6 things changed on your server that do not belong to your order"),
    ],
)
def test_page_never_calls_another_end_a_success(page: Page, name: str, said: str) -> None:
    text = page(name)
    assert said in text
    assert '<div class="verdict bad">' in text
    assert "installed and works" not in text


def test_what_was_not_looked_at_is_said_and_not_green(page: Page) -> None:
    text = page("not-looked-at")
    assert '<div class="verdict warn">' in text
    assert "Whether anything else changed was not looked at." in text
    assert "Nothing else" not in text
    assert "could not be fully looked at" in page("unreliable")
    assert "/srv/files could not be read" in page("unreliable")


def test_a_pass_with_a_failed_test_is_not_called_one(runs: Runs, page: Page) -> None:
    checks = runs["failed-test"].record.checks
    assert '<div class="verdict bad">' in page("passed", checks=checks)
    assert '<div class="verdict bad">' in page("passed", checks=())
    assert '<div class="verdict bad">' in page("passed", troubles=("event 3 came after event 1",))


def test_changes_out_of_scope_come_first_and_each_by_name(page: Page, runs: Runs) -> None:
    text = page("out-of-scope")
    audit = runs["out-of-scope"].record.audit
    assert audit
    assert len(audit.out_of_scope) == 6
    for change in audit.out_of_scope:
        assert text.index(f"<code>{change.what}</code>") < text.index('id="ordered"')


def test_thousands_of_changes_do_not_make_the_page_endless(page: Page) -> None:
    many = tuple(Change(ChangeKind.FILE, f"/srv/{number:05}", "added") for number in range(5000))
    mine = tuple(replace(change, owner=Owner.COMPONENT, by="php") for change in many)
    text = page("passed", audit=Audit((*many, *mine)))
    assert "5000 things changed" in text
    assert text.count("/srv/00") < 1000
    assert text.count("and 4700 more") == 2


def test_a_broken_rule_is_loud(page: Page) -> None:
    text = page("exception")
    assert "This was done by exception: rule R6 did not hold." in text
    assert '<div class="verdict warn">' in text
    assert "The senior engineers are ill" in text
    assert "Carla Example (our side) and Henry Example (our side)" in text
    assert '<span class="badge bad">broken by exception</span>' in text
    assert "by exception" not in page("passed")


def test_page_shows_what_the_checks_of_the_server_found(page: Page) -> None:
    text = page("failed-test")
    assert "https://127.0.0.1/ answered 502" in text
    assert re.search(r"\b2 of \d+ not passed", text)
    assert re.search(r"<strong>(\d+) of \d+</strong> <span>tests passed", text)


def test_page_names_the_files_beside_it(page: Page) -> None:
    assert "exactly what was to be done" in page("passed")
    assert "sbom.cdx.json</code></th>" not in page("passed")


def hostile(record: Record, text: str) -> Record:
    """A run in which a server says this wherever it can."""
    step = {"event": "result", "role": "php", "task": text, "status": "failed", "seconds": 1.0, "message": text}
    change = Change(ChangeKind.FILE, text, "changed", text)
    check = CheckResult(f"{text}: {text}", "failed", 0.1, text)
    return replace(
        record,
        result=Result.FAILED,
        events=(*record.events, step, {**step, "status": "changed"}),
        checks=(*record.checks, check),
        troubles=(text,),
        audit=Audit((change, replace(change, owner=Owner.SYSTEM, by=text)), troubles=(text,)),
    )


@pytest.fixture(scope="module")
def harmless(runs: Runs) -> list[Any]:
    """The elements of a page whose server says nothing strange."""
    one = runs["failed-step"]
    return Structure(report(hostile(one.record, "harmless"), one.case, Words("de"))).elements


@settings(max_examples=examples(30))
@given(st.text(min_size=1, max_size=60) | st.sampled_from([
    "<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", '" onload="x', "{{ 7 * 7 }}", "]]>", "-->",
    "\u202egpj.exe", "\x1b[2J", "&lt;", "\x00", "</style><style>*{display:none}", "{count}", "%s{0.__class__}",
]))  # fmt: skip
def test_what_a_server_says_is_text_and_never_markup(runs: Runs, harmless: list[Any], text: str) -> None:
    one = runs["failed-step"]
    page = report(hostile(one.record, text), one.case, Words("de"))
    structure = Structure(page)
    assert structure.elements == harmless
    assert shown(text).strip() in "".join(structure.texts)
    assert all(letter.isprintable() or letter in "\n\u00a0\u202f" for letter in page)
