"""`koor-provision ledger show`: the receipts as a table."""

import json
from typing import Any

import click

from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.models.text import shown


@click.command(name="show")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the last N receipts.")
def command(form: str, last: int | None) -> None:
    """Show what was run on this machine, and what came of it.

    There are no names here: `plan` is what stands in the evidence that the customer has, and `evidence` how the SHA-256
    of its SHA256SUMS begins.
    """
    receipts = Ledger(ledger_path()).receipts()[-(last or 0) :]
    if form == "json":
        click.echo(json.dumps(receipts, indent=2))
    elif receipts:
        click.echo("\n".join(_table(receipts)))
    else:
        click.echo("there is no receipt yet")


_HEADINGS = ("", "time", "event", "plan", "evidence", "what")


def _table(receipts: list[dict[str, Any]]) -> list[str]:
    rows = [_HEADINGS, *map(_row, receipts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS) - 1)]
    return ["  ".join(map(_padded, row, (-widths[0], *widths[1:], 0))).rstrip() for row in rows]


def _padded(cell: str, width: int) -> str:
    return cell.ljust(width) if width >= 0 else cell.rjust(-width)


def _row(receipt: dict[str, Any]) -> tuple[str, ...]:
    time = str(receipt.get("time", "")).replace("T", " ").replace("+00:00", "")
    cells = (receipt["number"], time, receipt.get("event", ""), receipt.get("plan", ""))
    return (
        *(shown(str(cell)) for cell in cells),
        shown(str(receipt.get("bundle_sha256", ""))[:16]),
        shown(_what(receipt)),
    )


def _what(receipt: dict[str, Any]) -> str:
    """Components with their versions, what was removed, rules that were broken; of other events what they are about."""
    parts = [f"{name} {version}".rstrip() for name, version in dict(receipt.get("components", {})).items()]
    if "removed" in receipt:
        parts = [f"without {receipt['removed']}{' and its data' if receipt.get('purged') else ''}"]
    if "undone" in receipt:
        parts = [f"run {receipt['undone']} undone{', data given up' if receipt.get('discarded') else ''}"]
    broken = [rule for rule, verdict in dict(receipt.get("rules", {})).items() if verdict == "broken"]
    parts += ["SAMPLE"] if "sample" in receipt else []
    parts += [f"BROKEN: {' '.join(broken)}"] if broken else []
    if receipt.get("event") == "mail":
        parts.append(f"{len(receipt.get('mails', ()))} mails taken in")
    parts += [str(key) for key in receipt.get("keys", ())]
    parts += [f"{receipt['previous_key']} -> {receipt['ledger_key']}"] if "previous_key" in receipt else []
    parts += [f"LOST: {receipt['lost']}"] if "lost" in receipt else []
    parts += [f"finishes {', '.join(map(str, receipt['finishes']))}"] if "finishes" in receipt else []
    return ", ".join(parts)
