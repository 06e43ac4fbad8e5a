import re
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.amount import examples

from koor_provision.models.versions import WELL_FORMED, VersionRange, compare

well_formed = st.from_regex(rf"(?:{WELL_FORMED})\Z", fullmatch=True, alphabet="0129:.+~-aZrc")
small = st.from_regex(r"(?:[01]:)?[0-2](?:[.+~]?[0-2ab]){0,4}(?:-[0-2]~?)?\Z", fullmatch=True, alphabet="012:.+~-ab")


def dpkg(left: str, operator: str, right: str) -> bool:
    command = ["dpkg", "--compare-versions", left, operator, right]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode == 0


@settings(max_examples=examples(150))
@given(st.one_of(st.tuples(small, small), st.tuples(well_formed, well_formed)))
def test_the_order_is_dpkgs(pair):
    left, right = pair
    order = compare(left, right)

    assert dpkg(left, "eq", right) is (order == 0)
    if order:
        assert dpkg(left, "lt", right) is (order < 0)


@pytest.mark.parametrize(
    ("left", "right"),
    [("1.0~rc1", "1.0"), ("9.9", "10"), ("1.0", "1:0.1"), ("1.0-1", "1.0-1+b1"), ("1.0~~", "1.0~"), ("1.0", "1.0a")],
)
def test_known_orders(left, right):
    assert compare(left, right) < 0
    assert compare(right, left) > 0
    assert compare(left, left) == 0


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("vers:deb/>=8.2|<8.5~", ["8.2", "8.4.99-1"], ["8.2~rc1", "8.5~", "8.5", "8.5~beta1", "1:8.3"]),
        ("vers:deb/>6.0.0", ["6.0.1", "6.0.0-1", "1:0"], ["6.0.0", "6.0.0~1", "5"]),
        ("vers:deb/<=2.4", ["2.4", "2.4~"], ["2.4-1", "2.5"]),
        ("vers:deb/1.1|1.3", ["1.1", "1.3"], ["1.2", "1.1-1"]),
        ("vers:deb/=1.1", ["1.1"], ["1.2"]),
        ("vers:deb/>=1|!=1.2", ["1", "1.3"], ["1.2", "0.9"]),
    ],
)
def test_ranges(text, inside, outside):
    versions = VersionRange.parse(text)

    assert [version for version in inside + outside if version in versions] == inside


@pytest.mark.parametrize(
    "text",
    [
        "",
        ">=8.2",
        "vers:deb/",
        "vers:deb/*",
        "vers:rpm/>=8.2",
        "vers:deb/>=8.2|",
        "vers:deb/>=8.2|8.4",
        "vers:deb/>=",
        "vers:deb/>= 8.2",
        "vers:deb/>=v8",
        "vers:deb/>=8.2-",
        "vers:deb/>=1::2",
        "vers:deb/=>8.2",
        "vers:deb/>=8.2\n",
    ],
)
def test_what_is_no_range(text):
    with pytest.raises(ValueError, match=r"must begin|is not a constraint|must be either"):
        VersionRange.parse(text)


def test_a_range_reads_well():
    assert str(VersionRange.parse("vers:deb/>=8.2|<8.5~")) == ">= 8.2, < 8.5~"


@pytest.mark.parametrize("text", ["", "1:", "1-", "-1", "a", ":1", "1:2:3", "1 ", "1_0", "1\n"])
def test_what_dpkg_does_not_take_is_not_well_formed(text):
    assert not re.fullmatch(WELL_FORMED, text)


numbers = st.integers(1, 6)
bounds = st.lists(st.tuples(st.sampled_from([">=", "<=", ">", "<", "!="]), numbers), min_size=1, max_size=3)
singles = st.lists(st.tuples(st.just("="), numbers), min_size=1, max_size=3)
ranges = (bounds | singles).map(
    lambda parts: VersionRange.parse("vers:deb/" + "|".join(f"{operator}{number}" for operator, number in parts))
)


@given(one=ranges, other=ranges)
def test_within_never_says_so_wrongly(one: VersionRange, other: VersionRange):
    """Every version that lies in the one lies in the other; between whole numbers too."""
    versions = [f"{number}{half}" for number in range(8) for half in ("", "~", ".5")]

    if one.within(other):
        assert all(version in other for version in versions if version in one)


@given(one=ranges)
def test_a_range_lies_within_itself(one: VersionRange):
    assert one.within(one)


@pytest.mark.parametrize(
    ("one", "other", "within"),
    [
        (">=8.2|<8.5~", ">=8.2", True),
        (">=8.2", ">=8.2|<8.5~", False),
        (">8.2", ">=8.2", True),
        (">=8.2", ">8.2", False),
        (">=8.2|<8.5", ">=8.2|<8.5|!=8.3", False),
        (">=8.2|<8.5|!=8.3", ">=8.2|<8.5|!=8.3", True),
        (">=8.4", ">=8.2|!=8.3", True),
        ("8.3|8.4", ">=8.2", True),
        ("8.1|8.4", ">=8.2", False),
        (">=8.2|<=8.2", "8.2", False),
    ],
)
def test_within(one, other, within):
    assert VersionRange.parse(f"vers:deb/{one}").within(VersionRange.parse(f"vers:deb/{other}")) is within
