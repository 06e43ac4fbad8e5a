"""What a test of an image found: printed, and written as JUnit XML, whatever ends the test."""

import os
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # writes XML, reads none

import click

from koor_provision.errors import Exit, InputError, KoorError
from koor_provision.images.boot.trial import Check, Seen
from koor_provision.models.text import shown
from koor_provision.write import write_whole

_LINES, _WIDTH = 20, 200


def must_be_writable(junit: Path | None, logs: Path | None) -> None:
    """Try the places of the report before anything long is begun.

    Raises:
        InputError: one cannot be written to.
    """
    try:
        if logs:
            logs.mkdir(parents=True, exist_ok=True)
        for folder in [logs] if logs else []:
            with TemporaryFile(dir=folder):
                pass
        if junit:
            if junit.is_dir():
                raise IsADirectoryError(21, "is a folder", str(junit))
            with TemporaryFile(dir=junit.absolute().parent):
                pass
    except OSError as error:
        raise InputError(
            f"the report cannot be written: {error.strerror}",
            where=os.fspath(error.filename2 or error.filename or junit or ""),
            hint="name a file in a folder that is there (--junit), and a folder (--logs)",
        ) from error


class Results:
    """Checks by suite, told when the block ends, however it ends.

    Attributes:
        machines: those that were started and are done.
    """

    def __init__(self, junit: Path | None, logs: Path | None) -> None:
        self._junit, self._logs = junit, logs
        self._suites: dict[str, list[Check]] = {}
        self.machines: list[Seen] = []

    def add(self, suite: str, check: Check) -> None:
        """Keep a check."""
        self._suites.setdefault(suite, []).append(check)

    def seen(self, machine: Seen) -> None:
        """Keep what was seen of a machine."""
        self.machines.append(machine)
        self._suites[machine.machine.name] = machine.checks

    @property
    def code(self) -> Exit:
        """The exit code: that nothing failed, and something was looked at."""
        checks = [check for suite in self._suites.values() for check in suite]
        return Exit.FAILED if not checks or any(check.failure for check in checks) else Exit.DONE

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error:
            said = str(error) if isinstance(error, KoorError) else f"it was ended: {type(error).__name__}"
            self.add("test", Check("the test runs to its end", said))
        # The record may be no image's: then there is nothing to tell here, and the error says why.
        if error is None or len(self._suites) > 1:
            self._tell()
        if self._junit:
            write_whole(self._junit, junit(self._suites).encode())
        if self._logs:
            for one in self.machines:
                write_whole(self._logs / f"{one.machine.name.replace(', ', '-')}.log", one.log.encode())

    def _tell(self) -> None:
        failed = total = 0
        for suite, checks in self._suites.items():
            for check in checks:
                total += 1
                mark = (
                    click.style("failed", fg="red", bold=True) if check.failure else click.style("passed", fg="green")
                )
                click.echo(f"  {mark}  {shown(suite)}: {shown(check.name)} ({check.seconds:.0f} s)")
                if check.failure:
                    failed += 1
                    lines = [line.rstrip() for line in check.failure.splitlines() if line.strip()]
                    for line in lines[:_LINES] + ([f"and {len(lines) - _LINES} lines more"] if lines[_LINES:] else []):
                        click.echo("          " + shown(line)[:_WIDTH])
        click.echo(f"{total - failed} of {total} passed")


def junit(suites: dict[str, list[Check]]) -> str:
    """JUnit XML: a suite for the signature, the packages, the disk, each machine."""
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
                told = "\n".join(shown(line) for line in check.failure.splitlines())
                SubElement(test, "failure", message=told.partition("\n")[0][:200]).text = told
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")
