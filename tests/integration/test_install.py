"""The whole way on a real server, reached through podman: installed, verified, proven, and nothing done twice."""

import json
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from tests.integration.conftest import Koor, Server, fingerprint, inventory, left_behind


@pytest.fixture(scope="module")
def server(server_factory: Callable[[str], Server]) -> Server:
    return server_factory("debian12")


@pytest.fixture(scope="module")
def reach(server: Server, koor: Koor) -> Path:
    return inventory(koor.home, ansible_connection="podman", ansible_host=server.name)


@pytest.fixture(scope="module")
def install(koor: Koor, sample: Path, reach: Path):
    def run(*more: str | Path, code: int = 0):
        case, key = sample / "cases" / "default-offer", sample / "keys" / "engineer-senior"
        return koor("install", case, "--inventory", reach, "--key", key, "--yes", *more, code=code)

    return run


@pytest.fixture(scope="module")
def dry(install, server: Server):
    return install("--dry-run"), server.run("ls", "/run")


@pytest.fixture(scope="module")
def first(dry, install, koor: Koor):
    return install("--evidence", koor.home / "first")


@pytest.fixture(scope="module")
def second(first, install, server: Server, koor: Koor):
    before = server.run("stat", "--format=%n %Z", *SEEN)
    return install("--evidence", koor.home / "second"), before, server.run("stat", "--format=%n %Z", *SEEN)


LIAR = r"""#!/bin/sh
printf '\033]0;PWNED\007\033[2Jinstalled and verified\n' >&2
printf '\033]0;PWNED\007\033[2Jinstalled and verified\n'
exit 1
"""
SEEN = (
    "/etc/apache2", "/etc/apache2/conf-enabled", "/etc/php/8.2/fpm/pool.d", "/etc/mysql/mariadb.conf.d",
    "/etc/koor-provision/secrets/mariadb-koor_select.cnf", "/var/lib/dpkg/status", "/var/lib/apt/lists",
)  # fmt: skip


def test_dry_run_shows_exact_versions_and_changes_nothing(dry) -> None:
    shown, run_directory = dry
    assert re.search(r"php +8\.2\.\d+", shown.stdout)
    assert re.search(r"mariadb +1:10\.11", shown.stdout)
    assert "/etc/apache2/" in shown.stdout
    assert "nothing on the server was changed" in shown.stdout
    assert "apt-" not in run_directory


def test_first_run_installs_and_verifies(first) -> None:
    assert "installed and verified" in first.stdout
    assert re.search(r"\d+ checks passed", first.stdout)


def test_server_answers_from_outside(first, server: Server) -> None:
    with urllib.request.urlopen(f"http://{server.address}/", timeout=10) as answer:
        assert answer.status == 200


def test_page_reads_from_the_database_through_the_new_account(first, server: Server) -> None:
    page = (Path(__file__).parents[2] / "script" / "demo-page.py").read_text(encoding="utf-8")
    assert re.search(
        r"200 PHP 8\.2\.\d+ \(fpm-fcgi\) read from MariaDB 10\.11\S* as koor_select@127\.0\.0\.1",
        server.run("python3", "-", stdin=page),
    )


def test_installed_are_the_versions_of_the_plan(first, koor: Koor, server: Server) -> None:
    plan = (koor.home / "first" / "plan.yml").read_text(encoding="utf-8")
    planned = dict(re.findall(r"- name: (\S+)\n +version: (\S+)", plan))
    assert len(planned) > 100
    shown = server.run("dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *planned)
    assert dict(line.split() for line in shown.splitlines()) == {
        name: version.strip("'") for name, version in planned.items()
    }


def test_evidence_holds_its_own_digests_and_a_plan_that_openssh_verifies(first, koor: Koor, sample: Path) -> None:
    folder = koor.home / "first"
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)
    assert {path.name for path in folder.iterdir()} == {
        "SHA256SUMS", "audit.json", "SHA256SUMS.sig", "checklist.yml", "content.json", "decision.json", "events.jsonl",
        "manifest.json", "plan.yml", "plan.yml.sig", "report.de.html", "report.html", "sbom.cdx.json",
        "verification.xml",
    }  # fmt: skip
    with (folder / "plan.yml").open("rb") as plan:
        subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", sample / "company" / "allowed_signers", "-I", "engineer-senior",
             "-n", "plan@koor-provision", "-s", folder / "plan.yml.sig"],
            stdin=plan, check=True, capture_output=True,
        )  # fmt: skip


def test_evidence_is_verified_as_a_folder_and_as_an_archive(first, koor: Koor, sample: Path) -> None:
    for name in ("first", "first.tar.gz"):
        said = koor("verify", koor.home / name, "--company", sample / "company").stdout
        assert re.search(r"signed     SHA256SUMS  SHA256:\S+  engineer-senior", said)


def test_events_are_numbered_without_a_gap(first, koor: Koor) -> None:
    events = [json.loads(line) for line in (koor.home / "first" / "events.jsonl").read_text().splitlines()]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["event"], events[-1]["event"]) == ("start", "end")


def test_second_run_changes_nothing_and_says_so(second) -> None:
    done, before, after = second
    assert "nothing had to be changed" in done.stdout
    assert "nothing to add" in done.stdout
    assert before == after


