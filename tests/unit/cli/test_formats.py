"""What CI systems read of `check`: valid by the formats' schemas, whatever a case is called and whatever is wrong."""

import json
import os
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from tests.conftest import Sample

SCHEMAS = Path(__file__).parents[2] / "schemas"


def valid(data: Any, schema: str) -> Any:
    content = json.loads((SCHEMAS / schema).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(content, format_checker=jsonschema.FormatChecker()).validate(data)
    return data


def tree(element: ET.Element) -> dict[str, Any]:
    text = {"text": element.text} if element.text and element.text.strip() else {}
    return {"tag": element.tag, "attributes": element.attrib, "children": [tree(one) for one in element], **text}


@pytest.fixture
def three(sample: Sample):
    """An admitted, a refused and an unreadable case."""
    shutil.rmtree(sample.case.with_name("by-mail"))
    bad = shutil.copytree(sample.case, sample.case.with_name("unreadable"))
    (bad / "offer.yml").write_text("kind: offer\nrevision: [\n", encoding="utf-8")
    return sample.case.parent


def test_junit(koor, three):
    answer = koor("check", three, "--format", "junit")
    root = ET.fromstring(answer.out)  # noqa: S314  # our own output

    valid(tree(root), "junit.json")
    assert answer.code == 2
    assert [suite.get("name") for suite in root] == [
        f"{three}/{name}" for name in ("default-offer", "never-ordered", "unreadable")
    ]
    assert [(suite.get("failures"), suite.get("errors")) for suite in root] == [("0", "0"), ("2", "0"), ("0", "1")]
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["27", "2", "1", "6"]
    failure = root.find(".//failure")
    assert failure is not None
    assert "'redis' was never ordered" in failure.get("message", "")
    assert "To do: take 'redis' out" in (failure.text or "")
    assert "error: " in answer.err
    assert "unreadable: offer.yml, line 3" in answer.err


def test_sarif(koor, three, monkeypatch):
    monkeypatch.chdir(three)

    answer = koor("check", "never-ordered", "default-offer", "unreadable", "--format", "sarif",
                  "--company", "../company")  # fmt: skip
    (run,) = valid(json.loads(answer.out), "sarif.json")["runs"]

    assert answer.code == 2
    assert run["invocations"] == [{"executionSuccessful": False}]
    refused, _, unreadable = run["results"]  # R8 refuses too: the roles of the tests' data have no redis
    assert (refused["ruleId"], refused["level"]) == ("R5", "error")
    assert run["tool"]["driver"]["rules"][refused["ruleIndex"]]["id"] == "R5"
    line = (three / "never-ordered" / "confirmation.yml").read_text().splitlines().index(
        "components: [php, apache, mariadb, redis]"
    )  # fmt: skip
    assert refused["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "never-ordered/confirmation.yml"},
                "region": {"startLine": line + 1},
            }
        }
    ]
    assert unreadable["ruleId"] == "input"
    assert unreadable["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "unreadable/offer.yml"},
        "region": {"startLine": 3},
    }


def places(koor, sample: Sample, *options: str) -> list[tuple[str, int | None]]:
    answer = koor("check", sample.case, "--format", "sarif", *options)
    results = valid(json.loads(answer.out), "sarif.json")["runs"][0]["results"]
    physical = [result["locations"][0]["physicalLocation"] for result in results]
    return [(one["artifactLocation"]["uri"], one.get("region", {}).get("startLine")) for one in physical]


def test_a_finding_in_the_companys_documents(koor, sample: Sample):
    text = sample.file("staff.yml").read_text()
    line = text[: text.index("id: engineer-junior")].count("\n") + 1

    assert places(koor, sample, "--as", "engineer-junior") == [(f"file://{sample.company}/staff.yml", line)]


def test_a_finding_about_a_field_in_a_field(koor, sample: Sample):
    sample.edit("offer.yml", "hours: 2.50", "hours: 0", "team-leader")

    assert (f"file://{sample.case}/offer.yml", 16) in places(koor, sample)


def test_a_missing_signature_is_shown_beside_its_document(koor, sample: Sample):
    sample.file("offer.yml.sig").unlink()

    assert places(koor, sample) == [(f"file://{sample.case}/offer.yml", None)]


def test_a_missing_document_is_shown_at_the_case(koor, sample: Sample):
    sample.file("offer.yml").unlink()

    assert places(koor, sample) == [(f"file://{sample.case}", None)]


@pytest.mark.parametrize("name", ["a b", "x\x1b[2K\n<&\"'>", os.fsdecode(b"caf\xe9"), "%2e%2e", "a:b", "zażółć"])
def test_any_name_of_a_case_makes_a_valid_report(koor, sample: Sample, name):
    sample.case.rename(sample.case.with_name(name))
    named = sample.root / "cases" / name

    junit = koor("check", named, "--as", "engineer-junior", "--format", "junit").out
    sarif = koor("check", named, "--as", "engineer-junior", "--format", "sarif").out

    valid(tree(ET.fromstring(junit)), "junit.json")  # noqa: S314  # our own output
    assert len(valid(json.loads(sarif), "sarif.json")["runs"][0]["results"]) == 1
