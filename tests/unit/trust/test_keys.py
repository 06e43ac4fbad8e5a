"""Public keys: which may sign, and that each is written in one way."""

import base64
import subprocess

import pytest
from tests.conftest import Sample

from koor_provision.trust.keys import fingerprint
from koor_provision.trust.wire import string


def written(*parts: bytes) -> str:
    return f"{parts[0].decode()} {base64.b64encode(b''.join(map(string, parts))).decode()}"


@pytest.mark.parametrize(
    "options",
    [("-t", "ed25519"), ("-t", "rsa", "-b", "2048"), *(("-t", "ecdsa", "-b", size) for size in ("256", "384", "521"))],
)
def test_keys_that_may_sign(sample: Sample, options):
    key = sample.new_key("another", *options)

    printed = subprocess.run(
        ["ssh-keygen", "-l", "-f", sample.key("another.pub")], capture_output=True, text=True, check=True
    )
    assert fingerprint(key) == printed.stdout.split()[1]


def test_short_rsa_keys_may_not(sample: Sample):
    with pytest.raises(ValueError, match="too short"):
        fingerprint(sample.new_key("short", "-t", "rsa", "-b", "1024"))


def test_there_is_one_way_to_write_a_key(sample: Sample):
    key = sample.public_key("cto")
    kind, text = key.split(" ")
    raw = base64.b64decode(text)
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    others = [
        f"ssh-rsa {text}",
        f"{kind}  {text}",
        f"{kind} {text} ",
        f"{kind} {text}=",
        f"{kind} {text}\n",
        f"{kind} {text[:-1]}{last[(last.index(text[-1]) + 1) % 64]}"
        if text[-1] in last and len(raw) % 3
        else f"{kind} {text}A",
        f"{kind} {base64.b64encode(raw[:-1]).decode()}",
        f"{kind} {base64.b64encode(string(b'ssh-dss') + raw).decode()}",
        kind,
        "",
    ]
    assert fingerprint(key)
    for other in others:
        with pytest.raises(ValueError):  # noqa: PT011  # base64 raises it too
            fingerprint(other)


@pytest.mark.parametrize("kind", [b"ssh-ed25519", b"ssh-rsa"])
def test_a_key_of_nothing_but_its_kind(kind):
    with pytest.raises(ValueError, match="truncated"):
        fingerprint(written(kind))


def number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


MODULUS = number(2**2047 + 1)


@pytest.mark.parametrize(
    "parts",
    [
        (b"ssh-rsa", number(65537), MODULUS, b""),
        (b"ssh-rsa", b"\0" + number(65537), MODULUS),
        (b"ssh-rsa", number(65537), b"\0" + MODULUS),
        (b"ssh-rsa", number(65537), MODULUS[1:]),
        (b"ssh-rsa", b"", MODULUS),
        (b"ssh-rsa", number(65537), number(2**16384 + 1)),
        (b"ssh-ed25519", b"k" * 31),
        (b"ssh-ed25519", b"k" * 33),
        (b"ssh-ed25519", b"k" * 32, b""),
        (b"ecdsa-sha2-nistp256", b"nistp384", b"\4" + b"k" * 96),
        (b"ecdsa-sha2-nistp256", b"nistp256", b"\2" + b"k" * 32),
        (b"ecdsa-sha2-nistp256", b"nistp256", b"\4" + b"k" * 63),
        (b"ecdsa-sha2-nistp256", b"", b"\4" + b"k" * 64),
        (b"sk-ssh-ed25519@openssh.com", b"k" * 32),
        (b"sk-ssh-ed25519@openssh.com", b"k" * 32, b"https://example.com"),
        (b"sk-ssh-ed25519@openssh.com", b"k" * 32, b""),
        (b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp384", b"\4" + b"k" * 96, b"ssh:"),
    ],
)
def test_what_openssh_would_not_write(parts):
    with pytest.raises(ValueError, match=r"truncated|follows|shortest|too long|32 bytes|uncompressed|else than SSH"):
        fingerprint(written(*parts))


def test_keys_under_which_anybody_could_sign():
    """Points of order 1, 2, 4 and 8 of edwards25519 (RFC 8032, section 5.1), and second encodings that fit 32 bytes."""
    prime = 2**255 - 19
    d = -121665 * pow(121666, -1, prime) % prime
    # Order 1 and 2 are (0, 1) and (0, -1), order 4 has y = 0. A point of order 8 doubles to y = 0, so x^2 = -y^2, and
    # -x^2 + y^2 = 1 + d x^2 y^2 becomes d y^4 + 2 y^2 - 1 = 0.
    low = {0, 1, prime - 1}
    for root in (_root(1 + d), -_root(1 + d)):
        squared = (root - 1) * pow(d, -1, prime) % prime
        if pow(squared, (prime - 1) // 2, prime) == 1:
            low |= {_root(squared), prime - _root(squared)}
    assert len(low) == 5

    for y in (*low, prime, prime + 1):
        for sign in (0, 1 << 255):
            with pytest.raises(ValueError, match="no key that anybody made"):
                fingerprint(written(b"ssh-ed25519", (y | sign).to_bytes(32, "little")))


def _root(square: int) -> int:
    """A square root modulo 2^255 - 19 (RFC 8032, section 5.1.3)."""
    prime = 2**255 - 19
    root = pow(square, (prime + 3) // 8, prime)
    if root * root % prime != square % prime:
        root = root * pow(2, (prime - 1) // 4, prime) % prime
    assert root * root % prime == square % prime
    return root
