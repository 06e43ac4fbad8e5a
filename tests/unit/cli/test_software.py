import hashlib
import json
import subprocess

import pytest
from tests.conftest import Sample


def successor(sample: Sample, old: str, new: str) -> None:
    """The next version of the list, which names the digest of the one before."""
    digest = hashlib.sha256(sample.file("approved_software.yml").read_bytes()).hexdigest()
    sample.edit("approved_software.yml", "version: 1\n", f"version: 2\nprevious_sha256: {digest}\n")
    sample.edit("approved_software.yml", old, new, "cto")


def test_list(koor, sample: Sample):
    answer = koor("software", "list", "--company", sample.company)

    assert answer.code == 0
    assert "Approved software, version 1: signed by cto" in answer.out
    assert "0 days ago" in answer.out
    entries = json.loads(koor("software", "list", "--company", sample.company, "--format", "json").out)["entries"]
    assert {"php", "apache", "mariadb"} <= {entry["component"] for entry in entries}
    assert all(entry["record_as_approved"] for entry in entries)


def test_list_without_a_company(koor, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    answer = koor("software", "list")

    assert answer.code == 2
    assert "--company DIR" in answer.err


def test_list_of_a_company_that_proves_nothing(koor, sample: Sample):
    sample.sign("staff.yml", "engineer-senior")

    assert koor("software", "list", "--company", sample.company).code == 1


def test_diff_against_a_file(koor, sample: Sample):
    old = sample.company / "approved_software.1.yml"
    old.write_bytes((sample.company / "approved_software.yml").read_bytes())
    successor(sample, ">=8.2|<8.5~", ">=8.2|<8.6~")

    answer = koor("software", "diff", old, "--company", sample.company)

    assert answer.code == 0
    assert "php          widened on debian12, debian13: >= 8.2, < 8.5~ -> >= 8.2, < 8.6~" in answer.out
    assert "it is the successor" in answer.out
    data = json.loads(koor("software", "diff", old, "--company", sample.company, "--format", "json").out)
    assert [(one["component"], one["change"]) for one in data["changes"]] == [("php", "widened")]


def test_diff_against_a_revision(koor, sample: Sample):
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, "-C", sample.company, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    successor(sample, ">=2.4|<2.5~", ">=2.4.60|<2.5~")

    assert "apache       narrowed" in koor("software", "diff", "HEAD", "--company", sample.company).out


def test_diff_against_nothing(koor, sample: Sample):
    for name in ("nothing", "HEAD", "--output=/tmp/x", ":(top)x", "a b"):
        answer = koor("software", "diff", "--company", sample.company, "--", name)
        assert answer.code == 2
        assert "neither a file nor a revision" in answer.err


@pytest.mark.parametrize("gone", [True, False], ids=["removed", "edited"])
def test_a_record_of_what_nobody_ordered_is_held_against_the_list_too(koor, sample, gone):
    record = sample.company / "validations" / "redis-update-1.yml"
    if gone:
        record.unlink()
    else:
        record.write_bytes(record.read_bytes() + b"# a word\n")

    answer = koor("check", sample.case)

    assert answer.code == 1
    assert (
        f"redis-update-1.yml is {'missing' if gone else 'not the one that the CTO approved'}" in answer.out + answer.err
    )
