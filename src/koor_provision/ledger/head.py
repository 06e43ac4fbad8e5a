"""The signed head: what says where the ledger ends, so that its last receipt has somebody to vouch for it too.

A file of its own, which is replaced as a whole: an OpenSSH signature, then the one line that it is made over. That line
holds the number of receipts, the digest of the ledger up to there (`head -n NUMBER ledger.jsonl | sha256sum`), and the
last receipt itself. It is written before that receipt is appended: a crash at any moment leaves either a ledger without
it, or one whose missing end stands in the head.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from koor_provision.errors import InputError
from koor_provision.ledger.chain import broken, line
from koor_provision.models.base import Fingerprint
from koor_provision.models.documents import NAMESPACE_SUFFIX
from koor_provision.trust import sshsig
from koor_provision.trust.machine_key import MachineKey
from koor_provision.trust.verify import verify

NAMESPACE = "ledger" + NAMESPACE_SUFFIX
KEY = "ledger_key"
"""What a receipt calls the key that signed the head with it."""


class Head(NamedTuple):
    """What is signed, and with which key.

    Attributes:
        number: of receipts.
        sha256: digest of so many lines, each with its end.
        last: the last one of them, without its end.
    """

    number: int
    sha256: str
    last: str
    key: Fingerprint


def write(lines: Sequence[str], key: MachineKey) -> bytes:
    """The head of a ledger of these lines; there is one at least."""
    content = {"number": len(lines), "sha256": _digest(lines), "last": json.loads(lines[-1])}
    message = f"{line(content)}\n".encode("ascii")
    return key.sign(message, NAMESPACE) + message


def read(data: bytes) -> Head:
    """Read and verify.

    Raises:
        ValueError: it is not exactly what was written; says why.
    """
    block, end, message = data.partition(b"-----END SSH SIGNATURE-----\n")
    try:
        claims = sshsig.parse(block + end, "head")
    except InputError as error:
        raise ValueError("its signed head is damaged") from error
    # Read leniently (line ends of Windows), but it must be the very bytes.
    if len(claims) != 1 or claims[0].block != block + end or not verify(message, claims[0], NAMESPACE):
        raise ValueError("the signature of its head does not hold")
    try:
        content = json.loads(message)
        head = Head(content["number"], content["sha256"], line(content["last"]), claims[0].fingerprint)
        named = content["last"][KEY]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("its signed head cannot be read") from error
    if named != head.key:
        raise ValueError(f"its head is signed with {head.key}, and its last receipt names another key")
    return head


def settle(data: bytes, head: Head | None) -> tuple[list[str], bytes]:
    """Hold the ledger's file against its head. Pure.

    Returns:
        all receipts' lines; and what an interrupted write left out of the file at its end, usually nothing.

    Raises:
        ValueError: the first thing that does not hold.
    """
    whole = data[: data.rfind(b"\n") + 1]
    lines = whole.decode("ascii", errors="replace").split("\n")[:-1]
    if trouble := broken(lines):
        raise ValueError(trouble)
    if head is None:
        if any(KEY in json.loads(text) for text in lines):
            raise ValueError(f"its signed head is gone, so nobody knows whether receipts follow number {len(lines)}")
        return lines, b""  # from before there were heads; half a line of a crash never counted then
    rest = data[len(whole) :]
    if len(lines) == head.number - 1:
        last = f"{head.last}\n".encode("ascii")
        if last.startswith(rest) and _digest([*lines, head.last]) == head.sha256:
            return [*lines, head.last], last[len(rest) :]
        raise ValueError(f"receipt {head.number} was changed, or one before it")
    if len(lines) < head.number:
        raise ValueError(f"receipt {len(lines) + 1} is missing, and all up to number {head.number}")
    if len(lines) > head.number or rest:
        raise ValueError(f"something follows receipt {head.number}, which is the last one that was signed")
    if _digest(lines) != head.sha256:
        raise ValueError("it is another ledger than the one whose head was signed")
    return lines, b""


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("".join(f"{text}\n" for text in lines).encode("ascii")).hexdigest()