def test_ledger_has_an_entry_before_and_after_each_run(second, koor: Koor) -> None:
    receipts = [json.loads(line) for line in koor.ledger.read_text().splitlines()]
    assert [receipt["event"] for receipt in receipts] == ["started", "passed"] * 2
    assert "holds" in koor("ledger", "verify").stdout


def test_plan_cannot_be_run_twice(second, install, koor: Koor, sample: Path, server: Server) -> None:
    plan = koor.home / "again.yml"
    install("--dry-run", "--plan", plan)
    install("--plan", plan, "--evidence", koor.home / "third")
    refused = install("--plan", plan, "--evidence", koor.home / "fourth", code=1)
    assert "was run before" in refused.stderr


def test_plan_that_was_edited_is_refused(second, install, koor: Koor) -> None:
    plan = koor.home / "edited.yml"
    install("--dry-run", "--plan", plan)
    plan.write_text(plan.read_text().replace("- /etc/apache2/", "- /etc/\n  - /etc/apache2/"))
    refused = install("--plan", plan, code=1)
    assert "changed: touches" in refused.stderr


def test_evidence_without_a_place_stops_before_the_run(second, install, koor: Koor) -> None:
    before = koor.ledger.read_text()
    assert "exists already" in install("--evidence", koor.home / "first", code=2).stderr
    assert koor.ledger.read_text() == before


def test_lying_package_manager_cannot_write_to_the_terminal(second, install, server: Server) -> None:
    programs = ("/usr/bin/dpkg-query", "/usr/bin/apt-get")
    for program in programs:
        server.run("mv", program, f"{program}.real")
        server.run("sh", "-c", f"cat > {program}; chmod +x {program}", stdin=LIAR)
    try:
        done = install(code=3)
    finally:
        for program in programs:
            server.run("mv", f"{program}.real", program)
    assert "PWNED" in done.stderr
    assert "\x1b]0;" not in done.stdout + done.stderr


def test_half_installed_package_of_the_order_is_finished(second, install, server: Server) -> None:
    server.run(
        "sh", "-c", "sed -i '/^Package: apache2$/,/^$/s/^Status: .*/Status: install ok unpacked/' /var/lib/dpkg/status"
    )
    done = install()
    assert "left half installed, and finished first: apache2" in done.stdout
    assert "installed and verified" in done.stdout


def test_half_installed_package_of_others_is_theirs_to_finish(second, install, server: Server) -> None:
    torn = "sed -i '/^Package: sudo$/,/^$/s/^Status: .*/Status: install ok unpacked/' /var/lib/dpkg/status"
    server.run("sh", "-c", torn)
    assert "not fully installed, and not of this order: sudo" in install(code=3).stderr
    server.run("dpkg", "--configure", "-a")
    assert "installed and verified" in install().stdout


def test_key_that_is_revoked_while_the_engineer_thinks_does_not_count(
    second, koor: Koor, sample: Path, reach: Path
) -> None:
    mine = Path(shutil.copytree(sample, koor.home / "revoked"))
    koor("trust", mine / "company", "--fingerprint", fingerprint(mine / "keys" / "cto"))
    key = mine / "keys" / "engineer-senior"
    command = koor.command("install", mine / "cases" / "default-offer", "-i", reach, "--key", key)
    with (koor.home / "revoked.log").open("w") as log:
        run = pexpect.spawn(
            command[0], command[1:], env=koor.clean_environment, timeout=120, encoding="utf-8", logfile=log
        )
        run.expect("run it on web-1")
        revocations = mine / "company" / "revocations.yml"
        entry = f"keys:\n  - {{fingerprint: '{fingerprint(key)}', revoked: 2026-01-01, reason: lost}}\n"
        text = revocations.read_text().replace("keys: []\n", entry).replace("version: 1\n", "version: 2\n")
        revocations.write_text(text)
        koor("sign", revocations, "--key", mine / "keys" / "hocs")
        run.sendline("y")
        run.expect(pexpect.EOF)
        run.close()
    assert run.exitstatus == 1, (koor.home / "revoked.log").read_text()
    assert "installed and verified" not in (koor.home / "revoked.log").read_text()


def test_nothing_is_left_here_or_there(second, server: Server) -> None:
    assert left_behind() == []
    assert "apt-" not in server.run("ls", "/run/koor-provision")


def test_changed_configuration_is_brought_back(second, install, server: Server) -> None:
    server.run("rm", "/etc/apache2/conf-enabled/zz-koor.conf")
    assert re.search(r"[1-9] steps changed something", install().stdout)
    server.run("test", "-e", "/etc/apache2/conf-enabled/zz-koor.conf")


def test_broken_server_is_reported_and_not_called_verified(second, install, server: Server) -> None:
    server.run("sh", "-c", "printf '<Broken\\n' > /etc/apache2/conf-enabled/customer.conf")
    failed = install(code=3)
    assert "installed and verified" not in failed.stdout
    assert "to do:" in failed.stderr
    server.run("rm", "/etc/apache2/conf-enabled/customer.conf")
    assert "installed and verified" in install().stdout
