"""The bill of materials: CycloneDX by the official schema, and only of what is known to be installed."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from tests.examples import Example

from koor_provision.models.plan import PlannedPackage
from koor_provision.report.bill import bill, bill_of

Runs = dict[str, Example]


def data(runs: Runs, name: str = "passed") -> dict[str, Any]:
    text = bill(runs[name].record)
    assert text
    return dict(json.loads(text))


@pytest.mark.parametrize("name", ["passed", "large", "removal", "nothing-to-do", "exception"])
def test_bill_keeps_to_the_official_schema(runs: Runs, name: str) -> None:
    text = bill(runs[name].record)
    assert text
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


@pytest.mark.parametrize("name", ["failed-step", "interrupted", "unverified", "not-begun"])
def test_there_is_no_bill_of_what_nobody_knows_to_be_installed(runs: Runs, name: str) -> None:
    assert bill(runs[name].record) is None


def test_a_run_whose_other_tests_failed_has_a_bill(runs: Runs) -> None:
    assert bill(runs["failed-test"].record)


def test_every_package_is_listed_with_its_purl(runs: Runs) -> None:
    plan = runs["passed"].record.proposal.plan
    packages = [PackageURL.from_string(one["purl"]) for one in data(runs)["components"] if "purl" in one]
    assert {(one.name, one.version) for one in packages} == {(one.name, one.version) for one in plan.packages}
    assert {(one.type, one.namespace, one.qualifiers["distro"]) for one in packages} == {("deb", "debian", "debian-12")}


def test_a_purl_is_written_by_the_specification(runs: Runs) -> None:
    listed = {one["name"]: one.get("purl") for one in data(runs)["components"]}
    assert listed["mariadb-server"] == (
        "pkg:deb/debian/mariadb-server@1:10.11.14-0%2Bdeb12u2?arch=amd64&distro=debian-12"
    )
    assert listed["php8.2-common"] == "pkg:deb/debian/php8.2-common@8.2.29-1~deb12u1?arch=all&distro=debian-12"


def test_an_architecture_that_is_not_known_is_left_out(runs: Runs) -> None:
    proposal = runs["passed"].record.proposal
    unknown = replace(proposal, facts=proposal.facts.model_copy(update={"architectures": {}}))
    assert "arch=" not in bill_of(unknown)


def test_components_have_the_packages_that_they_brought(runs: Runs) -> None:
    found = {one["ref"]: one["dependsOn"] for one in data(runs)["dependencies"]}
    assert found["server"] == ["system", "component:php", "component:apache", "component:mariadb"]
    assert [PackageURL.from_string(one).name for one in found["component:apache"]] == [
        "logrotate",
        "apache2",
        "openssl",
    ]


def test_every_reference_leads_to_something(runs: Runs) -> None:
    for name in ("large", "removal"):
        tree = data(runs, name)
        names = [one["bom-ref"] for one in (tree["metadata"]["component"], *tree["components"])]
        assert len(names) == len(set(names))
        assert {ref for one in tree["dependencies"] for ref in (one["ref"], *one["dependsOn"])} <= set(names)


def test_the_same_plan_gives_the_same_bytes_and_another_one_another_number(runs: Runs) -> None:
    record = runs["passed"].record
    later = replace(record, started=record.finished)
    assert bill(later) == bill(record)
    plan = record.proposal.plan.model_copy(update={"plan": "ffeeddccbbaa0011"})
    other = json.loads(bill_of(replace(record.proposal, plan=plan)))
    assert other["serialNumber"] != data(runs)["serialNumber"]


def test_what_changed_is_told_from_what_was_there(runs: Runs) -> None:
    proposal = runs["passed"].record.proposal
    packages = (
        PlannedPackage(name="new", version="2", origin="Debian"),
        PlannedPackage(name="newer", version="2", old_version="1"),
        PlannedPackage(name="there", version="2", old_version="2"),
    )
    tree = json.loads(bill_of(replace(proposal, plan=proposal.plan.model_copy(update={"packages": packages}))))
    found = {one["name"]: {p["name"].partition(":")[2]: p["value"] for p in one["properties"]}
             for one in tree["components"] if "purl" in one}  # fmt: skip
    assert (found["new"]["change"], found["new"]["origin"]) == ("added", "Debian")
    assert (found["newer"]["change"], found["newer"]["version-before"]) == ("updated", "1")
    assert (found["there"]["change"], found["there"].get("origin")) == ("unchanged", None)
