import base64

import pytest

# From RFC 7677, section 3.
SALT = "W22ZaJ0SNY7soEsUEjb6gQ=="
STORED, SERVER = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=", "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="


@pytest.fixture
def scram(load_shared):
    return load_shared("scram")


def test_verifier_is_the_one_of_the_standard(scram):
    verifier = scram.scram_verifier("pencil", base64.b64decode(SALT))
    assert verifier == f"SCRAM-SHA-256$4096:{SALT}${STORED}:{SERVER}"


def test_verifier_belongs_to_its_password_only(scram):
    verifier = scram.scram_verifier("secret", b"0123456789abcdef", 1000)
    assert scram.is_of("secret", verifier)
    assert not scram.is_of("another", verifier)
    assert not scram.is_of("secret", verifier[:-2] + "A=")


@pytest.mark.parametrize("kept", ["", "md5" + "0" * 32, "secret", "SCRAM-SHA-256$x:y$z:z"])
def test_what_is_no_scram_verifier_is_of_no_password(scram, kept):
    assert not scram.is_of("secret", kept)
