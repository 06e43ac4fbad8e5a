"""The steps of testing an image, and what is told of them."""

import secrets
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # writes XML, reads none

import click

from koor_provision.cli.progress import progress
from koor_provision.errors import Exit
from koor_provision.images.base import tools_image
from koor_provision.images.boot.machines import machines
from koor_provision.images.boot.run import (
    boot,
    check_differences,
    check_disks,
    check_packages,
    read_image,
    unpack,
)
from koor_provision.images.boot.trial import Check, Seen
from koor_provision.images.containers import container
from koor_provision.models.text import shown
from koor_provision.write import write_whole


@dataclass(frozen=True)
class Options:
    """What the command line gave."""

    folder: Path
    wanted: Literal["one", "usual", "all"]
    canaries: tuple[str, ...]
    junit: Path | None
    logs: Path | None
    mirror: tuple[str, ...]


def run(options: Options) -> int:
    """Test; returns the exit code."""
    image = read_image(options.folder)
    suites: dict[str, list[Check]] = {}
    machines_seen: list[Seen] = []
    folder = Path(tempfile.mkdtemp(prefix="koor-image-test."))
    try:
        with progress() as bar:
            bar.stage("Getting the tools")
            tag = tools_image(folder, options.mirror)
            bar.stage("Checking sums, manifests and descriptors")
            suites["packages"] = list(check_packages(image))
            bar.stage("Looking through the disk")
            disks = unpack(image, folder)
            name = f"koor-image-test-{secrets.token_hex(4)}"
            with container(
                name, tag, "--network=none", f"--volume={folder}:/disks", command=["sleep", "infinity"]
            ) as tools:
                suites["disk"] = list(check_disks(image, disks, tools, options.canaries))
            chosen = machines(set(disks), options.wanted)
            bar.stage(f"Starting {len(chosen)} machine(s), two at a time", roles=len(chosen))
            machines_seen = boot(
                image, disks, chosen, tag, folder, lambda seen: bar.stage(f"Done: {seen.machine.name}")
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    suites |= {seen.machine.name: seen.checks for seen in machines_seen}
    suites["secrets"] = list(check_differences(machines_seen))
    _keep(options, suites, machines_seen)
    return _tell(suites)


def _keep(options: Options, suites: dict[str, list[Check]], seen: Iterable[Seen]) -> None:
    if options.junit:
        write_whole(options.junit, junit(suites).encode())
    if options.logs:
        options.logs.mkdir(parents=True, exist_ok=True)
        for one in seen:
            write_whole(options.logs / f"{one.machine.name.replace(', ', '-')}.log", one.log.encode())


def _tell(suites: dict[str, list[Check]]) -> int:
    failed = 0
    for suite, checks in suites.items():
        for check in checks:
            mark = click.style("failed", fg="red", bold=True) if check.failure else click.style("passed", fg="green")
            click.echo(f"  {mark}  {shown(suite)}: {shown(check.name)} ({check.seconds:.0f} s)")
            if check.failure:
                failed += 1
                click.echo("          " + shown(check.failure)[:2000])
    total = sum(len(checks) for checks in suites.values())
    click.echo(f"{total - failed} of {total} passed")
    return Exit.FAILED if failed else Exit.DONE


def junit(suites: dict[str, list[Check]]) -> str:
    """JUnit XML: a suite for the packages, the disk, each machine."""
    root = Element("testsuites", name="koor-provision image test")
    for name, checks in suites.items():
        failures = [check for check in checks if check.failure]
        suite = SubElement(
            root,
            "testsuite",
            name=shown(name),
            tests=str(len(checks)),
            failures=str(len(failures)),
            errors="0",
            skipped="0",
            time=f"{sum(check.seconds for check in checks):.1f}",
        )
        for check in checks:
            test = SubElement(
                suite, "testcase", name=shown(check.name), classname=shown(name), time=f"{check.seconds:.1f}"
            )
            if check.failure:
                SubElement(test, "failure", message=shown(check.failure)[:200]).text = shown(check.failure)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")
