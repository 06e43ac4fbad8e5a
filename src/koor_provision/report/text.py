"""The gate's answer for people at a terminal.

The texts carry colours; whoever prints them takes those out where there is no terminal.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import click

from koor_provision.models.finding import Finding, Verdict, broken_rules
from koor_provision.models.text import shown
from koor_provision.report.answer import Answer, Problem

_LOOK = {
    Verdict.PASS: ("ok", "green"),
    Verdict.NOT_APPLICABLE: ("n/a", "bright_black"),
    Verdict.DENY: ("NO", "red"),
    Verdict.UNKNOWN: ("??", "red"),
    Verdict.BROKEN: ("!!", "red"),
}


def answers(items: Sequence[Answer], titles: Mapping[str, str]) -> str:
    """One answer in full: a headline, what is missing with what to do about it, then every rule.

    Of several: what is wrong in full, a line for each admitted case, and how many of each.
    """
    if len(items) == 1:
        return _whole(items[0], titles)
    parts: list[str] = []
    admitted: list[str] = []
    for item in items:
        if item.outcome == "admitted" and not any(finding.warning for finding in item.findings):
            admitted.append(_headline(item.path))
            continue
        parts += ["\n".join(admitted)] * bool(admitted)
        admitted = []
        parts.append(_whole(item, titles, item.path))
    parts += ["\n".join(admitted)] * bool(admitted)
    return "\n\n".join([*parts, _count(items)])


def _whole(item: Answer, titles: Mapping[str, str], name: str = "") -> str:
    if item.problem:
        return _not_judged(name or item.name, item.problem)
    return _judged(name or item.name, item.findings, titles, refused=item.outcome == "refused")


def _count(items: Sequence[Answer]) -> str:
    outcomes = Counter(item.outcome for item in items)
    by_exception = outcomes["admitted_by_exception"]
    return (
        f"{len(items)} cases: {outcomes['admitted']} admitted, "
        + (f"{by_exception} BY EXCEPTION, " if by_exception else "")
        + f"{outcomes['refused']} refused"
        + (f", {outcomes['not_judged']} could not be judged" if outcomes["not_judged"] else "")
    )


def _headline(name: str, *, refused: bool = False, broken: Sequence[str] = ()) -> str:
    if refused:
        answer = click.style("refused", fg="red", bold=True)
    elif broken:
        answer = click.style(f"admitted BY EXCEPTION, {', '.join(broken)} BROKEN", fg="red", bold=True)
    else:
        answer = click.style("admitted", fg="green", bold=True)
    return f"{shown(name)}: {answer}"


def _not_judged(name: str, problem: Problem) -> str:
    place = f"{problem.where}: " if problem.where else ""
    return "\n".join([
        f"{shown(name)}: {click.style('not judged', fg='red', bold=True)}",
        "",
        f"  {shown(place + problem.message)}",
        f"      To do:  {shown(problem.hint)}",
    ])  # fmt: skip


def _judged(name: str, findings: Sequence[Finding], titles: Mapping[str, str], *, refused: bool) -> str:
    lines = [_headline(name, refused=refused, broken=broken_rules(findings))]
    if refused:
        reasons = [finding for finding in findings if finding.verdict.blocks]
        lines += [""]
        for finding in reasons:
            lines += _advice(finding, titles)
        explained = list(dict.fromkeys(finding.rule for finding in reasons if finding.rule in titles))
        if explained:
            lines += [f"More about a rule, with examples: koor-provision explain {explained[0]}", ""]
        lines += ["What was judged:"]
    lines += list(_table(findings))
    return "\n".join(lines)


def _advice(finding: Finding, titles: Mapping[str, str]) -> list[str]:
    title = titles.get(finding.rule, "The gate")
    answer = "not proven" if finding.verdict is Verdict.UNKNOWN else "no"
    return [
        f"  {click.style(finding.rule, bold=True)}  {title}: {answer}.",
        f"      Why:    {shown(finding.reason)}",
        f"      Where:  {shown(finding.where)}",
        f"      To do:  {shown(finding.remedy)}",
        "",
    ]


def _table(findings: Iterable[Finding]) -> Iterable[str]:
    for finding in findings:
        warned = finding.warning and finding.verdict is Verdict.PASS
        word, colour = ("warn", "yellow") if warned else _LOOK[finding.verdict]
        yield f"  {finding.rule:<4} {click.style(f'{word:<4}', fg=colour)} {shown(finding.reason)}"
