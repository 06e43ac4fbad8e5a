"""Series of versions, and ranges that are joined only where nothing untested lies between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koor_provision.models.series import is_called, join, series, upstream, whole_series
from koor_provision.models.versions import VersionRange


@pytest.mark.parametrize(
    ("version", "numbers", "expected"),
    [
        ("8.4.11-1", 2, "8.4"),
        ("1:11.8.3-0+deb13u1", 2, "1:11.8"),
        ("17.6-0+deb13u1", 1, "17"),
        ("8:7.1.1.43+dfsg1-1+deb13u1", 2, "8:7.1"),
        ("2.4.65-2~deb12u1", 3, "2.4.65"),
        ("0.12.6-2+b1", 2, "0.12"),
    ],
)
def test_a_version_belongs_to_a_series(version, numbers, expected):
    assert series(version, numbers) == expected


def test_a_version_with_too_few_numbers_has_no_series():
    with pytest.raises(ValueError, match="does not begin with 2 numbers"):
        series("17-1", 2)


@pytest.mark.parametrize(
    ("version", "numbers", "expected"),
    [
        ("8.4.11-1", 2, "vers:deb/>=8.4|<8.5~"),
        ("8.9.1-1", 2, "vers:deb/>=8.9|<8.10~"),
        ("1:11.8.3-0+deb13u1", 2, "vers:deb/>=1:11.8|<1:11.9~"),
        ("17.6-0+deb13u1", 1, "vers:deb/>=17|<18~"),
        ("1:9.1-1", 1, "vers:deb/>=1:9|<1:10~"),
    ],
)
def test_the_range_of_a_series_ends_before_the_next_ones_first_prerelease(version, numbers, expected):
    assert whole_series(version, numbers) == expected


@given(st.integers(0, 3), st.lists(st.integers(0, 99), min_size=3, max_size=4), st.integers(1, 3))
def test_a_version_is_in_its_own_series_and_not_in_the_next(epoch, numbers, count):
    version = (f"{epoch}:" if epoch else "") + ".".join(map(str, numbers)) + "-1"
    following = [*numbers[: count - 1], numbers[count - 1] + 1]
    after = (f"{epoch}:" if epoch else "") + ".".join(map(str, following)) + "~rc1-1"
    found = VersionRange.parse(whole_series(version, count))

    assert version in found
    assert after not in found


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (">=8.2|<8.4~", ">=8.4|<8.5~", ">=8.2|<8.5~"),
        (">=8.4|<8.5~", ">=8.2|<8.4~", ">=8.2|<8.5~"),
        (">=8.2|<8.5~", ">=8.4|<8.5~", ">=8.2|<8.5~"),
        (">=8.2|<9~", ">=8.4|<8.5~", ">=8.2|<9~"),
        (">=1:10.11|<1:10.12~", ">=1:11.8|<1:11.9~", None),
        (">=8.2|<8.3~", ">=8.4|<8.5~", None),
        (">8.2|<8.4~", ">=8.4|<8.5~", None),
        ("=8.2", ">=8.4|<8.5~", None),
    ],
)
def test_ranges_are_joined_where_nothing_untested_lies_between(first, second, expected):
    joined = join(f"vers:deb/{first}", f"vers:deb/{second}")

    assert joined == (expected and f"vers:deb/{expected}")


@pytest.mark.parametrize("name", ["8.4", "8.4.11", "8.4.11-1", "8"])
def test_what_somebody_calls_a_version(name):
    assert is_called("8.4.11-1", name)
    assert not is_called("8.40.11-1", "8.4")
    assert upstream("1:11.8.3-0+deb13u1") == "11.8.3"
    assert is_called("1:11.8.3-0+deb13u1", "11.8")
