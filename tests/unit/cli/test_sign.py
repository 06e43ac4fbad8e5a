import subprocess

import pytest
from tests.conftest import Sample

from koor_provision.trust.sshsig import parse


def claims(sample: Sample, name: str):
    file = sample.file(name)
    return parse(file.with_name(file.name + ".sig").read_bytes(), name)


def test_openssh_alone_accepts_a_signature(koor, sample: Sample):
    offer = sample.file("offer.yml")
    offer.with_name("offer.yml.sig").unlink()

    answer = koor("sign", offer, "--key", sample.key("engineer-senior"))

    assert answer.code == 0
    assert "as offer@koor-provision" in answer.out
    with offer.open("rb") as data:
        subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", sample.company / "allowed_signers", "-I", "engineer-senior",
             "-n", "offer@koor-provision", "-s", offer.with_name("offer.yml.sig")],
            stdin=data, check=True, capture_output=True,
        )  # fmt: skip
    assert koor("check", sample.case).code == 0


def test_a_second_signer_is_added(koor, sample: Sample):
    koor("sign", sample.file("offer.yml"), "--key", sample.key("hocs"))

    assert len(claims(sample, "offer.yml")) == 2
    assert "approved by hocs, team-leader" in koor("check", sample.case).out


def test_a_signer_who_signs_again_replaces_their_own(koor, sample: Sample):
    sample.edit("offer.yml", "low", "high")
    assert "was changed after team-leader signed it" in koor("check", sample.case).out

    koor("sign", sample.file("offer.yml"), "--key", sample.key("team-leader"))

    assert len(claims(sample, "offer.yml")) == 1
    assert "approved by team-leader" in koor("check", sample.case).out


def test_replace_drops_the_others(koor, sample: Sample):
    assert len(claims(sample, "agreement.yml")) == 3

    koor("sign", sample.file("agreement.yml"), "--key", sample.key("sales-manager"), "--replace")

    assert len(claims(sample, "agreement.yml")) == 1


def test_every_kind_is_signed_in_its_own_namespace(koor, sample: Sample):
    for name in ("staff.yml", "revocations.yml", "approved_software.yml", "install_checklist.yml", "allowed_signers"):
        koor("sign", sample.file(name), "--key", sample.key("cto"), "--replace")
        (claim,) = claims(sample, name)
        assert claim.namespace == name.removesuffix(".yml").replace("_", "-") + "@koor-provision"


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("offer.yml", "kind: offer", "kind: nonsense", "offer.yml, kind: names no kind of document that is signed"),
        ("offer.yml", "kind: offer", "kind: allowed-signers", "names no kind of document that is signed"),
        ("offer.yml", "kind: offer", "kind: validation", "names no kind of document that is signed"),
        ("offer.yml", "kind: offer", "kind: [offer]", "names no kind of document that is signed"),
        ("offer.yml", "kind: offer\n", "", "names no kind of document that is signed"),
        ("offer.yml", "revision: 1", "revision: one", "revision: must be written as a whole number"),
        ("offer.yml", "kind: offer", "kind: acceptance", "no such field"),
        ("allowed_signers", "cto namespaces=", "* namespaces=", "not an allowed signer in the strict form"),
    ],
)
def test_nobody_signs_what_no_gate_can_read(koor, sample: Sample, name, old, new, problem):
    sample.edit(name, old, new)
    before = claims(sample, name)

    answer = koor("sign", sample.file(name), "--key", sample.key("cto"))

    assert answer.code == 2
    assert problem in answer.err
    assert claims(sample, name) == before


def test_a_key_that_cannot_sign_changes_nothing(koor, sample: Sample):
    before = claims(sample, "offer.yml")

    answer = koor("sign", sample.file("offer.yml"), "--key", sample.root / "nobody")

    assert answer.code == 2
    assert "no such key file" in answer.err
    assert claims(sample, "offer.yml") == before


def test_a_damaged_signature_file_is_not_lost(koor, sample: Sample):
    sample.file("offer.yml.sig").write_text("my notes")

    answer = koor("sign", sample.file("offer.yml"), "--key", sample.key("team-leader"))

    assert answer.code == 2
    assert sample.file("offer.yml.sig").read_text() == "my notes"
    assert f"koor-provision sign {sample.case}/offer.yml --key KEY --replace" in answer.err
    again = koor("sign", sample.file("offer.yml"), "--key", sample.key("team-leader"), "--replace")
    assert again.code == 0
    assert koor("check", sample.case).code == 0


def test_a_key_that_is_too_short_is_named_with_the_way_to_a_good_one(koor, sample: Sample):
    sample.new_key("short", "-t", "rsa", "-b", "1024")
    before = claims(sample, "offer.yml")

    answer = koor("sign", sample.file("offer.yml"), "--key", sample.key("short"))

    assert answer.code == 2
    assert f"{sample.key('short')}: this key may not sign: it is too short" in answer.err
    assert "ssh-keygen -t ed25519" in answer.err
    assert claims(sample, "offer.yml") == before


def test_what_is_not_there_is_told_with_its_folder(koor, sample: Sample, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    answer = koor("sign", "offer.yml", "--key", sample.key("team-leader"))

    assert answer.code == 2
    assert "name the document to sign, with its folder: CASE/offer.yml" in answer.err


def test_a_name_that_no_file_can_have(koor, sample: Sample):
    long = sample.case / ("x" * 300)
    assert koor("sign", sample.file("offer.yml"), "--key", long).code == 2
    assert koor("sign", long, "--key", sample.key("team-leader")).code == 2
    stem = sample.file("offer.yml").rename(sample.case / f"{'x' * 249}.yml")
    assert koor("sign", stem, "--key", sample.key("team-leader")).code == 2
    assert koor("software", "diff", "x" * 300, "--company", sample.company).code == 2
    assert koor("install", sample.case, "-i", long).code == 2
    assert koor("sample", long).code == 2
    assert koor("case", "new", sample.root / "new", "--authorised", "a", "A B", "a@b.example", long).code == 2
    paper = (
        "case",
        "add-paper",
        sample.case,
        sample.key("cto"),
        "--signed-by",
        "customer-it",
        "--signed",
        "2026-01-31",
    )
    assert koor(*paper, "--approves", "x" * 300).code == 2
