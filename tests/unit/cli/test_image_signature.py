"""Whose signature an image bears: held against the sample company's signers."""

import shutil
import subprocess

import pytest
from tests.unit.images.boot.small import build

from koor_provision.trust.signing import sign

NAMESPACE = "image@koor-provision"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image") / "out"
    build(folder)
    return folder


@pytest.fixture
def folder(built, tmp_path):
    return shutil.copytree(built, tmp_path / "out")


@pytest.fixture
def asked(koor, sample, folder, monkeypatch):
    """Ask for the signature alone: what comes after it needs containers."""
    monkeypatch.setattr("koor_provision.cli.image_trying.check_folder", lambda *_: iter(()))
    monkeypatch.setattr("koor_provision.cli.image_trying.tools_image", lambda *_: "none")
    monkeypatch.setattr("koor_provision.cli.image_trying.unpack", lambda *_: ({}, []))

    def ask(person: str = "", namespace: str = NAMESPACE, *, company: bool = True):
        if person:
            block = sign((folder / "SHA256SUMS").read_bytes(), sample.key(person), namespace)
            (folder / "SHA256SUMS.sig").write_bytes(block)
        return koor("image", "test", folder, *(("--company", sample.company) if company else ()))

    return ask


@pytest.mark.parametrize("person", ["cto", "team-leader", "engineer-senior"])
def test_whoever_may_sign_images_is_named(asked, person):
    answer = asked(person)
    assert answer.code == 0
    assert f"by somebody who may sign images: {person}" in answer.out
    assert "warning" not in answer.err


@pytest.mark.parametrize(
    ("person", "namespace", "said"),
    [
        ("engineer-junior", NAMESPACE, "engineer-junior may not sign images"),
        ("sales-manager", NAMESPACE, "sales-manager may not sign images"),
        ("cto", "staff@koor-provision", "signed as something else"),
        ("", "", "there is no SHA256SUMS.sig"),
    ],
)
def test_a_signature_that_does_not_count_fails_and_says_why(asked, person, namespace, said):
    answer = asked(person, namespace)
    assert answer.code == 3
    assert said in answer.out
    assert "warning: nobody who may sign images signed this one" in answer.err


def test_sums_that_were_changed_after_they_were_signed_fail(asked, folder):
    asked("cto")
    with (folder / "SHA256SUMS").open("a") as file:
        file.write("\n")
    answer = asked()
    assert answer.code == 3
    assert "changed after cto signed it" in answer.out


def test_a_key_of_nobody_and_what_is_no_signature_do_not_count(asked, folder, tmp_path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    block = sign((folder / "SHA256SUMS").read_bytes(), tmp_path / "key", NAMESPACE)
    for content, said in ((block, "nobody known holds the key"), (b"junk", "is not an OpenSSH signature")):
        (folder / "SHA256SUMS.sig").write_bytes(content)
        answer = asked()
        assert answer.code == 3
        assert said in answer.out


def test_an_image_that_nobody_looked_at_is_loudly_so(asked, folder):
    assert "warning: this image is NOT SIGNED" in asked(company=False).err
    assert "was NOT checked" in asked("cto", company=False).err
