"""The approved customer software and the records of its validation (R8, R9)."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from koor_provision.models.base import Count, Day, Flag, Line, Model, Moment, Paragraph, PersonId, Sha256, Slug
from koor_provision.models.components import ExtensionName
from koor_provision.models.documents import CompanyDocument
from koor_provision.models.origin import OriginName
from koor_provision.models.versions import WELL_FORMED, VersionRange

System = Literal["debian12", "debian13", "ubuntu22.04"]
"""Systems that roles know; orders are installed on those of Debian, since an order's PHP has a role for no other."""


def _range(text: str) -> str:
    VersionRange.parse(text)
    return text


VersionText = Annotated[str, Field(pattern=rf"^(?:{WELL_FORMED})\z", max_length=150)]
InstalledName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]{0,80}\z")]
VersText = Annotated[str, Field(max_length=200), AfterValidator(_range)]
RecordFile = Annotated[str, Field(pattern=r"^validations/[a-z0-9][a-z0-9._-]{0,80}\.yml\z")]


class Entry(Model):
    """One approved component: which versions, on which systems, on the strength of which validation.

    Attributes:
        extensions: those that may be ordered besides what the component always comes with.
        origins: repositories besides the system's own that it may come from, by the labels of their Release files.
    """

    component: Slug
    versions: VersText
    systems: Annotated[tuple[System, ...], Field(min_length=1, max_length=10)]
    extensions: Annotated[tuple[ExtensionName, ...], Field(max_length=100)] = ()
    origins: Annotated[tuple[OriginName, ...], Field(max_length=10)] = ()
    approved: Day
    record: RecordFile
    record_sha256: Sha256


class ApprovedSoftware(CompanyDocument):
    """The list. Signed by the CTO and by nobody else (R9)."""

    KIND: ClassVar[str] = "approved-software"
    kind: Literal["approved-software"]
    previous_sha256: Sha256 | None = None
    entries: Annotated[tuple[Entry, ...], Field(max_length=500)] = ()

    def find(self, component: str) -> tuple[Entry, ...]:
        """The entries of a component; more than one where systems differ."""
        return tuple(entry for entry in self.entries if entry.component == component)


class Row(Model):
    """One row of a validation record: what was found, how one can see it, who looked and when.

    `passed` is the answer where the row asks a question that is passed or failed, such as the black box test.
    """

    result: Paragraph
    passed: Flag | None = None
    evidence: Paragraph
    responsible: PersonId
    date: Day


class NewValidation(Model):
    """The rows of 'Third Party Software Validation - New'."""

    reasons_and_goals: Row
    advantages: Row
    disadvantages: Row
    risks: Row
    alternatives: Row
    supplier_comparison: Row
    goals_fulfilled: Row
    goals_unfulfilled: Row
    integration_possible: Row
    black_box_test: Row
    vendor_support: Row
    data_protection: Row
    one_off_cost: Row
    yearly_cost: Row
    resources_to_introduce: Row
    time_until_operation: Row
    effect_on_efficiency: Row
    effect_on_effectiveness: Row
    savings: Row
    return_on_investment: Row
    opinion_of_project_manager: Row


class UpdateValidation(Model):
    """The rows of 'Third Party Software Validation - Update'."""

    further_changes_needed: Row
    black_box_test: Row
    production_problems: Row


class ScenarioRun(Model):
    """One Molecule scenario, run on one system."""

    scenario: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}\z")]
    passed: Flag
    seconds: Count


class Tested(Model):
    """What was really run on a system, and with what.

    Attributes:
        version: of the component, as dpkg had it installed.
        packages: all of the component's packages that were installed, with their versions.
        image: SHA-256 of the image that the test server was made from.
        digests: SHA-256 of each role that was run, and of our collection; see `roletest.workspace.digest_of`.
        finished: when the last scenario ended.
        tool: the version of koor-provision.
    """

    system: System
    version: VersionText
    packages: Annotated[dict[InstalledName, VersionText], Field(max_length=500)]
    scenarios: Annotated[tuple[ScenarioRun, ...], Field(min_length=1, max_length=50)]
    image: Sha256
    digests: Annotated[dict[Line, Sha256], Field(min_length=1, max_length=50)]
    finished: Moment
    tool: Line

    @property
    def passed(self) -> bool:
        """Whether every scenario passed."""
        return all(one.passed for one in self.scenarios)


class ValidationRecord(Model):
    """The documented testing that an approval rests on.

    Attributes:
        continues: the record that the versions below the tested ones were approved on; empty where there is none.
        tested: what `koor-provision software validate` ran; empty in a record that was written by hand.
    """

    kind: Literal["validation"]
    component: Slug
    versions: VersText
    systems: Annotated[tuple[System, ...], Field(min_length=1)]
    extensions: Annotated[tuple[ExtensionName, ...], Field(max_length=100)] = ()
    passed: Line
    continues: RecordFile | None = None
    continues_sha256: Sha256 | None = None
    tested: Annotated[tuple[Tested, ...], Field(max_length=10)] = ()
    new: NewValidation | None = None
    update: UpdateValidation | None = None

    def rows(self) -> tuple[tuple[str, Row], ...]:
        """Every row with its name."""
        return tuple((name, row) for form in (self.new, self.update) if form for name, row in form)

    @property
    def last_test(self) -> date | None:
        """The day of the last row; None where there is none."""
        return max((row.date for _, row in self.rows()), default=None)
