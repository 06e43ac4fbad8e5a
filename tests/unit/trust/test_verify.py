"""Verification here against OpenSSH's own, for every kind of key that OpenSSH makes, and for tokens in software."""

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.amount import examples
from tests.software_token import TOUCHED, VERIFIED, Token, armour

from koor_provision.errors import InputError
from koor_provision.trust.sshsig import parse
from koor_provision.trust.verify import verify
from koor_provision.trust.wire import string

OFFER = "offer@koor-provision"
DATA = b"kind: offer\n"
KINDS = {
    "ed25519": ("-t", "ed25519"),
    "rsa2048": ("-t", "rsa", "-b", "2048"),
    "rsa3072": ("-t", "rsa", "-b", "3072"),
    "ecdsa256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa521": ("-t", "ecdsa", "-b", "521"),
}


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key of each kind, and of one more ed25519."""
    folder = tmp_path_factory.mktemp("keys")
    for name, options in {**KINDS, "other": KINDS["ed25519"]}.items():
        subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", "", *options, "-f", folder / name], check=True)
    return folder


@pytest.fixture(scope="session")
def signed(keys: Path) -> Callable[..., bytes]:
    def sign(name: str, data: bytes = DATA, *options: str) -> bytes:
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", OFFER, *options, "-f", str(keys / name)]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    return sign


@pytest.fixture(scope="session")
def block_of(signed: Callable[..., bytes]) -> dict[str, bytes]:
    return {name: signed(name) for name in KINDS}


def openssh_says(folder: Path, data: bytes, block: bytes, public: str, namespace: str = OFFER) -> bool:
    """What `ssh-keygen -Y verify` answers."""
    signers, signature = folder / "signers", folder / "signature"
    signers.write_text(f"me {public}\n")
    signature.write_bytes(block)
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "me", "-n", namespace, "-s", str(signature)]
    return subprocess.run(command, input=data, capture_output=True, check=False).returncode == 0


def we_say(data: bytes, block: bytes, public: str, namespace: str = OFFER) -> bool:
    try:
        (claim,) = parse(block, "a.sig")
    except InputError:
        return False
    return claim.key == public and verify(data, claim, namespace)


def public_of(keys: Path, name: str) -> str:
    return " ".join((keys / f"{name}.pub").read_text().split()[:2])


@pytest.mark.parametrize("hashed", ["sha256", "sha512"])
@pytest.mark.parametrize("name", KINDS)
def test_what_openssh_signs_verifies_here(keys, signed, name, hashed):
    block = signed(name, DATA, "-O", f"hashalg={hashed}")
    public = public_of(keys, name)

    assert we_say(DATA, block, public)
    assert not we_say(DATA + b"\n", block, public)
    assert not we_say(b"", block, public)
    assert not we_say(DATA, block, public, "acceptance@koor-provision")
    assert not we_say(DATA, block, public_of(keys, "other"))


@settings(max_examples=examples(60))
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_openssh_and_we_give_the_same_answer(keys, block_of, tmp_path_factory, name, data):
    """Where one bit of signature, document or namespace is another; we may be stricter, and never laxer."""
    folder = tmp_path_factory.getbasetemp()
    block, message, namespace, public = block_of[name], DATA, OFFER, public_of(keys, name)
    what = data.draw(st.sampled_from(["nothing", "signature", "message", "namespace", "key"]))
    if what == "signature":
        blob = _blob(block)
        block = armour(_flip(blob, data.draw(st.integers(0, len(blob) * 8 - 1))))
    elif what == "message":
        message = _flip(message, data.draw(st.integers(0, len(message) * 8 - 1)))
    elif what == "namespace":
        namespace = data.draw(st.sampled_from(["plan@koor-provision", "file", OFFER.upper(), OFFER[:-1]]))
    elif what == "key":
        public = public_of(keys, "other")

    ours = we_say(message, block, public, namespace)

    assert ours is (what == "nothing")
    assert openssh_says(folder, message, block, public, namespace) in {ours, what == "signature"}


def _blob(block: bytes) -> bytes:
    return base64.b64decode(b"".join(block.splitlines()[1:-1]))


def _flip(data: bytes, bit: int) -> bytes:
    at, shift = divmod(bit, 8)
    return data[:at] + bytes([data[at] ^ 1 << shift]) + data[at + 1 :]


@settings(max_examples=examples(500))
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_no_flipped_bit_of_a_signature_verifies(keys, block_of, name, data):
    blob = _blob(block_of[name])

    flipped = _flip(blob, data.draw(st.integers(0, len(blob) * 8 - 1)))

    assert not we_say(DATA, armour(flipped), public_of(keys, name))


@settings(max_examples=examples(200))
@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=300))
def test_any_inner_signature_is_yes_or_no(block_of, name, inner):
    (claim,) = parse(block_of[name], "a.sig")

    for signature in (inner, string(b"ssh-ed25519") + string(inner), string(b"rsa-sha2-512") + string(inner)):
        assert not verify(DATA, claim._replace(signature=signature), OFFER)


def test_the_old_algorithm_of_rsa_keys_does_not_count(keys, block_of):
    """The very same numbers, said to be made with SHA-1 (`ssh-rsa`) or with the other SHA-2."""
    (claim,) = parse(block_of["rsa2048"], "a.sig")
    assert claim.signature.startswith(string(b"rsa-sha2-512"))
    numbers = claim.signature.removeprefix(string(b"rsa-sha2-512"))

    for algorithm in (b"ssh-rsa", b"rsa-sha2-256", b""):
        assert not verify(DATA, claim._replace(signature=string(algorithm) + numbers), OFFER)


def test_a_point_that_is_not_on_its_curve(block_of):
    (claim,) = parse(block_of["ecdsa256"], "a.sig")
    blob = base64.b64decode(claim.key.split()[1])
    nowhere = f"ecdsa-sha2-nistp256 {base64.b64encode(blob[:-1] + bytes([blob[-1] ^ 1])).decode()}"

    assert verify(DATA, claim, OFFER)
    assert not verify(DATA, claim._replace(key=nowhere), OFFER)


TOKENS = [Token(Ed25519PrivateKey.generate()), Token(ec.generate_private_key(ec.SECP256R1()))]
on_each_token = pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.algorithm.decode())


@on_each_token
@pytest.mark.parametrize("flags", [TOUCHED, TOUCHED | VERIFIED])
@pytest.mark.parametrize("counter", [0, 2**32 - 1])
def test_a_token_that_was_touched(tmp_path, token, flags, counter):
    block = token.sign(DATA, OFFER, flags=flags, counter=counter)

    assert openssh_says(tmp_path, DATA, block, token.line)
    assert we_say(DATA, block, token.line)
    assert not we_say(DATA + b"\n", block, token.line)
    assert not we_say(DATA, block, token.line, "plan@koor-provision")


@on_each_token
@pytest.mark.parametrize("flags", [0, VERIFIED])
def test_a_token_that_nobody_touched(token, flags):
    """Malware on the engineer's machine can make an idle token sign; OpenSSH leaves this to whoever calls it."""
    assert not we_say(DATA, token.sign(DATA, OFFER, flags=flags), token.line)


@on_each_token
def test_a_touch_that_the_token_did_not_sign(token):
    blob = bytearray(_blob(token.sign(DATA, OFFER, flags=VERIFIED)))
    assert blob[-5] == VERIFIED
    blob[-5] |= TOUCHED

    assert not we_say(DATA, armour(bytes(blob)), token.line)


@on_each_token
def test_something_behind_a_tokens_signature(tmp_path, token):
    block = token.sign(DATA, OFFER, more=b"\0")

    assert not openssh_says(tmp_path, DATA, block, token.line)
    assert not we_say(DATA, block, token.line)


@on_each_token
def test_a_tokens_key_for_a_website(token):
    website = Token(token.private, application=b"https://example.com")

    assert not we_say(DATA, website.sign(DATA, OFFER), website.line)
