import re
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koor_provision.models.versions import WELL_FORMED, VersionRange, compare

well_formed = st.from_regex(rf"(?:{WELL_FORMED})\Z", fullmatch=True, alphabet="0129:.+~-aZrc")
small = st.from_regex(r"(?:[01]:)?[0-2](?:[.+~]?[0-2ab]){0,4}(?:-[0-2]~?)?\Z", fullmatch=True, alphabet="012:.+~-ab")


def dpkg(left: str, operator: str, right: str) -> bool:
    command = ["dpkg", "--compare-versions", left, operator, right]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode == 0


@settings(max_examples=150)
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
