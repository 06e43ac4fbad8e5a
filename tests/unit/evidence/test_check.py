"""What does not hold is named, the first thing first: also where the engineer's own signature covers it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.bundles import JUNIT, NOW, Run, resigned, verified

from koor_provision.errors import RunError
from koor_provision.evidence.check import check
from koor_provision.evidence.reading import read_bundle
from koor_provision.models.audit import Audit
from koor_provision.models.evidence import Result
from koor_provision.trust.machine_key import MachineKey

Files = dict[str, bytes]
OF_A = hashlib.sha256(b"a\x000\n").hexdigest()
GOOD = JUNIT.format(time=NOW.isoformat())


@pytest.fixture
def files(bundle: Path) -> Files:
    return dict(read_bundle(bundle))


def fails(files: Files, where: str, trouble: str) -> None:
    with pytest.raises(RunError, match=trouble) as error:
        check(files)
    assert error.value.where == where, error.value


class TestFiles:
    @pytest.mark.parametrize("name", ["SHA256SUMS", "SHA256SUMS.sig", "manifest.json", "plan.yml", "report.html"])
    def test_one_that_is_missing(self, files: Files, name: str):
        del files[name]
        fails(files, name, "is missing")

    def test_one_more(self, files: Files):
        fails({**files, "more.txt": b""}, "more.txt", "is not listed in SHA256SUMS")

    def test_one_that_was_changed(self, files: Files):
        fails({**files, "report.html": b"all is well"}, "report.html", "was changed after the bundle was signed")

    def test_one_that_the_run_left_out(self, run: Run, files: Files):
        for name in ("plan.yml", "plan.yml.sig", "decision.json", "events.jsonl", "report.html", "verification.xml"):
            rest = {one: data for one, data in files.items() if one != name}
            fails(resigned(rest, run.key), name, "is missing")

    def test_sums_that_list_less_than_the_manifest(self, run: Run, files: Files):
        again = resigned(files, run.key)
        manifest = json.loads(again["manifest.json"])
        manifest["files"]["more.txt"] = {"size": 0, "sha256": "0" * 64}
        again["manifest.json"] = (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()
        fails(sealed(again, run), "manifest.json", "says something else of more.txt")

    @pytest.mark.parametrize("change", [b"\n", b"\r\n", b"# comment\n"])
    def test_sums_written_another_way(self, run: Run, files: Files, change: bytes):
        files["SHA256SUMS"] += change
        files["SHA256SUMS.sig"] = run.key(files["SHA256SUMS"], "evidence@koor-provision")
        fails(files, "SHA256SUMS", "is not written as koor-provision writes it")

    @pytest.mark.parametrize("text", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"kind": "evidence"}'])
    def test_no_manifest(self, run: Run, files: Files, text: bytes):
        fails(sealed({**files, "manifest.json": text}, run), "manifest.json", "is not a manifest")

    def test_a_manifest_written_another_way(self, run: Run, files: Files):
        text = json.dumps(json.loads(files["manifest.json"])).encode()
        fails(sealed({**files, "manifest.json": text}, run), "manifest.json", "is not a manifest as")


class TestBrokenOff:
    """A run that finished one that was broken off is never a plain pass."""

    @pytest.fixture
    def finishing(self, run: Run) -> Run:
        run.world.trees["plan"]["finishes"] = [{"run": "fedcba9876543210", "began": "2027-03-10T11:00:00Z"}]
        return run

    def test_it_holds_where_the_result_says_so(self, finishing: Run, tmp_path: Path):
        finishing.result = Result.PARTLY_AUDITED
        checked = check(read_bundle(finishing.write(tmp_path / "evidence")))
        assert checked.manifest.result is Result.PARTLY_AUDITED
        assert [one.run for one in checked.plan.finishes] == ["fedcba9876543210"]

    def test_it_does_not_where_it_claims_to_have_passed(self, finishing: Run, tmp_path: Path):
        files = dict(read_bundle(finishing.write(tmp_path / "evidence")))
        fails(files, "manifest.json, result", "finished one that was broken off and never audited")

    def test_it_claims_no_more_than_a_pass_may(self, finishing: Run, tmp_path: Path):
        finishing.result, finishing.audit = Result.PARTLY_AUDITED, Audit((), troubles=("gone",))
        fails(dict(read_bundle(finishing.write(tmp_path / "evidence"))), "manifest.json, result", "cannot be relied on")


def sealed(files: Files, run: Run) -> Files:
    """Sums and signature of the files as they are, the manifest too."""
    from koor_provision.evidence.manifest import sums  # noqa: PLC0415

    listed = sums({name: data for name, data in files.items() if name not in {"SHA256SUMS", "SHA256SUMS.sig"}})
    return {**files, "SHA256SUMS": listed, "SHA256SUMS.sig": run.key(listed, "evidence@koor-provision")}


class TestSignatures:
    def test_by_a_key_that_did_not_sign_the_plan(self, files: Files):
        fails(resigned(files, MachineKey.make().sign), "SHA256SUMS.sig", "which did not sign the plan")

    def test_for_something_else(self, run: Run, files: Files):
        files["SHA256SUMS.sig"] = run.key(files["SHA256SUMS"], "plan@koor-provision")
        fails(files, "SHA256SUMS.sig", "is a signature for 'plan@koor-provision', not for 'evidence@")

    def test_over_other_sums(self, run: Run, files: Files):
        files["SHA256SUMS.sig"] = run.key(b"other", "evidence@koor-provision")
        fails(files, "SHA256SUMS", "it or the signature was changed")

    @pytest.mark.parametrize("text", [b"", b"x", b"\xff" * 70_000])
    def test_none_at_all(self, files: Files, text: bytes):
        fails({**files, "SHA256SUMS.sig": text}, "SHA256SUMS.sig", "no signature|larger|not an OpenSSH")

    def test_two_where_one_belongs(self, files: Files):
        fails({**files, "SHA256SUMS.sig": 2 * files["SHA256SUMS.sig"]}, "SHA256SUMS.sig", "not written as OpenSSH")

    def test_of_another_plan(self, run: Run, files: Files):
        files["plan.yml.sig"] = run.key(b"another plan", "plan@koor-provision")
        fails(resigned(files, run.key), "plan.yml", "is not what the key SHA256:.* signed")

    def test_a_second_one_on_the_plan_that_does_not_hold(self, run: Run, files: Files):
        files["plan.yml.sig"] += MachineKey.make().sign(b"another plan", "plan@koor-provision")
        fails(resigned(files, run.key), "plan.yml", "is not what the key SHA256:.* signed")

    def test_a_second_person_on_the_plan(self, run: Run, files: Files):
        customer = MachineKey.make()
        files["plan.yml.sig"] += customer.sign(files["plan.yml"], "plan@koor-provision")
        assert check(resigned(files, run.key)).plan_keys[1:] == (customer.fingerprint,)


class TestOneRun:
    """Signed by the engineer, and yet of two runs."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("plan", "f" * 16),
            ("plan_sha256", "f" * 64),
            ("content_sha256", "f" * 64),
            ("engineer", "engineer-junior"),
            ("started", NOW.replace(year=2028)),
            ("finished", NOW.replace(year=2026)),
        ],
    )
    def test_a_manifest_of_another(self, run: Run, files: Files, field: str, value: object):
        fails(resigned(files, run.key, **{field: value}), f"manifest.json, {field}", "the plan|before the run began")

    def test_a_plan_of_another(self, run: Run, files: Files):
        run.world.trees["plan"]["plan"] = "f" * 16
        other = run.files()
        for name in ("plan.yml", "plan.yml.sig"):
            data = other[name]
            assert isinstance(data, bytes)
            files[name] = data
        fails(resigned(files, run.key), "manifest.json, plan", "says 0011.*, and the plan ffff")

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"plan": "f" * 16}, "decision.json, plan"),
            ({"plan_sha256": "f" * 64}, "decision.json, plan_sha256"),
            ({"inputs": {}}, "decision.json, inputs"),
            ({"decision": "refused"}, "decision.json, decision"),
            ({"findings": []}, "decision.json, findings"),
            ({"plan_findings": None}, "decision.json, plan_findings"),
            ({"findings": [{"verdict": "deny"}]}, "decision.json, findings"),
            ({"plan_findings": [1]}, "decision.json, findings"),
        ],
    )
    def test_a_decision(self, run: Run, files: Files, change: dict[str, object], where: str):
        decision = json.loads(files["decision.json"]) | change
        fails(
            resigned({**files, "decision.json": json.dumps(decision).encode()}, run.key),
            where,
            "the plan|admit|says nothing|refuses",
        )

    @pytest.mark.parametrize("text", [b"", b"[]", b"nonsense", b"[" * 100_000, b"\xff"])
    def test_no_decision(self, run: Run, files: Files, text: bytes):
        fails(resigned({**files, "decision.json": text}, run.key), "decision.json", "cannot be read")

    @pytest.mark.parametrize("name", ["report.html", "report.de.html"])
    def test_a_report_about_another(self, run: Run, files: Files, name: str):
        fails(resigned({**files, name: b"<p>Plan ffff</p>"}, run.key), name, "is not about plan 0011")

    @pytest.mark.parametrize(
        ("change", "line", "trouble"),
        [
            (lambda lines: lines[:2] + lines[3:], ", line 3", "is not event 3"),
            (lambda lines: [lines[1], lines[0], *lines[2:]], ", line 1", "is not event 1"),
            (lambda lines: [*lines[:2], "nonsense\n", *lines[2:]], ", line 3", "cannot be read"),
            (lambda lines: [*lines[:2], "[" * 100_000 + "\n"], ", line 3", "cannot be read"),
            (lambda lines: lines[:-1], "", "has 4 events; the manifest says 5"),
            (lambda lines: [*lines[:-1], lines[-1].strip()], "", "has no end"),
            (lambda lines: [lines[0].replace(f"{NOW.timestamp() + 1}", "1.5")], ", line 1", "is of 1970-01-01 00:00"),
            (lambda lines: [lines[0].replace(f"{NOW.timestamp() + 1}", "NaN")], ", line 1", "says no time"),
            (lambda lines: [lines[0].replace(f"{NOW.timestamp() + 1}", "1e400")], ", line 1", "says no time"),
        ],
    )
    def test_events(self, run: Run, files: Files, change: Callable[[list[str]], list[str]], line: str, trouble: str):
        lines = files["events.jsonl"].decode().splitlines(keepends=True)
        changed = {**files, "events.jsonl": "".join(change(lines)).encode()}
        fails(resigned(changed, run.key), f"events.jsonl{line}", trouble)

    @pytest.mark.parametrize(
        ("text", "trouble"),
        [
            (GOOD.replace("2027-", "2028-"), "is of 2028-03-10 12:05 UTC, when this run was not going on"),
            (GOOD.replace("+00:00", ""), "says no time"),
            (GOOD.replace("<testcase", "<testcase/><testcase"), "has 2 passed; the manifest says 1 passed"),
            (GOOD.replace('"0.1"/>', '"0.1"><failure/></testcase>'), "has 1 failed; the manifest says 1 passed"),
            (GOOD.replace('"0.1"/>', '"0.1"><error/></testcase>'), "has 1 error; the manifest says 1 passed"),
            ("<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>", "cannot be read"),
            ("<x>", "cannot be read"),
            ("", "cannot be read"),
        ],
    )
    def test_tests(self, run: Run, files: Files, text: str, trouble: str):
        fails(resigned({**files, "verification.xml": text.encode()}, run.key), "verification.xml", trouble)


