"""Having a plan signed: by the engineer here and now, and by others who did it before."""

from pathlib import Path

from koor_provision.errors import InputError, RefusedError
from koor_provision.evidence.manifest import NAMESPACE
from koor_provision.load.documents import Unverified, examine
from koor_provision.load.files import Content
from koor_provision.load.plan import load_plan, parse_plan
from koor_provision.models.base import PublicKey
from koor_provision.models.plan import Plan
from koor_provision.provision.planning import differs
from koor_provision.trust import sshsig
from koor_provision.trust.agent import agent_keys
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.keys import fingerprint
from koor_provision.trust.signer import Signer
from koor_provision.trust.signing import unsafe
from koor_provision.trust.verify import verify


def read_signed(file: Path, fresh: Plan) -> tuple[bytes, bytes]:
    """A plan that was written earlier, with the signatures it has.

    Raises:
        RefusedError: the server, the order or our roles are no longer as the plan says.
    """
    earlier = load_plan(file)
    changed = differs(earlier.document, fresh)
    if changed:
        raise RefusedError(
            f"no longer describes what would be done; changed: {', '.join(changed)}",
            where=str(file),
            hint="make the plan again with --dry-run --plan FILE and have it signed again",
        )
    return earlier.content.data, b"".join(claim.block for claim in earlier.claims)


def engineer_key(engineer: str, key: Path | None, keyring: Keyring) -> Path | PublicKey:
    """The key that signs the plan now, and the evidence after the run.

    Raises:
        InputError: no key of the engineer is at hand.
    """
    return key or _agent_key(engineer, keyring)


def sign_plan(
    data: bytes, earlier: bytes, engineer: str, key: Signer, keyring: Keyring
) -> tuple[bytes, frozenset[str]]:
    """Sign with the engineer's key, unless it did already; then verify all signatures.

    The key that signs the evidence stands on the plan too: so one that cannot sign is found out before the run, and the
    bundle shows by itself that both are the same person's.

    Returns:
        the signature file's content, without signatures that do not hold, and who signed.

    Raises:
        InputError: the key cannot be used.
        RefusedError: the engineer may not sign evidence.
    """
    try:
        mark = fingerprint(key.public)
    except ValueError as error:
        raise unsafe("--key") from error
    holder = keyring.holders.get(mark)
    if holder and holder.person == engineer and NAMESPACE not in holder.namespaces:
        raise RefusedError(
            f"{engineer} may not sign the evidence of a run: {NAMESPACE} is not among the namespaces of this key",
            where="company/allowed_signers",
            hint="ask the CTO to add it, and one to the version, and to sign the file again",
        )
    claims = [claim for claim in _claims(earlier) if verify(data, claim, Plan.namespace())]
    signatures = b"".join(claim.block.rstrip(b"\n") + b"\n" for claim in claims)
    if mark not in {claim.fingerprint for claim in claims}:
        signatures += key.sign(data, Plan.namespace())
    return signatures, _signers(data, signatures, keyring)


def _claims(signatures: bytes) -> tuple[sshsig.Claim, ...]:
    return sshsig.parse(signatures, "plan.yml.sig") if signatures else ()


def _signers(data: bytes, signatures: bytes, keyring: Keyring) -> frozenset[str]:
    item = Unverified(parse_plan(data, "plan.yml"), Content("plan.yml", data), _claims(signatures))
    return examine(item, keyring).signers


def _agent_key(engineer: str, keyring: Keyring) -> PublicKey:
    """A key of the engineer that the SSH agent holds."""
    for key in agent_keys():
        holder = keyring.holders.get(fingerprint(key))
        if holder and holder.person == engineer:
            return key
    raise InputError(
        f"no key of {engineer} to sign with",
        hint="give it with --key KEY, or add it to your SSH agent: ssh-add KEY",
    )
