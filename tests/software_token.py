"""SSH keys on a hardware token, played by software: what a token would sign, in the forms of OpenSSH's PROTOCOL.u2f."""

import base64
import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from koor_provision.trust.wire import string

TOUCHED, VERIFIED = 0x01, 0x04


def mpint(number: int) -> bytes:
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def armour(blob: bytes, width: int = 70) -> bytes:
    """A signature block as OpenSSH writes it, or with lines of another length."""
    text = base64.b64encode(blob)
    lines = [text[at : at + width] + b"\n" for at in range(0, len(text), width)]
    return b"-----BEGIN SSH SIGNATURE-----\n" + b"".join(lines) + b"-----END SSH SIGNATURE-----\n"


@dataclass
class Token:
    """One key. Every field can be another than an honest token's."""

    private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey
    application: bytes = b"ssh:"
    algorithm: bytes = field(init=False)

    def __post_init__(self) -> None:
        name = "ssh-ed25519" if isinstance(self.private, Ed25519PrivateKey) else "ecdsa-sha2-nistp256"
        self.algorithm = f"sk-{name}@openssh.com".encode()

    @property
    def public(self) -> bytes:
        key = self.private.public_key()
        if isinstance(self.private, Ed25519PrivateKey):
            parts = string(key.public_bytes(Encoding.Raw, PublicFormat.Raw))
        else:
            parts = string(b"nistp256") + string(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
        return string(self.algorithm) + parts + string(self.application)

    @property
    def line(self) -> str:
        return f"{self.algorithm.decode()} {base64.b64encode(self.public).decode()}"

    def sign(self, data: bytes, namespace: str, *, flags: int = TOUCHED, counter: int = 7, more: bytes = b"") -> bytes:
        """A signature file."""
        ends = string(namespace.encode()) + string(b"") + string(b"sha512")
        signed = b"SSHSIG" + ends + string(hashlib.sha512(data).digest())
        said = bytes([flags]) + counter.to_bytes(4, "big")
        message = hashlib.sha256(self.application).digest() + said + hashlib.sha256(signed).digest()
        if isinstance(self.private, Ed25519PrivateKey):
            numbers = self.private.sign(message)
        else:
            r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
            numbers = mpint(r) + mpint(s)
        signature = string(self.algorithm) + string(numbers) + said + more
        return armour(b"SSHSIG\0\0\0\1" + string(self.public) + ends + string(signature))
