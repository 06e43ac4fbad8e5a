"""A validation record as a page to read: what was tested, how it went, what people answered."""

from koor_provision.models.base import Sha256
from koor_provision.models.software import ValidationRecord
from koor_provision.models.staff import Staff
from koor_provision.models.versions import VersionRange
from koor_provision.report.pages import environment


def page(record: ValidationRecord, sha256: Sha256, staff: Staff) -> str:
    """The page. It is for reading; what counts is the YAML beside it, by its digest."""
    names = {person.id: person.name for person in staff.persons}
    return environment().get_template("validation.html").render(
        record=record,
        sha256=sha256,
        good=record.passed == "yes",
        versions=str(VersionRange.parse(record.versions)),
        people=lambda person: f"{names[person]} ({person})" if person in names else person,
        title=lambda name: name.replace("_", " ").capitalize(),
        kind="new software" if record.new else "update",
    )  # fmt: skip
