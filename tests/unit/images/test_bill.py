import json

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from koor_provision.images.bill import bill
from koor_provision.images.inventory import Installed

PACKAGES = (
    Installed("apache2", "2.4.66-1~deb13u1", "amd64", "apache2"),
    Installed("libc6:amd64", "2.41-12", "amd64", "glibc"),
)


def test_the_bill_is_valid_and_lists_every_package():
    text = bill("koor-default", "debian13", PACKAGES, {"apache": "apache2"})
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    components = {one["name"]: one for one in json.loads(text)["components"]}
    assert components["libc6"]["purl"] == "pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13"
    assert {"name": "koor-provision:component", "value": "apache"} in components["apache2"]["properties"]


def test_the_same_packages_give_the_same_bytes():
    assert bill("a", "debian13", PACKAGES, {}) == bill("a", "debian13", PACKAGES, {})
    assert bill("a", "debian13", PACKAGES, {}) != bill("b", "debian13", PACKAGES, {})
