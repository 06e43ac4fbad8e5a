"""SSH public keys, read strictly (RFC 4253 section 6.6, RFC 5656, RFC 8709, OpenSSH's PROTOCOL.u2f).

There is one way to write each key: two texts for the same key could be taken for two keys.
"""

import base64
import hashlib
from typing import NamedTuple

from koor_provision.models.base import Fingerprint, PublicKey
from koor_provision.trust.wire import Reader

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 16384
"""OpenSSH's own limits of what is safe and of what it reads."""
_ED25519_BYTES = 32
_ED25519_PRIME = 2**255 - 19
_ED25519_SMALL_ORDER = frozenset({
    0, 1, _ED25519_PRIME - 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
})  # fmt: skip
"""The y of points whose order is at most 8: under such a key anybody can make signatures that verify."""
_CURVES = {
    "ecdsa-sha2-nistp256": ("nistp256", 32),
    "ecdsa-sha2-nistp384": ("nistp384", 48),
    "ecdsa-sha2-nistp521": ("nistp521", 66),
    "sk-ecdsa-sha2-nistp256@openssh.com": ("nistp256", 32),
}
"""The only curve of a kind, and the bytes of a coordinate on it."""
_FIDO_APPLICATION = b"ssh:"  # what OpenSSH gives a key on a token; any other is somebody's website
_TOKEN = "sk-"  # noqa: S105  # how OpenSSH's names of keys on a token begin


class Key(NamedTuple):
    """A public key in its parts; which of them there are depends on the kind.

    Attributes:
        kind: OpenSSH's name of the kind.
        point: ed25519: 32 bytes; ecdsa: the uncompressed point (SEC 1, section 2.3.3).
        curve: ecdsa: `nistp256`, `nistp384` or `nistp521`.
        modulus: rsa.
        exponent: rsa.
        application: keys on a hardware token: what the token was told that the key is for.
    """

    kind: str
    point: bytes = b""
    curve: str = ""
    modulus: int = 0
    exponent: int = 0
    application: bytes = b""


def _ed25519(kind: str, reader: Reader) -> Key:
    point = reader.string()
    if len(point) != _ED25519_BYTES:
        raise ValueError("not 32 bytes")
    y = int.from_bytes(point, "little") & (2**255 - 1)
    if y >= _ED25519_PRIME or y in _ED25519_SMALL_ORDER:
        raise ValueError("no key that anybody made")
    return Key(kind, point=point)


def _ecdsa(kind: str, reader: Reader) -> Key:
    curve, coordinate = _CURVES[kind]
    said, point = reader.string(), reader.string()
    if said != curve.encode() or point[:1] != b"\4" or len(point) != 1 + 2 * coordinate:
        raise ValueError("not an uncompressed point of the curve that the kind names")
    return Key(kind, point=point, curve=curve)


def _rsa(kind: str, reader: Reader) -> Key:
    exponent, modulus = reader.positive(), reader.positive()
    if modulus.bit_length() < MIN_RSA_BITS:
        raise ValueError("too short")
    if modulus.bit_length() > MAX_RSA_BITS:
        raise ValueError("too long")
    return Key(kind, modulus=modulus, exponent=exponent)


_PARTS = {
    "ssh-ed25519": _ed25519,
    "sk-ssh-ed25519@openssh.com": _ed25519,
    "ssh-rsa": _rsa,
    **dict.fromkeys(_CURVES, _ecdsa),
}
KEY_TYPES = frozenset(_PARTS)
"""Keys that may sign. No certificates: whoever signs those could make a signer that stands in no document of ours."""


def parse(blob: bytes) -> Key:
    """Take a public key apart. Whether its numbers make sense on their curve is seen when it verifies.

    Raises:
        ValueError: damaged, too short, or of a kind that may not sign.
    """
    reader = Reader(blob)
    kind = reader.string().decode("ascii")
    if kind not in _PARTS:
        raise ValueError("of a kind that may not sign")
    key = _PARTS[kind](kind, reader)
    if kind.startswith(_TOKEN):
        application = reader.string()
        if not application.startswith(_FIDO_APPLICATION):
            raise ValueError("made for something else than SSH")
        key = key._replace(application=application)
    reader.end()
    return key


def written(blob: bytes) -> tuple[PublicKey, Fingerprint]:
    """A public key as `type base64`, and its SHA-256 fingerprint as `ssh-keygen -l` prints it.

    Raises:
        ValueError: as `parse`.
    """
    mark = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"{parse(blob).kind} {base64.b64encode(blob).decode()}", f"SHA256:{mark}"


def fingerprint(key: PublicKey) -> Fingerprint:
    """The fingerprint of a public key.

    Raises:
        ValueError: the text is not a key of a kind that may sign, in its one way of writing.
    """
    text, mark = written(base64.b64decode(key.partition(" ")[2], validate=True))
    if text != key:
        raise ValueError("not written as OpenSSH writes it")
    return mark
