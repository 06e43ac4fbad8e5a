"""What the page says of each rule is never better than its worst finding."""

from dataclasses import replace

import pytest
from tests.examples import Example

from koor_provision.models.finding import Finding, Verdict
from koor_provision.report.customer.rulings import rulings

PASS, OTHER = Finding("R5", Verdict.PASS, "as ordered", "offer.yml"), Finding("R5", Verdict.NOT_APPLICABLE, "", "")


@pytest.mark.parametrize(
    ("finding", "answer"),
    [
        (PASS, "yes"),
        (OTHER, "yes"),
        (replace(PASS, warning=True), "attention"),
        (replace(PASS, verdict=Verdict.BROKEN), "broken"),
        (replace(PASS, verdict=Verdict.DENY), "denied"),
        (replace(PASS, verdict=Verdict.UNKNOWN), "denied"),
    ],
)
def test_the_worst_finding_of_a_rule_counts(runs: dict[str, Example], finding: Finding, answer: str) -> None:
    for findings in ((PASS, finding), (finding, PASS)):
        (ruling,) = rulings(replace(runs["passed"].record, findings=findings))
        assert ruling.answer == answer
        assert (finding in ruling.notable) is (answer != "yes")


def test_a_rule_that_nothing_applies_to_is_not_called_kept(runs: dict[str, Example]) -> None:
    (ruling,) = rulings(replace(runs["passed"].record, findings=(OTHER, OTHER)))
    assert ruling.answer == "not_applicable"


def test_every_rule_stands_there_once_in_the_policys_order(runs: dict[str, Example]) -> None:
    names = [ruling.rule for ruling in rulings(runs["passed"].record)]
    assert names == ["R1", "R2", "R3", "R4a", "R4b", *(f"R{number}" for number in range(5, 13))]
