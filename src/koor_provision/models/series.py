"""Series of versions: which versions one tested version speaks for, and which ranges can be joined."""

import re

from koor_provision.models.versions import VersionRange, compare

_SPLIT = re.compile(r"(?P<epoch>[0-9]+:)?(?P<upstream>[0-9][A-Za-z0-9.+~]*)", re.ASCII)


def series(version: str, numbers: int) -> str:
    """The series that a version belongs to, with its epoch: of 1:11.8.3-0+deb13u1 with two numbers, 1:11.8.

    Raises:
        ValueError: it does not begin with so many numbers.
    """
    match = _SPLIT.match(version)
    found = re.match(r"[0-9]+" + r"\.[0-9]+" * (numbers - 1), match["upstream"]) if match else None
    if match is None or found is None:
        raise ValueError(f"{version} does not begin with {numbers} numbers")
    return (match["epoch"] or "") + found[0]


def upstream(version: str) -> str:
    """What the makers call a version: without epoch and Debian's revision."""
    return version.partition(":")[2].rpartition("-")[0] or version.rpartition("-")[0] or version


def is_called(version: str, name: str) -> bool:
    """Whether somebody who says this name means the version: all of it, what its makers call it, or its beginning."""
    short = upstream(version)
    return name in {version, short} or short.startswith((f"{name}.", f"{name}+", f"{name}~"))


def whole_series(version: str, numbers: int) -> str:
    """The range of all versions of its series, in VERS notation."""
    begin = series(version, numbers)
    head, _, last = begin.rpartition(".") if "." in begin else begin.rpartition(":")
    joint = "." if "." in begin else ":"
    following = f"{head}{joint if head else ''}{int(last) + 1}"
    return f"vers:deb/>={begin}|<{following}~"


def join(first: str, second: str) -> str | None:
    """One range for two, where nothing lies between them that neither has; None where something does.

    Only for ranges from a first version up to, and without, another one, such as `whole_series` makes.
    """
    bounds = [_bounds(text) for text in (first, second)]
    if None in bounds:
        return None
    (low, low_end), (high, high_end) = sorted((one for one in bounds if one), key=_Order)
    if compare(low_end.rstrip("~"), high) < 0:
        return None
    end = max(low_end, high_end, key=_Version)
    return f"vers:deb/>={low}|<{end}"


def _bounds(text: str) -> tuple[str, str] | None:
    match VersionRange.parse(text).constraints:
        case ((">=", low), ("<", end)):
            return low, end
    return None


class _Version:
    """A version that sorts in dpkg's order."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __lt__(self, other: "_Version") -> bool:
        return compare(self.text, other.text) < 0

    def __gt__(self, other: "_Version") -> bool:
        return other < self


class _Order(_Version):
    """A range that sorts by its beginning."""

    def __init__(self, bounds: tuple[str, str]) -> None:
        super().__init__(bounds[0])
