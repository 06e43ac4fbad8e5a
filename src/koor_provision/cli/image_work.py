"""The steps of building an image, in the only order that their types allow."""

import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from koor_provision.cli.image_hand_over import Asked, Baked, hand_over
from koor_provision.cli.image_stopping import stopped_cleanly
from koor_provision.cli.options import company_folder
from koor_provision.cli.progress import Progress, progress
from koor_provision.cli.trusted import open_company
from koor_provision.errors import Exit, InputError, RunError
from koor_provision.gate.decision import AdmittedImage, AuthorisedImage, RefusedImage
from koor_provision.gate.images import authorise_image, judge_image
from koor_provision.images.bake import bake, export
from koor_provision.images.base import make_base, own_sources, tools_image
from koor_provision.images.bytecode import compiled
from koor_provision.images.canaries import collect, must_not_hold
from koor_provision.images.containers import Container, container, imported
from koor_provision.images.inventory import Lock, installed, read_lock
from koor_provision.images.layout import Layout, layout
from koor_provision.images.mirrors import check_mirrors
from koor_provision.images.names import NAMESPACE
from koor_provision.images.overlay import FirstBoot
from koor_provision.images.payload import jobs, payload
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content, read
from koor_provision.load.resources import collections, share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.case import ImageCase, ImageProposal
from koor_provision.models.finding import Finding
from koor_provision.models.image import ImageSpec
from koor_provision.models.inventory import HostEntry
from koor_provision.models.text import shown
from koor_provision.preflight.facts import forget, gather
from koor_provision.preflight.reach import Reach
from koor_provision.private.memory import private_directory
from koor_provision.provision import planning, seal
from koor_provision.provision.runner import run
from koor_provision.provision.variables import variables
from koor_provision.rules.r10_system_requirements import MINIMUM
from koor_provision.trust.signing import sign

DEFAULT = Path(__file__).parent.parent / "images" / "default.yml"
_DAY = 86_400
_SIZE_AT_BUILD = (4_096, 4)
"""Memory in MB and cores that the roles are told: R10's minimum. The first boot puts in the machine's own."""

_UP = """
for _ in $(seq 600); do
    case $(systemctl is-system-running 2>/dev/null) in running | degraded) exit 0 ;; esac
    sleep 0.1
done
systemctl list-jobs >&2
exit 1
"""
"""Units for hardware that no container has may fail; what the roles need they start themselves, and see."""


@dataclass(frozen=True)
class Options:
    """What the command line gave."""

    spec: Path | None
    formats: tuple[str, ...]
    out: Path
    company: Path | None
    lock: Path | None
    mirror: tuple[str, ...]
    key: Path | None
    keep_disk: bool


@dataclass(frozen=True)
class Job:
    """An admitted image and where it is made."""

    options: Options
    spec: ImageSpec
    text: bytes
    admitted: AdmittedImage
    layout: Layout
    lock: Lock | None
    epoch: int
    folder: Path
    bar: Progress


@dataclass(frozen=True)
class Ran:
    """The roles ran to their end: what was authorised, and what ran, by digests."""

    authorised: AuthorisedImage
    content: Mapping[str, Any]


def build(options: Options) -> int:
    """Build; returns the exit code."""
    check_mirrors(options.mirror)
    spec, content = _spec(options.spec)
    _must_be_new(options.out)
    decision = _judge(options, spec, content)
    if isinstance(decision, RefusedImage):
        return _refuse(decision.findings, spec)
    if options.key:
        sign(b"", options.key, NAMESPACE)  # a key that cannot is better told now than when all is built
    components = [one.model_dump(mode="json") for one in spec.components]
    lock = read_lock(options.lock, Lock(spec.name, spec.system, 0, {}, components)) if options.lock else None
    epoch = lock.epoch if lock else int(datetime.now(UTC).timestamp()) // _DAY * _DAY
    if spec.cores < MINIMUM.cores or spec.memory_mb < MINIMUM.memory_mb:
        least = f"{MINIMUM.cores} cores, {MINIMUM.memory_mb} MB"
        click.echo(f"note: the spec asks for less than the system requirements do: {least} (R10)", err=True)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".work-", dir=options.out.absolute()))
    except OSError as error:
        raise InputError(
            f"cannot be made: {error.strerror}", where=str(options.out), hint="name a new folder"
        ) from error
    try:
        with stopped_cleanly(), progress() as bar:
            job = Job(options, spec, content.data, decision, layout(spec.name, spec.disk_gb), lock, epoch, folder, bar)
            return _build(job)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _spec(path: Path | None) -> tuple[ImageSpec, Content]:
    content = read(path or DEFAULT, str(path) if path else "images/default.yml")
    try:
        return to_model(content, ImageSpec), content
    except InputError as error:
        raise InputError(error.message, where=error.where, hint=f"an image's spec looks like {DEFAULT}") from error


