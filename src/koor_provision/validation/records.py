"""Puts a validation record together, from test runs and from answers, and writes it down (R9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.models.case import Company
from koor_provision.models.series import join, whole_series
from koor_provision.models.software import Entry, System, Tested, ValidationRecord
from koor_provision.models.versions import VersionRange
from koor_provision.validation.answers import BLACK_BOX, Answer, Form, Who, filled

_HEAD = """\
# Third Party Software Validation - {title}. Written by `koor-provision software validate` from real test runs and from
# what people answered. The approved list names this file and its digest (R9): a changed one is approved by nobody.
"""


class _Plain(yaml.SafeDumper):
    """Writes everything out, since our loader takes no anchors; lists are indented."""

    def ignore_aliases(self, data: object) -> bool:
        """Whether a value that stands in two places is written in both."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002  # its own
        """One level deeper."""
        del indentless
        super().increase_indent(flow, indentless=False)


@dataclass(frozen=True)
class Subject:
    """What is validated.

    Attributes:
        versions: the range that the record speaks for, in VERS notation.
        extensions: that may be ordered besides.
        continues: the entry whose versions the range takes over; None where it speaks for what was tested alone.
    """

    component: str
    form: Form
    versions: str
    systems: tuple[System, ...]
    extensions: tuple[str, ...] = ()
    continues: Entry | None = None


def proposed_range(
    tested: Sequence[tuple[System, str]], numbers: int, entries: Sequence[Entry]
) -> tuple[str, Entry | None]:
    """The range that tested versions speak for: their series, joined with what is approved on these systems already.

    Ranges are joined only where nothing untested lies between them.

    Raises:
        InputError: the versions are of series that do not touch.
    """
    found = whole_series(tested[0][1], numbers)
    for system, version in tested[1:]:
        joined = join(found, whole_series(version, numbers))
        if joined is None:
            raise InputError(
                f"{', '.join(f'{one} has {text}' for one, text in tested)}: what lies between was not tested",
                hint=f"validate {system} by itself, or say which versions the record is to speak for: --versions RANGE",
            )
        found = joined
    systems = {system for system, _ in tested}
    for entry in entries:
        joined = join(found, entry.versions)
        if joined is not None and systems <= set(entry.systems) and joined != found:
            return joined, entry
    return found, None


def must_hold(versions: str, tested: Sequence[tuple[System, str]]) -> None:
    """See that a range which somebody named holds every version that is tested.

    Raises:
        InputError: it does not, or it is no range.
    """
    try:
        parsed = VersionRange.parse(versions)
    except ValueError as error:
        raise InputError(str(error), where="--versions", hint="write it as 'vers:deb/>=8.4|<8.5~'") from error
    for system, version in tested:
        if version not in parsed:
            raise InputError(
                f"{version}, which {system} has, is not in {versions}", where="--versions",
                hint="a record speaks for no version that was not tried",
            )  # fmt: skip
        if doubt := parsed.doubt(version):
            raise InputError(doubt, where="--versions", hint="write both ends, as in 'vers:deb/>=1:11.8|<1:11.9~'")


def write(subject: Subject, tested: Sequence[Tested], answers: Mapping[str, Answer], who: Who) -> str:
    """The record's text.

    Raises:
        InputError: an answer makes no valid record.
    """
    passed = all(run.passed for run in tested) and not any(one.passed is False for one in answers.values())
    rows = filled(answers, subject.form, who)
    rows[BLACK_BOX] = _black_box(tested, who)
    former = subject.continues
    tree: dict[str, Any] = {
        "kind": "validation",
        "component": subject.component,
        "versions": subject.versions,
        "systems": list(subject.systems),
        **({"extensions": list(subject.extensions)} if subject.extensions else {}),
        "passed": "yes" if passed else "no",
        **({"continues": former.record, "continues_sha256": former.record_sha256} if former else {}),
        "tested": [run.model_dump(mode="json") for run in tested],
        subject.form: rows,
    }
    title = "New" if subject.form == "new" else "Update"
    written = yaml.dump(tree, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    text = _HEAD.format(title=title) + written
    to_model(Content("the record", text.encode()), ValidationRecord)
    return text


def _black_box(tested: Sequence[Tested], who: Who) -> dict[str, object]:
    def said(run: Tested) -> str:
        names = ", ".join(one.scenario for one in run.scenarios)
        return f"{run.version} on {run.system}: {names} {'passed' if run.passed else 'failed'}"

    return {
        "result": "; ".join(said(run) for run in tested),
        "passed": all(run.passed for run in tested),
        "evidence": "koor-provision software validate; digests of roles and images stand under `tested`",
        "responsible": who.person,
        "date": who.day,
    }


def free_name(folder: Path, component: str, form: Form) -> str:
    """A name for the next record of a component, such as `php-update-2.yml`."""
    numbers = range(1, len(list(folder.glob("*.yml"))) + 2 if folder.is_dir() else 2)
    return next(name for number in numbers if not (folder / (name := f"{component}-{form}-{number}.yml")).exists())


def form_of(company: Company, component: str) -> Form:
    """What the company needs: the form for new software, or for an update of what is approved."""
    return "update" if company.software.content.find(component) else "new"


def who_answers(company: Company, person: str, today: date) -> Who:
    """Somebody who works here and answers for a validation.

    Raises:
        InputError: nobody of this name does.
    """
    entry = company.staff.content.find(person)
    if entry is None or not entry.employed(today):
        raise InputError(
            f"'{person}' does not work here", where="--responsible", hint="name somebody from the staff register"
        )
    return Who(person, today)
