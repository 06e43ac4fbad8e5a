"""`koor-provision explain`: what a rule demands, and how to satisfy it."""

import re
import sys

import click
from click.shell_completion import CompletionItem

from koor_provision.errors import InputError
from koor_provision.load.rule_pages import RulePage, rule_pages

_UNJUDGED = "## What is done about it"


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    del ctx, param
    return [
        CompletionItem(page.rule, help=page.title)
        for page in rule_pages()
        if page.rule.upper().startswith(incomplete.upper())
    ]


@click.command(name="explain")
@click.argument("rules", metavar="[RULE]...", nargs=-1, shell_complete=_complete)
def command(rules: tuple[str, ...]) -> None:
    """Explain a RULE of the policy, such as R5: what it demands, where it comes from, which documents prove it.

    Each page has an example that passes, one that is refused, and says how to satisfy the rule. Without RULE, all
    rules are listed.
    """
    pages = rule_pages()
    if not rules:
        click.echo(_listed(pages))
        return
    wanted = [page for rule in rules for page in _named(rule, pages)]
    text = "\n\n".join(_for_terminal(page.text) for page in dict.fromkeys(wanted))
    if sys.stdout.isatty():
        click.echo_via_pager(text + "\n")
    else:
        click.echo(text)


def _named(rule: str, pages: tuple[RulePage, ...]) -> list[RulePage]:
    """R4 stands for both of its halves."""
    wanted = rule.upper().removeprefix("R").lstrip("0")
    found = [page for page in pages if wanted in {page.rule[1:].upper(), page.rule[1:].rstrip("ab")}]
    if not found:
        raise InputError(
            f"the policy has no rule '{rule}'", hint="list them with: koor-provision explain; they go from R1 to R16"
        )
    return found


def _listed(pages: tuple[RulePage, ...]) -> str:
    judged = [page for page in pages if _UNJUDGED not in page.text]
    others = [page for page in pages if _UNJUDGED in page.text]
    return "\n".join([
        "Judged by the gate, before anything is installed:",
        *map(_row, judged),
        "",
        "Not for a gate to judge; the page says what is done about it:",
        *map(_row, others),
        "",
        "The whole of one: koor-provision explain RULE",
    ])  # fmt: skip


def _row(page: RulePage) -> str:
    return f"  {click.style(f'{page.rule:<4}', bold=True)} {page.title}"


def _for_terminal(text: str) -> str:
    """Markdown as it is, but headings bold and examples indented instead of fenced."""
    lines = []
    inside = False
    for line in text.strip().splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside:
            lines.append(f"    {line}")
        elif heading := re.fullmatch(r"#+ (.+)", line):
            lines.append(click.style(heading[1], bold=True))
        else:
            lines.append(line)
    return "\n".join(lines)
