"""A validation record as a page to read: what was tested, how it went, what people answered."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from koor_provision.models.base import Sha256
from koor_provision.models.software import ValidationRecord
from koor_provision.models.staff import Staff
from koor_provision.models.text import shown
from koor_provision.models.versions import VersionRange


def page(record: ValidationRecord, sha256: Sha256, staff: Staff) -> str:
    """The page. It is for reading; what counts is the YAML beside it, by its digest."""
    names = {person.id: person.name for person in staff.persons}
    return _environment().get_template("validation.html").render(
        record=record,
        sha256=sha256,
        good=record.passed == "yes",
        versions=str(VersionRange.parse(record.versions)),
        people=lambda person: f"{names[person]} ({person})" if person in names else person,
        title=lambda name: name.replace("_", " ").capitalize(),
        kind="new software" if record.new else "update",
    )  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("koor_provision.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: shown(value) if isinstance(value, str) else value,
    )
