"""Checking a bundle, offline: from the signature down to every file, then whether all of it is about one run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from koor_provision.errors import InputError
from koor_provision.evidence.coherence import cohere
from koor_provision.evidence.manifest import MANIFEST, NAMESPACE, SIGNATURE, SUMS, Manifest, entries, sums
from koor_provision.evidence.reading import fails
from koor_provision.load.files import MAX_PLAN_BYTES
from koor_provision.load.plan import parse_plan
from koor_provision.models.base import Fingerprint, Sha256
from koor_provision.models.plan import Plan
from koor_provision.trust import sshsig
from koor_provision.trust.verify import verify

REQUIRED = ("plan.yml", "plan.yml.sig", "decision.json", "events.jsonl", "report.html")
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._-]+)", re.ASCII)


@dataclass(frozen=True)
class Checked:
    """A bundle that holds by itself. Whose the keys are is another question.

    Attributes:
        sha256: digest of the sums, as the receipt in the ledger has it.
        key: signed the bundle, and the plan too.
        plan_keys: all that signed the plan.
    """

    manifest: Manifest
    plan: Plan
    sha256: Sha256
    key: Fingerprint
    plan_keys: tuple[Fingerprint, ...]


def check(files: Mapping[str, bytes]) -> Checked:
    """Check everything that can be checked without knowing anybody.

    Raises:
        RunError: the first thing that does not hold.
    """
    for name in (SUMS, SIGNATURE):
        if name not in files:
            raise fails(name, "is missing", _UNSIGNED if name == SIGNATURE else "")
    (key,) = _keys(files, SUMS, NAMESPACE, most=1)
    return _unsigned(files, key)


def must_be_whole(files: Mapping[str, bytes], key: Fingerprint) -> Manifest:
    """Check a bundle that is about to be signed with a key: all but the signature.

    Raises:
        RunError: the first thing that does not hold.
    """
    return _unsigned(files, key).manifest


_UNSIGNED = "nobody signed it; the engineer of the run does: koor-provision sign BUNDLE/SHA256SUMS --key KEY"


def _unsigned(files: Mapping[str, bytes], key: Fingerprint) -> Checked:
    listed = {name: data for name, data in files.items() if name not in {SUMS, SIGNATURE}}
    _digests(files[SUMS], listed)
    manifest = _manifest(listed)
    for name in REQUIRED:
        if name not in listed:
            raise fails(name, "is missing")
    plan = _plan(listed["plan.yml"])
    plan_keys = _keys(listed, "plan.yml", Plan.namespace(), most=sshsig.MAX_SIGNATURES)
    if key not in plan_keys:
        raise fails(SIGNATURE, f"is by the key {key}, which did not sign the plan")
    cohere(manifest, plan, listed)
    return Checked(manifest, plan, entries({SUMS: files[SUMS]})[SUMS].sha256, key, plan_keys)


def _keys(files: Mapping[str, bytes], name: str, namespace: str, most: int) -> tuple[Fingerprint, ...]:
    """The keys of all signatures beside a file; each must hold, and be written in the one way."""
    beside = f"{name}.sig"
    try:
        claims = sshsig.parse(files[beside], beside)
    except InputError as error:
        raise fails(beside, error.message) from error
    if b"".join(claim.block for claim in claims) != files[beside] or len(claims) > most:
        raise fails(beside, "is not written as OpenSSH writes it")
    for claim in claims:
        if claim.namespace != namespace:
            raise fails(beside, f"is a signature for '{claim.namespace}', not for '{namespace}'")
        if not verify(files[name], claim, namespace):
            raise fails(name, f"is not what the key {claim.fingerprint} signed: it or the signature was changed")
    return tuple(dict.fromkeys(claim.fingerprint for claim in claims))


def _digests(data: bytes, files: Mapping[str, bytes]) -> None:
    lines = map(_LINE.fullmatch, data.decode("ascii", errors="replace").split("\n"))
    wanted = {match[2]: match[1] for match in lines if match}
    present = {name: entry.sha256 for name, entry in entries(files).items()}
    for name in sorted({*wanted, *present}):
        if name not in present:
            raise fails(name, "is missing")
        if name not in wanted:
            raise fails(name, "does not belong to the bundle: it is not listed in SHA256SUMS")
        if present[name] != wanted[name]:
            raise fails(name, "was changed after the bundle was signed: its SHA-256 is not the one in SHA256SUMS")
    if sums(files) != data:
        raise fails(SUMS, "is not written as koor-provision writes it")


def _manifest(files: Mapping[str, bytes]) -> Manifest:
    if MANIFEST not in files:
        raise fails(MANIFEST, "is missing")
    try:
        manifest = Manifest.model_validate_json(files[MANIFEST])
        if manifest.written() != files[MANIFEST]:
            raise ValueError
    except (ValidationError, ValueError) as error:
        raise fails(MANIFEST, "is not a manifest as koor-provision writes it") from error
    present = entries({name: data for name, data in files.items() if name != MANIFEST})
    for name in sorted({*manifest.files, *present}):
        if manifest.files.get(name) != present.get(name):
            raise fails(MANIFEST, f"says something else of {name} than SHA256SUMS")
    return manifest


def _plan(data: bytes) -> Plan:
    if len(data) > MAX_PLAN_BYTES:
        raise fails("plan.yml", "is larger than any plan")
    try:
        return parse_plan(data, "plan.yml")
    except InputError as error:
        raise fails(error.where, error.message) from error
