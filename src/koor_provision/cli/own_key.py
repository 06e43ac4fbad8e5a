"""The engineer's own key, ready before anybody is asked anything: nobody signs a form with somebody else's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koor_provision.cli.plan_signing import engineer_key
from koor_provision.errors import InputError, RefusedError
from koor_provision.models.base import PersonId
from koor_provision.models.staff import Staff
from koor_provision.models.text import shown
from koor_provision.private.memory import private_directory
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.keys import fingerprint
from koor_provision.trust.signer import Signer, signer
from koor_provision.trust.signing import unsafe


@contextmanager
def own_signer(
    engineer: PersonId, key: Path | None, keyring: Keyring, staff: Staff, namespace: str
) -> Iterator[Signer]:
    """Have a key ready that is the engineer's, and may sign this kind of document. A passphrase is asked for here.

    Raises:
        InputError: the engineer is unknown, or the key cannot be used.
        RefusedError: the key is somebody else's, or may not sign this.
    """
    if staff.find(engineer) is None:
        raise InputError(
            f"unknown engineer: {shown(engineer)}", where="--as", hint="name somebody of company/staff.yml"
        )
    with private_directory() as private, signer(engineer_key(engineer, key, keyring), private) as ready:
        try:
            mark = fingerprint(ready.public)
        except ValueError as error:
            raise unsafe("--key") from error
        holder = keyring.holders.get(mark)
        if mark in keyring.revoked:
            problem = f"the key {mark} is revoked"
        elif holder is None:
            problem = keyring.barred.get(mark) or f"nobody known holds the key {mark}"
        elif holder.person != engineer:
            problem = f"this is {holder.person}'s key, and {engineer} signs here"
        elif namespace not in holder.namespaces:
            problem = f"{engineer} may not sign this: {namespace} is not among the namespaces of this key"
        else:
            yield ready
            return
        raise RefusedError(problem, where="--key", hint="give the engineer's own key, or say who it is: --as ENGINEER")
