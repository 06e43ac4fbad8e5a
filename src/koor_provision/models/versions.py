"""Version ranges in VERS notation, compared in dpkg's order.

A range such as `vers:deb/>=8.2|<9~` (see the VERS specification of package-url) lists constraints; a version is
inside when it satisfies every one of them. We take the conjunctive subset (bounds and exclusions, or equalities alone),
which is all an approval needs and cannot be misread. A trailing `~` sorts before everything, so `<9~` keeps 9's
pre-releases out.
"""

import re
from dataclasses import dataclass

_SCHEME = "vers:deb/"
WELL_FORMED = r"(?:[0-9]{1,6}:)?[0-9][A-Za-z0-9.+~]{0,80}(?:-[A-Za-z0-9.+~]{1,40}){0,4}"
"""A version as dpkg wants it, by Debian Policy: epoch, a digit first, no empty revision."""
_CONSTRAINT = re.compile(rf"(>=|<=|!=|>|<|=)?({WELL_FORMED})", re.ASCII)


def compare(left: str, right: str) -> int:
    """Compare in dpkg's order: negative, zero or positive."""
    # Only a plan compares versions; `check` starts without it.
    from debian.debian_support import NativeVersion  # noqa: PLC0415

    a, b = NativeVersion(left), NativeVersion(right)
    return bool(a > b) - bool(a < b)


def _holds(operator: str, order: int) -> bool:
    return {">=": order >= 0, "<=": order <= 0, ">": order > 0, "<": order < 0, "=": order == 0, "!=": order != 0}[
        operator
    ]


def _epoch(version: str) -> int:
    epoch, colon, _ = version.partition(":")
    return int(epoch) if colon else 0


@dataclass(frozen=True)
class VersionRange:
    """A parsed range."""

    constraints: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> "VersionRange":
        """Read VERS notation.

        Raises:
            ValueError: the text is not a range that we understand.
        """
        if not text.startswith(_SCHEME):
            raise ValueError(f"must begin with {_SCHEME}")
        constraints = []
        for part in text.removeprefix(_SCHEME).split("|"):
            match = _CONSTRAINT.fullmatch(part)
            if not match:
                raise ValueError(f"{part!r} is not a constraint such as >=8.2")
            constraints.append((match[1] or "=", match[2]))
        equalities = sum(operator == "=" for operator, _ in constraints)
        if equalities and equalities != len(constraints):
            raise ValueError("must be either bounds or single versions, not both")
        return cls(tuple(constraints))

    def __contains__(self, version: str) -> bool:
        verdicts = [_holds(operator, compare(version, bound)) for operator, bound in self.constraints]
        return any(verdicts) if self.singles else all(verdicts)

    def within(self, other: "VersionRange") -> bool:
        """Whether every version of this range is also in the other one.

        Ranges have no gaps but the versions that they exclude, so the bounds and those decide.
        """
        if self.singles:
            return all(version in other for _, version in self.constraints)
        if other.singles:
            return False
        return all(self._keeps(operator, bound) for operator, bound in other.constraints)

    @property
    def singles(self) -> bool:
        """Whether this is a list of single versions, and no bounds."""
        return self.constraints[0][0] == "="

    def doubt(self, tested: str) -> str:
        """Why a range says more than whoever tested a version can mean, or nothing if it does not.

        A version with an epoch is above all that have none, whatever their numbers; and what has no upper end holds
        every version that will ever be made.
        """
        for _, bound in self.constraints:
            if _epoch(bound) != _epoch(tested):
                return f"{tested} has the epoch {_epoch(tested)}, and the bound {bound} has {_epoch(bound)}"
        if not self.singles and not any(operator.startswith("<") for operator, _ in self.constraints):
            return "it has no upper end, so every version of the future would be in it"
        return ""

    def _keeps(self, operator: str, bound: str) -> bool:
        """Whether no version of this range breaks one constraint."""
        if operator == "!=":
            return bound not in self
        direction = 1 if operator.startswith(">") else -1
        for own, version in self.constraints:
            order = direction * compare(version, bound)
            if own[0] == operator[0] and (order > 0 or (order == 0 and (own == operator or len(operator) == 2))):  # noqa: PLR2004
                return True
        return False

    def __str__(self) -> str:
        return ", ".join(f"{operator} {version}" for operator, version in self.constraints)
