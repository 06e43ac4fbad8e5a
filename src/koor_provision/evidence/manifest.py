"""What a bundle says of itself: which run it is of, how that ended, and each of its files.

`manifest.json` lists every other file; `SHA256SUMS` lists these and the manifest, in the form that `sha256sum --check`
reads; `SHA256SUMS.sig` is the engineer's signature over that. So two programs that every system has prove the whole.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision import __version__
from koor_provision.models.base import Line, Model, Moment, PersonId, Sha256
from koor_provision.models.documents import NAMESPACE_SUFFIX
from koor_provision.models.evidence import Record, Result
from koor_provision.models.plan import PlanId

MANIFEST, SUMS, SIGNATURE = "manifest.json", "SHA256SUMS", "SHA256SUMS.sig"
NAMESPACE = "evidence" + NAMESPACE_SUFFIX

Number = Annotated[int, Field(ge=0, strict=True)]


class Entry(Model):
    """One file; `size` in bytes."""

    size: Number
    sha256: Sha256


class Manifest(Model):
    """The run that a bundle is of.

    Attributes:
        tool: what wrote it, with its version.
        plan_sha256: digest of `plan.yml`.
        content_sha256: digest of the playbooks, roles and modules that ran.
        events: how many.
        checks: how many tests of the verification had which result.
        troubles: how many reasons there are not to rely on the events.
        out_of_scope: how many changes nobody answers for; None where the server was not audited.
    """

    KIND: ClassVar[str] = "evidence"
    kind: Literal["evidence"]
    tool: Line
    plan: PlanId
    plan_sha256: Sha256
    content_sha256: Sha256
    engineer: PersonId
    result: Result
    started: Moment
    finished: Moment
    events: Number
    checks: dict[str, Number]
    troubles: Number
    out_of_scope: Number | None
    files: dict[str, Entry]

    def written(self) -> bytes:
        """The one way to write it."""
        return (json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True) + "\n").encode("ascii")


def entries(files: Mapping[str, bytes]) -> dict[str, Entry]:
    """Size and digest of each file."""
    return {name: Entry(size=len(data), sha256=hashlib.sha256(data).hexdigest()) for name, data in files.items()}


def manifest(record: Record, files: Mapping[str, bytes]) -> Manifest:
    """The manifest of a run and the files about it, `plan.yml` among them."""
    plan, listed = record.proposal.plan, entries(files)
    return Manifest(
        kind="evidence",
        tool=f"koor-provision {__version__}",
        plan=plan.plan,
        plan_sha256=listed["plan.yml"].sha256,
        content_sha256=plan.content_sha256,
        engineer=plan.engineer,
        result=record.result,
        started=record.started,
        finished=record.finished,
        events=len(record.events),
        checks=dict(Counter(check.result for check in record.checks)),
        troubles=len(record.troubles),
        out_of_scope=None if record.audit is None else len(record.audit.out_of_scope),
        files=listed,
    )


def sums(files: Mapping[str, bytes]) -> bytes:
    """What `sha256sum --check` reads."""
    return "".join(f"{entry.sha256}  {name}\n" for name, entry in sorted(entries(files).items())).encode("ascii")