def _must_be_new(out: Path) -> None:
    try:
        there = out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir())))
    except OSError as error:
        raise InputError(f"cannot be used: {error.strerror}", where=str(out), hint="name a new folder") from error
    if there:
        raise InputError("exists already", where=str(out), hint="name a new folder; nothing is overwritten")


def _judge(options: Options, spec: ImageSpec, content: Content) -> AdmittedImage | RefusedImage:
    now = datetime.now(UTC)
    opened = open_company(company_folder(options.company), now)
    company = opened.company
    inputs = {**company.inputs, content.name: content.sha256}
    case = ImageCase(spec.components, content.name, company, load_scopes(share() / "roles"), now, inputs)
    decision = judge_image(case)
    opened.remember({}, now)
    if company.sample:
        click.echo("note: judged by a sample company, for learning: everybody's keys lie beside it", err=True)
    return decision


def _refuse(findings: Sequence[Finding], spec: ImageSpec) -> int:
    click.echo(f"{click.style('refused', fg='red', bold=True)}: the image {spec.name}", err=True)
    for finding in findings:
        if finding.verdict.blocks:
            click.echo(f"  {finding.rule}: {shown(finding.reason)}", err=True)
            click.echo(f"      where: {shown(finding.where)}\n      to do: {shown(finding.remedy)}", err=True)
    return Exit.REFUSED


def _build(job: Job) -> int:
    job.bar.stage("Making base and tools from Debian's packages")
    base, folder, options = job.folder / "base.tar", job.folder, job.options
    pins = job.lock.packages if job.lock else {}
    sources = own_sources(job.spec.system)
    with ThreadPoolExecutor(2) as pool:
        tree = pool.submit(make_base, job.spec.system, base, job.epoch, pins, options.mirror)
        tag = pool.submit(tools_image, folder, options.mirror).result()
        tree.result()
    token = secrets.token_hex(4)
    with container(
        f"koor-image-tools-{token}", tag, "--network=none", f"--volume={folder}:/disks", command=["sleep", "infinity"]
    ) as tools:
        with imported(base, f"localhost/koor-image-base:{token}") as root:
            base.unlink()
            with container(
                f"koor-image-{token}",
                root,
                "--systemd=always",
                f"--hostname={job.spec.name}",
                "--tmpfs=/tmp:exec",
                command=["/sbin/init"],
            ) as server:
                done = _roles(job, server)
                if isinstance(done, RefusedImage):
                    return _refuse(done.findings, job.spec)
                packages = installed(server)
                if job.lock:
                    job.lock.must_hold(packages)
                program = compiled(server, payload(collections()))
                canaries = collect(server)
                job.bar.stage("Taking the tree out")
                out = export(server, job.layout, folder)
        versions = {one.name: one.version for one in packages}
        components = [one.model_dump(mode="json") for one in job.spec.components]
        lock = Lock(job.spec.name, job.spec.system, job.epoch, versions, components)
        job.bar.stage("Sealing the tree and making the disk")
        plan = done.authorised.proposal.plan
        todo = jobs([one.component for one in plan.components], variables(plan, None))
        disk = bake(out, tools, job.layout, FirstBoot(program, todo), sources, job.epoch)
        job.bar.stage("Searching the disk for what was secret in the container")
        must_not_hold(disk, canaries)
        job.bar.stage("Writing the files for each hypervisor")
        baked = Baked(disk, job.layout, job.spec, job.text, done.authorised, done.content, packages, lock)
        asked = Asked(options.out, options.formats, options.key, options.keep_disk)
        hand_over(baked, tools, asked, job.bar.part)
    return Exit.DONE


def _roles(job: Job, server: Container) -> Ran | RefusedImage:
    """Run the roles in the container: looked at, planned, judged and sealed like any server."""
    job.bar.stage("Waiting for the container")
    server.run("sh", "-c", _UP, doing="starting systemd in the container")
    entry = HostEntry(ansible_connection="podman", ansible_host=server.name)
    with private_directory() as private:
        way = Reach(job.spec.name, entry, private / "ssh_config", None)
        project, token = private / "project", secrets.token_hex(8)
        job.bar.stage("Looking at the container")
        seal.copy_content(share(), collections(), project)
        case = job.admitted.case
        facts = gather(way, case.components, case.scopes, token)
        try:
            identity = planning.Identity(token, seal.digest(project), datetime.now(UTC))
            plan = planning.plan_image(job.admitted, job.spec.name, facts, _SIZE_AT_BUILD, identity)
            authorised = authorise_image(job.admitted, ImageProposal(plan, facts), datetime.now(UTC))
            if isinstance(authorised, RefusedImage):
                return authorised
            job.bar.stage("Running the roles", roles=1 + len(case.components))
            outcome = run(authorised, way, private, engine="mitogen", on_event=job.bar.event, stop=lambda: False)
        finally:
            forget(way, token)
    if not outcome.passed:
        raise RunError(
            f"the roles did not run to their end ({outcome.status})", where=server.name, hint=outcome.output[-2000:]
        )
    return Ran(authorised, outcome.content)
