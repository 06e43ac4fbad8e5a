"""What all documents have in common, and a document together with who signed it."""

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from koor_provision.models.base import Count, Day, Model, PersonId, Sha256

NAMESPACE_SUFFIX = "@koor-provision"


class Document(Model):
    """A YAML file that people sign. Its kind is also the namespace of its signatures."""

    KIND: ClassVar[str]
    kind: str

    @classmethod
    def namespace(cls) -> str:
        """The OpenSSH signature namespace: one for each kind, so no signature serves for another document."""
        return cls.KIND + NAMESPACE_SUFFIX


class CompanyDocument(Document):
    """A document of ours: its version only grows, and it expires."""

    version: Count
    issued: Day
    expires: Day


D_co = TypeVar("D_co", bound=Document, covariant=True)


@dataclass(frozen=True)
class Signed(Generic[D_co]):
    """A document as it was read: parsed from exactly the bytes whose digest and signers stand here.

    Attributes:
        file: its name as the user knows it, relative to the case or company folder.
        sha256: digest of the file's bytes (what `sha256sum` prints).
        signers: persons whose signature over these bytes verified, in the namespace of this kind.
        rejected: why each other signature beside the file does not count.
        text: as it stands there, with comments.
    """

    content: D_co
    file: str
    sha256: Sha256
    signers: frozenset[PersonId]
    rejected: tuple[str, ...] = ()
    text: str = ""
