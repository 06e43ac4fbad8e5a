import pytest

from koor_provision.mail.quotes import unquoted

OUTLOOK = """Von: Koor <orders@koor.example>
Gesendet: Freitag, 20. November 2026 10:00
An: Anna
Betreff: Angebot

I accept"""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mine\n> theirs\n>> older", "mine"),
        ("mine\n\nAm 20.11.2026 um 10:00 schrieb Koor:\n> I accept", "mine"),
        ("mine\n\nOn Friday, 20 November 2026, Koor wrote:\n> I accept", "mine"),
        ("mine\n\nOn Fri, 20 Nov 2026 at 10:00, Koor Orders <orders@koor.example>\nwrote:\n\n> I accept", "mine"),
        ("mine\n\nOn 20 Nov 2026, Koor wrote:\n> theirs\n\nmine again", "mine\n\n\nmine again"),
        (f"mine\n\n-----Original Message-----\n{OUTLOOK}", "mine"),
        (f"mine\n\n-----Ursprüngliche Nachricht-----\n{OUTLOOK}", "mine"),
        (f"mine\n________________________________\n{OUTLOOK}", "mine"),
        ("mine\n\n*From:* Koor\n*Sent:* Friday\n*To:* Anna\n*Subject:* Offer\n\nI accept", "mine"),
        ("mine\r\nand mine", "mine\nand mine"),
    ],
)
def test_what_is_quoted_is_not_said(text, kept):
    assert unquoted(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "mine\n\nFrom: Koor\nI accept",
        "mine\n\n*From:* Sales\nI accept",
        "mine\n________________________________\nI accept",
        "mine\n\n---- On Fri, 20 Nov 2026 Koor wrote ----\nI accept",
        "mine\n\nOn Friday, 20 November 2026, Koor wrote:\nI accept",
        "mine\n\nSales \u2039orders@koor.example> schrieb am 20.11.2026:\nI accept",
    ],
)
def test_what_only_looks_like_a_quotation_is_the_senders_word(text):
    assert unquoted(text) == text


def test_a_condition_in_the_line_above_a_quotation_stays():
    assert "halved" in unquoted("mine\n\nOn the condition that it is halved, as I wrote on the 3rd:\n> theirs")