class TestResult:
    @pytest.mark.parametrize("result", [Result.FAILED, Result.UNVERIFIED, Result.INTERRUPTED])
    def test_one_that_claims_nothing_holds_and_is_told(self, run: Run, tmp_path: Path, result: Result):
        assert verified(replace(run, result=result).write(tmp_path / "failed")).manifest.result is result

    def test_events_without_an_end(self, run: Run, files: Files):
        files["events.jsonl"] = files["events.jsonl"].replace(b'"end"', b'"task"')
        fails(resigned(files, run.key), "manifest.json, result", "passed, but the events do not go from its start to")

    def test_a_task_that_failed(self, run: Run, files: Files):
        files["events.jsonl"] = files["events.jsonl"].replace(b'"changed"', b'"failed"')
        fails(resigned(files, run.key), "manifest.json, result", "passed, but a task failed")

    def test_tests_that_did_not_pass(self, run: Run, files: Files):
        xml = files["verification.xml"].replace(b'"0.1"/>', b'"0.1"><skipped/></testcase>')
        changed = resigned({**files, "verification.xml": xml}, run.key, checks={"skipped": 1})
        fails(changed, "manifest.json, result", "passed, but not every test passed")

    def test_no_tests(self, run: Run, files: Files):
        del files["verification.xml"]
        fails(resigned(files, run.key, checks={}), "manifest.json, result", "passed, but not every test passed")

    def test_events_that_nobody_can_rely_on(self, run: Run, files: Files):
        fails(resigned(files, run.key, troubles=1), "manifest.json, result", "passed, but the events cannot be relied")

    def test_changes_that_nobody_answers_for(self, run: Run, files: Files):
        audit = {"out_of_scope": [{"what": "/etc/sudoers.d/evil"}, {"what": "evil"}], "troubles": []}
        audited = {**files, "audit.json": json.dumps(audit).encode()}
        fails(resigned(audited, run.key, out_of_scope=2), "manifest.json, result", "passed, but something was changed")
        assert check(resigned(audited, run.key, out_of_scope=2, result=Result.OUT_OF_SCOPE))
        fails(resigned(files, run.key, result=Result.OUT_OF_SCOPE), "manifest.json, result", "but not what")


