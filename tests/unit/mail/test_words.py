from pathlib import Path
from typing import Any

import pytest

from koor_provision.errors import InputError
from koor_provision.load.strict_yaml import parse
from koor_provision.mail.names import NAMES, component_called
from koor_provision.mail.words import understood
from koor_provision.models.components import ROLE_OF
from koor_provision.models.mail import Says
from koor_provision.sample.draft import TEMPLATES

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text",
    [
        "I accept your offer O-1, revision 2.",
        "We hereby accept the offer O-1 revision 2",
        "I herewith bindingly accept offer no. O-1 in revision 2.",
        "I accept your offer number O-1, revision 2, bindingly.",
        "Hello Sonja,\nI accept your offer O-1, revision 2.\nThank you!",
        "Dear Sir or Madam,\n\nthank you very much. I accept your\noffer O-1, revision 2.",
        "Ich nehme Ihr Angebot O-1, Revision 2, an.",
        "Hiermit nehmen wir das Angebot O-1 Revision 2 verbindlich an.",
        "Sehr geehrte Frau Beispiel,\nhiermit nehme ich Ihr Angebot Nr. O-1, Revision 2, verbindlich an.\nDanke!",
        "Wir nehmen hiermit Ihr Angebot O-1, Revision 2 an!",
        "Dear Ms. Example, dear Mr. Other,\n\nI accept your offer O-1, revision 2. Thanks in advance.\nBest,\nAnna",
        """Guten Tag Frau Dr. von Beispiel,

        Ich nehme Ihr Angebot O-1, Revision 2, an. Wir freuen uns auf die
        Zusammenarbeit.

        Mit freundlichen Grüßen aus Musterstadt
        i. A. Anna Example""",
        """I accept your offer O-1, revision 2.

        --
        Anna Example | Head of IT
        Example Bakery GmbH & Co. KG
        Main Street 1-3, 12345 Example Town, Germany
        Tel.: +49 123 456-0, Fax: -99, mobil: 0170/1234567 (Office)
        anna@bakery.example
        www.bakery.example
        Geschäftsführer: Max Beispiel, Amtsgericht Musterstadt HRB 1234
        USt-IdNr. DE123456789

        Sent from my iPhone""",
    ],
)
def test_acceptances(text):
    statement = understood(text, "m.eml")

    assert (statement.says, statement.offer, statement.digest) == (Says.ACCEPTANCE, ("O-1", 2), None)


@pytest.mark.parametrize(
    "text",
    [
        f"I accept your offer O-1, revision 2 (SHA-256: {DIGEST}).",
        f"I accept your offer O-1, revision 2, SHA256 {DIGEST.upper()}",
        f"Ich nehme Ihr Angebot O-1, Revision 2 (SHA-256: {DIGEST}), an.",
    ],
)
def test_acceptances_by_digest(text):
    assert understood(text, "m.eml").digest == DIGEST


@pytest.mark.parametrize(
    "text",
    [
        f"I approve the document with the SHA-256 digest {DIGEST}.",
        f"We herewith approve the agreement agreement.yml, SHA-256: {DIGEST}",
        f"Hiermit bestätige ich das Dokument targets.yml mit der SHA-256-Prüfsumme {DIGEST}.",
        f"Wir bestätigen die Vereinbarung, SHA-256: {DIGEST}",
    ],
)
def test_approvals(text):
    statement = understood(text, "m.eml")

    assert (statement.says, statement.digest) == (Says.APPROVAL, DIGEST)


POLICY = (
    "Dear Sir or Madam,\n\nI herewith request the additional setup and configuration of the software {} during the\n"
    "installation and configuration.\n\nBest regards,\n\nYYY"
)
GERMAN = (
    "Hiermit beantrage ich die zusätzliche Einrichtung und Konfiguration der Software {} während der\n"
    "Installation und Konfiguration."
)


@pytest.mark.parametrize(
    ("text", "components"),
    [
        (POLICY.format("Redis"), ("redis",)),
        ("We request the additional installation of nginx and Memcached.", ("nginx", "memcached")),
        (POLICY.format("Tesseract OCR, ImageMagick & Redis"), ("tesseract", "imagemagick", "redis")),
        (GERMAN.format("PostgreSQL"), ("postgresql",)),
        ("Wir beantragen die zusätzliche Installation von Redis und SQL Server.", ("redis", "sqlsrv")),
    ],
)
def test_requests(text, components):
    statement = understood(text, "m.eml")

    assert (statement.says, statement.components) == (Says.REQUEST, components)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes, please go ahead.",
        "OK",
        "I would accept your offer O-1, revision 2.",
        "I accept your offer O-1.",
        "I accept your offer, revision 2.",
        "I do not accept your offer O-1, revision 2.",
        "If you install Redis, I accept your offer O-1, revision 2.",
        "Never write: I accept your offer O-1, revision 2.",
        "Should I accept your offer O-1, revision 2?",
        "I accept your offer O-1, revision 2, if it is free.",
        "I accept your offer O-1, revision 2?",
        "Ich nehme Ihr Angebot O-1, Revision 2, nicht an.",
        "I approve the document with the SHA-256 digest 0123.",
        "I request Redis.",
        "Please install the additional software Redis.",
    ],
)
def test_nothing_is_guessed(text):
    with pytest.raises(InputError, match="nothing that is understood without guessing") as caught:
        understood(text, "m.eml")
    assert "I accept your offer NUMBER, revision N." in caught.value.hint


