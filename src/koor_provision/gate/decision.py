"""What the gate decides. Nobody else can make these: a step that was skipped has no value to go on with."""

from dataclasses import InitVar, dataclass
from typing import Final

from koor_provision.models.case import Case, ImageCase, ImageProposal, Proposal
from koor_provision.models.finding import Finding

_GATE: Final = object()
"""The gate's stamp. Only the functions of `gate.judge` pass it."""


@dataclass(frozen=True)
class _Stamped:
    stamp: InitVar[object]  # not kept: nobody takes it off one decision to put it on another

    def __post_init__(self, stamp: object) -> None:
        if stamp is not _GATE:
            raise TypeError("only the gate makes decisions: use gate.judge")


@dataclass(frozen=True)
class Admitted(_Stamped):
    """The order may be planned."""

    case: Case
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Authorised(_Stamped):
    """The plan may run: on its server, until it expires, once."""

    admitted: Admitted
    proposal: Proposal
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Refused:
    """The answer is no, with every reason."""

    case: Case
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that refuse."""
        return tuple(finding for finding in self.findings if finding.verdict.blocks)


@dataclass(frozen=True)
class AdmittedImage(_Stamped):
    """An image of this may be planned."""

    case: ImageCase
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class AuthorisedImage(_Stamped):
    """The plan may run, in the container that it was made on and that the image comes from."""

    admitted: AdmittedImage
    proposal: ImageProposal
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class RefusedImage:
    """No such image is built, with every reason."""

    case: ImageCase
    findings: tuple[Finding, ...]
