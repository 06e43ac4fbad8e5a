"""Whose keys signed a bundle, by a company's allowed signers. The customer's own people stand in no such file."""

from typing import NamedTuple

from koor_provision.evidence.check import Checked
from koor_provision.evidence.manifest import NAMESPACE, SIGNATURE
from koor_provision.evidence.reading import fails
from koor_provision.models.base import Fingerprint, PersonId
from koor_provision.models.plan import Plan
from koor_provision.trust.keyring import Keyring


class Signature(NamedTuple):
    """One signature of a bundle; `person` is None where nobody here is known to hold the key."""

    file: str
    key: Fingerprint
    person: PersonId | None


def signatures(checked: Checked, keyring: Keyring | None) -> tuple[Signature, ...]:
    """Who signed what. With a company's keys, the engineer of the run must have signed the evidence and the plan.

    Args:
        keyring: the company's, as far as it says whose key is whose; None where none was named.

    Raises:
        RunError: the first signature that does not count.
    """
    made = [
        (SIGNATURE, checked.key, NAMESPACE),
        *(("plan.yml.sig", key, Plan.namespace()) for key in checked.plan_keys),
    ]
    if keyring is None:
        return tuple(Signature(file, key, None) for file, key, _ in made)
    for file, key, namespace in made:
        if key in keyring.revoked:
            raise fails(file, f"the key {key} is revoked")
        holder = keyring.holders.get(key)
        if holder and namespace not in holder.namespaces:
            raise fails(file, f"{holder.person} may not sign in the namespace {namespace}")
    _must_be_the_engineers(checked, keyring)
    return tuple(Signature(file, key, _person(keyring, key)) for file, key, _ in made)


def _must_be_the_engineers(checked: Checked, keyring: Keyring) -> None:
    engineer, person = checked.plan.engineer, _person(keyring, checked.key)
    if person is None:
        raise fails(SIGNATURE, f"nobody in the company's allowed_signers holds the key {checked.key}")
    if person != engineer:
        raise fails(SIGNATURE, f"is {person}'s, and the engineer of this run is {engineer}")


def _person(keyring: Keyring, key: Fingerprint) -> PersonId | None:
    holder = keyring.holders.get(key)
    return holder.person if holder else None
