"""Whoever stands by a document is named, and on whose side."""

from dataclasses import replace

from tests.examples import Example

from koor_provision.models.attendance import Attendance
from koor_provision.report.customer.signatures import signatures
from koor_provision.report.customer.words import Words

EN = Words("en")


def test_documents_come_with_the_names_of_their_signers(runs: dict[str, Example]) -> None:
    one = runs["passed"]
    found = {signature.file: signature for signature in signatures(one.case, one.record.proposal, EN)}
    assert found["agreement.yml"].people == (
        "Anna Example (your side)", "Henry Example (our side)", "Mara Example (our side)",
    )  # fmt: skip
    assert found["offer.yml"].document == "Offer O-2026-0815"
    assert found["plan.yml"].people == ("Sonja Example (our side)",)
    assert "exception.yml" not in found


def test_an_exception_and_a_checklist_are_named_where_there_are_some(runs: dict[str, Example]) -> None:
    one = runs["exception"]
    found = {signature.file: signature.people for signature in signatures(one.case, one.record.proposal, EN)}
    assert found["exception.yml"] == ("Carla Example (our side)", "Henry Example (our side)")
    assert found["checklist.yml"] == ("Jan Example (our side)",)


def test_what_was_said_by_mail_and_on_paper_is_named_with_who_took_it_in(runs: dict[str, Example]) -> None:
    one = runs["large"]
    found = {signature.file: signature for signature in signatures(one.case, one.record.proposal, EN)}
    assert found["acceptance.yml"].people == ()
    assert found["mails/001.eml"].document == "E-mail of 10 March 2027, verified"
    assert found["mails/001.eml"].people == ("from anna@bakery.example; taken in by Mara Example (our side)",)
    assert found["papers/002.yml"].people == (
        "from Anna Example (your side); taken in by Mara Example (our side)",
    )  # fmt: skip
    assert found["additions/001.yml"].document == "Additional order"


def test_presence_on_the_server_is_named(runs: dict[str, Example]) -> None:
    one = runs["passed"]
    there = Attendance(plain=True, owner=0, mode=0o600, text="0123-4567 customer-authorised")
    proposal = replace(one.record.proposal, attendance=there)
    assert signatures(one.case, proposal, EN)[-1].people[-1] == "Anna Example (your side): Presence shown on the server"


def test_somebody_unknown_is_named_as_they_signed(runs: dict[str, Example]) -> None:
    one = runs["passed"]
    proposal = replace(one.record.proposal, signers=frozenset({"somebody"}))
    assert signatures(one.case, proposal, EN)[-1].people == ("somebody",)