class TestParts:
    """Files that other versions, or other runs, do not have."""

    @pytest.mark.parametrize(
        ("audit", "number", "where"),
        [
            (None, 0, "audit.json"),
            ({"out_of_scope": [], "troubles": []}, None, "audit.json, out_of_scope"),
            ({"out_of_scope": [{}], "troubles": []}, 0, "audit.json, out_of_scope"),
            ({"out_of_scope": "", "troubles": []}, 0, "audit.json, out_of_scope"),
            ({"out_of_scope": []}, 0, "audit.json, out_of_scope"),
            ({"out_of_scope": [], "troubles": ["a folder was closed"]}, 0, "manifest.json, result"),
            ({"out_of_scope": [], "troubles": []}, 0, ""),
        ],
    )
    def test_an_audit(self, run: Run, files: Files, audit: object, number: int | None, where: str):
        del files["audit.json"]
        if audit is not None:
            files["audit.json"] = json.dumps(audit).encode()
        signed = resigned(files, run.key, out_of_scope=number)
        if where:
            fails(signed, where, "is missing|does not list|cannot be relied on")
        else:
            assert check(signed)

    def test_a_run_that_nobody_looked_after(self, run: Run, files: Files):
        del files["audit.json"]
        fails(resigned(files, run.key, out_of_scope=None), "manifest.json, result", "nobody looked at what else")

    @pytest.mark.parametrize(
        ("content", "where"),
        [
            ({}, "content.json, files"),
            ({"files": {"a": 1}}, "content.json, files"),
            ({"files": {"a": "0"}, "content_sha256": "0" * 64}, "content.json, content_sha256"),
            ({"files": {"a": "0"}, "content_sha256": OF_A}, "content.json, content_sha256"),
            ({"files": {"\ud800": "0"}, "content_sha256": OF_A}, "content.json, content_sha256"),
        ],
    )
    def test_what_ran(self, run: Run, files: Files, content: object, where: str):
        files["content.json"] = json.dumps(content).encode()
        fails(resigned(files, run.key), where, "cannot be read|is not")

    def test_what_ran_is_what_was_signed(self, run: Run, tmp_path: Path):
        run.world.trees["plan"]["content_sha256"] = OF_A
        files = dict(read_bundle(run.write(tmp_path / "agreed")))
        files["content.json"] = json.dumps({"files": {"a": "0"}, "content_sha256": OF_A}).encode()
        assert check(resigned(files, run.key))

    def test_what_ran_was_changed_meanwhile_and_the_run_says_so(self, run: Run, files: Files):
        files["content.json"] = json.dumps({"files": {"a": "0"}, "content_sha256": OF_A}).encode()
        assert check(resigned(files, run.key, result=Result.UNVERIFIED))
