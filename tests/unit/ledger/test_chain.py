"""The hash chain: any change, loss or reordering shows."""

import json

from hypothesis import given
from hypothesis import strategies as st

from koor_provision.ledger import chain


def ledger(length: int) -> list[str]:
    lines: list[str] = []
    for number in range(length):
        lines.append(chain.extend(lines[-1] if lines else None, {"event": "passed", "plan": f"{number:04x}"}))
    return lines


def test_an_honest_ledger_holds() -> None:
    assert chain.broken(ledger(5)) is None
    assert chain.broken([]) is None


def test_numbers_and_digests_link_the_lines() -> None:
    first, second = (json.loads(line) for line in ledger(2))
    assert (first["number"], first["previous"]) == (1, chain.GENESIS)
    assert (second["number"], second["previous"]) == (2, chain.digest(ledger(2)[0]))


@given(st.integers(0, 3), st.data())
def test_any_flipped_bit_but_in_the_last_line_is_found(index: int, data: st.DataObject) -> None:
    """The last line has nobody to vouch for it but a signed head, which comes with the ledger's own commands."""
    lines = ledger(5)
    text = bytearray(lines[index].encode())
    text[data.draw(st.integers(0, len(text) - 1))] ^= 1 << data.draw(st.integers(0, 6))
    lines[index] = text.decode("ascii")
    assert chain.broken(lines) is not None


@given(st.permutations(range(5)))
def test_any_other_order_is_found(order: list[int]) -> None:
    lines = ledger(5)
    assert (chain.broken([lines[index] for index in order]) is None) == (order == sorted(order))


@given(st.integers(0, 3))
def test_a_missing_line_is_found(index: int) -> None:
    lines = ledger(5)
    del lines[index]
    assert chain.broken(lines) is not None
