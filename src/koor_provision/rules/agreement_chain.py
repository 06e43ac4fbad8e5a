"""The chain of agreements (R3): the list of authorised persons is changed only by those who stand in it."""

from itertools import pairwise

from koor_provision.models.agreement import Agreement
from koor_provision.models.case import Case
from koor_provision.models.documents import Signed
from koor_provision.models.staff import Position
from koor_provision.rules.approvals import agreements, approvals, authorised
from koor_provision.rules.common import Judge, holds, signed_by


def judge_chain(case: Case, judge: Judge) -> None:
    """Deny unless the first agreement was vouched for by two of us, and each later one approved by the list before."""
    chain = agreements(case)
    _first(case, chain[0], judge)
    for before, after in pairwise(chain):
        _later(case, before, after, judge)
    for one in chain:
        if one.content.agreed > case.today:
            judge.deny(
                f"the agreement is dated in the future ({one.content.agreed})",
                f"{one.file}, agreed",
                "enter the day from which it holds",
            )


def _first(case: Case, first: Signed[Agreement], judge: Judge) -> None:
    content = first.content
    if content.version != 1 or content.previous_sha256 is not None:
        judge.deny(
            f"the first agreement is missing: the oldest one here has version {content.version}",
            f"{first.file}, version",
            "put the former agreements into agreements/ as 001.yml, 002.yml and so on, each with its signatures",
        )
    staff = case.company.staff.content
    entries = [staff.find(person) for person in first.signers]
    # Its keys and addresses are new to us: one of us alone could make up a customer.
    for positions, who in (
        ((Position.SALES_MANAGER,), "sales manager"),
        ((Position.HOCS, Position.CTO), "HOCS or CTO"),
    ):
        if not any(holds(entry, position, case.today) for entry in entries for position in positions):
            judge.deny(
                f"no {who} vouches for the first agreement ({signed_by(first)})",
                f"{first.file}.sig",
                f"the sales manager and the HOCS or the CTO compare it with the paper, and each runs: "
                f"koor-provision sign {first.file} --key KEY",
            )
    if not any(one.person in authorised(content) for one in approvals(case, first, content)):
        judge.deny(
            f"no authorised person approved the first agreement ({signed_by(first)})",
            f"{first.file}.sig",
            f"have one of them run: koor-provision sign {first.file} --key KEY; "
            "or record their mail or paper: koor-provision case add-mail, koor-provision case add-paper",
        )


def _later(case: Case, before: Signed[Agreement], after: Signed[Agreement], judge: Judge) -> None:
    old, new = before.content, after.content
    for field, said, actual in (
        ("version", new.version, old.version + 1),
        ("previous_sha256", new.previous_sha256, before.sha256),
        ("customer", new.customer, old.customer),
    ):
        if said != actual:
            judge.deny(
                f"it does not follow {before.file}: its {field} is {said or 'missing'}, not {actual}",
                f"{after.file}, {field}",
                f"keep every agreement as it was signed; the digest is what this prints: sha256sum {before.file}",
            )
    if new.agreed < old.agreed:
        judge.deny(
            f"it holds from {new.agreed}, before its predecessor ({old.agreed})",
            f"{after.file}, agreed",
            "enter the day from which it holds",
        )
    if not any(one.person in authorised(old) for one in approvals(case, after, old)):
        names = ", ".join(sorted(authorised(old))) or "nobody"
        judge.deny(
            f"nobody of the former agreement ({names}) approved this one ({signed_by(after)})",
            f"{after.file}.sig",
            f"have one of {names} run: koor-provision sign {after.file} --key KEY; "
            "or record their mail or paper: koor-provision case add-mail, koor-provision case add-paper",
        )
