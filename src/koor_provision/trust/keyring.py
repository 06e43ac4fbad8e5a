"""Whose key is whose. Built once from proven documents; asked for every signature."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from koor_provision.models.base import Fingerprint, PersonId
from koor_provision.models.documents import NAMESPACE_SUFFIX

CUSTOMER_NAMESPACES = frozenset(kind + NAMESPACE_SUFFIX for kind in ("agreement", "acceptance", "targets", "plan"))


class Holder(NamedTuple):
    """Who a key belongs to, and for which kinds of documents it may sign."""

    person: PersonId
    namespaces: frozenset[str]


@dataclass(frozen=True)
class Keyring:
    """Keys that may sign, and to say why they do not count, those that were revoked or whose holder may not sign today.

    Attributes:
        barred: keys of our own people that do not count, and the reason.
    """

    holders: Mapping[Fingerprint, Holder] = field(default_factory=dict)
    revoked: frozenset[Fingerprint] = frozenset()
    barred: Mapping[Fingerprint, str] = field(default_factory=dict)

    def with_customer(self, keys: Mapping[Fingerprint, PersonId]) -> "Keyring":
        """This keyring and the keys of a customer's persons, who sign what is the customer's to sign.

        A key that is one of ours already stays ours: nobody becomes the customer by being named in an agreement.
        """
        theirs = {key: Holder(person, CUSTOMER_NAMESPACES) for key, person in keys.items()}
        return Keyring({**theirs, **self.holders}, self.revoked, self.barred)
