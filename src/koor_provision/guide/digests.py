"""The digests that one document of a case holds of another, and entering them."""

import hashlib
import re
from datetime import date
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.case import ACCEPTANCE, CONFIRMATION, OFFER
from koor_provision.load.files import lies, read
from koor_provision.load.strict_yaml import parse
from koor_provision.models.text import TO_FILL_IN
from koor_provision.write import write_whole

DIGESTS: dict[str, dict[str, str]] = {
    ACCEPTANCE: {"offer_sha256": OFFER},
    CONFIRMATION: {"offer_sha256": OFFER, "acceptance_sha256": ACCEPTANCE},
}
"""By document: the field, and the file whose digest it holds."""
_DAYS = {ACCEPTANCE: "accepted", CONFIRMATION: "confirmed"}


def outdated(folder: Path, document: str) -> tuple[str, ...]:
    """The fields of a document whose digest is not that of the file it stands for, as that is now.

    Raises:
        InputError: one of them cannot be read.
    """
    tree = parse(read(folder / document, document).data, document)
    if not isinstance(tree, dict):
        return ()
    return tuple(field for field, file in DIGESTS.get(document, {}).items() if tree.get(field) != _digest(folder, file))


def enter(folder: Path, document: str, today: date) -> tuple[str, ...]:
    """Enter the digests that are not right, and today where the day is still open; the rest of the text stays.

    Returns:
        the fields that were entered.

    Raises:
        InputError: it is signed already: whoever signed would seem to have signed something else.
    """
    fields = outdated(folder, document)
    if not fields:
        return ()
    if lies(folder / f"{document}.sig", f"{document}.sig"):
        raise InputError(
            "is signed, and would have to be signed again",
            where=document,
            hint=f"if it is to follow the changed document, take {document}.sig away and repeat this",
        )
    text = read(folder / document, document).data.decode("utf-8")
    values = {field: _digest(folder, DIGESTS[document][field]) for field in fields}
    day = _DAYS[document]
    if re.search(rf'^{day}: "?{TO_FILL_IN}', text, re.MULTILINE):
        values[day] = today.isoformat()
    for field, value in values.items():
        text, times = re.subn(rf"^{field}:.*$", f"{field}: {value}", text, flags=re.MULTILINE)
        if times != 1:
            raise InputError(
                f"has no line of its own for {field}", where=document, hint=f"write on a line: {field}: {value}"
            )
    write_whole(folder / document, text.encode())
    return tuple(values)


def _digest(folder: Path, file: str) -> str:
    return hashlib.sha256(read(folder / file, file).data).hexdigest()
