import pytest

from koor_provision.errors import InputError
from koor_provision.mail.names import NAMES, component_called
from koor_provision.mail.words import understood
from koor_provision.models.components import ROLE_OF
from koor_provision.models.mail import Says

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text",
    [
        "I accept your offer O-1, revision 2.",
        "We hereby accept the offer O-1 revision 2",
        "I herewith bindingly accept offer no. O-1 in revision 2.",
        "I accept your offer number O-1, revision 2, bindingly.",
        "Hello Sonja,\nI accept your offer O-1, revision 2.\nThank you!",
        "Dear Sir or Madam,\n\nthank you very much. I accept your\noffer O-1, revision 2. When will you begin?",
        "Ich nehme Ihr Angebot O-1, Revision 2, an.",
        "Hiermit nehmen wir das Angebot O-1 Revision 2 verbindlich an.",
        "Sehr geehrte Frau Beispiel,\nhiermit nehme ich Ihr Angebot Nr. O-1, Revision 2, verbindlich an.\nDanke!",
        "Wir nehmen hiermit Ihr Angebot O-1, Revision 2 an!",
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
    ],
)
def test_reservations(more):
    with pytest.raises(InputError, match="has a reservation: '"):
        understood(f"I accept your offer O-1, revision 2. {more}", "m.eml")


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
    assert ROLE_OF.keys() <= NAMES.keys(), "a component that nobody can ask for"
    assert component_called("Post-Gres") == "postgresql"
    assert component_called("MySQL") is None