@pytest.mark.parametrize(
    "more",
    [
        "This is not yet binding.",
        "Das ist unverbindlich.",
        "This is subject to the approval of our board.",
        "Unter Vorbehalt der Zustimmung der Geschäftsführung.",
        "Provided that it is done in May.",
        "I withdraw my order of Monday.",
        "Please disregard my mail of Monday.",
        "But only if the price is halved.",
        "Allerdings erst, wenn der Vorstand zustimmt.",
        "When will you begin?",
        "Our lawyer has to agree.",
        "Half price then!",
        "P.S. Half Price",
        "Not",
        "KEIN AUFTRAG",
        "Best regards, but only for half the price",
        "Anna\n" * 16,
        "Anna " * 15,
    ],
)
@pytest.mark.parametrize("between", [" ", "\n", "\n\n", "\n\nBest regards,\nAnna Example\n", "\n\n-- \n"])
def test_whatever_else_is_said_is_not_understood(more, between):
    with pytest.raises(InputError, match="says more than is understood without guessing: '") as caught:
        understood(f"I accept your offer O-1, revision 2.{between}{more}", "m.eml")
    assert "case add-paper" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "Just kidding: we do NOT want this.",
        "Please do not act on the following sentence before our board has met.",
        "No thanks\n\n*From:* Sales",
        "No thanks\n\n---- On Fri, 20 Nov 2026 Sales wrote ----",
        "No thanks\n\nOn Fri, 20 Nov 2026 Sales <orders@koor.example>\nwrote:",
        "No thanks\n\nSales \u2039orders@koor.example> schrieb am 20.11.2026:",
        "Dear all, we do NOT accept,",
        "Hello Nicht,",
        "Anna Example",
    ],
)
def test_whatever_stands_before_it_is_not_understood_either(text):
    with pytest.raises(InputError, match="says more than is understood without guessing: '"):
        understood(f"{text}\n\nI accept your offer O-1, revision 2.", "m.eml")


def test_two_things_in_one_mail():
    with pytest.raises(InputError, match="says more than one thing"):
        understood("I accept your offer O-1, revision 2. I accept your offer O-2, revision 2.", "m.eml")


@pytest.mark.parametrize(
    ("software", "problem"),
    [
        ("Frobnicator", "asks for 'Frobnicator', which is not software that we know"),
        ("Redis and a game", "asks for 'a game', which is not software that we know"),
        ("Redis and redis-server", "asks for the same software twice"),
    ],
)
def test_software_that_is_not_understood(software, problem):
    with pytest.raises(InputError, match=problem):
        understood(f"I request the additional setup of the software {software}.", "m.eml")


def test_every_name_stands_for_one_component():
    names = [(name, component) for component, several in NAMES.items() for name in several]

    assert all(component_called(name) == component for name, component in names)
    # The application comes from one archive, by its digest, which only an offer names.
    assert ROLE_OF.keys() - {"application"} <= NAMES.keys(), "a component that nobody can ask for"
    assert component_called("Post-Gres") == "postgresql"
    assert component_called("MySQL") is None


def test_whatever_can_be_asked_for_can_be_installed_and_is_approved():
    """By one name in mails, in the company's policy, in the roles and on the list."""
    root = Path(__file__).parents[3]
    policy: Any = parse((TEMPLATES / "company" / "policy.yml").read_bytes(), "policy.yml")
    listed: Any = parse((root / "approved_software.yml").read_bytes(), "list")
    further = {file.stem for file in (root / "roles" / "third_party" / "meta" / "software").glob("*.yml")}
    approved = {entry["component"] for entry in listed["entries"]}

    for name in {*NAMES, *(need["component"] for need in policy["application_needs"])}:
        assert name in further or (root / "roles" / name / "meta" / "scope.yml").is_file(), name
        assert name in approved, name
    assert component_called("pdftotext") == component_called("poppler") == "poppler-utils"
