import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Sample

from koor_provision.cli import judging
from koor_provision.cli.enrol import enrol_sample
from koor_provision.load.case import load_case
from koor_provision.sample import write as writing

RULES = ["R1", "R2", "R3", "R4a", "R4b", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12"]


def test_an_admitted_case(koor, sample: Sample):
    answer = koor("check", sample.case)

    assert answer.code == 0
    assert answer.out.startswith("default-offer: admitted\n")
    assert [line.split()[0] for line in answer.out.splitlines()[1:]] == RULES
    assert not answer.err


def test_a_refused_case_tells_every_reason_with_what_to_do(koor, sample: Sample):
    answer = koor("check", sample.root / "cases" / "never-ordered")

    assert answer.code == 1
    assert answer.out.startswith("never-ordered: refused\n")
    assert "'redis' was never ordered: the accepted offer has php, apache, mariadb" in answer.out
    assert answer.out.count("Why:") == answer.out.count("Where:") == answer.out.count("To do:") >= 2
    assert {"R5", "R8"} <= {line.split()[0] for line in answer.out.splitlines() if line.startswith("  R")}


@pytest.mark.parametrize("form", ["text", "json", "junit"])
def test_commands_work_where_they_are_printed(koor, sample: Sample, form):
    sample.sign("offer.yml", "engineer-junior")
    assert f"koor-provision sign {sample.case}/offer.yml --key KEY" in koor("check", sample.case, "--format", form).out

    sample.file("offer.yml.sig").unlink()
    answer = koor("check", sample.case, "--format", form)
    assert f"koor-provision sign {sample.case}/offer.yml --key KEY" in answer.out + answer.err


def test_json_of_one_case(koor, sample: Sample):
    answer = koor("check", sample.case, "--format", "json")
    data = json.loads(answer.out)

    assert answer.code == 0
    assert set(data) == {"case", "path", "decision", "findings", "inputs"}
    assert data["case"] == "default-offer"
    assert data["decision"] == "admitted"
    assert [finding["rule"] for finding in data["findings"]] == RULES
    for finding in data["findings"]:
        assert set(finding) == {"rule", "verdict", "reason", "where", "remedy"}
        assert finding["verdict"] in {"pass", "not_applicable"}
        assert finding["reason"]
        assert finding["where"]
    for name, digest in data["inputs"].items():
        folder = sample.root if name.startswith("company/") else sample.case
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert {"offer.yml", "agreement.yml", "company/staff.yml", "company/validations/php-update-1.yml"} <= set(
        data["inputs"]
    )


def test_json_of_several_cases(koor, sample: Sample):
    answer = koor("check", sample.case, sample.root / "cases" / "never-ordered", "--format", "json")
    data = json.loads(answer.out)

    assert answer.code == 1
    assert [(one["case"], one["decision"]) for one in data] == [
        ("default-offer", "admitted"),
        ("never-ordered", "refused"),
    ]
    blocking = [one for one in data[1]["findings"] if one["verdict"] in {"deny", "unknown"}]
    assert blocking
    assert all(one["remedy"] for one in blocking)


def test_the_same_case_twice_is_judged_twice(koor, sample: Sample):
    assert len(json.loads(koor("check", sample.case, sample.case, "--format", "json").out)) == 2


def test_who_does_it(koor, sample: Sample):
    assert koor("check", sample.case, "--as", "team-leader").code == 0
    assert "engineer-junior is no senior employee yet" in koor("check", sample.case, "--as", "engineer-junior").out
    assert "somebody is not in the staff register" in koor("check", sample.case, "--as", "somebody").out


def test_the_company_is_named_or_lies_beside(koor, sample: Sample, tmp_path):
    elsewhere = Path(shutil.move(sample.company, tmp_path / "elsewhere"))

    answer = koor("check", sample.case)
    assert answer.code == 2
    assert "the company's documents were not found" in answer.err
    assert "--company DIR" in answer.err
    enrol_sample(elsewhere)
    assert koor("check", sample.case, "--company", elsewhere).code == 0


def test_a_company_that_proves_nothing_is_a_refusal(koor, sample: Sample):
    sample.sign("staff.yml", "engineer-senior")

    answer = koor("check", sample.case)

    assert answer.code == 1
    assert not answer.out
    assert "company/staff.yml: not signed by the CTO or HOCS" in answer.err


def write(name: str, data: bytes):
    return lambda sample: (sample.case / name).write_bytes(data)


def replace(name: str, old: str, new: str):
    return lambda sample: sample.edit(name, old, new)


def line_of(name: str, line: str) -> int:
    """The number of a line of a shipped record, which `script/shipped-software` writes anew."""
    text = (Path(writing.__file__).parent / "templates" / "company" / name).read_text(encoding="utf-8")
    return text.splitlines().index(line) + 1


def link(sample: Sample) -> None:
    (sample.case / "offer.yml").rename(sample.case / "other.yml")
    (sample.case / "offer.yml").symlink_to("other.yml")


def pipe(sample: Sample) -> None:
    (sample.case / "offer.yml").unlink()
    os.mkfifo(sample.case / "offer.yml")


def folder(sample: Sample) -> None:
    (sample.case / "offer.yml").unlink()
    (sample.case / "offer.yml").mkdir()


PHP_RECORD = "validations/php-update-1.yml"
BAD_INPUT = {
    "missing": (lambda sample: (sample.case / "offer.yml").unlink(), "offer.yml: missing"),
    "unsigned": (lambda sample: (sample.case / "offer.yml.sig").unlink(), "offer.yml.sig: missing"),
    "a folder": (folder, "offer.yml: is not a plain file"),
    "a link": (link, "offer.yml: is a symbolic link"),
    "a pipe": (pipe, "offer.yml: is not a plain file"),
    "oversized": (write("offer.yml", b"#" * (256 * 1024 + 1)), "offer.yml: larger than 256 KiB"),
    "oversized signature": (write("offer.yml.sig", b"\n" * (64 * 1024 + 1)), "offer.yml.sig: larger than 64 KiB"),
    "empty": (write("offer.yml", b""), "offer.yml: must be a mapping"),
    "empty signature": (write("offer.yml.sig", b""), "offer.yml.sig: holds no signature"),
    "no signature": (write("offer.yml.sig", b"yes"), "offer.yml.sig: holds something that is not an OpenSSH signature"),
    "not UTF-8": (write("offer.yml", b"goals: [\xff]"), "offer.yml: is not UTF-8 text"),
    "wrong kind": (
        replace("offer.yml", "kind: offer", "kind: acceptance"),
        "offer.yml, kind: is not a document of kind",
    ),
    "wrong type": (
        replace("offer.yml", "hours: 2.50", "hours: two"),
        "offer.yml, line 16: estimate.hours: must be written as",
    ),
    "a list for a text": (replace("offer.yml", "hours: 2.50", "hours: [2]"), "offer.yml, line 16: estimate.hours:"),
    "missing field": (replace("offer.yml", "revision: 1\n", ""), "offer.yml: revision: is missing"),
    "unknown field": (
        replace("offer.yml", "revision: 1\n", "revision: 1\nextra: 1\n"),
        "offer.yml, line 6: extra: no such field",
    ),
    "duplicate key": (
        replace("offer.yml", "revision: 1\n", "revision: 1\nrevision: 2\n"),
        "offer.yml, line 6, column 1: the key",
    ),
    "odd component": (
        replace("offer.yml", "component: apache", "component: ../apache"),
        "offer.yml, line 13: components.1",
    ),
    "anchor": (
        replace("offer.yml", "revision: 1", "revision: &one 1"),
        "offer.yml, line 5, column 11: anchors and aliases",
    ),
    "alias": (
        replace("offer.yml", "revision: 1", "revision: *one"),
        "offer.yml, line 5, column 11: anchors and aliases",
    ),
    "tag": (
        replace("offer.yml", "revision: 1", "revision: !!int 1"),
        "offer.yml, line 5, column 11: tags are not allowed",
    ),
    "merge key": (replace("offer.yml", "revision: 1", "<<: {revision: 1}"), "offer.yml, line 5, column 1: merge keys"),
    "two documents": (
        replace("offer.yml", "revision: 1\n", "revision: 1\n---\n"),
        "offer.yml, line 6, column 1: a second document",
    ),
    "broken YAML": (replace("offer.yml", "revision: 1", "revision: ["), "offer.yml, line "),
    "hidden letter": (replace("offer.yml", "Run the", "Run \u200bthe"), "offer.yml, line 10, column 9: the invisible"),
    "template": (
        replace("offer.yml", "Run the", "Run {{ x }} the"),
        "offer.yml, line 10: goals.0: must not contain template marks",
    ),
    "blank goal": (replace("offer.yml", "Run the application", "'' #"), "offer.yml, line 10: goals.0: "),
    "look-alike letter": (replace("targets.yml", "name: web-1", "name: wеb-1"), "targets.yml, line 9: hosts.0.name: "),
    "host pattern": (replace("targets.yml", "name: web-1", "name: 'all:!web'"), "targets.yml, line 9: hosts.0.name: "),
    "unknown environment": (
        replace("targets.yml", ": default-image\n", ": cloud\n"),
        "targets.yml, line 10: hosts.0.environment: ",
    ),
    "not there at all": (lambda sample: shutil.rmtree(sample.case), "default-offer: no such folder"),
    "company document": (
        replace("staff.yml", "version: 1", "version: one"),
        "company/staff.yml, line 8: version: must be written as",
    ),
    "signer in another form": (
        replace("allowed_signers", "cto namespaces=", "* namespaces="),
        "company/allowed_signers, line 3: ",
    ),
    "record": (
        replace(PHP_RECORD, "component: php", "component: [php]"),
        f"company/{PHP_RECORD}, line {line_of(PHP_RECORD, 'component: php')}: component",
    ),
}


@pytest.mark.parametrize(("change", "message"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_one_message_with_place_and_advice(koor, sample: Sample, change, message):
    change(sample)

    answer = koor("check", sample.case)

    assert answer.code == 2
    assert not answer.out
    first, advice = answer.err.splitlines()
    assert message in first
    assert first.startswith("error: ")
    assert advice.startswith("  to do: ")
    assert len(advice) > len("  to do: ") + 5


def test_a_document_cannot_steer_the_terminal(koor, sample: Sample):
    sample.edit("offer.yml", "revision: 1\n", 'revision: 1\n"\\e[2K\\rdefault-offer: admitted": 1\n')

    answer = koor("check", sample.case)

    assert answer.code == 2
    assert "\x1b" not in answer.err
    assert r"\u001b[2K\u000d" in answer.err


def test_nor_can_the_name_of_a_case(koor, sample: Sample):
    folder = sample.case.rename(sample.case.with_name("x\x1b[2K\nx: admitted"))

    answer = koor("check", folder, "--as", "engineer-junior")

    assert answer.out.splitlines()[0] == r"x\u001b[2K\u000ax: admitted: refused"
    assert json.loads(koor("check", folder, "--format", "json").out)["case"] == folder.name


def test_a_loop_of_links_is_no_case(koor, tmp_path):
    (tmp_path / "loop").symlink_to("loop")

    answer = koor("check", tmp_path / "loop")

    assert answer.code == 2
    assert "no such folder" in answer.err


def test_the_name_of_a_case_may_hold_any_byte(koor, sample: Sample):
    folder = sample.case.rename(sample.case.parent / os.fsdecode(b"caf\xe9"))

    assert koor("check", folder).out.startswith(r"caf\udce9: admitted")
    assert json.loads(koor("check", folder, "--format", "json").out)["decision"] == "admitted"


class TestMany:
    @pytest.fixture
    def cases(self, sample: Sample):
        """Enough for several processes; the fourth cannot be read."""
        folder = sample.root / "many"
        for number in range(24):
            shutil.copytree(sample.case, folder / f"shelf-{number % 3}" / f"case-{number:02}")
        (folder / "shelf-0" / "case-03" / "offer.yml").write_text("kind: [")
        return folder

    def test_a_malformed_case_does_not_keep_the_others_from_being_judged(self, koor, sample: Sample):
        bad = shutil.copytree(sample.case, sample.case.with_name("bad"))
        (bad / "offer.yml").unlink()

        answer = koor("check", bad, sample.case, sample.root / "cases" / "never-ordered")

        assert answer.code == 2
        assert f"{bad}: not judged\n\n  offer.yml: missing\n      To do:  " in answer.out
        assert f"{sample.case}: admitted\n" in answer.out
        assert "never-ordered: refused" in answer.out
        assert answer.out.endswith("3 cases: 1 admitted, 1 refused, 1 could not be judged\n")
        assert not answer.err

    @pytest.mark.parametrize("processes", [1, 2])
    def test_a_bug_that_one_case_brings_to_light_leaves_the_others_their_answers(
        self, koor, sample: Sample, cases, monkeypatch, processes
    ):
        def load(folder: Path, *arguments: Any, **options: Any) -> object:
            return 1 // 0 if folder.name == "case-05" else load_case(folder, *arguments, **options)

        monkeypatch.setenv("KOOR_PROVISION_COMPANY", str(sample.company))
        monkeypatch.delenv("KOOR_PROVISION_DEBUG")
        monkeypatch.setattr(judging, "load_case", load)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {*range(processes)})

        answer = koor("check", cases, "--format", "json")

        found = {one["case"]: one for one in json.loads(answer.out)}
        assert answer.code == 70
        assert len([one for one in found.values() if one["decision"] == "admitted"]) == 22
        assert found["case-05"]["error"]["message"] == "ZeroDivisionError in koor-provision itself"
        assert "KOOR_PROVISION_DEBUG=1" in found["case-05"]["error"]["remedy"]

    def test_folders_and_patterns_stand_for_the_cases_in_them(self, koor, sample: Sample, cases, monkeypatch):
        monkeypatch.setenv("KOOR_PROVISION_COMPANY", str(sample.company))

        by_folder = json.loads(koor("check", cases, "--format", "json").out)
        by_pattern = json.loads(koor("check", f"{cases}/shelf-*", "--format", "json").out)
        by_deep_pattern = json.loads(koor("check", f"{cases}/**/case-0[0-9]", "--format", "json").out)

        assert by_folder == by_pattern
        assert [one["case"] for one in by_folder[:3]] == ["case-00", "case-03", "case-06"]
        assert len(by_folder) == 24
        assert len(by_deep_pattern) == 10

    def test_processes_answer_what_one_process_answers(self, koor, sample: Sample, cases, monkeypatch):
        monkeypatch.setenv("KOOR_PROVISION_COMPANY", str(sample.company))
        everybody = {*range(os.cpu_count() or 1)}

        monkeypatch.setattr(os, "sched_getaffinity", lambda _: everybody | {0, 1})
        side_by_side = koor("check", cases, "--format", "json")
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
        alone = koor("check", cases, "--format", "json")

        assert side_by_side == alone
        assert side_by_side.code == 2
        assert [one["case"] for one in json.loads(alone.out) if one["decision"] == "not_judged"] == ["case-03"]

    def test_each_case_is_judged_by_its_own_company(self, koor, sample: Sample, tmp_path):
        other = Sample(shutil.copytree(sample.root, tmp_path / "other"))
        enrol_sample(other.company)
        other.sign("staff.yml", "engineer-senior")

        answer = koor("check", sample.case, other.case, "--format", "json")

        first, second = json.loads(answer.out)
        assert first["decision"] == "admitted"
        assert second["decision"] == "not_judged"
        assert second["error"]["where"] == "company/staff.yml"
        assert second["error"]["exit_code"] == 1
        assert answer.code == 1
        assert f"error: {other.case}: company/staff.yml: not signed by the CTO or HOCS" in answer.err

    @pytest.mark.parametrize("named", ["keys", "nowhere-*"])
    def test_what_holds_no_case_is_bad_input(self, koor, sample: Sample, named):
        answer = koor("check", sample.case, sample.root / named)

        assert answer.code == 2
        assert "holds no case" in answer.err or "no folder matches" in answer.err

    def test_links_are_not_followed_downwards(self, koor, sample: Sample, tmp_path):
        (tmp_path / "cases").mkdir()
        (tmp_path / "cases" / "link").symlink_to(sample.case)

        assert koor("check", tmp_path / "cases").code == 2
        assert koor("check", tmp_path / "cases" / "link", "--company", sample.company).code == 0

    def test_a_folder_whose_name_is_a_pattern_is_meant_itself(self, koor, sample: Sample):
        folder = sample.case.rename(sample.case.with_name("case[1]"))

        assert koor("check", folder).out.startswith("case[1]: admitted")

    def test_a_terminal_is_told_how_far_it_is_when_it_lasts(self, koor, sample: Sample, monkeypatch):
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        quick = koor("check", sample.case, sample.case)
        monkeypatch.setattr("koor_provision.cli.check._PATIENCE", 0)
        long = koor("check", sample.case, sample.case)

        assert not quick.err
        assert long.err.startswith("\r1 of 2 cases judged")
        assert quick.out == long.out
