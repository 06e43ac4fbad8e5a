"""What differs between two looks at a tree: a merge of two sorted streams, of which neither is ever held as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

_PLAIN = 3


class Entry(NamedTuple):
    """What was seen of one file. `written` is all that shows a write; empty strings where a kind has no such thing."""

    mode: int
    uid: int
    gid: int
    size: int = 0
    written: str = ""
    digest: str = ""
    capability: str = ""
    target: str = ""
    device: str = ""
    links: int = 1
    attributes: str = ""


class Difference(NamedTuple):
    """One path that differs; None where there was, or is, nothing."""

    path: str
    before: Entry | None
    after: Entry | None


def entry(text: str) -> Entry:
    """Read what `tree.describe` wrote."""
    fields = text.split(" ", _PLAIN)
    mode, uid, gid = (int(field) for field in fields[:_PLAIN])
    rest = fields[_PLAIN] if len(fields) > _PLAIN else ""
    if rest[:1] == "l":
        return Entry(mode, uid, gid, target=rest[1:])
    if rest[:1] == "r":
        return Entry(mode, uid, gid, device=rest[1:])
    if rest[:1] == "x":
        return Entry(mode, uid, gid, attributes=rest[1:])
    if not rest:
        return Entry(mode, uid, gid)
    words = rest.split(" ")
    named = {word[0]: word[1:] for word in words[5:]}
    return Entry(
        mode,
        uid,
        gid,
        int(words[0]),
        " ".join(words[:5]),
        digest=named.get("d", ""),
        capability=named.get("c", ""),
        links=int(named.get("n", "1")),
        attributes=named.get("x", ""),
    )


def folder(block: bytes) -> str:
    """The path that a block is about."""
    return block.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def entries(block: bytes) -> dict[str, str]:
    """Names of a block with their descriptions."""
    fields = block.decode("utf-8", "surrogateescape").split("\0")
    return dict(zip(fields[1::2], fields[2::2], strict=False))


def same(before: Entry, after: Entry) -> bool:
    """Whether a file is what it was. One that was written is the same only if its content was read both times."""
    if before._replace(written="", size=0) != after._replace(written="", size=0):
        return False
    return before.written == after.written or bool(before.digest)


def _keyed(blocks: Iterable[bytes]) -> Iterator[tuple[list[str], bytes]]:
    return ((folder(block).split("/"), block) for block in blocks)


def merged(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Blocks of the same folder side by side; an empty one where a look has no such folder."""
    left, right = _keyed(before), _keyed(after)
    old, new = next(left, None), next(right, None)
    while old or new:
        if old and (not new or old[0] < new[0]):
            yield old[1], b""
            old = next(left, None)
        elif new and (not old or new[0] < old[0]):
            yield b"", new[1]
            new = next(right, None)
        elif old and new:
            yield old[1], new[1]
            old, new = next(left, None), next(right, None)


def differences(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[Difference]:
    """All paths that differ between two looks."""
    for old, new in merged(before, after):
        if old == new:
            continue
        path, was, is_now = folder(new or old), entries(old), entries(new)
        for name in sorted({*was, *is_now}):
            one, other = was.get(name), is_now.get(name)
            if one == other:
                continue
            first, second = entry(one) if one else None, entry(other) if other else None
            if not (first and second and same(first, second)):
                yield Difference(f"{path}/{name}", first, second)
