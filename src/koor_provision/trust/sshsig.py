"""OpenSSH signature files (PROTOCOL.sshsig), read strictly: what they claim, not whether it is true.

A signature file holds one or more armoured blocks; one person's signature alone verifies with plain OpenSSH too. There
is one way to write each signature, as for keys.
"""

import base64
import re
import shlex
from typing import NamedTuple

from koor_provision.errors import InputError
from koor_provision.models.base import Fingerprint, PublicKey
from koor_provision.trust import keys
from koor_provision.trust.wire import Reader, string

MAX_SIGNATURE_BYTES = 64 * 1024
MAX_SIGNATURES = 20
MAGIC = b"SSHSIG"
"""Stands before a signature and before what it is made over."""
_VERSION = b"\0\0\0\1"
_HASHES = {b"sha256": "sha256", b"sha512": "sha512"}
_BLOCK = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+?)-----END SSH SIGNATURE-----\n?")
_ARMOUR_WIDTH = 70
_NAMESPACE = re.compile(rb"[\x21-\x7e]{1,100}")


class Claim(NamedTuple):
    """What a signature block says of itself.

    Attributes:
        hashed: the hash algorithm that was applied to the message, as `hashlib` names it.
        signature: the inner signature, whose form depends on the key's kind.
    """

    block: bytes
    key: PublicKey
    fingerprint: Fingerprint
    namespace: str
    hashed: str
    signature: bytes


def parse(content: bytes, file: str) -> tuple[Claim, ...]:
    """Read a signature file. Line ends of Windows are taken for our own: mail programs change them on the way.

    Raises:
        InputError: it is no OpenSSH signature file, or holds anything besides signature blocks.
    """
    document = shlex.quote(file.removesuffix(".sig")) if file.endswith(".sig") else "FILE"
    hint = f"begin it anew with: koor-provision sign {document} --key KEY --replace; whoever else signed it signs again"
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
        return tuple(_claim(block, text) for block, text in blocks)
    except ValueError as error:
        raise InputError(
            "holds a signature that is damaged, or by a key that may not sign", where=file, hint=hint
        ) from error


def armoured(key: bytes, named: bytes, signature: bytes) -> bytes:
    """A signature block as OpenSSH writes it.

    Args:
        key: the public key's blob.
        named: namespace, the reserved field and the hash algorithm, each with its length before it.
        signature: the inner signature.
    """
    blob = MAGIC + _VERSION + string(key) + named + string(signature)
    return b"-----BEGIN SSH SIGNATURE-----\n" + _lines(blob) + b"-----END SSH SIGNATURE-----\n"


def _lines(blob: bytes) -> bytes:
    text = base64.b64encode(blob)
    return b"".join(text[at : at + _ARMOUR_WIDTH] + b"\n" for at in range(0, len(text), _ARMOUR_WIDTH))


def _claim(block: bytes, text: bytes) -> Claim:
    blob = base64.b64decode(text.replace(b"\n", b""), validate=True)
    if _lines(blob) != text:
        raise ValueError("not written as OpenSSH writes it")
    reader = Reader(blob)
    if reader.take(len(MAGIC)) != MAGIC or reader.take(len(_VERSION)) != _VERSION:
        raise ValueError("no SSHSIG version 1")
    key, mark = keys.written(reader.string())
    namespace = reader.string()
    if not _NAMESPACE.fullmatch(namespace):
        raise ValueError("no namespace")
    if reader.string():
        raise ValueError("the reserved field holds something: it is not signed, so it must say nothing")
    hashed = _HASHES.get(reader.string())
    if hashed is None:
        raise ValueError("no hash algorithm of SSHSIG")
    signature = reader.string()
    reader.end()
    return Claim(block, key, mark, namespace.decode(), hashed, signature)
