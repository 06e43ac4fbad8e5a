"""Runs a component's scenarios on systems, and says what was installed, how it went and with what (R9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from koor_provision.errors import InputError, RunError
from koor_provision.models.scope import Scope
from koor_provision.models.software import ScenarioRun, System, Tested
from koor_provision.models.trial import Outcome, Trial
from koor_provision.roletest import workspace
from koor_provision.roletest.changes import Choice
from koor_provision.roletest.programs import Servers
from koor_provision.roletest.scenarios import Scenario
from koor_provision.roletest.session import Session, copies

_WORDS = 3  # state, package, version


@dataclass(frozen=True)
class Bench:
    """Where the roles and scenarios come from, and where the logs of what fails go.

    Attributes:
        root: holds roles/ and molecule/.
        collections: our collection's place.
        tool: the version of koor-provision.
    """

    root: Path
    collections: Path
    logs: Path
    tool: str


def scenario_of(role: str, systems: Sequence[str], known: Sequence[Scenario]) -> Scenario:
    """The scenario of a component's role.

    Raises:
        InputError: there is none, or none on one of the systems.
    """
    found = next((one for one in known if one.name == role), None)
    if found is None:
        raise InputError(f"the role '{role}' has no scenario", hint=f"write one: molecule/{role}/molecule.yml")
    for system in systems:
        if system not in found.systems:
            raise InputError(
                f"the scenario '{role}' has no server with {system}",
                hint=f"it has: {', '.join(found.systems)}; add a platform to molecule/{role}/molecule.yml",
            )
    return found


def test(
    bench: Bench, scenario: Scenario, scope: Scope, systems: Sequence[System], tell: Callable[[str, str], None]
) -> tuple[Tested, ...]:
    """Run the scenario on each system, side by side.

    Raises:
        RunError: a server could not be started, or nothing was installed before something failed.
        KeyboardInterrupt: after everything was stopped.
    """
    with copies(bench.root, bench.root, bench.collections, ["files", *systems]) as copied:
        roles = sorted(scenario.roles)
        digests = workspace.digests(copied["files"], roles)
        session = Session(Choice((), (scenario,), playbooks=False), copied, systems)
        answers = {system: copied["files"].parent / f"installed-{system}" for system in systems}
        for system in systems:
            workspace.record_packages(copied[system], scenario.name, answers[system])
        trials = session.run(len(systems), bench.logs, tell)
        images = {system: Servers(copied["files"]).digest(name) for system, name in session.images.items()}
        runs = []
        for system, trial in zip(systems, trials, strict=True):
            packages = _packages(answers[system], scope, system, trial)
            runs.append(
                Tested(
                    system=system,
                    version=packages[str(scope.systems[system].version_package)],
                    packages=packages,
                    scenarios=(
                        ScenarioRun(
                            scenario=scenario.name,
                            passed=trial.outcome is Outcome.PASSED,
                            seconds=round(trial.seconds),
                        ),
                    ),
                    image=images[system],
                    digests=digests,
                    finished=datetime.now(UTC).replace(microsecond=0),
                    tool=bench.tool,
                )
            )
        return tuple(runs)


def _packages(file: Path, scope: Scope, system: System, trial: Trial) -> dict[str, str]:
    """The component's packages that were there after its verification, by name."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = [line.split() for line in text.splitlines()]
    wanted = scope.systems[system].every_package
    found = {name: version for state, name, version in (line for line in lines if len(line) == _WORDS)
             if state.startswith("ii") and name in wanted}  # fmt: skip
    if scope.systems[system].version_package not in found:
        raise RunError(
            f"{scope.component} was not verified on {system}, so no version of it was tested"
            + (f"; see {trial.log}" if trial.log else ""),
            hint="look at the log, mend what it says and validate again; nothing was written",
        )
    return dict(sorted(found.items()))
