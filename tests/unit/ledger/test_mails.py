from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.edits import described

from koor_provision.errors import RefusedError
from koor_provision.ledger.mails import known, refuse_reuse, remember, uses
from koor_provision.ledger.store import Ledger
from koor_provision.models.word import all_used, used

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
MAIL, OTHER = "1" * 64, "2" * 64


def use(mail: str, customer: str, offer: str) -> dict[str, str]:
    return uses([used("mails/001.eml", mail, customer, offer)])[0]


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


def test_a_mail_serves_one_order(ledger):
    remember(ledger, [use(MAIL, "4711", "O-1")], NOW)

    refuse_reuse(ledger, [use(MAIL, "4711", "O-1"), use(OTHER, "4711", "O-2")])
    for customer, offer in (("4711", "O-2"), ("4712", "O-1")):
        with pytest.raises(RefusedError, match="ledger, receipt 1: this mail or paper was used"):
            refuse_reuse(ledger, [use(MAIL, customer, offer)])


def test_nothing_of_the_customer_is_remembered(ledger, tmp_path):
    remember(ledger, [use(MAIL, "4711", "O-2026-0815")], NOW)

    text = (tmp_path / "ledger.jsonl").read_text()
    assert not [secret for secret in ("4711", "0815", MAIL) if secret in text]


def test_receipts_of_runs_before_there_were_mails(ledger):
    ledger.append({"event": "passed", "plan": "1"})

    refuse_reuse(ledger, [use(MAIL, "4711", "O-1")])


def test_what_is_known_is_the_first_use(ledger):
    remember(ledger, [use(MAIL, "4711", "O-1")], NOW)
    remember(ledger, [use(MAIL, "4711", "O-2")], NOW)

    assert known(ledger) == {use(MAIL, "4711", "O-1")["mail"]: (use(MAIL, "4711", "O-1")["use"], 1)}


def test_what_a_case_uses(world):
    world.words = [
        described({"use": "mail-of-acceptance"}),
        described({"use": "mail-of-targets"}),
        described({"use": "paper-of-request", "paper": OTHER}),
    ]
    words = world.case().words

    assert all_used(words, "4711", "O-1") == (
        used("mails/001.eml", MAIL, "4711", "O-1"),
        used("papers/003.yml", OTHER, "4711", "O-1"),
    ), "an approval by digest may lie in every case"
    assert world.case().used == all_used(words, "4711", "O-2026-0815")
    assert all_used([replace(words[0], message=None)], "4711", "O-1") == ()
