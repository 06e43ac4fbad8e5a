"""What this machine knows before it reads a company's folder: whose key everything rests on, and what it saw before."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from koor_provision.models.base import Count, Fingerprint, Model, Reference, Sha256


class Seen(Model):
    """One version of a document."""

    version: Count
    sha256: Sha256


@dataclass(frozen=True)
class Remembered:
    """Kept outside every checkout and case (see the room `memory`).

    Attributes:
        pins: fingerprints of the CTO's keys, as somebody compared them with the CTO.
        documents: the highest version seen of each company document, by its kind.
        agreements: the highest version seen of each customer's agreement, by `customer_mark`.
        salt: of the customers' marks.
    """

    pins: frozenset[Fingerprint]
    documents: Mapping[str, Seen] = field(default_factory=dict)
    agreements: Mapping[str, Seen] = field(default_factory=dict)
    salt: str = ""

    def customer_mark(self, customer: Reference) -> Sha256:
        """What stands for a customer, whose number is to be in no file of ours (R11)."""
        return hashlib.sha256(f"{self.salt}:{customer}".encode()).hexdigest()

    def agreement(self, customer: Reference) -> Seen | None:
        """The agreement that was seen of a customer; None if none was."""
        return self.agreements.get(self.customer_mark(customer))


def regress(present: Seen, before: Seen | None) -> str | None:
    """Why a document may not take the place of the one that was seen before; None if it may."""
    if before is None or present == before:
        return None
    if present.version < before.version:
        return f"version {present.version} is older than version {before.version}, which was seen here before"
    if present.version == before.version:
        return (
            f"there are two different documents of version {present.version}: this one has the digest "
            f"{present.sha256[:12]}..., the one seen here before {before.sha256[:12]}..."
        )
    return None


def detached(present: Seen, previous: Sha256 | None, before: Seen | None) -> str | None:
    """Why a document that names its predecessor does not follow the one that was seen before; None if it does.

    Where a version in between was never seen here, nothing can be compared.
    """
    if before is None or present.version != before.version + 1 or previous == before.sha256:
        return None
    named = f"{previous[:12]}..." if previous else "none"
    return (
        f"version {present.version} names {named} as the digest of its predecessor, "
        f"but version {before.version} as it was seen here has {before.sha256[:12]}..."
    )
