"""`software approve`, `outdated` and what `validate` refuses: the CTO's key and nobody else's; nothing that failed."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.conftest import Sample
from tests.validations import put, record, run

VERSIONS = "vers:deb/>=1.28|<1.29~"
WIDE = "vers:deb/>=1.20|<1.29~"


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def good(sample: Sample) -> Path:
    return put(
        sample.company, "nginx-update-2.yml", record(run("debian13", "1.28.0-1"), versions=VERSIONS, day=today())
    )


def approve(koor, sample: Sample, file: Path, key: str = "cto", *options: str):
    return koor(
        "software", "approve", file, "--company", sample.company, "--key", sample.key(key), "--yes", *options
    )  # fmt: skip


def files(sample: Sample) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sample.company.rglob("*") if path.is_file()}


def test_the_cto_approves_and_the_gate_takes_the_new_list(koor, sample, good):
    answer = approve(koor, sample, good)

    assert answer.code == 0, answer.err
    assert "nginx >= 1.28, < 1.29~ on debian13" in answer.out
    listed = json.loads(koor("software", "list", "--company", sample.company, "--format", "json").out)
    assert (listed["version"], listed["signed_by"]) == (2, ["cto"])
    assert listed["entries"][-1]["record"] == "validations/nginx-update-2.yml"
    assert koor("check", sample.case).code == 0


def test_list_shows_who_approved_and_what_was_run(koor, sample, good):
    approve(koor, sample, good)
    text = koor("software", "list", "--company", sample.company).out

    assert (
        f"approved {today()} by cto; validations/nginx-update-2.yml: tested {today()}, 0 days ago, 1.28.0-1 on debian13"
        in text
    )


@pytest.mark.parametrize("person", ["hocs", "team-leader", "engineer-senior", "sales-manager", "customer-authorised"])
def test_nobody_elses_key_approves_and_nothing_is_written(koor, sample, good, person):
    before = files(sample)
    answer = approve(koor, sample, good, person)

    assert answer.code == 1
    assert "only the CTO approves software (R9)" in answer.err
    assert files(sample) == before


def test_a_key_that_nobody_holds_approves_nothing(koor, sample, good):
    sample.new_key("stranger")

    assert "nobody known holds the key" in approve(koor, sample, good, "stranger").err


def test_a_failed_validation_is_approved_by_nobody(koor, sample):
    text = record(run("debian13", "1.28.0-1", passed=False), versions=VERSIONS, day=today())
    before = files(sample) | {}
    answer = approve(koor, sample, put(sample.company, "nginx-update-2.yml", text))

    assert answer.code == 1
    assert "did not pass" in answer.err
    assert {name: data for name, data in files(sample).items() if name in before} == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("passed: 'yes'", "passed: 'no'", "did not pass"),
        ("version: 1.28.0-1", "version: 1.30.0-1", "outside of what it validates"),
        ("    passed: true\n    evidence: koor", "    passed: false\n    evidence: koor", "failed"),
        ("responsible: cto", "responsible: customer-authorised", "was not with us"),
    ],
)
def test_a_record_that_does_not_show_a_success_is_not_approved(koor, sample, good, old, new, said):
    text = good.read_text(encoding="utf-8")
    assert old in text
    good.write_text(text.replace(old, new), encoding="utf-8")
    answer = approve(koor, sample, good)

    assert answer.code == 1
    assert said in answer.err


def test_a_record_without_a_test_run_is_not_approved(koor, sample):
    text = record(run("debian13", "1.28.0-1"), versions=VERSIONS, day=today())
    bare = text.partition("tested:")[0] + "update:" + text.partition("update:")[2]
    answer = approve(koor, sample, put(sample.company, "nginx-update-2.yml", bare))

    assert "holds no test run" in answer.err


def test_the_same_record_is_not_approved_twice(koor, sample, good):
    approve(koor, sample, good)

    assert approve(koor, sample, good).code == 2


def test_a_list_that_the_cto_did_not_sign_is_not_built_on(koor, sample, good):
    sample.sign("approved_software.yml", "hocs")
    sample.seen_first()

    assert "nothing can be built on it" in approve(koor, sample, good).err


def test_a_record_from_elsewhere_is_put_where_the_list_says(koor, sample, good, tmp_path):
    elsewhere = Path(shutil.move(good, tmp_path / good.name))
    approve(koor, sample, elsewhere)

    assert good.read_bytes() == elsewhere.read_bytes()
    assert "nginx passed" in good.with_suffix(".html").read_text(encoding="utf-8")


def test_another_record_of_the_same_name_is_not_written_over(koor, sample, good, tmp_path):
    elsewhere = Path(shutil.copy(good, tmp_path / good.name))
    good.write_text("another", encoding="utf-8")

    assert approve(koor, sample, elsewhere).code == 2
    assert good.read_text(encoding="utf-8") == "another"


def test_without_a_terminal_somebody_must_say_that_it_was_read(koor, sample, good):
    answer = koor("software", "approve", good, "--company", sample.company, "--key", sample.key("cto"))

    assert answer.code == 2
    assert "add --yes" in answer.err


def test_the_page_shows_a_record_and_lets_nothing_in(koor, sample, tmp_path):
    text = record(run("debian13", "1.28.0-1"), versions=VERSIONS, day=today()).replace("None.", "<script>x</script>")
    file = tmp_path / "nginx-update-2.yml"
    file.write_text(text, encoding="utf-8")
    approve(koor, sample, file)
    page = (sample.company / "validations" / "nginx-update-2.html").read_text(encoding="utf-8")

    assert "&lt;script&gt;x" in page
    assert "<script" not in page


def test_outdated_compares_with_what_a_file_says_is_offered(koor, sample, tmp_path):
    offers = tmp_path / "offers.yml"
    offers.write_text("debian13:\n  nginx: 1.28.0-1\ndebian12:\n  nginx: 1.22.1-9\n", encoding="utf-8")
    given = ("software", "outdated", "--company", sample.company, "--offers", offers, "--system", "debian13")
    answer = koor(*given)

    assert answer.code == 0
    assert "1.28.0-1 is not approved" in answer.out
    assert "koor-provision software validate nginx --system debian13" in answer.out
    assert "debian12" not in answer.out
    assert koor(*given, "--exit-code").code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ngnix", "--system", "debian13"), "no role knows 'ngnix'"),
        (("nginx",), "--responsible: is missing"),
        (("nginx", "--responsible", "nobody"), "'nobody' does not work here"),
        (("nginx", "--responsible", "cto"), "--system: is missing"),
        (("nginx", "--responsible", "cto", "--system", "debian7"), "no contract for 'debian7'"),
        (("wkhtmltopdf", "--responsible", "cto", "--system", "debian13"), "debian13 has no wkhtmltopdf"),
        (("nginx", "--responsible", "cto", "--system", "debian13"), "not answered in full"),
    ],
)
def test_validate_refuses_before_anything_is_run(koor, sample, arguments, said):
    answer = koor("software", "validate", *arguments, "--company", sample.company)

    assert answer.code == 2
    assert said in answer.err


def test_validate_prints_a_file_to_fill_in(koor, sample):
    assert "production_problems" in koor("software", "validate", "nginx", "--blank", "--company", sample.company).out
    new = koor("software", "validate", "nginx", "--blank", "--form", "new", "--company", sample.company).out
    assert "return_on_investment" in new


def test_a_range_that_says_more_than_was_tested_is_approved_by_nobody(koor, sample):
    for versions, version, said in (
        ("vers:deb/>=99", "1:99.8-1", "has the epoch 1, and the bound 99 has 0"),
        ("vers:deb/>=1.28", "1.28.0-1", "no upper end"),
    ):
        text = record(run("debian13", version), versions=versions, day=today())
        answer = approve(koor, sample, put(sample.company, "nginx-update-2.yml", text))

        assert answer.code == 1
        assert said in answer.err


def test_a_record_that_ran_another_component_is_approved_by_nobody(koor, sample):
    text = record(run("debian13", "1.28.0-1", package="apache"), versions=VERSIONS, day=today())
    answer = approve(koor, sample, put(sample.company, "nginx-update-2.yml", text))

    assert answer.code == 1
    assert "did not run nginx on debian13" in answer.err


def test_an_older_test_takes_the_place_of_no_newer_one(koor, sample):
    text = record(run("debian12", "1.24.0-1"), run("debian13", "1.26.0-1"), versions=WIDE, day=date(2024, 11, 22))
    before = files(sample)
    file = put(sample.company, "nginx-update-2.yml", text)
    answer = approve(koor, sample, file)

    assert answer.code == 2
    assert "was tested on 2024-11-22, before what it would replace (validations/nginx-update-1.yml" in answer.err
    file.unlink()
    assert files(sample) == before


def test_an_old_test_and_another_state_of_the_role_are_told(koor, sample):
    text = record(run("debian13", "1.28.0-1"), versions=VERSIONS, day=date(2025, 11, 22))
    answer = approve(koor, sample, put(sample.company, "nginx-update-2.yml", text))

    assert answer.code == 0, answer.err
    assert "note: tested " in answer.out
    assert "note: roles/nginx is not what was tested" in answer.out


def test_a_list_that_would_be_expired_at_once_is_not_signed(koor, sample, good):
    before = files(sample)
    answer = approve(koor, sample, good, "cto", "--expires", "2020-01-01")

    assert answer.code == 2
    assert "--expires: the list would be expired at once" in answer.err
    assert files(sample) == before
