"""The report of a maintenance says what was found, what to do, and whether the server was left as it was (R14)."""

from datetime import date

import pytest

from koor_provision.models.audit import Change, ChangeKind
from koor_provision.models.checklist import MaintenanceReport, MaintenanceRow
from koor_provision.report.maintenance import Maintained, mail, page

ROWS = (
    MaintenanceRow(item="storage", verdict="attention", found="5 % free", advice="extend the storage"),
    MaintenanceRow(item="php", verdict="good", found="8.2"),
    MaintenanceRow(item="remarks", verdict="noted", said="<script>alert(1)</script>"),
    MaintenanceRow(item="tests-modules", verdict="open", found="no tests"),
)


def maintained(*, unchanged: bool = True, changes: tuple[Change, ...] = ()) -> Maintained:
    report = MaintenanceReport(
        kind="maintenance-report", customer="4711", order="A-1", host="web-1", date=date(2026, 1, 31),
        performed_by="engineer-senior", contract=True, unchanged=unchanged, form_version=1, form_sha256="a" * 64,
        rows=ROWS,
    )  # fmt: skip
    texts = {"storage": "Storage meets the recommendation"}
    return Maintained(report, "Example Bakery", "Erika Example", texts, ("extend the storage",), changes, 7)


def test_the_mail_has_what_needs_attention_and_what_we_recommend() -> None:
    text = mail(maintained())
    assert "the application of Example Bakery on web-1" in text
    assert text.startswith("Subject: Maintenance of your application on 2026-01-31\n")
    assert "1 of 4 points are as they should be; 1 point needs attention." in text
    assert "- Storage meets the recommendation: 5 % free" in text
    assert "We recommend:\n\n- extend the storage" in text
    assert "Nothing on your server was changed" in text
    assert text.endswith("Erika Example\n")


def test_the_page_has_every_row_with_its_verdict() -> None:
    text = page(maintained())
    for words in ("needs attention", "good", "noted", "open", "extend the storage", "Example Bakery (4711)"):
        assert words in text
    assert "7 entries" in text


def test_what_somebody_said_is_text_on_the_page() -> None:
    text = page(maintained())
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("render", [mail, page])
def test_a_change_meanwhile_is_told(render) -> None:
    change = Change(ChangeKind.FILE, "/etc/stranger", "added")
    text = render(maintained(unchanged=False, changes=(change,)))
    assert "changed" in text
    assert "Nothing on your server was changed" not in text
    if render is page:
        assert "/etc/stranger" in text
