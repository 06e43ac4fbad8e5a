"""`koor-provision verify`: does an evidence bundle hold."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import click

from koor_provision.errors import Exit, KoorError, RefusedError
from koor_provision.evidence.check import Checked, check
from koor_provision.evidence.manifest import SUMS
from koor_provision.evidence.people import Signature, signatures
from koor_provision.evidence.reading import fails, read_bundle
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.company import REVOCATIONS, load_signers
from koor_provision.load.documents import load_optional
from koor_provision.load.files import require_folder
from koor_provision.load.pinned import must_be_pinned
from koor_provision.memory.anchors import anchors
from koor_provision.models.evidence import Result
from koor_provision.models.staff import Revocations
from koor_provision.models.text import shown
from koor_provision.report.plan import SAMPLE
from koor_provision.trust.keyring import Keyring


@click.command(name="verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--company", type=click.Path(path_type=Path), help="Folder with the company's allowed_signers: whose key is whose."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(bundle: Path, company: Path | None, form: str) -> int:
    """Check an evidence BUNDLE, the folder or its .tar.gz, without a network and without trusting anything in it.

    Every file, the signatures of the bundle and of the plan, and that all is about one and the same run. The first
    thing that does not hold is named, with exit code 3. What holds may still say that a run failed: look at the result.
    """
    try:
        files = read_bundle(bundle)
        checked = check(files)
        keyring, notes = _people(company) if company else (None, [_COMPARE])
        signed = signatures(checked, keyring)
        receipt = _receipt(checked)
        notes = [f"SAMPLE: {SAMPLE}"] * bool(checked.plan.sample) + notes + receipt.notes
    except KoorError as error:
        if form == "text":
            raise
        trouble = {"message": error.message, "where": error.where, "remedy": error.hint}
        click.echo(json.dumps({"holds": False, "bundle": str(bundle), "trouble": trouble}, indent=2))
        return error.exit_code
    if form == "json":
        data = _data(bundle, checked, signed, notes)
        click.echo(json.dumps({**data, "receipt": receipt.number}, indent=2))
    else:
        _tell(bundle, checked, signed, notes, receipt)
    return Exit.DONE


class _Receipt(NamedTuple):
    """What the ledger here says of a bundle: the number of the receipt that has its digest, and that in words."""

    number: int | None
    words: str
    notes: list[str]


def _receipt(checked: Checked) -> _Receipt:
    """Compare a bundle with the ledger of this machine.

    Raises:
        RunError: the ledger knows the run, and of its end another digest.
    """
    try:
        receipts = Ledger(ledger_path()).receipts()
    except KoorError as error:
        note = f"the bundle was not compared with the ledger here, which cannot be relied on: {error.message}"
        return _Receipt(None, "not compared with a ledger", [note])
    of_run = [one for one in receipts if one.get("plan") == checked.plan.plan]
    known = {str(one["bundle_sha256"]): int(one["number"]) for one in of_run if "bundle_sha256" in one}
    if number := known.get(checked.sha256):
        return _Receipt(number, f"the same as in receipt {number} of the ledger here", [])
    if of_run:
        why = f"has {', '.join(known)}" if known else "knows of no evidence of it"
        raise fails(SUMS, f"has the digest {checked.sha256}, and the ledger of this machine, where the run was, {why}")
    if not receipts:
        return _Receipt(None, "no ledger is here to compare it with", [])
    note = "the ledger here does not know the run: it was carried out from another machine, whose ledger does, or never"
    return _Receipt(None, "not in the ledger here", [note])


_COMPARE = (
    "whose keys these are is not proven by the bundle itself: compare the fingerprints with the company, in person or "
    "by phone, or name the folder with its allowed_signers: --company DIR"
)


def _people(company: Path) -> tuple[Keyring, list[str]]:
    """Whose key is whose, by allowed signers that this machine trusts, or else as the folder says.

    People leave and documents expire, and what they signed before stays: so only who holds a key is asked, and whether
    the key is revoked.
    """
    require_folder(company, "name the folder with the company's allowed_signers: --company DIR")
    signers, content = load_signers(company)
    notes = []
    try:
        pins = frozenset(anchors().of(company).keys)
    except RefusedError:
        notes.append(f"this machine does not know whether {company} is the company's: koor-provision trust DIR")
    else:
        must_be_pinned(signers, pins)
    revocations = load_optional(company, REVOCATIONS, Revocations, name=f"company/{REVOCATIONS}")
    if revocations is None:
        notes.append(f"no {REVOCATIONS} lies there: whether a key was revoked meanwhile was not asked")
        return Keyring(content.holders), notes
    return Keyring(content.holders, frozenset(key.fingerprint for key in revocations.document.keys)), notes


def _data(bundle: Path, checked: Checked, signed: tuple[Signature, ...], notes: list[str]) -> dict[str, Any]:
    manifest = checked.manifest.model_dump(mode="json", exclude={"files", "kind"})
    return {
        "holds": True,
        "bundle": str(bundle),
        **manifest,
        "sha256": checked.sha256,
        "signatures": [one._asdict() for one in signed],
        "notes": notes,
    }


def _tell(bundle: Path, checked: Checked, signed: tuple[Signature, ...], notes: list[str], receipt: _Receipt) -> None:
    run = checked.manifest
    colour = {Result.PASSED: "green", Result.PARTLY_AUDITED: "yellow"}.get(run.result, "red")
    click.echo(f"{click.style('holds', fg='green', bold=True)}: {shown(str(bundle))}, {len(run.files) + 3} files")
    click.echo(f"run        plan {run.plan}, order {shown(checked.plan.order)}, {run.started:%Y-%m-%d %H:%M} UTC")
    click.echo(f"result     {click.style(run.result.value, fg=colour, bold=True)}")
    for gap in checked.plan.finishes:
        click.echo(f"gap        nobody looked at what changed since {gap.began:%Y-%m-%d %H:%M} UTC, when run {gap.run}")
        click.echo("           began that was broken off, until this one began")
    click.echo(f"digest     {checked.sha256} (of SHA256SUMS; {receipt.words})")
    for one in signed:
        click.echo(f"signed     {one.file.removesuffix('.sig'):<11} {one.key}  {one.person or ''}".rstrip())
    for note in notes:
        click.echo(f"note: {shown(note)}")
