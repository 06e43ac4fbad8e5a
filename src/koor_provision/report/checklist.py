"""The CTO's install checklist, filled in as far as a run proves it (R12). What has no proof is never ticked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import yaml

from koor_provision.models.case import Case
from koor_provision.models.checklist import ChecklistRow, Item
from koor_provision.models.evidence import CheckResult, Record

Why = Literal["proven", "no_proof", "not_passed", "not_run"]
_HEAD = """\
# The install checklist as far as this run proves it (R12). An item is ticked where every test that the CTO's form names
# for it passed, and nowhere else. `said` is what the engineer's own signed checklist holds.
"""


@dataclass(frozen=True)
class Ticked:
    """One item of the form.

    Attributes:
        proof: the tests that the form names for it.
        lacking: of these, the first one that does not prove it.
        said: what the case's own signed checklist says, where it says that it is done.
    """

    item: Item
    why: Why
    proof: tuple[str, ...] = ()
    lacking: str = ""
    said: ChecklistRow | None = None

    @property
    def proven(self) -> bool:
        """Whether it is ticked."""
        return self.why == "proven"


def ticked(case: Case, record: Record) -> tuple[Ticked, ...]:
    """Every item of the company's form; none where there is no form."""
    form = case.company.install_checklist
    if form is None:
        return ()
    signed = case.checklist if case.checklist and case.engineer in case.checklist.signers else None
    rows = {row.item: row for row in signed.content.rows if row.done} if signed else {}
    return tuple(_tick(item, record.checks, rows.get(item.id)) for item in form.content.items)


def _tick(item: Item, checks: Sequence[CheckResult], said: ChecklistRow | None) -> Ticked:
    if not item.proven_by:
        return Ticked(item, "no_proof", said=said)
    results: dict[str, set[str]] = {}
    for check in checks:
        results.setdefault(check.name, set()).add(check.result)
    for name in item.proven_by:
        if name not in results:
            return Ticked(item, "not_run", item.proven_by, name, said)
        if results[name] != {"passed"}:
            return Ticked(item, "not_passed", item.proven_by, name, said)
    return Ticked(item, "proven", item.proven_by, said=said)


_REASONS = {
    "no_proof": "no test of ours proves it",
    "not_run": "its test was not part of this run: {lacking}",
    "not_passed": "its test did not pass: {lacking}",
}


def checklist_yaml(case: Case, record: Record) -> str | None:
    """The filled form as a file for the evidence; None where the company has no form."""
    form, plan = case.company.install_checklist, record.proposal.plan
    if form is None:
        return None
    data = {
        "customer": plan.customer,
        "order": plan.order,
        "plan": plan.plan,
        "form_version": form.content.version,
        "form_sha256": form.sha256,
        "items": [_row(one) for one in ticked(case, record)],
    }
    return _HEAD + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)


def _row(one: Ticked) -> dict[str, object]:
    row: dict[str, object] = {"item": one.item.id, "text": one.item.text, "done": one.proven}
    if one.proven:
        row["proof"] = [f"verification.xml, {name}" for name in one.proof]
    else:
        row["not_done_by_this_run"] = _REASONS[one.why].format(lacking=one.lacking)
    if one.said:
        row["said"] = one.said.model_dump(mode="json", exclude_none=True, exclude={"item", "done"})
    return row
