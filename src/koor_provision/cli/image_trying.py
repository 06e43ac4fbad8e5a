"""The steps of testing an image, in their order; what they find is told whatever happens on the way."""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from koor_provision.cli.image_cut_off import cut_off_cleanly
from koor_provision.cli.image_results import Results, must_be_writable
from koor_provision.cli.image_signature import check_signature
from koor_provision.cli.progress import Progress, progress
from koor_provision.errors import InputError
from koor_provision.images.base import tools_image
from koor_provision.images.boot.disks import check_disks, unpack
from koor_provision.images.boot.handed import check_folder
from koor_provision.images.boot.machines import machines
from koor_provision.images.boot.run import boot, check_differences
from koor_provision.images.boot.schema_asked import check_schema, must_be_a_schema
from koor_provision.images.boot.trial import Seen
from koor_provision.images.containers import container
from koor_provision.images.record import Image, read_record
from koor_provision.rules.r10_system_requirements import MINIMUM

_FIXED_BYTES = 2 << 30


@dataclass(frozen=True)
class Options:
    """What the command line gave."""

    folder: Path
    wanted: Literal["one", "usual", "all"]
    company: Path | None
    schema: Path | None
    canaries: tuple[str, ...]
    junit: Path | None
    logs: Path | None
    mirror: tuple[str, ...]


def run(options: Options) -> int:
    """Test; returns the exit code."""
    must_be_writable(options.junit, options.logs)
    with Results(options.junit, options.logs) as results:
        image = Image(options.folder, read_record(options.folder))
        if options.schema:
            must_be_a_schema(options.schema)
        with _scratch(image) as folder, cut_off_cleanly(folder), progress() as bar:
            _try(image, options, results, folder, bar)
    return results.code


def _try(image: Image, options: Options, results: Results, folder: Path, bar: Progress) -> None:
    bar.stage("Checking signature, sums and descriptors")
    results.add("signature", check_signature(image.folder, options.company))
    for check in check_folder(image, (MINIMUM.cores, MINIMUM.memory_mb)):
        results.add("packages", check)
    for check in check_schema(image, options.schema):
        results.add("packages", check)
    bar.stage("Getting the tools (when made for the first time: some minutes)")
    tag = tools_image(folder, options.mirror)
    bar.stage("Unpacking the disks")
    found, missing = unpack(image, folder)
    for check in missing:
        results.add("disk", check)
    if not found:
        return
    bar.stage("Looking through the disk")
    name = f"koor-image-test-{secrets.token_hex(4)}"
    with container(name, tag, "--network=none", f"--volume={folder}:/disks", command=["sleep", "infinity"]) as tools:
        for check in check_disks(image, found, tools, folder, options.canaries):
            bar.stage(f"Looked through the disk: {check.name}")
            results.add("disk", check)
    disks = {str(form): disk for form, disk in found.items()}
    chosen = machines(set(disks), options.wanted)
    starts = sum(1 + len(one.then) for one in chosen)
    bar.stage(f"Starting machines {starts} times, two at a time; the first time each takes some minutes")
    boot(image, disks, chosen, tag, folder, _tell(results, bar, starts))
    for check in check_differences(results.machines):
        results.add("secrets", check)


def _tell(results: Results, bar: Progress, starts: int) -> Callable[[Seen], None]:
    def done(seen: Seen) -> None:
        results.seen(seen)
        failed = next((check for check in seen.checks if check.failure), None)
        how = f"failed: {failed.name}" if failed else "passed"
        bar.stage(f"{len(results.machines)} of {starts}, {seen.machine.name}: {how}")
        bar.part(len(results.machines) / starts)

    return done


@contextmanager
def _scratch(image: Image) -> Iterator[Path]:
    """A folder for the disks, with room for them.

    Raises:
        InputError: there is not enough.
    """
    folder = Path(tempfile.mkdtemp(prefix="koor-image-test."))
    try:
        sizes = sum((image.folder / name).stat().st_size for name in image.files.values() if
                    (image.folder / name).is_file())  # fmt: skip
        need, free = _FIXED_BYTES + 2 * sizes, shutil.disk_usage(folder).free
        if free < need:
            raise InputError(
                f"has {free / 1e9:.1f} GB free, the disks of this image need about {need / 1e9:.1f} GB",
                where=str(folder.parent),
                hint="name a folder with more room: TMPDIR=/var/tmp koor-provision image test ...",
            )
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
