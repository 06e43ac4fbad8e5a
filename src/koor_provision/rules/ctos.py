"""What R9 and R12 ask of a company document that is the CTO's alone."""

from collections.abc import Sequence
from datetime import date

from koor_provision.models.case import Judged
from koor_provision.models.documents import CompanyDocument, Signed
from koor_provision.models.staff import Employee, Position
from koor_provision.rules.common import Judge, holds, signed_by, staff_among


def judge_signature(case: Judged, document: Signed[CompanyDocument], title: str, judge: Judge) -> None:
    """Judge who signed a document: whoever was CTO when it was issued and is today.

    No exception can break this, nor the document's end: who may sign one is known from documents like these.
    """
    content, staff = document.content, case.company.staff.content
    signers = staff_among(document.signers, staff)
    if not any(
        holds(entry, Position.CTO, content.issued) and holds(entry, Position.CTO, case.today) for entry in signers
    ):
        judge.deny(
            f"the {title} is not signed by the CTO ({signed_by(document)})"
            + _doubts(signers, (content.issued, case.today)),
            f"{document.file}.sig",
            f"ask the CTO to check it and run: koor-provision sign {document.file} --key KEY",
            firm=True,
        )


def judge_validity(case: Judged, document: Signed[CompanyDocument], title: str, judge: Judge) -> None:
    """Judge whether a document is valid today."""
    content = document.content
    if not content.issued <= case.today < content.expires:
        judge.deny(
            f"the {title} is valid from {content.issued} until before {content.expires}",
            f"{document.file}, expires",
            "get the present one from the CTO",
            firm=True,
        )


def _doubts(signers: Sequence[Employee], days: tuple[date, date]) -> str:
    """Why a CTO's signature does not count: they left, or hold the office only since later."""
    for entry in signers:
        if entry.position is Position.CTO:
            for day in days:
                if entry.left is not None and entry.left <= day:
                    return f"; {entry.id} left on {entry.left}"
                if entry.since > day:
                    return f"; {entry.id} is CTO only since {entry.since}, it was issued on {day}"
    return ""
