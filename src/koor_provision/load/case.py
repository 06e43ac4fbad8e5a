"""A customer's case: a folder with agreement, offer, acceptance, confirmation and targets, each with its signatures."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.documents import as_signed, judge_signatures, load
from koor_provision.models.agreement import Agreement
from koor_provision.models.case import Case, Company
from koor_provision.models.order import Acceptance, Confirmation, Offer, Targets
from koor_provision.models.scope import Scope
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.sshsig import fingerprint

AGREEMENT, OFFER, ACCEPTANCE, CONFIRMATION, TARGETS = (
    "agreement.yml",
    "offer.yml",
    "acceptance.yml",
    "confirmation.yml",
    "targets.yml",
)


def load_case(
    folder: Path,
    company: Company,
    keyring: Keyring,
    scopes: Mapping[str, Scope],
    *,
    engineer: str | None,
    now: datetime,
) -> tuple[Case, Keyring]:
    """Load a case and judge its signatures.

    Args:
        engineer: who does it; by default the one whom the order confirmation names.

    Returns:
        the case, and the keyring with the customer's keys (a plan is signed later).

    Raises:
        InputError: a document is missing, malformed or unsigned.
    """
    if not folder.is_dir():
        raise InputError(
            "no such folder",
            where=str(folder),
            hint="name a case folder; `koor-provision sample DIR` makes one to look at",
        )
    agreement = load(folder, AGREEMENT, Agreement)
    offer = load(folder, OFFER, Offer)
    acceptance = load(folder, ACCEPTANCE, Acceptance)
    confirmation = load(folder, CONFIRMATION, Confirmation)
    targets = load(folder, TARGETS, Targets)
    documents = [agreement, offer, acceptance, confirmation, targets]

    customers = with_customer_keys(keyring, agreement.document, agreement.content.name)
    judged = judge_signatures(documents, customers)
    case = Case(
        name=folder.resolve().name,
        agreement=as_signed(agreement, judged[0]),
        offer=as_signed(offer, judged[1]),
        acceptance=as_signed(acceptance, judged[2]),
        confirmation=as_signed(confirmation, judged[3]),
        targets=as_signed(targets, judged[4]),
        company=company,
        scopes=scopes,
        engineer=engineer or confirmation.document.engineer,
        now=now,
        inputs={**{document.content.name: document.content.sha256 for document in documents}, **company.inputs},
    )
    return case, customers


def with_customer_keys(keyring: Keyring, agreement: Agreement, name: str) -> Keyring:
    """The keyring with the keys that the agreement names.

    Raises:
        InputError: a key or a person stands for two, or is one of ours.
    """
    keys: dict[str, str] = {}
    ours = {holder.person for holder in keyring.holders.values()}
    for person in agreement.persons():
        if person.id in ours:
            raise InputError(
                f"'{person.id}' is the id of one of our own people",
                where=name,
                hint="give the customer's persons ids of their own",
            )
        if person.key is None:
            continue
        try:
            mark = fingerprint(person.key)
        except ValueError as error:
            raise InputError(
                f"the key of '{person.id}' is damaged",
                where=name,
                hint="copy it from their .pub file: type and base64, without comment",
            ) from error
        if mark in keyring.holders:
            raise InputError(
                f"the key of '{person.id}' belongs to one of our own people",
                where=name,
                hint="the customer signs with a key of their own",
            )
        if keys.setdefault(person.key, person.id) != person.id:
            raise InputError(f"'{person.id}' and '{keys[person.key]}' share a key", where=name, hint="one key a person")
    for group in (agreement.authorised_persons, agreement.responsible_for_it):
        if len({person.id for person in group}) != len(group):
            raise InputError("a person is named twice in one list", where=name, hint="name each once")
    both = {person.id: person for person in agreement.authorised_persons}
    for person in agreement.responsible_for_it:
        if both.get(person.id, person) != person:
            raise InputError(
                f"'{person.id}' is described in two different ways",
                where=name,
                hint="use one name, address and key for one person",
            )
    return keyring.with_customer(keys, {key: fingerprint(key) for key in keys})
