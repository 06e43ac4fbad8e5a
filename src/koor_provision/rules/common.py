"""What several rules need: making findings, and who is entitled to what."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from koor_provision.models.documents import Document, Signed
from koor_provision.models.finding import Finding, Verdict
from koor_provision.models.staff import SENIOR_YEARS, Department, Employee, Position, Staff

PLAN_AGAIN = "make the plan again: koor-provision install CASE --inventory FILE --dry-run --plan FILE"


class Judge:
    """Collects what one rule finds and makes the answer: the denials, or one pass.

    Attributes:
        component: which one the next denials are about; empty for the order as a whole.
    """

    def __init__(self, rule: str) -> None:
        self.component = ""
        self._rule = rule
        self._denials: list[Finding] = []

    def deny(self, reason: str, where: str, remedy: str, *, firm: bool = False) -> None:
        """Note a reason to refuse; a firm one cannot be broken by an exception."""
        denial = Finding(self._rule, Verdict.DENY, reason, where, remedy, firm=firm, component=self.component)
        self._denials.append(denial)

    def unknown(self, reason: str, where: str, remedy: str) -> None:
        """Note something that cannot be judged; denies as well."""
        self._denials.append(Finding(self._rule, Verdict.UNKNOWN, reason, where, remedy))

    @property
    def denials(self) -> tuple[Finding, ...]:
        """What was noted so far."""
        return tuple(self._denials)

    def answer(self, reason: str, where: str) -> tuple[Finding, ...]:
        """The denials, or a pass with this reason if there are none."""
        return tuple(self._denials) or (Finding(self._rule, Verdict.PASS, reason, where),)

    def not_applicable(self, reason: str, where: str) -> tuple[Finding, ...]:
        """The rule asks nothing of this case."""
        return (Finding(self._rule, Verdict.NOT_APPLICABLE, reason, where),)


def senior_in_support(entry: Employee | None, day: date) -> bool:
    """Senior employee of Support & Service, its team leader, or the HOCS (R4, R6, R15), on that day."""
    if entry is None or not entry.employed(day):
        return False
    if entry.position is Position.HOCS:
        return True
    if entry.department is not Department.SUPPORT:
        return False
    return entry.position is Position.TEAM_LEADER or entry.senior(day)


def why_not_senior(person: str, entry: Employee | None, day: date) -> str:
    """Why somebody is not entitled on that day, in words that begin with their name; empty if they are."""
    if senior_in_support(entry, day):
        return ""
    if entry is None:
        return f"{person}, who is not in the staff register"
    if entry.left is not None and entry.left <= day:
        return f"{person}, who left on {entry.left}"
    if entry.since > day:
        return f"{person}, who holds the present position only since {entry.since} and was asked about {day}"
    if entry.department is not Department.SUPPORT:
        return f"{person}, who works in {entry.department} and not in {Department.SUPPORT}"
    return f"{person}, who was not yet more than {SENIOR_YEARS} years in the department on {day} (since {entry.since})"


def twice(names: Iterable[str]) -> list[str]:
    """The names that come more than once, each once, sorted."""
    return sorted(name for name, times in Counter(names).items() if times > 1)


def holds(entry: Employee | None, position: Position, day: date) -> bool:
    """Whether somebody holds a position on that day."""
    return entry is not None and entry.position is position and entry.employed(day)


def staff_among(signers: Iterable[str], staff: Staff) -> list[Employee]:
    """The signers who are in our register, by id."""
    return sorted((entry for person in signers if (entry := staff.find(person))), key=lambda entry: entry.id)


def signed_by(document: Signed[Document]) -> str:
    """Who signed, in words; with the reason for every signature that does not count."""
    names = ", ".join(sorted(document.signers)) or "nobody whose signature counts"
    return f"signed by {names}" + "".join(f"; {reason}" for reason in document.rejected)
