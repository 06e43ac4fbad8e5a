"""From an empty folder to an admitted case, by doing nothing but what `case status` says."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Sample
from tests.world import DATA

from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.models.agreement import Agreement

PERSON = ("customer-authorised", "Anna Example", "anna@bakery.example")


@pytest.fixture
def new(koor, sample: Sample, tmp_path: Path):
    """`case new` with all that can be said by options; some of it may be said otherwise."""
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"a signed paper")

    def run(case: str = "bakery", **changed: Any) -> Path:
        folder = sample.root / "cases" / case
        options: dict[str, Any] = {
            "customer": ["K-1"],
            "name": ["Example Bakery: bread & more"],
            "policy": ["1.2", "2020-01-31", paper],
            "agreement": ["2.0", "2020-01-31", paper],
            "authorised": [*PERSON, sample.key("customer-authorised.pub")],
            "responsible-for-it": ["customer-it", "Ivo Example", "ivo@bakery.example", sample.key("customer-it.pub")],
            "offer": ["O-1"],
            "goal": ["Run the application: on their own server # reachable from the office"],
            "hours": ["2.50"],
            "complexity": ["low"],
            "cost": ["500"],
            "order": ["A-1"],
            "engineer": ["engineer-senior"],
            "host": ["web-1"],
        } | changed
        words = [word for name, values in options.items() if values for word in (f"--{name}", *values)]
        answer = koor("case", "new", folder, *words)
        assert answer.code == 0, answer.err
        assert f"next: koor-provision case status {folder}" in answer.out
        return folder

    return run


def next_step(koor, case: Path) -> dict[str, Any]:
    steps = json.loads(koor("case", "status", case, "--format", "json").out)
    assert [step["name"] for step in steps] == [
        "agreement.yml", "offer.yml", "acceptance.yml", "confirmation.yml", "targets.yml", "gate", "installation",
    ]  # fmt: skip
    states = [step["state"] for step in steps]
    assert states.count("next") == 1
    assert set(states[: states.index("next")]) <= {"done"}
    return next(step for step in steps if step["state"] == "next")


def take(koor, sample: Sample, step: dict[str, Any]) -> None:
    """Do what the step says, as the first of the persons that it names."""
    person = step["who"].split(" or ")[0]
    program, *words = shlex.split(step["command"])
    assert program == "koor-provision"
    answer = koor(*(str(sample.key(person)) if word == "KEY" else word for word in words))
    assert answer.code == 0, answer.err


def test_a_newcomer_gets_to_an_admitted_case(koor, sample: Sample, new):
    case = new()
    taken = []
    while (step := next_step(koor, case))["name"] != "installation":
        taken.append((step["name"], step["who"].split(" or ")[0], shlex.split(step["command"])[1]))
        assert len(taken) < 20
        take(koor, sample, step)

    assert taken == [
        ("agreement.yml", "customer-authorised", "sign"),
        ("agreement.yml", "sales-manager", "sign"),
        ("agreement.yml", "cto", "sign"),
        ("offer.yml", "hocs", "sign"),
        ("acceptance.yml", "you", "case"),
        ("acceptance.yml", "customer-authorised", "sign"),
        ("confirmation.yml", "you", "case"),
        ("confirmation.yml", "sales-manager", "sign"),
        ("targets.yml", "customer-authorised", "sign"),
    ]
    assert koor("check", case).code == 0
    assert step["who"] == "engineer-senior"
    assert step["command"].startswith(f"koor-provision install {case} --inventory FILE --dry-run")


def test_what_is_not_known_is_left_to_be_filled_in(koor, sample: Sample, new):
    case = new(name=[], policy=[], hours=[], host=[])

    step = next_step(koor, case)
    assert step["name"] == "agreement.yml"
    assert "name: is still to be filled in" in step["why"]
    assert "data_protection_policy.version (line 12): is still to be filled in" in step["why"]
    assert step["command"].startswith("edit ")
    assert koor("sign", case / "agreement.yml", "--key", sample.key("sales-manager")).code == 2


def test_nothing_at_all_is_known(koor, sample: Sample, tmp_path):
    case = sample.root / "cases" / "empty"

    assert koor("case", "new", case).code == 0
    assert next_step(koor, case)["name"] == "agreement.yml"
    for file in case.iterdir():
        assert "<fill in " in file.read_text()
        assert koor("sign", file, "--key", sample.key("cto")).code == 2
    assert "components: [php, apache, mariadb]" in (case / "confirmation.yml").read_text()


@pytest.mark.parametrize(
    "name", ["no", "4711", "a: b", "- a", "# a", '"', "'", "é", "null", "Ärzte & Co. {x}", "[a]", "a, b", "a\\b"]
)
def test_any_name_of_a_customer_stands_in_the_document_as_it_is(new, name):
    case = new(name=[name])

    content = Content("agreement.yml", (case / "agreement.yml").read_bytes())
    if any(letter.isalnum() for letter in name):
        assert to_model(content, Agreement).name == name


def test_nothing_is_overwritten(koor, new):
    case = new()
    before = {file: file.read_bytes() for file in case.iterdir()}

    answer = koor("case", "new", case)

    assert answer.code == 2
    assert "is not empty" in answer.err
    assert {file: file.read_bytes() for file in case.iterdir()} == before


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--hours", "two"], "'two' is no number"),
        (["--cost", "-1"], "'-1' is no number"),
        (["--policy", "1", "31.1.2020", "x"], "'31.1.2020' is no day"),
        (["--policy", "1", "2020-01-31", "nowhere"], "nowhere: missing"),
        (["--authorised", "a", "b", "c", "nowhere"], "nowhere: not an SSH key"),
        (["--component", "cobol"], "cobol"),
    ],
)
def test_wrong_options_are_bad_input_and_write_nothing(koor, tmp_path, option, said):
    answer = koor("case", "new", tmp_path / "new", *option)

    assert answer.code == 2
    assert said in answer.err
    assert not (tmp_path / "new").exists()


def test_on_a_terminal_questions_are_asked(koor, sample: Sample, monkeypatch):
    answers = iter(
        ["K-1", "Example Bakery", "", "A-1", "engineer-senior", "2", "low", "500", "php sqlite", "A goal", ""]
    )
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.prompt", lambda text, **options: next(answers))
    case = sample.root / "cases" / "asked"

    assert koor("case", "new", case).code == 0

    assert list(answers) == []
    assert "customer: K-1\n" in (case / "offer.yml").read_text()
    assert 'offer: "<fill in the number of the offer>"\n' in (case / "offer.yml").read_text()
    assert "  - component: sqlite\n" in (case / "offer.yml").read_text()
    assert '  - name: "<fill in the name of the server>"\n' in (case / "targets.yml").read_text()


class TestDigests:
    @pytest.fixture
    def offered(self, koor, sample: Sample, new) -> Path:
        """A case whose offer is signed."""
        case: Path = new()
        while (step := next_step(koor, case))["name"] != "acceptance.yml":
            take(koor, sample, step)
        return case

    def test_they_are_entered_once_the_document_before_is_signed(self, koor, sample: Sample, new, offered):
        early = new("early")

        assert "nothing to enter yet" in koor("case", "status", early, "--write").err
        assert "<fill in the digest" in (early / "acceptance.yml").read_text()
        assert "acceptance.yml, offer_sha256, " in koor("case", "status", offered, "--write").err + ", "

    def test_a_day_that_somebody_entered_stays(self, koor, offered):
        file = offered / "acceptance.yml"
        file.write_text(file.read_text().replace('"<fill in the day of the acceptance>"', "2026-01-31"))

        koor("case", "status", offered, "--write")

        assert "accepted: 2026-01-31\n" in file.read_text()
        assert "<fill in" not in file.read_text()

    def test_what_is_signed_is_never_edited(self, koor, sample: Sample, offered):
        for _ in range(2):
            take(koor, sample, next_step(koor, offered))
        signed = (offered / "acceptance.yml").read_bytes()
        (offered / "offer.yml").write_text((offered / "offer.yml").read_text().replace("2.50", "3.50"))
        koor("sign", offered / "offer.yml", "--key", sample.key("team-leader"), "--replace")

        step = next_step(koor, offered)
        answer = koor("case", "status", offered, "--write")

        assert step["name"] == "acceptance.yml"
        assert step["command"].startswith("rm ")
        assert answer.code == 2
        assert "is signed, and would have to be signed again" in answer.err
        assert (offered / "acceptance.yml").read_bytes() == signed

    def test_a_digest_that_has_no_line_of_its_own(self, koor, sample: Sample, offered):
        file = offered / "acceptance.yml"
        file.write_text(file.read_text().replace("offer_sha256:", '"offer_sha256":'))

        answer = koor("case", "status", offered, "--write")

        assert answer.code == 2
        assert "write on a line: offer_sha256: " in answer.err


class TestStatus:
    def test_of_an_admitted_case(self, koor, sample: Sample):
        answer = koor("case", "status", sample.case)

        assert answer.code == 0
        assert answer.out.count(" done ") == 6
        assert "6  gate          done   admitted\n7  installation  next " in answer.out
        assert "      who:  engineer-senior\n      do:   koor-provision install " in answer.out

    def test_of_a_refused_case(self, koor, sample: Sample):
        step = next_step(koor, sample.root / "cases" / "never-ordered")

        assert step["name"] == "confirmation.yml"
        assert step["why"].startswith("R5: 'redis' was never ordered")
        assert step["who"] == "sales"

    def test_of_a_case_that_only_the_companys_documents_refuse(self, koor, sample: Sample):
        sample.edit("confirmation.yml", "engineer-senior", "engineer-junior", "sales-manager")

        step = next_step(koor, sample.case)
        assert step["name"] == "gate"
        assert step["why"].startswith("R6: engineer-junior is no senior employee yet")
        assert "who:" not in koor("case", "status", sample.case).out

    def test_of_a_document_that_is_missing_or_malformed(self, koor, sample: Sample):
        sample.edit("targets.yml", "environment: default-image\n", "environment: cloud\n")
        assert "targets.yml, line 10: hosts.0.environment: " in next_step(koor, sample.case)["why"]

        sample.file("offer.yml").unlink()
        step = next_step(koor, sample.case)
        assert (step["name"], step["why"]) == ("offer.yml", "offer.yml: missing")

    def test_of_a_signature_that_does_not_count(self, koor, sample: Sample):
        sample.file("targets.yml.sig").unlink()
        sample.sign("offer.yml", "engineer-junior")

        step = next_step(koor, sample.case)

        assert step["name"] == "offer.yml"
        assert step["why"].startswith("to be signed by somebody entitled to estimate")
        assert step["who"] == "hocs or team-leader or engineer-senior"

    def test_of_a_document_that_was_changed_after_it_was_signed(self, koor, sample: Sample):
        sample.file("targets.yml.sig").unlink()
        sample.edit("offer.yml", "2.50", "3.50")

        step = next_step(koor, sample.case)

        assert "the document was changed after team-leader signed it" in step["why"]
        assert step["command"].endswith("--replace")

    def test_leads_on_where_an_admitted_case_was_edited_and_signed_again(self, koor, sample: Sample):
        """The offer is in order; acceptance and confirmation are of the former one, and signed."""
        sample.edit("offer.yml", "office network", "whole internet", "team-leader")
        taken = []

        while (step := next_step(koor, sample.case))["name"] != "installation":
            taken.append(step["name"])
            assert len(taken) < 10, step
            if step["command"].startswith("rm "):
                remove, write = step["command"].split("; ")
                assert write == f"koor-provision case status {sample.case} --write"
                Path(remove.removeprefix("rm ")).unlink()
                koor(*write.split()[1:])
            else:
                take(koor, sample, step)

        assert taken == ["acceptance.yml", "acceptance.yml", "confirmation.yml", "confirmation.yml"]

    def test_of_an_exception_that_nobody_signed_yet(self, koor, sample: Sample):
        text = (DATA / "exception.yml").read_text(encoding="utf-8")
        (sample.case / "exception.yml").write_text(text, encoding="utf-8")

        step = next_step(koor, sample.case)

        assert (step["name"], step["why"]) == ("gate", "exception.yml.sig: missing")
        assert f"koor-provision sign {sample.case}/exception.yml --key KEY" in step["command"]

    def test_of_a_folder_that_is_not_there(self, koor, sample: Sample):
        assert koor("case", "status", sample.root / "cases" / "nowhere").code == 2


class TestWithoutAKey:
    """A customer who has no key approves by mail or on paper."""

    def test_the_whole_case_by_mail(self, koor, sample: Sample):
        assert next_step(koor, sample.root / "cases" / "by-mail")["name"] == "installation"

    def test_on_the_way_a_mail_stands_for_a_signature(self, koor, sample: Sample):
        case = sample.root / "cases" / "by-mail"
        (case / "confirmation.yml.sig").unlink()

        step = next_step(koor, case)

        assert step["name"] == "confirmation.yml"
        done = json.loads(koor("case", "status", case, "--format", "json").out)[:3]
        assert [one["why"] for one in done] == [
            "signed by hocs, sales-manager; the customer by mail or on paper",
            "signed by team-leader",
            "approved; the customer by mail or on paper",
        ]

    def test_who_has_neither_is_asked_for_a_mail_or_a_paper(self, koor, sample: Sample, new):
        case = new(authorised=[*PERSON, "-"])

        step = next_step(koor, case)

        assert step["name"] == "agreement.yml"
        assert "nobody of them has a key" in step["why"]
        assert step["command"].startswith(f"koor-provision case add-mail {case} FILE.eml")
