"""What came of a run in one sentence. Nothing looks better than it was proven to be."""

from dataclasses import dataclass
from typing import Literal

from koor_provision.models.evidence import CheckResult, Record, Result
from koor_provision.models.finding import broken_rules
from koor_provision.report.customer.words import Words

Tone = Literal["good", "warn", "bad"]


@dataclass(frozen=True)
class Verdict:
    """The sentence, how it is to be taken, and what must be said in the same breath."""

    tone: Tone
    sentence: str
    more: str = ""


@dataclass(frozen=True)
class Figure:
    """One number that sums something up."""

    value: str
    label: str
    tone: Tone | Literal[""] = ""


def verdict(record: Record, words: Words) -> Verdict:
    """The run's verdict; a change out of scope weighs more than anything else."""
    tone, name = _judged(record)
    values: dict[str, object] = {}
    if removal := record.proposal.plan.removal:
        values["name"] = words.known("component", removal.component)
    if name == "out_of_scope":
        values["count"] = len(record.audit.out_of_scope) if record.audit else 0
    doing = "remove" if removal else "undo" if record.proposal.plan.undo else "install"
    sentence = words(f"verdict.{doing}.{name}", **values)
    undo = record.proposal.plan.undo
    newer = words("verdict.newer", count=len(undo.upgraded)) if undo and undo.upgraded else ""
    if undo and record.told:
        newer = " ".join(filter(None, (newer, words("verdict.stays", count=len(record.told)))))
    if not (broken := broken_rules(record.findings)):
        return Verdict("warn" if newer and tone == "good" else tone, sentence, newer)
    more = words("verdict.broken", count=len(broken), rules=words.listed(list(broken)))
    return Verdict("warn" if tone == "good" else tone, sentence, " ".join(filter(None, (more, newer))))


def _judged(record: Record) -> tuple[Tone, str]:
    audit = record.audit
    if audit and audit.out_of_scope:
        return "bad", "out_of_scope"
    if not record.result.done:
        named = {Result.FAILED: "failed", Result.INTERRUPTED: "interrupted"}
        return "bad", named.get(record.result, "unverified")
    if not_passed(record) or not record.checks or record.troubles:
        return "bad", "unverified"  # not called a pass elsewhere either; said here, so that this page never can
    if audit is None:
        return "warn", "not_looked_at"
    if audit.troubles:
        return "warn", "unreliable"
    changed = "passed" if record.changes or audit.changes else "nothing"
    # Where another run was broken off, "nothing else was changed" would be true of this one, and deceive.
    alone = record.result is Result.PASSED and not record.proposal.plan.finishes
    return ("good", changed) if alone else ("warn", "finished")


def not_passed(record: Record) -> tuple[CheckResult, ...]:
    """The tests that do not show what they are for."""
    return tuple(check for check in record.checks if check.result != "passed")


def proven(record: Record) -> bool:
    """Whether the server is as it was ordered, by the tests."""
    return bool(record.checks) and not not_passed(record)


VERSIONS = "versions: installed versions are the planned ones"
"""The test without which nobody knows what is installed."""


def installed(record: Record) -> bool:
    """Whether the packages of the plan are known to be there, whatever else failed."""
    return {check.result for check in record.checks if check.name == VERSIONS} == {"passed"}


def brought(record: Record) -> frozenset[str]:
    """Packages that runs brought which were broken off, and which this one finished."""
    return frozenset(name for one in record.proposal.plan.finishes for name in one.brought)


def figures(record: Record, words: Words) -> tuple[Figure, ...]:
    """The numbers beside the verdict."""
    return (*_done(record, words), _checks(record, words), _outside(record, words))


def _done(record: Record, words: Words) -> tuple[Figure, Figure]:
    plan, done = record.proposal.plan, proven(record)
    if plan.undo:
        gone, count = len(plan.undo.packages), len(plan.undo.restored)
        names = ("restored", "gone") if done else ("to_restore", "planned_gone")
    elif plan.removal:
        gone, count = len(plan.removal.packages), 1
        names = ("removed", "gone") if done else ("to_remove", "planned_gone")
    else:
        ours = brought(record)
        gone = sum(package.changes or package.name in ours for package in plan.packages)
        count = len(plan.components)
        packages = "packages_finished" if ours else "packages"
        names = ("components" if done else "ordered", packages if installed(record) else "planned_packages")
    return (
        Figure(words.number(count), words(f"figures.{names[0]}", count=count)),
        Figure(words.number(gone), words(f"figures.{names[1]}", count=gone)),
    )


def _checks(record: Record, words: Words) -> Figure:
    if not record.checks:
        return Figure("0", words("figures.not_tested"), "bad")
    every, bad = len(record.checks), len(not_passed(record))
    value = words("figures.of", passed=every - bad, all=every)
    return Figure(value, words("figures.checks"), "bad" if bad else "good")


def _outside(record: Record, words: Words) -> Figure:
    if record.audit is None:
        return Figure("?", words("figures.outside", count=0) + ": " + words("figures.unknown"), "warn")
    count = len(record.audit.out_of_scope)
    finishes = bool(record.proposal.plan.finishes)
    tone: Tone = "bad" if count else "warn" if record.audit.troubles or finishes else "good"
    since = ", " + words("figures.since") if finishes else ""
    return Figure(words.number(count), words("figures.outside", count=count) + since, tone)
