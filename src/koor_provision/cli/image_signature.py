"""Who answers for an image: the signature of its sums, held against the company's allowed signers."""

from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.trusted import open_company
from koor_provision.images.boot.checking import check
from koor_provision.images.boot.packages import plain
from koor_provision.images.boot.trial import Check
from koor_provision.images.names import NAMESPACE, SIGNATURE, SUMS
from koor_provision.models.text import shown
from koor_provision.trust import sshsig
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.verify import verify

_SUMS_BYTES = 64 << 10
_NAME = "the sums are signed by somebody who may sign images"


def check_signature(folder: Path, company: Path | None) -> Check:
    """Verify the signature; says aloud where there is none, or where nobody looked whose it is.

    Args:
        company: folder of the company's documents; without it only that there is a signature can be said.

    Raises:
        KoorError: the company's documents cannot be relied on.
    """
    signed = (folder / SIGNATURE).is_symlink() or (folder / SIGNATURE).exists()
    if company is None:
        _warn(
            "whose signature it is was NOT checked: name the company's documents with --company DIR"
            if signed
            else "this image is NOT SIGNED: whoever changed its files made new sums (image build --key KEY signs)"
        )
        return Check("the signature was not asked for (no --company)")
    opened = open_company(company, datetime.now(UTC))
    signers: list[str] = []
    done = check(_NAME, lambda: iter(problems(folder, opened.keyring, signers)))
    if done.failure:
        _warn(f"nobody who may sign images signed this one: {done.failure.splitlines()[0]}")
        return done
    return Check(f"{_NAME}: {', '.join(signers)}", "", done.seconds)


def problems(folder: Path, keyring: Keyring, signers: list[str]) -> list[str]:
    """Why no signature counts; nothing where one does.

    Args:
        signers: is given the persons whose signature counts.
    """
    if not (folder / SIGNATURE).exists():
        return [f"there is no {SIGNATURE}: build with --key KEY"]
    with plain(folder / SUMS) as file:
        data = file.read(_SUMS_BYTES)
    with plain(folder / SIGNATURE) as file:
        claims = sshsig.parse(file.read(sshsig.MAX_SIGNATURE_BYTES + 1), SIGNATURE)
    wrong = []
    for claim in claims:
        holder = keyring.holders.get(claim.fingerprint)
        if claim.fingerprint in keyring.revoked:
            wrong.append(f"the key {claim.fingerprint} is revoked")
        elif holder is None:
            wrong.append(keyring.barred.get(claim.fingerprint) or f"nobody known holds the key {claim.fingerprint}")
        elif NAMESPACE not in holder.namespaces:
            wrong.append(f"{holder.person} may not sign images: {NAMESPACE} is not among the namespaces of this key")
        elif not verify(data, claim, NAMESPACE):
            wrong.append(f"{SUMS} was changed after {holder.person} signed it, or that was signed as something else")
        else:
            signers.append(holder.person)
    return [] if signers else wrong


def _warn(text: str) -> None:
    click.echo(f"{click.style('warning', fg='yellow', bold=True)}: {shown(text)}", err=True)
