"""The engineer's signature on the evidence: at the end of a run, or afterwards where that was not possible."""

import os
from pathlib import Path

import click

from koor_provision.errors import InputError
from koor_provision.evidence.archive import pack
from koor_provision.evidence.bundle import Bundle, archive_of
from koor_provision.evidence.check import must_be_whole
from koor_provision.evidence.manifest import NAMESPACE, SIGNATURE, SUMS
from koor_provision.evidence.reading import read_bundle
from koor_provision.models.base import Fingerprint, PublicKey
from koor_provision.models.text import shown
from koor_provision.trust import sshsig
from koor_provision.trust.signer import Signer
from koor_provision.trust.signing import sign
from koor_provision.write import write_whole


def write_signed(bundle: Bundle, key: Signer | None, folder: Path) -> bool:
    """Sign and write the bundle and tell where it is; returns whether both was possible."""
    signature, problem = None, None
    try:
        signature = key.sign(bundle.sums, NAMESPACE) if key else None
    except InputError as error:
        problem = error
    try:
        bundle.write(folder, signature)
    except InputError as error:
        _complain(error, "make room, and run the same command again for new evidence")
        return False
    click.echo(f"evidence: {shown(str(folder))}/report.html")
    click.echo(f"to send:  {shown(str(archive_of(folder)))}")
    if signature is None:
        problem = problem or InputError("there is no key to sign the evidence with")
        _complain(problem, f"sign the evidence: koor-provision sign {folder / SUMS} --key KEY")
    return signature is not None


def sign_bundle(folder: Path, key: Path | PublicKey) -> Fingerprint:
    """Sign a bundle that was left unsigned, and write its archive anew; returns the key's fingerprint.

    Raises:
        InputError: the key cannot be used, or it cannot be written.
        RunError: the bundle does not hold, so nobody should sign it.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100  # `.` has no name to call the archive by; links stay
    files = {name: data for name, data in read_bundle(folder).items() if name != SIGNATURE}
    if SUMS not in files:
        raise InputError("missing", where=str(folder / SUMS), hint="name the SHA256SUMS of an evidence folder")
    signature = sign(files[SUMS], key, NAMESPACE)
    mark = sshsig.parse(signature, SIGNATURE)[0].fingerprint
    plan = must_be_whole(files, mark).plan
    write_whole(folder / SIGNATURE, signature)
    write_whole(archive_of(folder), pack(plan, {**files, SIGNATURE: signature}))
    return mark


def _complain(error: InputError, todo: str) -> None:
    click.echo(f"{click.style('error', fg='red', bold=True)}: {shown(str(error))}", err=True)
    click.echo(f"  to do: {shown(todo)}", err=True)
