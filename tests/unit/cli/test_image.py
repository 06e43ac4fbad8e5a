"""Building and testing images: what is refused before anything is made. Real ones are built in tests/integration."""

from xml.etree import ElementTree as ET  # reads what the test itself made

import pytest

from koor_provision.cli.image_results import junit
from koor_provision.images.boot.trial import Check
from koor_provision.images.inventory import Lock

SPEC = """kind: image
name: my-image
summary: A machine.
system: debian13
components:
  - component: php
  - component: apache
"""


APPLICATION = f"""  - component: apache
  - component: mariadb
  - component: application
    version: "1.0"
    sha256: {"0" * 64}
    organisation: Example
"""


@pytest.fixture
def spec(tmp_path):
    def write(text: str) -> str:
        (tmp_path / "spec.yml").write_text(text)
        return str(tmp_path / "spec.yml")

    return write


def test_the_help_says_what_to_type(koor):
    assert "koor-provision image build --company DIR --out" in koor("image", "--help").out
    assert "--lock" in koor("image", "build", "--help").out
    assert "JUnit" in koor("image", "test", "--help").out


def test_nothing_is_overwritten(koor, sample, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious").write_text("x")
    answer = koor("image", "build", "--company", sample.company, "--out", tmp_path / "out")
    assert answer.code == 2
    assert "exists already" in answer.err


@pytest.mark.parametrize(
    "mistake",
    [
        ("kind: image", "kind: offer", "is not a document of kind 'image'"),
        ("debian13", "debian11", "system"),
        ("my-image", "My Image", "name"),
        ("component: apache", "component: php", "names one of them twice"),
        ("  - component: php", "  - component: nginx", "more than one web server"),
        ("system:", "disk_gb: 1\nsystem:", "disk_gb"),
        ("system:", "password: x\nsystem:", "password"),
        ("component: apache", "component: php", "error: {spec}: components: names"),
        ("  - component: apache", APPLICATION, "the application comes by its archive"),
    ],
)
def test_a_spec_that_is_wrong_is_told_with_its_place(koor, sample, tmp_path, spec, mistake):
    before, after, said = mistake
    file = spec(SPEC.replace(before, after))
    answer = koor("image", "build", "--company", sample.company, "--spec", file, "--out", tmp_path / "out")
    assert answer.code == 2
    assert said.format(spec=file) in answer.err
    assert "images/default.yml" in answer.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("make", [lambda out: out.write_text("x"), lambda out: out.symlink_to("nowhere")])
def test_an_out_that_is_no_folder_is_refused(koor, sample, tmp_path, make):
    make(tmp_path / "out")
    answer = koor("image", "build", "--company", sample.company, "--out", tmp_path / "out")
    assert answer.code == 2
    assert "exists already" in answer.err


def test_a_key_that_cannot_sign_is_told_before_anything_is_made(koor, sample, tmp_path):
    answer = koor(
        "image", "build", "--company", sample.company, "--key", tmp_path / "no-key", "--out", tmp_path / "out"
    )
    assert answer.code == 2
    assert "no such key file" in answer.err
    assert not (tmp_path / "out").exists()


def test_software_that_nobody_approved_is_refused_before_anything_is_made(koor, sample, tmp_path, spec):
    file = spec(SPEC + "  - component: teamviewer\n")
    answer = koor("image", "build", "--company", sample.company, "--spec", file, "--out", tmp_path / "out")
    assert answer.code == 1
    assert "R8: 'teamviewer' is not approved customer software" in answer.err
    assert "R9: no version of 'teamviewer' is approved" in answer.err
    assert not (tmp_path / "out").exists()


def test_another_images_lock_is_refused(koor, sample, tmp_path):
    (tmp_path / "lock").write_text(Lock("other", "debian13", 1_700_000_000, {"bash": "5.2-1"}, []).text())
    answer = koor("image", "build", "--company", sample.company, "--lock", tmp_path / "lock", "--out", tmp_path / "out")
    assert answer.code == 2
    assert "is the lock of other on debian13" in answer.err


def test_a_mirror_with_a_password_is_refused_before_anything_is_made(koor, sample, tmp_path):
    mirror = "http://user:s3cret@mirror.example/debian"
    answer = koor("image", "build", "--company", sample.company, "--mirror", mirror, "--out", tmp_path / "out")
    assert answer.code == 2
    assert "holds a user name or password" in answer.err
    assert "s3cret" not in answer.err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_an_image_is_not_tested(koor, tmp_path):
    answer = koor("image", "test", tmp_path)
    assert answer.code == 2
    assert "holds no image" in answer.err


def test_junit_counts_what_failed():
    text = junit({"disk": [Check("is sound"), Check("is clean", "etc/machine-id: must be empty", 1.5)], "secrets": []})
    root = ET.fromstring(text)  # noqa: S314
    assert {suite.get("name"): (suite.get("tests"), suite.get("failures")) for suite in root} == {
        "disk": ("2", "1"),
        "secrets": ("0", "0"),
    }
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.text == "etc/machine-id: must be empty"
