import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.amount import examples
from tests.conftest import Sample
from tests.software_token import armour

from koor_provision.errors import InputError
from koor_provision.trust.sshsig import MAX_SIGNATURE_BYTES, MAX_SIGNATURES, parse
from koor_provision.trust.wire import string


def blob(
    kind: bytes = b"ssh-ed25519",
    namespace: bytes = b"offer@koor-provision",
    reserved: bytes = b"",
    hashed: bytes = b"sha512",
) -> bytes:
    key = string(kind) + string(b"k" * 32)
    rest = string(reserved) + string(hashed) + string(string(b"ssh-ed25519") + string(b"s" * 64))
    return b"SSHSIG\0\0\0\1" + string(key) + string(namespace) + rest


@pytest.fixture(scope="session")
def signature(pristine_sample):
    return (pristine_sample / "cases" / "default-offer" / "offer.yml.sig").read_bytes()


def test_a_signature_of_openssh(signature, pristine_sample):
    (claim,) = parse(signature, "offer.yml.sig")

    printed = subprocess.run(
        ["ssh-keygen", "-l", "-f", pristine_sample / "keys" / "team-leader.pub"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert claim.fingerprint == printed.split()[1]
    assert claim.namespace == "offer@koor-provision"
    assert claim.block == signature


def test_several_blocks_and_line_ends_of_windows(signature):
    claims = parse((signature + b"\n" + signature.rstrip(b"\n")).replace(b"\n", b"\r\n"), "a.sig")

    assert [claim.fingerprint for claim in claims] == [parse(signature, "a.sig")[0].fingerprint] * 2


@settings(max_examples=examples(300))
@given(st.data())
def test_a_changed_block_is_one_clear_error_or_another_claim(signature, data):
    at = data.draw(st.integers(0, len(signature) - 1))
    what = data.draw(st.sampled_from(["replace", "insert", "delete", "repeat"]))
    byte = bytes([data.draw(st.integers(0, 255))])
    changed = {
        "replace": signature[:at] + byte + signature[at + 1 :],
        "insert": signature[:at] + byte + signature[at:],
        "delete": signature[:at] + signature[at + 1 :],
        "repeat": signature[:at] + signature[at:] * 2,
    }[what]

    try:
        claims = parse(changed, "a.sig")
    except InputError as error:
        assert error.where == "a.sig"  # noqa: PT017  # both ways out are allowed
    else:
        assert all(changed.replace(b"\r\n", b"\n").count(claim.block.rstrip(b"\n")) for claim in claims)


@settings(max_examples=examples(200))
@given(st.binary(max_size=300))
def test_any_bytes_in_armour_are_one_clear_error(data):
    for content in (armour(data), armour(b"SSHSIG\0\0\0\1" + data)):
        with pytest.raises(InputError, match=r"damaged, or by a key|not an OpenSSH signature"):
            parse(content, "a.sig")


@pytest.mark.parametrize(
    "content",
    [
        armour(blob(kind=b"ssh-dss")),
        armour(blob(kind=b"ssh-ed25519-cert-v01@openssh.com")),
        armour(blob(kind=b"")),
        armour(blob(kind=b"ssh-ed25519 AAAA\ncto namespaces=")),
        armour(blob(kind=b"ssh-ed25519\n")),
        armour(blob(namespace=b"")),
        armour(blob(namespace=b"offer@koor-provision\n")),
        armour(blob(namespace=b"\x1b[2K")),
        armour(blob(namespace=b"\xff")),
        armour(blob(reserved=b"x")),
        armour(blob(hashed=b"sha1")),
        armour(blob(hashed=b"")),
        armour(blob() + b"\0"),
        armour(blob() + string(b"more")),
        armour(blob()[:-1]),
        armour(blob().replace(b"\0\0\0\1", b"\0\0\0\2", 1)),
        armour(blob()).replace(b"\n", b"", 2),
        armour(blob()).replace(b"=", b""),
        armour(blob(), width=64),
        armour(blob(), width=76),
        armour(blob(), width=1000),
        armour(blob()).replace(b"\n-----END", b"\n\n-----END"),
    ],
)
def test_what_openssh_does_not_write(content):
    with pytest.raises(InputError, match=r"damaged, or by a key|not an OpenSSH signature"):
        parse(content, "a.sig")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "holds no signature"),
        (b"\n" * MAX_SIGNATURE_BYTES, "holds no signature"),
        (b"-----BEGIN PGP SIGNATURE-----\n", "not an OpenSSH signature"),
        (armour(blob()) + b"trusted: yes\n", "not an OpenSSH signature"),
        (b" " + armour(blob()), "not an OpenSSH signature"),
        (b"\xef\xbb\xbf" + armour(blob()), "not an OpenSSH signature"),
        (armour(blob()) * (MAX_SIGNATURES + 1), "more than 20 signatures"),
        (armour(blob()) * 400, "larger than 65536 bytes"),
    ],
)
def test_what_is_no_signature_file(content, problem):
    with pytest.raises(InputError, match=problem):
        parse(content, "a.sig")


def test_twenty_signatures_are_not_too_many():
    assert len(parse(armour(blob()) * MAX_SIGNATURES, "a.sig")) == MAX_SIGNATURES


def test_a_signature_by_a_short_key_is_refused_when_it_is_read(sample: Sample):
    sample.new_key("short", "-t", "rsa", "-b", "1024")
    sample.sign("offer.yml", "short")

    with pytest.raises(InputError, match="by a key that may not sign"):
        parse(sample.file("offer.yml.sig").read_bytes(), "offer.yml.sig")
