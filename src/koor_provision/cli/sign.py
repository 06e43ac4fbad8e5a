"""`koor-provision sign`: a signature in the namespace of the document's kind."""

from pathlib import Path

import click

from koor_provision.cli.sealing import sign_bundle
from koor_provision.errors import InputError
from koor_provision.evidence.manifest import NAMESPACE, SUMS
from koor_provision.load.documents import to_model
from koor_provision.load.files import lies, read
from koor_provision.load.strict_yaml import parse
from koor_provision.models.base import Fingerprint
from koor_provision.models.documents import NAMESPACE_SUFFIX
from koor_provision.models.kinds import KINDS
from koor_provision.models.staff import AllowedSigners
from koor_provision.models.text import shown
from koor_provision.trust import allowed_signers, sshsig
from koor_provision.trust.agent import only_agent_key
from koor_provision.trust.signing import sign, unsafe
from koor_provision.write import write_whole


@click.command(name="sign")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="Private key, or a .pub file whose key your SSH agent holds. Default: the agent's only key.",
)
@click.option(
    "--replace", is_flag=True, help="Drop the other signatures beside the file: they were made before it was changed."
)
def command(file: Path, key: Path | None, *, replace: bool) -> None:
    """Sign FILE with an SSH key, in the namespace of its kind; the signature goes to FILE.sig.

    A second person's signature is added to the first. OpenSSH can do the same, and checks it without us:

    \b
      ssh-keygen -Y sign -n offer@koor-provision -f KEY offer.yml
    """  # noqa: D301
    if file.name == SUMS:
        click.echo(f"signed {shown(str(file))} as {NAMESPACE} with {sign_bundle(file.parent, key or only_agent_key())}")
        return
    content = read(file, str(file), hint="name the document to sign, with its folder: CASE/offer.yml")
    namespace = _kind(file, content.data) + NAMESPACE_SUFFIX
    # Nobody should sign what no gate can read.
    if file.name == "allowed_signers":
        allowed_signers.parse(content.data, str(file))
    else:
        to_model(content, KINDS[namespace.removesuffix(NAMESPACE_SUFFIX)])
    block = sign(content.data, key or only_agent_key(), namespace)
    signer = _signer(block, key)
    signatures = file.with_name(file.name + ".sig")
    before = b""
    if not replace and lies(signatures, str(signatures)):
        claims = sshsig.parse(read(signatures, str(signatures), limit=sshsig.MAX_SIGNATURE_BYTES).data, str(signatures))
        before = b"".join(
            claim.block if claim.block.endswith(b"\n") else claim.block + b"\n"
            for claim in claims
            if claim.fingerprint != signer
        )
    write_whole(signatures, before + block)
    click.echo(f"signed {shown(str(file))} as {namespace} with {signer}")


def _signer(block: bytes, key: Path | None) -> Fingerprint:
    """With which key a new signature was made; no gate may refuse it later for what it is."""
    try:
        return sshsig.parse(block, "the new signature")[0].fingerprint
    except InputError as error:
        raise unsafe(str(key or "SSH agent")) from error


def _kind(file: Path, data: bytes) -> str:
    if file.name == "allowed_signers":
        return AllowedSigners.KIND
    tree = parse(data, str(file))
    kind = tree.get("kind") if isinstance(tree, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(
            "names no kind of document that is signed",
            where=f"{file}, kind",
            hint=f"one of: {', '.join(sorted(KINDS))}",
        )
    return kind
