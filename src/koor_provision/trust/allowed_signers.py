"""The company's allowed-signers file, in OpenSSH's own format (ssh-keygen(1), ALLOWED SIGNERS).

Stricter than OpenSSH: one line `# version: 1`, whose number only grows; one principal a line, without wildcards;
`namespaces=` is required and lists ours by name; no certificate authorities. A wildcard principal lets one person sign
as another, and a line without namespaces signs everything: both are refused.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from koor_provision.errors import InputError
from koor_provision.models.base import Fingerprint
from koor_provision.models.documents import NAMESPACE_SUFFIX
from koor_provision.models.text import hidden
from koor_provision.trust.keyring import Holder
from koor_provision.trust.keys import fingerprint

_LINE = re.compile(
    r"(?P<person>[a-z][a-z0-9-]{0,47}) namespaces=\"(?P<namespaces>[a-z@,-]{1,400})\" "
    r"(?P<key>[a-z0-9@.-]{4,64} [A-Za-z0-9+/]{40,4096}={0,2})(?: [\x20-\x7e]{0,200})?",
    re.ASCII,
)
_VERSION = re.compile(r"^# version: ([1-9][0-9]{0,8})$", re.ASCII | re.MULTILINE)
_NAMESPACE = re.compile(r"[a-z-]+" + re.escape(NAMESPACE_SUFFIX), re.ASCII)


class Signers(NamedTuple):
    """The file's content."""

    version: int
    holders: Mapping[Fingerprint, Holder]


def parse(content: bytes, file: str) -> Signers:
    """Read the file.

    Raises:
        InputError: a line is not of the strict form, or a key stands there twice.
    """
    hint = f'write each line as: PERSON namespaces="KIND{NAMESPACE_SUFFIX},..." KEYTYPE KEY'
    holders: dict[str, Holder] = {}
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as error:
        raise InputError("must be ASCII", where=file, hint=hint) from error
    if letter := hidden(text, "\n\t"):
        raise InputError(f"the invisible character U+{ord(letter):04X}", where=file, hint="take it out")
    version = _version(text, file)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        where = f"{file}, line {number}"
        if not match:
            raise InputError("not an allowed signer in the strict form", where=where, hint=hint)
        namespaces = frozenset(match["namespaces"].split(","))
        if not all(_NAMESPACE.fullmatch(namespace) for namespace in namespaces):
            raise InputError("names a namespace that is not ours", where=where, hint=hint)
        try:
            mark = fingerprint(match["key"])
        except ValueError as error:
            raise InputError(
                "holds a key that is damaged, too short or of a kind that may not sign", where=where, hint=hint
            ) from error
        if mark in holders:
            raise InputError(
                f"lists the key {mark} a second time", where=where, hint="one line a key: two persons cannot share one"
            )
        holders[mark] = Holder(match["person"], namespaces)
    if not holders:
        raise InputError("names no signer, so nobody could sign anything", where=file, hint=hint)
    return Signers(version, holders)


def _version(text: str, file: str) -> int:
    versions = _VERSION.findall(text)
    if len(versions) != 1:
        raise InputError(
            f"has {len(versions) or 'no'} line{'s' if versions else ''} with its version",
            where=file,
            hint="write one line `# version: NUMBER`, one more than it had before",
        )
    return int(versions[0])
