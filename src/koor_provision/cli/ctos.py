"""Reading a document of the CTO's where it is used, and remembering which version that was."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from koor_provision.cli.trusted import Opened
from koor_provision.load.ctos import require_ctos
from koor_provision.models.documents import CompanyDocument, Signed

D = TypeVar("D", bound=CompanyDocument)


def ctos_document(opened: Opened, folder: Path, file: str, model: type[D], now: datetime) -> Signed[D]:
    """One document that is the CTO's, valid today, and none that was replaced.

    Raises:
        InputError: there is none, or it is malformed.
        RefusedError: it is not the CTO's, not valid, or older than what this machine saw before.
    """
    found, seen = require_ctos(folder, file, model, opened.company, opened.keyring, now.date())
    replace(opened, company=replace(opened.company, versions={model.KIND: seen})).remember({}, now)
    return found
