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
    """Keys that may sign. A revoked key is in nobody's name any more, but remembered to say why it does not count."""

    holders: Mapping[Fingerprint, Holder] = field(default_factory=dict)
    revoked: frozenset[Fingerprint] = frozenset()

    def with_customer(self, keys: Mapping[Fingerprint, PersonId]) -> "Keyring":
        """This keyring and the keys of a customer's persons, who sign what is the customer's to sign.

        A key that is one of ours already stays ours: nobody becomes the customer by being named in an agreement.
        """
        theirs = {key: Holder(person, CUSTOMER_NAMESPACES) for key, person in keys.items()}
        return Keyring({**theirs, **self.holders}, self.revoked)
