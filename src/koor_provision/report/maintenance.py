"""The report of a yearly maintenance: a page for the customer, and the text of the mail that it goes with (R14)."""

from collections.abc import Mapping
from dataclasses import dataclass

from koor_provision.models.audit import Change
from koor_provision.models.checklist import MaintenanceReport, MaintenanceRow
from koor_provision.models.text import shown
from koor_provision.report.pages import environment

WORDS = {"good": "good", "attention": "needs attention", "noted": "noted", "open": "open"}


@dataclass(frozen=True)
class Maintained:
    """A maintenance with what its report tells beside the rows.

    Attributes:
        texts: what the CTO's form says of each row.
        advice: what we recommend.
        changes: what changed on the server meanwhile and belongs to nothing that runs there.
        running: how many changes belong to what runs there itself, such as logs.
    """

    report: MaintenanceReport
    customer: str
    engineer: str
    texts: Mapping[str, str]
    advice: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    running: int = 0

    def counted(self, verdict: str) -> int:
        """How many rows have a verdict."""
        return sum(row.verdict == verdict for row in self.report.rows)


def page(one: Maintained) -> str:
    """The report as a page without scripts, fonts or network."""
    return (
        environment()
        .get_template("maintenance.html")
        .render(one=one, report=one.report, words=WORDS, need=needs_attention(one))
    )


def mail(one: Maintained) -> str:
    """The text for the mail to the customer, who gets a copy of the report with it."""
    report = one.report
    bad = [row for row in report.rows if row.verdict == "attention"]
    lines = [
        f"Subject: Maintenance of your application on {report.date}",
        "",
        "Dear Sir or Madam,",
        "",
        f"we performed the yearly maintenance of the application of {one.customer} on {report.host} on {report.date}.",
        "The report is enclosed.",
        "",
        f"{one.counted('good')} of {len(report.rows)} points are as they should be; {needs_attention(one)}.",
        *([""] if bad else []),
        *(f"- {_line(one, row)}" for row in bad),
        *(["", "We recommend:", "", *(f"- {advice}" for advice in one.advice)] if one.advice else []),
        "",
        "Nothing on your server was changed by this maintenance."
        if report.unchanged
        else "While we looked, something changed on your server that was not ours; the report lists it.",
        "",
        "Best regards,",
        "",
        one.engineer,
    ]
    return "\n".join(shown(text) for text in lines) + "\n"


def needs_attention(one: Maintained) -> str:
    """How many points do, in words."""
    bad = one.counted("attention")
    return f"{bad} point needs attention" if bad == 1 else f"{bad} points need attention"


def _line(one: Maintained, row: MaintenanceRow) -> str:
    return f"{one.texts.get(row.item, row.item)}: {row.found or row.said or ''}"
