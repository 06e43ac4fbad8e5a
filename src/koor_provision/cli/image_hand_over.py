"""What a build leaves in its folder: the files for each hypervisor, and everything that says what they are."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from koor_provision import __version__
from koor_provision.gate.decision import AuthorisedImage
from koor_provision.images.archives import sha256
from koor_provision.images.bill import bill
from koor_provision.images.containers import Container
from koor_provision.images.descriptors.machine import Machine
from koor_provision.images.inventory import Installed, Lock
from koor_provision.images.layout import Layout
from koor_provision.images.names import AGAIN, BILL, DISK, LOCK, NAMESPACE, NOTES, RECORD, SIGNATURE, SPEC, SUMS
from koor_provision.images.record import SYSTEMS, contents_of
from koor_provision.images.release import FORMATS, Format, Pressing, file_of, press
from koor_provision.images.texts import configuration, reproducing
from koor_provision.images.vmdk import GRAIN_BYTES, filled_blocks
from koor_provision.models.image import ImageSpec
from koor_provision.models.text import shown
from koor_provision.rules.r10_system_requirements import MINIMUM
from koor_provision.trust.signing import sign
from koor_provision.write import write_whole


@dataclass(frozen=True)
class Baked:
    """A disk, and what it was made of."""

    disk: Path
    layout: Layout
    spec: ImageSpec
    text: bytes
    authorised: AuthorisedImage
    content: Mapping[str, Any]
    packages: tuple[Installed, ...]
    lock: Lock


@dataclass(frozen=True)
class Asked:
    """What is wanted of it, and where."""

    out: Path
    formats: tuple[str, ...]
    key: Path | None
    keep_disk: bool


def hand_over(baked: Baked, tools: Container, asked: Asked, progress: Callable[[float], None]) -> None:
    """Write everything.

    Args:
        progress: told the part that is done, from 0 to 1.

    Raises:
        InputError: it cannot be written, or the key cannot sign.
        RunError: a tool failed.
    """
    wanted: tuple[Format, ...] = tuple(form for form in FORMATS if form in asked.formats or "all" in asked.formats)
    out = asked.out
    name, case = baked.spec.name, baked.authorised.admitted.case
    files = {form: file_of(name, form) for form in wanted}
    machine = _machine(baked)
    notes = configuration(
        machine, files.items(), (MINIMUM.cores, MINIMUM.memory_mb), sample=case.company.sample
    ).encode()
    pressing = Pressing(baked.disk, out, tools, baked.layout, machine, baked.lock.epoch, notes)
    raw = press(pressing, wanted, progress)
    versions = {one: package for one, package in _version_packages(baked).items() if package}
    texts = {
        NOTES: notes,
        AGAIN: reproducing(LOCK, SPEC, raw, files).encode(),
        SPEC: baked.text,
        LOCK: baked.lock.text().encode(),
        BILL: bill(name, baked.spec.system, baked.packages, versions).encode(),
        RECORD: _record(baked, machine, files, raw).encode(),
    }
    for file, content in texts.items():
        write_whole(out / file, content)
    digests = {file: sha256(out / file) for file in [*files.values(), *texts]}
    if asked.keep_disk:
        baked.disk.rename(out / DISK)
        digests[DISK] = raw
    names = sorted(digests)
    sums = "".join(f"{digests[file]}  {file}\n" for file in names).encode()
    write_whole(out / SUMS, sums)
    if asked.key:
        write_whole(out / SIGNATURE, sign(sums, asked.key, NAMESPACE))
    _tell(out, [*names, SUMS])


def _machine(baked: Baked) -> Machine:
    spec = baked.spec
    with baked.disk.open("rb") as disk:  # what holds something, and not what this host's file system keeps for it
        used = sum(GRAIN_BYTES for _ in filled_blocks(disk, GRAIN_BYTES))
    return Machine(
        name=spec.name,
        summary=spec.summary,
        system=SYSTEMS[spec.system],
        contents=contents_of(spec.system, _versions(baked)),
        version=baked.content["content_sha256"][:12],
        cores=spec.cores,
        memory_mb=spec.memory_mb,
        disk_bytes=baked.layout.disk_bytes,
        used_bytes=used,
    )


def _version_packages(baked: Baked) -> dict[str, str]:
    """Of each component: the package whose version is its own."""
    scopes, system = baked.authorised.admitted.case.scopes, baked.spec.system
    return {one.component: scopes[one.component].systems[system].version_package or "" for one in baked.spec.components}


def _versions(baked: Baked) -> dict[str, str]:
    """Of each component the version of its own package; empty for what has none."""
    versions = {package.name: package.version for package in baked.authorised.proposal.plan.packages}
    return {name: versions.get(package, "") for name, package in _version_packages(baked).items()}


def _record(baked: Baked, machine: Machine, files: Mapping[Format, str], raw: str) -> str:
    """What was built, from what, and by whose leave; without a moment, so that the same build gives the same record."""
    plan = baked.authorised.proposal.plan
    record = {
        "kind": "image-record",
        "image": baked.spec.name,
        "summary": baked.spec.summary,
        "system": baked.spec.system,
        "built_with": f"koor-provision {__version__}",
        "sample": bool(plan.sample),
        "components": [one.model_dump(mode="json") for one in plan.components],
        "versions": _versions(baked),
        "findings": [
            {"rule": one.rule, "verdict": one.verdict.value, "reason": one.reason, "where": one.where}
            for one in baked.authorised.findings
        ],
        "inputs": plan.inputs,
        "content": {"content_sha256": baked.content["content_sha256"], "parts": baked.content["parts"]},
        "machine": {
            "cores": machine.cores,
            "memory_mb": machine.memory_mb,
            "disk_bytes": machine.disk_bytes,
            "used_bytes": machine.used_bytes,
        },
        "disk_sha256": raw,
        "files": files,
    }
    return json.dumps(record, indent=1) + "\n"


def _tell(out: Path, names: list[str]) -> None:
    for name in names:
        size = (out / name).stat().st_size
        click.echo(f"{size / 1e6:10.1f} MB  {shown(str(out / name))}")
