"""A mail or paper serves one order: cases are held against each other, and against what the ledger remembers."""

from collections.abc import Sequence
from dataclasses import replace

from koor_provision.ledger.mails import known
from koor_provision.ledger.store import Ledger
from koor_provision.models.finding import Finding, Verdict
from koor_provision.report.answer import Answer

_REMEDY = "a mail or paper says one thing once: ask the customer for a new one, and take it into the case that lacks it"


def once(answers: Sequence[Answer], ledger: Ledger) -> list[Answer]:
    """Refuse every case whose mail or paper serves another order too.

    The ledger is read only where a case rests on a mail or paper at all.

    Raises:
        RunError: the ledger does not hold.
    """
    users: dict[str, dict[str, str]] = {}
    for answer in answers:
        for one in answer.used:
            users.setdefault(one.mail, {}).setdefault(one.use, answer.path)
    before = known(ledger) if users else {}

    def reason(mail: str, use: str) -> str | None:
        others = [path for other, path in users[mail].items() if other != use]
        if others:
            return f"it serves another order too, in {others[0]}"
        first, number = before.get(mail, (use, 0))
        return f"it was used for another order before (ledger, receipt {number})" if first != use else None

    settled = []
    for answer in answers:
        findings = [
            Finding("R5", Verdict.DENY, said, one.file, _REMEDY)
            for one in answer.used
            if (said := reason(one.mail, one.use)) is not None
        ]
        settled.append(
            replace(answer, outcome="refused", findings=(*answer.findings, *findings), agreement=None)
            if findings
            else answer
        )
    return settled
