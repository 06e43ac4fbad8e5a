"""Holds a company's folder against what this machine remembers: the CTO's pinned key, and the versions seen before."""

from collections.abc import Mapping

from koor_provision.errors import RefusedError
from koor_provision.load.documents import Unverified
from koor_provision.models.base import Fingerprint, Sha256
from koor_provision.models.documents import Document
from koor_provision.models.remembered import Seen, detached, regress
from koor_provision.models.software import ApprovedSoftware
from koor_provision.models.staff import AllowedSigners
from koor_provision.trust.verify import verify

SIGNERS = "allowed_signers"


def must_be_pinned(signers: Unverified[Document], pins: frozenset[Fingerprint]) -> None:
    """The allowed signers are signed with a pinned key, whatever the company's own documents say about that key.

    Raises:
        RefusedError: they are not: this is not the company that this machine trusts, or its CTO has a new key.
    """
    if not signed_with(signers) & pins:
        raise RefusedError(
            f"not signed with the CTO's key that this machine trusts ({', '.join(sorted(pins)) or 'none'})",
            where=signers.content.name,
            hint="somebody may have replaced the company's folder: get it anew from where it is kept. If the CTO has a "
            "new key, they sign allowed_signers with the old and the new one; then run: koor-provision trust DIR",
        )


def must_not_be_revoked(
    signers: Unverified[Document], pins: frozenset[Fingerprint], revoked: frozenset[Fingerprint]
) -> None:
    """A pinned key that signed is still good.

    Raises:
        RefusedError: all of them are revoked.
    """
    if not (signed_with(signers) & pins) - revoked:
        raise RefusedError(
            f"the CTO's key that this machine trusts is revoked ({', '.join(sorted(pins & revoked))})",
            where="company/revocations.yml",
            hint="ask the CTO, in person or by phone, for the fingerprint of their new key; then run: "
            "koor-provision trust DIR --replace",
        )


def signed_with(signers: Unverified[Document]) -> frozenset[Fingerprint]:
    """The keys that signed a document, whoever holds them."""
    namespace = signers.document.namespace()
    return frozenset(claim.fingerprint for claim in signers.claims if verify(signers.content.data, claim, namespace))


def must_follow(versions: Mapping[str, Seen], before: Mapping[str, Seen], previous: Sha256 | None) -> None:
    """No document is older than, or differs from, the one of its kind that was seen before.

    Args:
        versions: what lies in the folder, by kind.
        before: what was seen.
        previous: the predecessor that the approved list names.

    Raises:
        RefusedError: one is; the reason says which and how.
    """
    for kind, present in versions.items():
        reason = regress(present, before.get(kind))
        if not reason and kind == ApprovedSoftware.KIND:
            reason = detached(present, previous, before.get(kind))
        if reason:
            raise RefusedError(
                reason,
                where=f"company/{SIGNERS if kind == AllowedSigners.KIND else kind.replace('-', '_') + '.yml'}",
                hint="somebody may have put an older or another one back: get the present one from where the company's "
                "documents are kept. A document that was changed is given the next version before it is signed",
            )
