"""The keys of a customer's persons, as their agreement names them: they can never be one of us."""

from koor_provision.errors import InputError
from koor_provision.models.agreement import Agreement, CustomerPerson
from koor_provision.models.base import Fingerprint, PersonId
from koor_provision.models.staff import Staff
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.keys import fingerprint


def with_customer_keys(keyring: Keyring, agreement: Agreement, staff: Staff, name: str) -> Keyring:
    """The keyring with the keys that the agreement names.

    Args:
        staff: everybody in it is one of us, also who has left or has no key: a customer who could take such an id
            would sign in our name.
        name: of the agreement's file, for messages.

    Raises:
        InputError: a key or a person stands for two, or is one of ours.
    """
    _described_once(agreement, name)
    our_keys = {*keyring.holders, *(key for entry in staff.persons for key in entry.keys)}
    holders: dict[Fingerprint, PersonId] = {}
    for person in agreement.persons():
        if staff.find(person.id):
            raise InputError(
                f"'{person.id}' is the id of one of our own people",
                where=name,
                hint="give the customer's persons ids of their own",
            )
        if person.key is None:
            continue
        mark = _fingerprint(person, name)
        if mark in our_keys:
            raise InputError(
                f"the key of '{person.id}' belongs to one of our own people",
                where=name,
                hint="the customer signs with a key of their own",
            )
        if holders.setdefault(mark, person.id) != person.id:
            raise InputError(f"'{person.id}' and '{holders[mark]}' share a key", where=name, hint="one key a person")
    return keyring.with_customer(holders)


def _described_once(agreement: Agreement, name: str) -> None:
    for group in (agreement.authorised_persons, agreement.responsible_for_it):
        if len({person.id for person in group}) != len(group):
            raise InputError("a person is named twice in one list", where=name, hint="name each once")
    addresses = [person.email.lower() for person in agreement.persons()]
    if len(set(addresses)) != len(addresses):
        raise InputError("two persons share a mail address", where=name, hint="one address a person: their mails count")
    authorised = {person.id: person for person in agreement.authorised_persons}
    for person in agreement.responsible_for_it:
        if authorised.get(person.id, person) != person:
            raise InputError(
                f"'{person.id}' is described in two different ways",
                where=name,
                hint="use one name, address and key for one person",
            )


def _fingerprint(person: CustomerPerson, name: str) -> Fingerprint:
    try:
        return fingerprint(person.key or "")
    except ValueError as error:
        raise InputError(
            f"the key of '{person.id}' is damaged, too short or of a kind that may not sign",
            where=name,
            hint="copy type and base64 from their .pub file, without comment; ssh-keygen -t ed25519 makes a good one",
        ) from error
