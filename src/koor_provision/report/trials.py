"""What `roles test` found: one table for people, JUnit for CI systems, JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # writes XML, reads none

import click

from koor_provision.models.trial import Kind, Outcome, Trial

_LOOK = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.STOPPED: "yellow"}
_CELL = 18


def text(trials: Sequence[Trial], seconds: float) -> str:
    """One table: what was judged from files, then a row for each scenario with a column for each system."""
    if not trials:
        return "nothing to test: no role and no scenario is affected"
    files = [one for one in trials if one.kind is not Kind.MOLECULE]
    lines = [f"  {trial.kind:<15} {_cell(trial)} {trial.subject}" for trial in files]
    servers = [one for one in trials if one.kind is Kind.MOLECULE]
    systems = sorted({one.system for one in servers})
    if servers:
        lines.append(
            click.style(
                "  " + " ".join([f"{'scenario':<15}", *(f"{name:<{_CELL}}" for name in systems)]), bold=True
            ).rstrip()
        )
    for scenario in dict.fromkeys(one.subject for one in servers):
        cells = {one.system: _cell(one) for one in servers if one.subject == scenario}
        lines.append(f"  {scenario:<15} " + " ".join(cells.get(name, f"{'-':<{_CELL}}") for name in systems).rstrip())
    failed = [one for one in trials if one.outcome is not Outcome.PASSED]
    lines += [f"  {one.title}: {one.log}" for one in failed if one.log]
    verdict = (
        click.style(f"{len(failed)} of {len(trials)} did not pass", fg="red", bold=True)
        if failed
        else click.style(f"all {len(trials)} passed", fg="green", bold=True)
    )
    minutes, rest = divmod(round(seconds), 60)
    lines.append(f"{verdict} in {minutes} min {rest} s")
    return "\n".join(lines)


def _cell(trial: Trial) -> str:
    said = f"{trial.outcome} {trial.seconds:.0f} s"
    return click.style(f"{said:<{_CELL}}", fg=_LOOK[trial.outcome])


def as_json(trials: Sequence[Trial], seconds: float) -> str:
    """For programs."""
    passed = all(one.outcome is Outcome.PASSED for one in trials)
    return json.dumps(
        {"passed": passed, "seconds": round(seconds, 1), "trials": [asdict(one) for one in trials]}, indent=2
    )


def junit(trials: Sequence[Trial]) -> str:
    """One suite for each kind of test, with the end of its log where one failed."""
    root = Element("testsuites", name="koor-provision roles test")
    for kind in dict.fromkeys(one.kind for one in trials):
        suite = SubElement(root, "testsuite", name=str(kind))
        for trial in (one for one in trials if one.kind is kind):
            test = SubElement(
                suite, "testcase", name=trial.system or trial.subject, classname=f"{kind}.{trial.subject}",
                time=f"{trial.seconds:.1f}",
            )  # fmt: skip
            if trial.outcome is Outcome.FAILED:
                SubElement(test, "failure", message=f"{trial.title} failed", type="failed").text = trial.tail
            elif trial.outcome is Outcome.STOPPED:
                SubElement(test, "skipped", message="stopped before its end")
        _count(suite, [suite])
    _count(root, list(root))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _count(element: Element, suites: Sequence[Element]) -> None:
    tests = [test for suite in suites for test in suite.findall("testcase")]
    element.set("tests", str(len(tests)))
    element.set("failures", str(sum(test.find("failure") is not None for test in tests)))
    element.set("skipped", str(sum(test.find("skipped") is not None for test in tests)))
    element.set("errors", "0")
    element.set("time", f"{sum(float(test.get('time', '0')) for test in tests):.1f}")
