import pytest
from hypothesis import given
from hypothesis import strategies as st

from koor_provision.trust.wire import Reader, string


@given(st.lists(st.binary(max_size=50)))
def test_what_was_written_is_read_back(parts):
    reader = Reader(b"".join(map(string, parts)))

    assert [reader.string() for _ in parts] == parts
    reader.end()


@given(st.integers(1, 2**600))
def test_each_positive_number_has_one_encoding(number):
    shortest = number.to_bytes(number.bit_length() // 8 + 1, "big")

    assert Reader(string(shortest)).positive() == number
    for other in (b"\0" + shortest, shortest.lstrip(b"\0") if shortest[0] == 0 else b"\0" + shortest):
        with pytest.raises(ValueError, match="shortest"):
            Reader(string(other)).positive()


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff", b"\0\0"])
def test_zero_and_below(data):
    with pytest.raises(ValueError, match="no positive number"):
        Reader(string(data)).positive()


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data):
    reader = Reader(data)
    try:
        value = reader.string()
        reader.end()
    except ValueError:
        return
    assert string(value) == data
