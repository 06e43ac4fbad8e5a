"""From a file to a signed document: bytes, model, digest, and the signatures that count."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from koor_provision.errors import InputError
from koor_provision.load.files import Content, read
from koor_provision.load.strict_yaml import parse
from koor_provision.models.base import PersonId
from koor_provision.models.documents import Document, Signed
from koor_provision.trust import sshsig
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.openssh import Check

M = TypeVar("M", bound=BaseModel)
D = TypeVar("D", bound=Document)
D_co = TypeVar("D_co", bound=Document, covariant=True)


def to_model(content: Content, model: type[M]) -> M:
    """Parse and validate.

    Raises:
        InputError: every mistake, with its place in the file.
    """
    tree = parse(content.data, content.name)
    if not isinstance(tree, dict):
        raise InputError(
            "must be a mapping of keys and values",
            where=content.name,
            hint="see `koor-provision sample DIR` for the format",
        )
    expected = getattr(model, "KIND", None)
    if expected and tree.get("kind") != expected:
        raise InputError(
            f"is not a document of kind '{expected}'",
            where=f"{content.name}, kind",
            hint=f"begin it with `kind: {expected}`",
        )
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        problems = [
            (".".join(str(part) for part in item["loc"]), _in_words(item["msg"]))
            for item in error.errors(include_input=False, include_url=False)
        ]
        places = "; ".join(f"{place}: {problem}" for place, problem in problems[:5])
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""  # noqa: PLR2004
        raise InputError(
            f"{places}{more}", where=content.name, hint="see `koor-provision sample DIR` for the format"
        ) from error


def _in_words(message: str) -> str:
    known = {"Extra inputs are not permitted": "no such field", "Field required": "is missing"}
    return known.get(message, message.removeprefix("Value error, "))


@dataclass(frozen=True)
class Unverified(Generic[D_co]):
    """A document that was parsed, and the signatures that lie beside it, not yet judged."""

    document: D_co
    content: Content
    claims: tuple[sshsig.Claim, ...]


def load(folder: Path, file: str, model: type[D], *, name: str = "", may_be_unsigned: bool = False) -> Unverified[D]:
    """Read a document and its signature file.

    Raises:
        InputError: either is missing or malformed.
    """
    name = name or file
    content = read(folder / file, name)
    unsigned = may_be_unsigned and not os.path.lexists(folder / f"{file}.sig")
    return Unverified(to_model(content, model), content, () if unsigned else load_claims(folder, file, name))


def load_claims(folder: Path, file: str, name: str) -> tuple[sshsig.Claim, ...]:
    """The signatures beside a file.

    Raises:
        InputError: the file is unsigned, or the signature file is malformed.
    """
    hint = f"the document is unsigned; whoever answers for it runs: koor-provision sign {name} --key KEY"
    signature = read(folder / f"{file}.sig", f"{name}.sig", limit=sshsig.MAX_SIGNATURE_BYTES, hint=hint)
    return sshsig.parse(signature.data, signature.name)


@dataclass(frozen=True)
class Examination(Generic[D_co]):
    """The signatures of a document, while OpenSSH is at work on them."""

    item: Unverified[D_co]
    checks: tuple[tuple[PersonId, Check], ...]
    rejected: tuple[str, ...]

    def result(self) -> Signed[D_co]:
        """Wait for OpenSSH: the document with the persons who signed it, and why other signatures do not count."""
        answers = [(person, check.passed()) for person, check in self.checks]
        changed = [f"the document was changed after {person} signed it" for person, good in answers if not good]
        content = self.item.content
        return Signed(
            self.item.document,
            content.name,
            content.sha256,
            frozenset(person for person, good in answers if good),
            (*self.rejected, *changed),
        )


def examine(item: Unverified[D], keyring: Keyring) -> Examination[D]:
    """Set OpenSSH to work on every signature that could count."""
    wanted = item.document.namespace()
    checks, rejected = [], []
    for claim in item.claims:
        holder = keyring.holders.get(claim.fingerprint)
        if claim.fingerprint in keyring.revoked:
            rejected.append(f"the key {claim.fingerprint} is revoked")
        elif holder is None:
            rejected.append(f"nobody known holds the key {claim.fingerprint}")
        elif claim.namespace != wanted:
            rejected.append(f"the signature of {holder.person} is for '{claim.namespace}', not for '{wanted}'")
        elif wanted not in holder.namespaces:
            rejected.append(f"{holder.person} may not sign documents of kind '{item.document.kind}'")
        else:
            checks.append((holder.person, Check(item.content.data, claim, wanted)))
    return Examination(item, tuple(checks), tuple(rejected))


def judge_signatures(
    documents: Sequence[Unverified[Document]], keyring: Keyring
) -> list[tuple[frozenset[PersonId], tuple[str, ...]]]:
    """Which persons signed each document, and why other signatures do not count. Asks OpenSSH about all at once."""
    results = [one.result() for one in [examine(item, keyring) for item in documents]]
    return [(result.signers, result.rejected) for result in results]
