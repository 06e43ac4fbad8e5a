import base64
import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

BODY = b"\x04" + b"a public key of version 4"
FINGERPRINT = hashlib.sha1(b"\x99" + len(BODY).to_bytes(2, "big") + BODY, usedforsecurity=False).hexdigest().upper()


def old(tag: int, body: bytes) -> bytes:
    return bytes([0x80 | tag << 2 | 1]) + len(body).to_bytes(2, "big") + body


def new(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4, "big") + body


def armour(data: bytes, head: str = "", checksum: str = "=AAAA\n") -> str:
    text = base64.encodebytes(data).decode()
    return f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n{head}\n{text}{checksum}-----END PGP PUBLIC KEY BLOCK-----\n"


@pytest.fixture(scope="module")
def apt(load):
    return load("apt_source")


@given(
    packets=st.lists(st.tuples(st.integers(1, 15), st.binary(max_size=300), st.sampled_from([old, new])), max_size=5)
)
def test_packets_of_both_forms_are_found(apt, packets):
    data = b"".join(write(tag, body) for tag, body, write in packets)
    assert list(apt.packets(data)) == [(tag, body) for tag, body, _ in packets]


@given(st.binary(max_size=60))
def test_any_other_bytes_are_a_value_error_or_packets(apt, data):
    try:
        found = list(apt.packets(data))
    except ValueError:
        return
    assert sum(len(body) for _, body in found) <= len(data)


@pytest.mark.parametrize("length", [0, 191, 192, 8383])
def test_short_lengths_of_the_newer_form(apt, length):
    said = bytes([length]) if length < 192 else bytes([(length - 192 >> 8) + 192, length - 192 & 0xFF])
    assert list(apt.packets(bytes([0xC6]) + said + b"x" * length)) == [(6, b"x" * length)]


@pytest.mark.parametrize("write", [old, new])
def test_fingerprint_is_that_of_the_key(apt, write):
    key = write(6, BODY) + write(13, b"Vendor <vendor@packages.example>") + write(14, b"\x04 another")
    assert apt.fingerprint(armour(key)) == FINGERPRINT
    assert apt.fingerprint(armour(key, head="Version: 1\nComment: x\n", checksum="")) == FINGERPRINT


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("", "no ASCII-armoured"),
        (armour(old(6, BODY)) + armour(old(6, BODY)), "no ASCII-armoured"),
        (armour(old(6, BODY) + old(6, BODY)), "holds 2 keys"),
        (armour(old(13, b"x")), "holds 0 keys"),
        (armour(old(6, b"\x03" + BODY[1:])), "not of version 4"),
        (armour(old(6, BODY)[:-1]), "ends too early"),
        (armour(b"\x9b" + BODY), "without length"),
        (armour(b"\xc6\xe1" + BODY), "in parts"),
        (armour(b"text"), "no OpenPGP"),
    ],
)
def test_what_is_not_one_whole_key_is_refused(apt, key, message):
    with pytest.raises(ValueError, match=message):
        apt.fingerprint(key)


def test_source_names_its_key(apt):
    parameters = {"uri": "https://packages.example/x", "suite": "jammy", "components": ["main"]}
    assert apt.source(parameters, Path("/etc/apt/keyrings/koor-x.asc")).splitlines()[1:] == [
        "Types: deb",
        "URIs: https://packages.example/x",
        "Suites: jammy",
        "Components: main",
        "Signed-By: /etc/apt/keyrings/koor-x.asc",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fingerprint": "0" * 40}, "do not use it"),
        ({"uri": "https://packages.example/x\nTrusted: yes"}, "is not allowed here"),
        ({"suite": "jammy\n"}, "is not allowed here"),
        ({"components": ["main\nTrusted:"]}, "is not allowed here"),
        ({"name": "../x"}, "is not allowed here"),
        ({"key": "x"}, "from the vendor"),
    ],
)
def test_odd_values_and_other_keys_are_refused(apt, change, message):
    def fail_json(msg):
        raise RuntimeError(msg)

    good = {
        "name": "x",
        "uri": "https://packages.example/x",
        "suite": "jammy",
        "components": ["main"],
        "key": armour(old(6, BODY)),
        "fingerprint": " ".join([FINGERPRINT[:20], FINGERPRINT[20:].lower()]),
    }
    apt.refuse_odd_values(SimpleNamespace(params=good, fail_json=fail_json))
    with pytest.raises(RuntimeError, match=message):
        apt.refuse_odd_values(SimpleNamespace(params=good | change, fail_json=fail_json))
