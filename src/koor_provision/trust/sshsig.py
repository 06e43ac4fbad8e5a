"""OpenSSH signatures and keys (PROTOCOL.sshsig, RFC 4253), read strictly: what they claim, not whether it is true.

A signature file holds one or more armoured blocks; one person's signature alone verifies with plain OpenSSH. What a
block claims (key, namespace) is read here only to know whom to ask OpenSSH about (`trust.openssh`).

There is one way to write each key and each signature: two texts for the same thing could be taken for two things.
"""

import base64
import hashlib
import re
from typing import NamedTuple

from koor_provision.errors import InputError
from koor_provision.models.base import Fingerprint, PublicKey

MAX_SIGNATURE_BYTES = 64 * 1024
MAX_SIGNATURES = 20
KEY_TYPES = frozenset({
    "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ssh-rsa",
    "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "sk-ecdsa-sha2-nistp256@openssh.com",
})  # fmt: skip
"""Keys that may sign. No certificates: whoever signs those could make a signer that stands in no document of ours."""
MIN_RSA_BITS = 2048
_BLOCK = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+?)-----END SSH SIGNATURE-----\n?")
_ARMOUR_WIDTH = 70
_MAGIC = b"SSHSIG\0\0\0\1"
_NAMESPACE = re.compile(rb"[\x21-\x7e]{1,100}")


class Claim(NamedTuple):
    """What a signature block says of itself."""

    block: bytes
    key: PublicKey
    fingerprint: Fingerprint
    namespace: str


def fingerprint(key: PublicKey) -> Fingerprint:
    """The SHA-256 fingerprint of a public key, as `ssh-keygen -l` prints it.

    Raises:
        ValueError: the text is not a key of a kind that may sign, in its one way of writing.
    """
    kind, _, text = key.partition(" ")
    blob = base64.b64decode(text, validate=True)
    inner, *_, number = _strings(blob)
    if kind not in KEY_TYPES or inner.decode("ascii") != kind or base64.b64encode(blob).decode() != text:
        raise ValueError("damaged, or of a kind that may not sign")
    if kind == "ssh-rsa" and int.from_bytes(number, "big").bit_length() < MIN_RSA_BITS:
        raise ValueError("too short")
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _strings(blob: bytes) -> list[bytes]:
    """The length-prefixed strings of an SSH structure (RFC 4251, section 5)."""
    strings, at = [], 0
    while at < len(blob):
        end = at + 4 + int.from_bytes(blob[at : at + 4], "big")
        if end > len(blob):
            raise ValueError("truncated")
        strings.append(blob[at + 4 : end])
        at = end
    return strings


def parse(content: bytes, file: str) -> tuple[Claim, ...]:
    """Read a signature file. Line ends of Windows are taken for our own: mail programs change them on the way.

    Raises:
        InputError: it is no OpenSSH signature file, or holds anything besides signature blocks.
    """
    hint = "make it again with: koor-provision sign FILE --key KEY (or ssh-keygen -Y sign)"
    if len(content) > MAX_SIGNATURE_BYTES:
        raise InputError(f"larger than {MAX_SIGNATURE_BYTES} bytes", where=file, hint=hint)
    content = content.replace(b"\r\n", b"\n")
    if _BLOCK.sub(b"", content).strip(b"\n"):
        raise InputError("holds something that is not an OpenSSH signature", where=file, hint=hint)
    blocks = [(match[0], match[1]) for match in _BLOCK.finditer(content)]
    if not blocks:
        raise InputError("holds no signature", where=file, hint=hint)
    if len(blocks) > MAX_SIGNATURES:
        raise InputError(f"holds more than {MAX_SIGNATURES} signatures", where=file, hint=hint)
    try:
        return tuple(_claim(block, armoured) for block, armoured in blocks)
    except ValueError as error:
        raise InputError(
            "holds a signature that is damaged, or by a key that may not sign", where=file, hint=hint
        ) from error


def _claim(block: bytes, armoured: bytes) -> Claim:
    blob = base64.b64decode(armoured.replace(b"\n", b""), validate=True)
    text = base64.b64encode(blob)
    lines = [text[at : at + _ARMOUR_WIDTH] + b"\n" for at in range(0, len(text), _ARMOUR_WIDTH)]
    if not blob.startswith(_MAGIC) or b"".join(lines) != armoured:
        raise ValueError("no SSHSIG version 1, or not written as OpenSSH writes it")
    # Key, namespace, reserved, hash algorithm, signature.
    key, namespace, _, _, _ = _strings(blob[len(_MAGIC) :])
    kind, *_ = _strings(key)
    if not _NAMESPACE.fullmatch(namespace):
        raise ValueError("no namespace")
    public = f"{kind.decode('ascii')} {base64.b64encode(key).decode()}"
    return Claim(block, public, fingerprint(public), namespace.decode())
