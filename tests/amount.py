"""How many examples a property is tried with: all of them, or with KOOR_TEST_SHARE=0.1 a tenth, for a quick answer."""

import os
import random
from collections.abc import Iterator

SHARE = float(os.environ.get("KOOR_TEST_SHARE", "1"))
EVERY_BIT = bool(os.environ.get("KOOR_TEST_EVERY_BIT"))
"""Whether to flip literally each bit of the files that flips are tried with. That takes minutes."""


def examples(number: int) -> int:
    """This many, or the share of them that was asked for; one at least."""
    return max(round(number * SHARE), 1)


def flips(data: bytes, number: int) -> Iterator[bytes]:
    """The data with one bit flipped: so many times, at places that are the same every time; or for each bit of it."""
    bits = 8 * len(data)
    places = range(bits) if EVERY_BIT or number >= bits else random.Random(bits).sample(range(bits), number)  # noqa: S311  # any places will do
    for place in places:
        at, bit = divmod(place, 8)
        yield data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
