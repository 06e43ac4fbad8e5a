"""R11: no data of the customer, passwords above all, is stored by us.

The run sees to most of it (passwords are made on the target, the run lives in memory). What documents can do wrong is
to bring a secret along; the models have no field for one, so only free text and comments could. What lies in the case
and is none of its documents nobody reads, so it must not be there.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator

from koor_provision.models.case import Case
from koor_provision.models.finding import Finding
from koor_provision.models.secret import holds_secret
from koor_provision.rules.common import Judge

RULE = "R11"
TITLE = "No document carries a password or a private key"


_HINTS = ("pass", "paß", "kennw", "zugangsdaten", "credential", "api", "access", "pw", "pin", "secret", "token",
          "private key", "://")  # fmt: skip
"""One of these stands in every text that holds a secret by `holds_secret`, which takes a hundred times as long."""
_COMMENT = re.compile(r"^[ \t]*#+[ \t]?", re.MULTILINE)


def line_of_secret(text: str) -> int | None:
    """The first line, from 1, with which a file seems to hold a secret; None if it holds none."""
    plain = _COMMENT.sub("", unicodedata.normalize("NFKC", text))  # a comment may go on in the next line
    lower = plain.lower()
    if not any(hint in lower for hint in _HINTS) or not holds_secret(plain):
        return None
    lines = plain.split("\n")
    return bisect_left(range(len(lines)), 1, key=lambda number: int(holds_secret("\n".join(lines[: number + 1])))) + 1


def _free_text(case: Case) -> Iterator[tuple[str, str]]:
    agreement = case.agreement
    yield f"{agreement.file}, name", agreement.content.name
    for person in agreement.content.persons():
        yield f"{agreement.file}, {person.id}, name", person.name
    for number, goal in enumerate(case.offer.content.goals, 1):
        yield f"{case.offer.file}, goals, {number}", goal
    yield from _works(case)
    for host in case.targets.content.hosts:
        if host.note:
            yield f"{case.targets.file}, hosts, {host.name}, note", host.note
    if case.exception:
        yield f"{case.exception.file}, reason", case.exception.content.reason
    for row in case.checklist.content.rows if case.checklist else ():
        for field in ("remark", "measured", "left_open"):
            if text := getattr(row, field):
                yield f"checklist.yml, rows, {row.item}, {field}", text


def _works(case: Case) -> Iterator[tuple[str, str]]:
    for work in case.offer.content.works:
        for number, goal in enumerate(work.goals, 1):
            yield f"{case.offer.file}, works, {work.work}, goals, {number}", goal
        for field, text in (("data_structure", work.data_structure), ("strategy", work.strategy)):
            if text:
                yield f"{case.offer.file}, works, {work.work}, {field}", text


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if no free text looks like it holds a secret."""
    judge = Judge(RULE)
    places = [where for where, text in _free_text(case) if holds_secret(text)]
    named = {where.partition(", ")[0] for where in places}
    places += [
        f"{file}, line {line}"
        for file, text in case.texts.items()
        if file not in named and (line := line_of_secret(text)) is not None
    ]
    for where in places:
        judge.deny(
            "this text seems to hold a password or a key",  # never quoted: a refusal must not spread it
            where,
            "take it out, have whoever signed the document sign it again (koor-provision sign FILE --key KEY), "
            "and have the customer change the secret: it is known to us now",
        )
    for name in case.strays:
        judge.deny(
            f"{name} lies in the case and is none of its documents, so nobody looks whether it holds customer data",
            name,
            f"move {name} out of the case folder: papers and logs go with your contracts, notes into README.md, keys "
            "and passwords nowhere. Besides documents and evidence/ only a README, inventories and plans may lie there",
        )
    return judge.answer("no secret in any document; passwords are made on the server and stay there", case.offer.file)
