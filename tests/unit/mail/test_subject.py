import pytest

from koor_provision.errors import InputError
from koor_provision.mail.subject import subject


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Your offer O-2026-0815", "Your offer O-2026-0815"),
        ("Re: offer no. 5", "Re: offer no. 5"),
        ("AW: Ihr Angebot Nr. O-1", "AW: Ihr Angebot Nr. O-1"),
        ("=?utf-8?q?Auftrag_f=C3=BCr_B=C3=A4ckerei?=", "Auftrag für Bäckerei"),
        ("=?utf-8?b?QW5nZWJvdA==?= =?iso-8859-1?q?_O-1?=", "Angebot O-1"),
        ("", ""),
    ],
)
def test_the_matter(value, words):
    assert subject(value, "m.eml") == words


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("DRAFT - NOT ACCEPTED, do not act", "does not go with a plain yes: 'DRAFT'"),
        ("=?utf-8?q?NOT_accepted?=", "does not go with a plain yes: 'NOT'"),
        ("Re: Angebot abgelehnt", "does not go with a plain yes: 'abgelehnt'"),
        ("Angebot unter Vorbehalt", "does not go with a plain yes: 'Vorbehalt'"),
        ("Your offer?", "does not go with a plain yes: '?'"),
        ("Fwd: Your offer", "says that it was forwarded"),
        ("WG: Angebot", "says that it was forwarded"),
        ("=?utf-7?q?+ADw-?=", "in a character set that we do not take"),
        ("=?utf-8?q?=FF?=", "cannot be read"),
        ("=?utf-8?b?A?=", "cannot be read"),
        ("=?utf-8?q?a=E2=80=AEb?=", "holds an invisible character"),
        ("x" * 201, "is too long"),
    ],
)
def test_what_does_not_go_with_it(value, problem):
    with pytest.raises(InputError, match=problem) as caught:
        subject(value, "m.eml")
    assert caught.value.hint
