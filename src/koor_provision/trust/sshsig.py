"""OpenSSH signatures: read what one claims, and have `ssh-keygen -Y verify` decide whether it is true.

A signature file holds one or more armoured blocks; one person's signature alone verifies with plain OpenSSH. What a block
claims (key, namespace) is read here only to know whom to ask OpenSSH about: it is then verified against a list of
allowed signers that holds that one key, for that one person, in that one namespace.
"""

import base64
import binascii
import hashlib
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO

from koor_provision.errors import InputError
from koor_provision.models.base import Fingerprint, PersonId, PublicKey

MAX_SIGNATURE_BYTES = 64 * 1024
_BLOCK = re.compile(rb"-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+?)-----END SSH SIGNATURE-----\r?\n?")
_MAGIC = b"SSHSIG"


@dataclass(frozen=True)
class Claim:
    """What a signature block says of itself."""

    block: bytes
    key: PublicKey
    namespace: str

    @property
    def fingerprint(self) -> Fingerprint:
        """Of the key that is said to have signed."""
        return fingerprint(self.key)


def fingerprint(key: PublicKey) -> Fingerprint:
    """The SHA-256 fingerprint of a public key, as `ssh-keygen -l` prints it."""
    digest = hashlib.sha256(base64.b64decode(key.split(" ")[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _strings(blob: bytes) -> Iterable[bytes]:
    """The length-prefixed strings of an SSH structure (RFC 4251, section 5)."""
    while blob:
        length = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + length:
            raise ValueError("truncated")
        yield blob[4 : 4 + length]
        blob = blob[4 + length :]


def parse(content: bytes, file: str) -> tuple[Claim, ...]:
    """Read a signature file.

    Raises:
        InputError: it is no OpenSSH signature file, or holds anything besides signature blocks.
    """
    hint = "make it again with: koor-provision sign FILE --key KEY (or ssh-keygen -Y sign)"
    if len(content) > MAX_SIGNATURE_BYTES:
        raise InputError(f"larger than {MAX_SIGNATURE_BYTES} bytes", where=file, hint=hint)
    if _BLOCK.sub(b"", content).strip():
        raise InputError("holds something that is not an OpenSSH signature", where=file, hint=hint)
    claims = []
    for match in _BLOCK.finditer(content):
        try:
            blob = base64.b64decode(match[1].translate(None, b"\r\n"), validate=True)
            if not blob.startswith(_MAGIC + b"\0\0\0\1"):
                raise ValueError("no SSHSIG version 1")
            key, namespace, *_ = _strings(blob[len(_MAGIC) + 4 :])
            key_type, *_ = _strings(key)
            text = f"{key_type.decode('ascii')} {base64.b64encode(key).decode()}"
            claims.append(Claim(match[0], text, namespace.decode("ascii")))
        except (ValueError, binascii.Error, UnicodeDecodeError) as error:
            raise InputError("holds a damaged signature", where=file, hint=hint) from error
    if not claims:
        raise InputError("holds no signature", where=file, hint=hint)
    return tuple(claims)


@dataclass(frozen=True)
class Question:
    """Is this block a signature over these bytes by this person's key, in this namespace?"""

    data: bytes
    claim: Claim
    person: PersonId
    namespace: str


def verify(questions: Sequence[Question]) -> list[bool]:
    """Ask OpenSSH; only its exit code counts. All questions run side by side.

    Raises:
        InputError: there is no OpenSSH on this machine.
    """
    answers: list[bool] = []
    width = 2 * (os.cpu_count() or 1)
    for start in range(0, len(questions), width):
        with ExitStack() as stack:
            running = [_start(question, stack) for question in questions[start : start + width]]
            answers += [process.wait() == 0 for process in running]
    return answers


def _start(question: Question, stack: ExitStack) -> "subprocess.Popen[bytes]":
    allowed = f'{question.person} namespaces="{question.namespace}" {question.claim.key}\n'.encode()
    signers, block, data = (
        stack.enter_context(_in_memory(content)) for content in (allowed, question.claim.block, question.data)
    )
    command = ["ssh-keygen", "-Y", "verify", "-f", f"/dev/fd/{signers.fileno()}", "-I", question.person,
               "-n", question.namespace, "-s", f"/dev/fd/{block.fileno()}"]  # fmt: skip
    try:
        return subprocess.Popen(
            command,
            stdin=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(signers.fileno(), block.fileno()),
        )
    except FileNotFoundError as error:
        raise InputError("ssh-keygen is not installed", hint="apt-get install openssh-client") from error


def _in_memory(content: bytes) -> BinaryIO:
    """An anonymous file in memory, at its start: nothing of a customer's document touches our disk."""
    file = os.fdopen(os.memfd_create("koor", 0), "w+b")
    file.write(content)
    file.seek(0)
    return file
