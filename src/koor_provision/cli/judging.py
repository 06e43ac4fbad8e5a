"""Judging one case or hundreds: the companies' documents are read once, cases side by side where there are many."""

import gc
import os
import shlex
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from koor_provision.cli.once import once
from koor_provision.cli.options import company_of
from koor_provision.cli.trusted import Opened, open_company
from koor_provision.errors import Exit, KoorError
from koor_provision.gate.judge import judge
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.case import load_case
from koor_provision.models.base import Sha256
from koor_provision.models.finding import Finding, Verdict
from koor_provision.models.remedy import located
from koor_provision.models.remembered import Seen, regress
from koor_provision.models.scope import Scope
from koor_provision.report.answer import Answer, Problem, answer_of

MANY = 16
"""From so many cases on, further processes are worth their start."""
_CHUNK = 10


@dataclass
class Bench:
    """Everything that cases are judged by.

    Args:
        company: the company's folder; None to look for it beside each case.
        engineer: who does it; None for whom each order confirmation names.
    """

    scopes: Mapping[str, Scope]
    company: Path | None
    engineer: str | None
    now: datetime
    _companies: dict[Path, Opened | KoorError] = field(default_factory=dict)

    def answer(self, case: Path) -> Answer:
        """Judge one case; a case that cannot be judged is an answer too."""
        folder: Path | None = None
        try:
            folder = company_of(case, self.company)
            opened = self._company(folder)
            loaded, _ = load_case(
                case, opened.company, opened.keyring, self.scopes, engineer=self.engineer, now=self.now
            )
            return answer_of(judge(loaded), str(case), str(folder))
        except KoorError as error:
            return _not_judged(case, folder, _problem(error, case, folder))
        except Exception as error:  # a bug that one case brings to light must not take the others' answers away
            if os.environ.get("KOOR_PROVISION_DEBUG"):
                raise
            message = f"{type(error).__name__} in koor-provision itself"
            again = f"koor-provision check {shlex.quote(str(case))}"
            hint = f"run it again with KOOR_PROVISION_DEBUG=1 and report what it prints: {again}"
            return _not_judged(case, folder, Problem(message, "", hint, Exit.BUG))

    def prepare(self, cases: Sequence[Path]) -> None:
        """Read and prove every company that the cases need, so that processes to come find it done."""
        for case in cases:
            with suppress(Exception):  # is the answer of each of its cases, be it a bug
                self._company(company_of(case, self.company))

    def settle(self, answers: Sequence[Answer]) -> list[Answer]:
        """Hold the cases against each other, and remember what was seen in them.

        Returns:
            the answers; refused are cases whose agreement is older than another case's of the same customer, or
            whose mail or paper serves another order.

        Raises:
            RefusedError: what was seen cannot be remembered.
            RunError: the ledger does not hold, and a case rests on a mail or paper.
        """
        answers = once(answers, Ledger(ledger_path()))
        newest: dict[str, dict[Sha256, Seen]] = {answer.company: {} for answer in answers}
        for answer in answers:
            if answer.agreement:
                mark, seen = answer.agreement
                before = newest[answer.company].setdefault(mark, seen)
                if seen.version > before.version:
                    newest[answer.company][mark] = seen
        for folder, opened in self._companies.items():
            if isinstance(opened, Opened):
                opened.remember(newest.get(str(folder), {}), self.now)
        return [_held_against(answer, newest[answer.company]) for answer in answers]

    def _company(self, folder: Path) -> Opened:
        if folder not in self._companies:
            try:
                self._companies[folder] = open_company(folder, self.now)
            except KoorError as error:
                self._companies[folder] = error
        loaded = self._companies[folder]
        if isinstance(loaded, KoorError):
            raise loaded
        return loaded


def _problem(error: KoorError, case: Path, folder: Path | None) -> Problem:
    return Problem(error.message, error.where, located(error.hint, case, folder or ""), error.exit_code)


def _not_judged(case: Path, folder: Path | None, problem: Problem) -> Answer:
    name = Path(os.path.abspath(case)).name  # noqa: PTH100  # resolve() fails where links go in a circle
    return Answer(name, str(case), str(folder or ""), "not_judged", problem=problem)


def _held_against(answer: Answer, newest: Mapping[Sha256, Seen]) -> Answer:
    reason = regress(answer.agreement[1], newest[answer.agreement[0]]) if answer.agreement else None
    if reason is None:
        return answer
    finding = Finding(
        "R3",
        Verdict.DENY,
        reason,
        "agreement.yml, version",
        "get the present agreement from another case of the customer",
    )
    return replace(answer, outcome="refused", findings=(*answer.findings, finding), agreement=None)


_bench: Bench | None = None
"""What processes inherit: a company is not sent to them with every case."""


def judge_all(bench: Bench, cases: Sequence[Path]) -> Iterator[Answer]:
    """The answers, in the order of the cases."""
    processes = min(len(os.sched_getaffinity(0)), -(-len(cases) // _CHUNK))
    if len(cases) < MANY or processes < 2:  # noqa: PLR2004  # nobody to share with
        yield from map(bench.answer, cases)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  # few cases do not wait for it
    from multiprocessing import get_context  # noqa: PLC0415

    global _bench  # noqa: PLW0603  # the one way to hand it over by fork
    bench.prepare(cases)
    _bench = bench
    gc.freeze()  # what is read stays shared: the collector would touch, and so copy, every page of it
    try:
        with ProcessPoolExecutor(
            processes, mp_context=get_context("fork"), initializer=_leave_stopping_to_parent
        ) as pool:
            yield from pool.map(_answer, cases, chunksize=_CHUNK)
    finally:
        _bench = None
        gc.unfreeze()


def _leave_stopping_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _answer(case: Path) -> Answer:
    assert _bench is not None  # noqa: S101  # set before the fork
    return _bench.answer(case)
