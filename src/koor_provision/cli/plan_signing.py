"""Having a plan signed: by the engineer here and now, and by others who did it before."""

from pathlib import Path

from koor_provision.errors import InputError, RefusedError
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
from koor_provision.trust.signing import sign


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


def sign_plan(
    data: bytes, earlier: bytes, engineer: str, key: Path | None, keyring: Keyring
) -> tuple[bytes, frozenset[str]]:
    """Sign as the engineer, unless they did already; then verify all signatures.

    Returns:
        the signature file's content, and who signed.

    Raises:
        InputError: no key of the engineer is at hand.
    """
    if engineer not in _signers(data, earlier, keyring):
        earlier += sign(data, key or _agent_key(engineer, keyring), Plan.namespace())
    return earlier, _signers(data, earlier, keyring)


def _signers(data: bytes, signatures: bytes, keyring: Keyring) -> frozenset[str]:
    if not signatures:
        return frozenset()
    item = Unverified(parse_plan(data, "plan.yml"), Content("plan.yml", data), sshsig.parse(signatures, "plan.yml.sig"))
    return examine(item, keyring).signers


def _agent_key(engineer: str, keyring: Keyring) -> PublicKey:
    """A key of the engineer that the SSH agent holds."""
    for key in agent_keys():
        holder = keyring.holders.get(fingerprint(key))
        if holder and holder.person == engineer:
            return key
    raise InputError(
        f"no key of {engineer} to sign the plan with",
        hint="give it with --key KEY, or add it to your SSH agent: ssh-add KEY",
    )
