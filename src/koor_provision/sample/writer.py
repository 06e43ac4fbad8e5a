"""Fills the sample's templates, and signs what comes out."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from koor_provision.models.documents import NAMESPACE_SUFFIX
from koor_provision.sample.draft import fill
from koor_provision.trust.signing import sign


@dataclass
class Writer:
    """Fills templates and signs what comes out."""

    root: Path
    values: dict[str, str] = field(default_factory=dict)

    def document(self, template: str, file: Path, signers: Iterable[str], kind: str = "") -> str:
        """Write one document and its signatures; returns its digest."""
        return self.text(self.filled(template), file, signers, kind or file.stem.replace("_", "-"))

    def filled(self, template: str) -> str:
        """A template with its values."""
        return fill(template, self.values)

    def text(self, text: str, file: Path, signers: Iterable[str], kind: str) -> str:
        """Write a text and its signatures; returns its digest."""
        data = text.encode()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        blocks = [sign(data, self.root / "keys" / person, kind + NAMESPACE_SUFFIX) for person in signers]
        if blocks:
            file.with_name(file.name + ".sig").write_bytes(b"".join(blocks))
        return hashlib.sha256(data).hexdigest()
