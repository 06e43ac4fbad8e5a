"""Verification of OpenSSH signatures in this process (PROTOCOL.sshsig, PROTOCOL.u2f), with `cryptography`.

`ssh-keygen -Y verify` says the same, and a differential test holds the two together; but to start it costs sixty times
what a verification does. We are stricter: a key on a hardware token must have been touched, and a signature has its
full length and nothing behind it.
"""

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from koor_provision.models.base import PublicKey
from koor_provision.trust import keys
from koor_provision.trust.sshsig import MAGIC, Claim
from koor_provision.trust.wire import Reader, string

Check = Callable[[bytes, bytes, bytes], None]
"""Takes the algorithm, the numbers of a signature and what they were made over; raises where they do not agree."""
_USER_PRESENT = 0x01
_FLAGS_AND_COUNTER_BYTES = 5


def verify(data: bytes, claim: Claim, namespace: str) -> bool:
    """Whether the key that a block names signed these bytes in this namespace.

    Whose key it is, and whether it may sign, is not asked here (see `trust.keyring`).
    """
    if claim.namespace != namespace:
        return False
    digest = hashlib.new(claim.hashed, data).digest()
    parts = (namespace.encode(), b"", claim.hashed.encode(), digest)
    try:
        _signature(claim, MAGIC + b"".join(map(string, parts)))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signature(claim: Claim, signed: bytes) -> None:
    key, check = _public(claim.key)
    reader = Reader(claim.signature)
    algorithm, numbers = reader.string(), reader.string()
    if key.application:
        signed = _by_token(key.application, reader.take(_FLAGS_AND_COUNTER_BYTES), signed)
    reader.end()
    check(algorithm, numbers, signed)


def _by_token(application: bytes, said: bytes, signed: bytes) -> bytes:
    """What a token signs instead: with what it says of itself, and whether it was touched."""
    if not said[0] & _USER_PRESENT:
        raise ValueError("nobody touched the token")
    return hashlib.sha256(application).digest() + said + hashlib.sha256(signed).digest()


@lru_cache(maxsize=1024)  # hundreds of cases are signed by the same people
def _public(text: PublicKey) -> tuple[keys.Key, Check]:
    key = keys.parse(base64.b64decode(text.partition(" ")[2]))
    if key.modulus:
        return key, _rsa(key)
    return key, _ecdsa(key) if key.curve else _ed25519(key)


def _ed25519(key: keys.Key) -> Check:
    public, own = Ed25519PublicKey.from_public_bytes(key.point), key.kind.encode()

    def check(algorithm: bytes, numbers: bytes, signed: bytes) -> None:
        if algorithm != own:
            raise ValueError("another algorithm than the key's")
        public.verify(numbers, signed)

    return check


def _ecdsa(key: keys.Key) -> Check:
    # Imported here, as below: most keys are ed25519, and `check` is to start quickly.
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature  # noqa: PLC0415

    curve, hashed = {
        "nistp256": (ec.SECP256R1, hashes.SHA256),
        "nistp384": (ec.SECP384R1, hashes.SHA384),
        "nistp521": (ec.SECP521R1, hashes.SHA512),
    }[key.curve]
    public, own = ec.EllipticCurvePublicKey.from_encoded_point(curve(), key.point), key.kind.encode()

    def check(algorithm: bytes, numbers: bytes, signed: bytes) -> None:
        if algorithm != own:
            raise ValueError("another algorithm than the key's")
        reader = Reader(numbers)
        r, s = reader.positive(), reader.positive()
        reader.end()
        public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashed()))

    return check


def _rsa(key: keys.Key) -> Check:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415

    public = rsa.RSAPublicNumbers(key.exponent, key.modulus).public_key()
    allowed = {b"rsa-sha2-256": hashes.SHA256(), b"rsa-sha2-512": hashes.SHA512()}  # never SHA-1, which is "ssh-rsa"

    def check(algorithm: bytes, numbers: bytes, signed: bytes) -> None:
        if algorithm not in allowed:
            raise ValueError("another algorithm than an RSA key may use")
        public.verify(numbers, signed, padding.PKCS1v15(), allowed[algorithm])

    return check
