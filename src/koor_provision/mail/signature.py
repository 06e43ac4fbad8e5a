"""The DKIM signature of a mail (RFC 6376), verified by dkimpy behind rules of our own.

dkimpy alone is too lenient for an order: it accepts a field that was added on top, a signature over `From` only, and
text that was appended behind `l=`. So a signature counts here only if

- it is rsa-sha256 with a key of at least 2,048 bits (RFC 8301: 1,024 is the least that may verify, and too little for a
  signature that binds for years; whoever signs with Ed25519 signs with RSA as well, RFC 8463),
- its domain is the very domain of the From address,
- it covers From, To, Subject, Date and Message-ID, of which there is one each, and the whole text (no `l=`),
- it had not expired when the mail was taken in (`x=`).

The key comes in as data: from DNS at intake, from the archive beside the mail ever after.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from koor_provision.mail import fields
from koor_provision.mail.fields import Split, bad

MIN_BITS = 2048
MAX_SIGNATURES = 8
MAX_RECORD_BYTES = 4096
_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]{0,62})(\.[a-z0-9]([a-z0-9_-]{0,62}))*", re.IGNORECASE | re.ASCII)
_TAG = re.compile(r"\s*([a-z][a-z0-9_]*)\s*=\s*([\x20-\x7e]*?)\s*", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_STUMBLES = (ValueError, LookupError, TypeError, AssertionError, ArithmeticError)
"""What dkimpy raises on hostile input besides what it declares."""
KeyLookup = Callable[[str], bytes | None]
"""From the name of a key (`SELECTOR._domainkey.DOMAIN`) to its TXT record, or None where there is none."""


class Signature(NamedTuple):
    """A signature that counts: whose key it was made with, and which fields it covers."""

    domain: str
    selector: str
    covers: frozenset[str]

    @property
    def key_name(self) -> str:
        """Where the key stands in DNS."""
        return f"{self.selector}._domainkey.{self.domain}"


def verified(raw: bytes, halves: Split, key: KeyLookup, taken: datetime, file: str) -> Signature:
    """The first signature that counts.

    Args:
        taken: when the mail was taken in; a signature may expire later.

    Raises:
        InputError: there is none, with the reason for each.
    """
    texts = halves.values("dkim-signature")
    if not texts:
        raise bad("has no DKIM signature", file)
    if len(texts) > MAX_SIGNATURES:
        raise bad(f"has more than {MAX_SIGNATURES} DKIM signatures", file)
    reasons = []
    for number, text in enumerate(texts):
        found = _judged(raw, halves, number, text, key, taken)
        if isinstance(found, Signature):
            return found
        reasons.append(found)
    raise bad("no DKIM signature counts: " + "; ".join(dict.fromkeys(reasons)), file)


def candidates(halves: Split, file: str) -> Iterator[Signature]:
    """What the signatures that could count say of themselves: which keys to look up.

    Raises:
        InputError: the From address cannot be read.
    """
    address = fields.sender(halves.value("from"), file)
    for text in halves.values("dkim-signature")[:MAX_SIGNATURES]:
        tags = _tags(text)
        said = _said(tags) if tags else None
        if said and said.domain.lower() == address.partition("@")[2].lower():
            yield said


def _judged(raw: bytes, halves: Split, number: int, text: str, key: KeyLookup, taken: datetime) -> Signature | str:
    tags = _tags(text)
    said = _said(tags) if tags else None
    if tags is None or said is None:
        return "it is malformed"
    if trouble := _trouble(tags, said, halves, taken):
        return trouble
    record = key(said.key_name)
    if record is None:
        return f"there is no key {said.key_name}"
    if trouble := record_trouble(record):
        return f"the key {said.key_name} {trouble}"
    return said if _dkimpy(raw, number, record) else f"it does not fit the mail and the key {said.key_name}"


def _trouble(tags: dict[str, str], said: Signature, halves: Split, taken: datetime) -> str | None:
    """Why a signature does not count, whether or not it is genuine."""
    domain = fields.sender(halves.value("from"), "").partition("@")[2]
    missing = [name.title() for name in fields.ONCE if name not in said.covers]
    numbers = [tags[tag] for tag in ("t", "x") if tag in tags]
    expires = int(tags["x"]) if "x" in tags and _NUMBER.fullmatch(tags["x"]) else None
    answers = (
        (tags["a"].lower() != "rsa-sha256", f"it is made with {tags['a']}, not with rsa-sha256"),
        ("l" in tags, "it covers only the beginning of the text (l=)"),
        (said.domain.lower() != domain.lower(), f"it is of {said.domain}, not of the sender's domain {domain}"),
        (bool(missing), f"it does not cover {', '.join(missing)}"),
        (not all(_NUMBER.fullmatch(number) for number in numbers), "its time is no number"),
        (expires is not None and expires < taken.timestamp(), "it had expired when the mail was taken in"),
    )
    return next((reason for holds, reason in answers if holds), None)


def _tags(text: str) -> dict[str, str] | None:
    """A tag list (RFC 6376, section 3.2), each tag once; None if it is none."""
    parts = text.strip().split(";")
    if not parts[-1].strip():
        parts.pop()
    tags: dict[str, str] = {}
    for part in parts:
        match = _TAG.fullmatch(part)
        if not match or match[1].lower() in {name.lower() for name in tags}:
            return None
        tags[match[1]] = match[2]
    return tags


def _said(tags: dict[str, str]) -> Signature | None:
    if not {"v", "a", "b", "bh", "d", "h", "s"} <= tags.keys():
        return None
    domain, selector = tags["d"], tags["s"]
    if not _NAME.fullmatch(domain) or not _NAME.fullmatch(selector) or len(domain) + len(selector) > 240:  # noqa: PLR2004  # a DNS name has 253 letters at most
        return None
    return Signature(domain, selector, frozenset(name.strip().lower() for name in tags["h"].split(":")))


def record_trouble(record: bytes) -> str | None:
    """Why a key record (RFC 6376, section 3.6.1) does not count, as far as it can be said without the key in it."""
    try:
        tags = _tags(record.decode("ascii")) if len(record) <= MAX_RECORD_BYTES else None
    except UnicodeDecodeError:
        tags = None
    if tags is None:
        return "is malformed"
    services = {service.strip() for service in tags.get("s", "*").split(":")}
    answers = (
        (not tags.get("p"), "is revoked"),
        (tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa") != "rsa", "is not an RSA key for DKIM"),
        ("y" in tags.get("t", "").split(":"), "is for testing only"),
        ("sha256" not in tags.get("h", "sha256").split(":"), "is not for SHA-256"),
        (not {"*", "email"} & services, "is not for mail"),
    )
    return next((reason for holds, reason in answers if holds), None)


def _dkimpy(raw: bytes, number: int, record: bytes) -> bool:
    import dkim  # noqa: PLC0415  # with its DNS library it takes a tenth of a second: only for who has a mail

    class Archived(dkim.DKIM):  # type: ignore[misc]  # the library has no types
        """dkimpy compares `x=` with the clock; we did with the day of the intake, which is what counts later."""

        def verify_headerprep(self, idx: int = 0) -> tuple[dict[bytes, bytes], list[bytes], list[Any]]:
            headers = [header for header in self.headers if header[0].lower() == b"dkim-signature"]
            tags = dkim.parse_tag_value(headers[idx][1])
            dkim.validate_signature_fields({name: value for name, value in tags.items() if name != b"x"})
            self.domain, self.selector = tags[b"d"], tags[b"s"]
            return tags, [name.strip().lower() for name in tags[b"h"].split(b":")], headers

    def found(_name: bytes, timeout: int) -> bytes:
        del timeout
        return record

    try:
        return bool(Archived(raw, minkey=MIN_BITS).verify(idx=number, dnsfunc=found))
    except (dkim.DKIMException, dkim.InvalidTagValueList, *_STUMBLES):
        return False
