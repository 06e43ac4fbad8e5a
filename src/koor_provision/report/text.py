"""The gate's answer for people at a terminal."""

from collections.abc import Iterable

import click

from koor_provision.gate.decision import Admitted, Authorised, Refused
from koor_provision.models.finding import Finding, Verdict, broken_rules
from koor_provision.models.text import shown

_LOOK = {
    Verdict.PASS: ("ok", "green"),
    Verdict.NOT_APPLICABLE: ("n/a", "bright_black"),
    Verdict.DENY: ("NO", "red"),
    Verdict.UNKNOWN: ("??", "red"),
    Verdict.BROKEN: ("!!", "red"),
}


def decision(item: Admitted | Authorised | Refused, titles: dict[str, str], *, name: str) -> str:
    """The whole answer: a headline, what is missing with what to do about it, then every rule.

    The text carries colours; whoever prints it takes them out where there is no terminal.
    """
    refused = isinstance(item, Refused)
    broken = broken_rules(item.findings)
    word = click.style("refused", fg="red", bold=True) if refused else click.style("admitted", fg="green", bold=True)
    if broken and not refused:
        word = click.style(f"admitted BY EXCEPTION, {', '.join(broken)} BROKEN", fg="red", bold=True)
    lines = [f"{shown(name)}: {word}"]
    if isinstance(item, Refused):
        lines += [""]
        for finding in item.reasons:
            lines += _advice(finding, titles)
        lines += ["What was judged:"]
    lines += list(_table(item.findings))
    return "\n".join(lines)


def _advice(finding: Finding, titles: dict[str, str]) -> list[str]:
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
        word, colour = ("warn", "yellow") if finding.warning else _LOOK[finding.verdict]
        yield f"  {finding.rule:<4} {click.style(f'{word:<4}', fg=colour)} {shown(finding.reason)}"
