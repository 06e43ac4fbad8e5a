"""The training that is handed over with an order (R13), found before anything is done."""

from datetime import datetime
from pathlib import Path

from koor_provision.cli.ctos import ctos_document
from koor_provision.cli.trusted import open_company
from koor_provision.errors import RefusedError
from koor_provision.load.ctos import TRAINING_MANUAL
from koor_provision.models.case import Case
from koor_provision.models.training import TrainingManual
from koor_provision.report.training import lacking, programmes, training_text


def training_of(case: Case, company: Path, now: datetime) -> str | None:
    """What is handed over; None where the order has no training.

    Raises:
        InputError: the company has no training manual.
        RefusedError: the manual is not the CTO's, not valid, or has not the ordered programme.
    """
    wanted = programmes(case)
    if not wanted:
        return None
    manual = ctos_document(open_company(company, now), company, TRAINING_MANUAL, TrainingManual, now)
    if missing := lacking(wanted, manual.content):
        raise RefusedError(
            f"has no programme for {', '.join(missing)}, which the order has (R13)",
            where=manual.file,
            hint="ask the CTO for it, or make a new revision of the offer without that training",
        )
    return training_text(wanted, manual)
