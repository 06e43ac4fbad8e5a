"""The real schema may not be shipped, nor is xmllint needed here: what is tried is how it is asked."""

import shutil

import pytest
from tests.unit.images.boot.small import build

from koor_provision.errors import InputError
from koor_provision.images.boot.schema_asked import check_schema, must_be_a_schema
from koor_provision.images.record import Image

PROGRAM = """#!/bin/sh
[ "$1 $2 $3" = "--nonet --noout --schema" ] && grep -q {word} "$5" || {{ echo "$5: fails to validate" >&2; exit 3; }}
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image") / "out"
    return Image(folder, build(folder))


@pytest.fixture
def xmllint(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "ovf.xsd").write_text("<schema/>")

    def install(word: str):
        (tmp_path / "xmllint").write_text(PROGRAM.format(word=word))
        (tmp_path / "xmllint").chmod(0o755)
        return tmp_path / "ovf.xsd"

    return install


def test_every_descriptor_is_held_against_it(image, xmllint):
    checks = list(check_schema(image, xmllint("Envelope")))
    assert [check.failure for check in checks] == ["", "", ""]


def test_what_it_says_is_told(image, xmllint):
    checks = {check.name: check.failure for check in check_schema(image, xmllint("vmw:Config"))}
    failed = [name for name, failure in checks.items() if "fails to validate" in failure]
    assert failed == ["the descriptor in web-virtualbox.ova is as the schema wants it",
                      "the descriptor in web-vagrant.box is as the schema wants it"]  # fmt: skip


def test_without_a_schema_nothing_is_asked(image):
    assert list(check_schema(image, None)) == []


def test_what_is_missing_is_told_before_anything_is_done(xmllint, tmp_path, monkeypatch):
    schema = xmllint("x")
    must_be_a_schema(schema)
    with pytest.raises(InputError, match="no such schema"):
        must_be_a_schema(tmp_path / "none.xsd")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(InputError, match="xmllint is not installed"):
        must_be_a_schema(schema)
