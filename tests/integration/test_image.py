"""One image from nothing, booted under UEFI: the disk for qemu, whose content every other file holds as well."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET  # reads what the test itself made

import pytest

from tests.integration.conftest import Koor


@pytest.fixture(scope="module")
def image(koor: Koor) -> Path:
    sample, out = koor.home / "image-sample", koor.home / "image"
    koor("sample", sample)
    formats = ("--format", "qcow2", "--format", "vmware")
    koor("image", "build", "--company", sample / "company", *formats, "--key", sample / "keys" / "cto", "--out", out)
    return out


def test_a_build_says_what_is_inside_and_by_whose_leave(image: Path) -> None:
    record = json.loads((image / "image.json").read_text())
    assert {one["rule"] for one in record["findings"]} == {"R8", "R9"}
    assert {one["verdict"] for one in record["findings"]} == {"pass"}
    assert record["sample"] is True
    assert set(record["versions"]) == {"php", "apache", "mariadb"}
    lock = json.loads((image / "packages.lock").read_text())
    bill = json.loads((image / "sbom.cdx.json").read_text())
    assert len(bill["components"]) == len(lock["packages"])
    assert "linux-image-amd64" in lock["packages"]
    assert not list(image.glob(".work-*"))


def test_the_file_for_vmware_is_small_enough_to_be_handed_over(image: Path) -> None:
    assert (image / "koor-default-vmware.ova").stat().st_size <= 450_000_000


def test_it_boots_under_uefi_and_holds_nothing_secret(koor: Koor, image: Path) -> None:
    report = koor.home / "image.xml"
    options = ("--machines", "one", "--company", koor.home / "image-sample" / "company", "--canary", str(koor.home))
    done = koor("image", "test", image, *options, "--junit", report)
    assert "0 of" not in done.stdout
    tests = ET.parse(report).findall(".//testcase")  # noqa: S314
    assert not [test.get("name") for test in tests if test.find("failure") is not None]
    names = {test.get("name") for test in tests}
    assert "serves a page that PHP makes from the database" in names
    assert "the sums are signed by somebody who may sign images: cto" in names
