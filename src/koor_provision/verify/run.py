"""Runs the verification that came with the roles: the same tests that Molecule runs, from the sealed copy."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from koor_provision.errors import RunError
from koor_provision.models.components import role_of
from koor_provision.models.evidence import CheckResult
from koor_provision.models.plan import Plan
from koor_provision.models.text import shown
from koor_provision.preflight.reach import PASSED_ON, Reach
from koor_provision.provision.variables import role_variables
from koor_provision.verify.gate import GO

VERIFICATION = "verification"
"""What the verification has in the run's private directory."""
VERIFY_SECONDS = 600
SECONDS_TO_LEAVE = 5
_LISTEN_SECONDS = 0.5


@dataclass(frozen=True)
class Verification:
    """All tests. `junit` is the XML that CI systems read; `finished` is whether pytest itself ended well."""

    checks: tuple[CheckResult, ...]
    junit: str
    finished: bool

    @property
    def passed(self) -> bool:
        """Whether there were tests, and every one of them passed; a skipped test proves nothing."""
        return self.finished and bool(self.checks) and all(check.result == "passed" for check in self.checks)


class Verifier:
    """Tests for one run: they are made ready while it goes on, and begun when it is done; see `verifier`."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path, name: str) -> None:
        self._command, self._environment, self._folder, self._name = command, environment, folder, name
        self._process: subprocess.Popen[bytes] | None = None
        self._gate: int | None = None

    def make_ready(self) -> None:
        """Have pytest start, collect, and wait: the target is asked nothing. To say it twice changes nothing."""
        if self._process:
            return
        word, self._gate = os.pipe()
        with (self._folder / "said").open("w+b") as said:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder.parent / "project",
                env={**self._environment, "KOOR_GATE": str(word)},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                pass_fds=(word,),
                start_new_session=True,  # Ctrl-C is for the run; what waits here ends with it
            )
        os.close(word)

    def begin(self) -> None:
        """Have the tests run from now on. To say it twice changes nothing."""
        self.make_ready()
        if self._gate is not None:
            with suppress(BrokenPipeError):  # it could not even start, and what it said is told by `result`
                os.write(self._gate, GO)
            self._shut()

    def result(self, stop: Callable[[], bool] = lambda: False) -> Verification:
        """Begin, if that is still to be done, and wait for the end.

        Args:
            stop: asked again and again; true ends it.

        Raises:
            RunError: the tests could not be run at all, or to their end.
        """
        self.begin()
        assert self._process  # noqa: S101  # for the type checker: it was begun
        deadline = time.monotonic() + VERIFY_SECONDS
        while True:
            with suppress(subprocess.TimeoutExpired):
                return _result(self._process.wait(timeout=_LISTEN_SECONDS), self._folder, self._name)
            if stop():
                raise RunError("the verification was stopped", where=self._name, hint="run the same command again")
            if time.monotonic() > deadline:
                raise RunError(
                    f"the verification took longer than {VERIFY_SECONDS} s",
                    where=self._name,
                    hint="look at the server, then run install again",
                )

    def leave(self) -> None:
        """End what still waits or runs."""
        self._shut()  # whoever waits hears that nobody wants anything any more
        if self._process:
            try:
                self._process.wait(timeout=SECONDS_TO_LEAVE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _shut(self) -> None:
        if self._gate is not None:
            os.close(self._gate)
            self._gate = None


@contextmanager
def verifier(plan: Plan, way: Reach, private: Path) -> Iterator[Verifier]:
    """The tests of the plan's components and of the stack, for the length of a block."""
    folder = private / VERIFICATION
    folder.mkdir()
    order = folder / "order.json"
    order.write_text(json.dumps(_order(plan)), encoding="utf-8")
    project = private / "project"
    names = [role_of(component.component) for component in plan.components] + (["removal"] if plan.removal else [])
    names = ["undo"] if plan.undo else names  # nothing of the order is there any longer
    roles = [project / "roles" / name / "verify" for name in dict.fromkeys(names)]
    whole = [] if plan.undo else [project / "playbooks" / "verify"]
    tests = [*(path for path in roles if path.is_dir()), *whole]
    ready = Verifier(_command(folder / "junit.xml", tests), _environment(way, private, order), folder, way.name)
    try:
        yield ready
    finally:
        ready.leave()


def _result(code: int, folder: Path, name: str) -> Verification:
    junit = folder / "junit.xml"
    if not junit.is_file():
        said = (folder / "said").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise RunError(
            f"the verification did not start: {said[-1] if said else 'no output'}",
            where=name,
            hint="reinstall koor-provision, then run install again",
        )
    text = junit.read_text(encoding="utf-8")
    return Verification(tuple(_checks(text)), text, code == 0)


def _command(junit: Path, tests: list[Path]) -> list[str]:
    names = (
        "testinfra.plugin",
        "koor_verify",
        "koor_provision.verify.gate",
        "koor_provision.verify.reach_backend",
        "no:cacheprovider",
    )
    plugins = [argument for name in names for argument in ("-p", name)]
    # No configuration of whoever calls us counts, such as a pytest.ini in a folder above.
    isolated = ["-c", os.devnull, "--import-mode", "importlib"]
    target = ["--hosts", "koor://target", "--junitxml", str(junit)]
    return [sys.executable, "-B", "-m", "pytest", "--quiet", *plugins, *isolated, *target, *map(str, tests)]


def _environment(way: Reach, private: Path, order: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(private),
        "TMPDIR": str(private),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # what else is installed beside us has no say, and costs no time
        "PYTHONPATH": str(private / "project" / "playbooks" / "verify"),
        "KOOR_VERIFY": str(order),
        "KOOR_REACH": json.dumps(way.as_root),
        **kept,
    }


def _order(plan: Plan) -> dict[str, Any]:
    return {
        "system": plan.host.system,
        "components": [component.component for component in plan.components],
        "options": {component.component: role_variables(component, plan.components) for component in plan.components},
        "packages": {package.name: package.version for package in plan.packages},
        "removal": plan.removal.model_dump(mode="json") if plan.removal else None,
        "undo": plan.undo.model_dump(mode="json") if plan.undo else None,
    }


def _checks(junit: str) -> list[CheckResult]:
    checks = []
    for case in ET.fromstring(junit).iter("testcase"):  # noqa: S314  # written by pytest a moment ago, in our private directory
        result, message = "passed", ""
        for kind in ("failure", "error", "skipped"):
            found = case.find(kind)
            if found is not None:
                result, message = (
                    ("failed" if kind == "failure" else kind),
                    shown((found.get("message") or "").partition("\n")[0][:500]),
                )
        name = f"{case.get('classname', '').split('.')[-1]}: {case.get('name', '').split('[')[0]}"
        checks.append(
            CheckResult(
                name.removeprefix("test_").replace(": test_", ": ").replace("_", " "),
                result,
                float(case.get("time", 0)),
                message,
            )
        )
    return checks
