"""From a file to a signed document: bytes, model, digest, and the signatures that count."""

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from koor_provision.errors import InputError
from koor_provision.load.files import Content, lies, read
from koor_provision.load.mistakes import place, problem
from koor_provision.load.places import lines_of
from koor_provision.load.strict_yaml import parse
from koor_provision.models.documents import Document, Signed
from koor_provision.trust import sshsig
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.verify import verify

M = TypeVar("M", bound=BaseModel)
D = TypeVar("D", bound=Document)
D_co = TypeVar("D_co", bound=Document, covariant=True)

_SHOWN = 5
"""So many mistakes are told at once; a person mends no more before they look again."""


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
        raise _in_words(content, error) from error


def _in_words(content: Content, error: ValidationError) -> InputError:
    """The first five mistakes, each with the line that it stands in, and how many more there are."""
    items = error.errors(include_url=False)
    told = items[:_SHOWN]
    lines = lines_of(content.data, [item["loc"] for item in told])  # at once: each look reads the whole document
    first = lines[0]
    places = [
        ": ".join(filter(None, (place(item["loc"]) + _line(line, first), problem(item))))
        for item, line in zip(told, lines, strict=True)
    ]
    if len(items) > _SHOWN:
        places.append(f"and {len(items) - _SHOWN} more")
    return InputError(
        "; ".join(places),
        where=f"{content.name}, line {first}" if first else content.name,
        hint="see `koor-provision sample DIR` for the format",
    )


def _line(line: int | None, first: int | None) -> str:
    return f" (line {line})" if line and line != first else ""


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
    unsigned = may_be_unsigned and not lies(folder / f"{file}.sig", f"{name}.sig")
    return Unverified(to_model(content, model), content, () if unsigned else load_claims(folder, file, name))


def load_optional(folder: Path, file: str, model: type[D], *, name: str = "") -> Unverified[D] | None:
    """Read a document that need not be there; None if it is not.

    Raises:
        InputError: it is there and is malformed, or its signature file is missing or malformed.
    """
    return load(folder, file, model, name=name) if lies(folder / file, name or file) else None


def load_claims(folder: Path, file: str, name: str) -> tuple[sshsig.Claim, ...]:
    """The signatures beside a file.

    Raises:
        InputError: the file is unsigned, or the signature file is malformed.
    """
    hint = f"the document is unsigned; whoever answers for it runs: koor-provision sign {name} --key KEY"
    signature = read(folder / f"{file}.sig", f"{name}.sig", limit=sshsig.MAX_SIGNATURE_BYTES, hint=hint)
    return sshsig.parse(signature.data, signature.name)


def examine(item: Unverified[D], keyring: Keyring) -> Signed[D]:
    """Verify every signature that could count: the document with the persons who signed it, and why others do not."""
    wanted = item.document.namespace()
    signers, rejected = set(), []
    for claim in item.claims:
        holder = keyring.holders.get(claim.fingerprint)
        if claim.fingerprint in keyring.revoked:
            rejected.append(f"the key {claim.fingerprint} is revoked")
        elif holder is None:
            rejected.append(keyring.barred.get(claim.fingerprint) or f"nobody known holds the key {claim.fingerprint}")
        elif claim.namespace != wanted:
            rejected.append(f"the signature of {holder.person} is for '{claim.namespace}', not for '{wanted}'")
        elif wanted not in holder.namespaces:
            rejected.append(f"{holder.person} may not sign documents of kind '{item.document.kind}'")
        elif verify(item.content.data, claim, wanted):
            signers.add(holder.person)
        else:
            rejected.append(f"the document was changed after {holder.person} signed it")
    content = item.content
    text = content.data.decode("utf-8", errors="replace")
    return Signed(item.document, content.name, content.sha256, frozenset(signers), tuple(rejected), text)
