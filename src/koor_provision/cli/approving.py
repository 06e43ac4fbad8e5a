"""Signing a successor of the approved list with the CTO's key, and writing both; nobody else's key gets so far (R9)."""

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from koor_provision.cli.trusted import Opened, open_company
from koor_provision.errors import InputError, RefusedError
from koor_provision.load.company import SOFTWARE
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content, read
from koor_provision.models.base import Fingerprint, PublicKey
from koor_provision.models.case import RecordOnFile
from koor_provision.models.software import ApprovedSoftware, ValidationRecord
from koor_provision.models.staff import Position
from koor_provision.models.text import shown
from koor_provision.models.versions import VersionRange
from koor_provision.report.validation import page
from koor_provision.roletest.workspace import present_roles
from koor_provision.trust import sshsig
from koor_provision.trust.agent import only_agent_key
from koor_provision.trust.keys import fingerprint
from koor_provision.trust.signing import public_key, sign, unsafe
from koor_provision.validation.approving import (
    Change,
    approve,
    cautions,
    entry_of,
    must_be_approvable,
    must_not_go_back,
)
from koor_provision.write import write_new, write_whole

_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Wish:
    """What is to be approved, by whom and for how long."""

    record: Path
    folder: Path
    key: Path | None
    expires: date | None = None
    sure: bool = False


def approve_record(wish: Wish) -> Change:
    """Judge the record, ask, sign, and write the list.

    Raises:
        InputError: something is missing or malformed, or was answered with no.
        RefusedError: the record cannot be approved, or the key is not the CTO's.
    """
    now = datetime.now(UTC)
    opened = open_company(wish.folder, now)
    company, today = opened.company, now.date()
    expires = wish.expires or today + _YEAR
    if expires <= today:
        raise InputError("the list would be expired at once", where="--expires", hint=f"a day after {today}")
    if ApprovedSoftware.KIND not in company.versions:
        raise RefusedError(
            "the present list is not signed by the CTO, so nothing can be built on it",
            where=company.software.file,
            hint=f"the CTO checks it and runs: koor-provision sign {wish.folder / SOFTWARE} --key KEY",
        )
    content = read(wish.record, str(wish.record))
    record = RecordOnFile(to_model(content, ValidationRecord), content.sha256)
    entry = entry_of(record.content, wish.record.name, content.sha256, today)
    must_be_approvable(company, entry, record, today)
    old = read(wish.folder / SOFTWARE, company.software.file)
    change = approve(old, entry, today, expires)
    must_not_go_back(company, change, record.content)
    _tell(change)
    for caution in cautions(record.content, present_roles(), today):
        click.echo(click.style(f"  note: {caution}", fg="yellow"))
    if not wish.sure:
        _ask()
    signature = _signed(opened, change.text.encode(), wish.key or only_agent_key(), today)
    _keep(wish, content, record.content, opened)
    write_whole(wish.folder / SOFTWARE, change.text.encode())
    write_whole(wish.folder / f"{SOFTWARE}.sig", signature)
    return change


def _tell(change: Change) -> None:
    entry = change.entry
    systems = ", ".join(entry.systems)
    click.echo(
        f"{entry.component} {VersionRange.parse(entry.versions)} on {systems}, on the strength of {entry.record}"
    )
    for one in change.replaced:
        click.echo(f"  instead of {VersionRange.parse(one.versions)} on {', '.join(one.systems)}")


def _ask() -> None:
    if not sys.stdin.isatty():
        raise InputError("nobody said that this is to be approved", hint="read the record, then add --yes")
    if not click.confirm("Did you read the record, and approve this?", default=False):
        raise InputError("not approved", hint="nothing was written")


def must_be_the_ctos(opened: Opened, key: Path | None, today: date) -> None:
    """See that a key is the CTO's, before anybody waits for something that only the CTO can end.

    Raises:
        InputError: there is no such key.
        RefusedError: the key is not the CTO's, or may not sign the list.
    """
    chosen = key or only_agent_key()
    _judge_holder(opened, fingerprint(public_key(chosen) if isinstance(chosen, Path) else chosen), today)


def _signed(opened: Opened, data: bytes, key: Path | PublicKey, today: date) -> bytes:
    """The CTO's signature.

    Raises:
        RefusedError: the key is not the CTO's, or may not sign this.
    """
    block = sign(data, key, ApprovedSoftware.namespace())
    try:
        mark = sshsig.parse(block, "the new signature")[0].fingerprint
    except InputError as error:
        raise unsafe(str(key)) from error
    _judge_holder(opened, mark, today)
    return block


def _judge_holder(opened: Opened, mark: Fingerprint, today: date) -> None:
    namespace = ApprovedSoftware.namespace()
    ring, staff = opened.keyring, opened.company.staff.content
    holder = ring.holders.get(mark)
    entry = staff.find(holder.person) if holder else None
    if mark in ring.revoked:
        problem = f"the key {mark} is revoked"
    elif holder is None or entry is None:
        problem = ring.barred.get(mark) or f"nobody known holds the key {mark}"
    elif entry.position is not Position.CTO or not entry.employed(today):
        problem = f"{holder.person} is not the CTO"
    elif namespace not in holder.namespaces:
        problem = f"{holder.person} may not sign documents of kind '{ApprovedSoftware.KIND}'"
    else:
        return
    raise RefusedError(
        f"{problem}; only the CTO approves software (R9)", where="--key",
        hint="have the CTO run this command with a key of theirs; nothing was written",
    )  # fmt: skip


def _keep(wish: Wish, content: Content, record: ValidationRecord, opened: Opened) -> None:
    """Put the record where the list says that it is, with its page."""
    place = wish.folder / "validations" / wish.record.name
    place.parent.mkdir(exist_ok=True)
    if not place.exists():
        write_new(place, content.data)
    elif read(place, str(place)).data != content.data:
        raise InputError(
            "another record has this name", where=shown(str(place)), hint="give this one a name of its own"
        )
    if not place.with_suffix(".html").exists():
        staff = opened.company.staff.content
        write_new(place.with_suffix(".html"), page(record, content.sha256, staff).encode())
