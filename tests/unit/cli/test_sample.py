import stat

from tests.conftest import Sample

from koor_provision.load.resources import share


def test_a_complete_example(koor, tmp_path, monkeypatch):
    monkeypatch.setattr("koor_provision.cli.check.share", share)  # one case orders Redis: the real roles
    answer = koor("sample", tmp_path / "new")

    assert answer.code == 0
    assert f"try: koor-provision check {tmp_path}/new/cases/*" in answer.out
    cases = sorted((tmp_path / "new" / "cases").iterdir())
    assert [case.name for case in cases] == ["by-mail", "default-offer", "never-ordered"]
    assert [koor("check", case).code for case in cases] == [0, 0, 1]


def test_what_to_try_can_be_typed(koor, tmp_path):
    answer = koor("sample", tmp_path / "sp ace")

    assert f"try: koor-provision check '{tmp_path}/sp ace'/cases/*" in answer.out


def test_nothing_is_overwritten(koor, sample: Sample):
    before = {file: file.read_bytes() for file in sample.root.rglob("*") if file.is_file()}

    answer = koor("sample", sample.root)

    assert answer.code == 2
    assert "exists and is not an empty folder" in answer.err
    assert {file: file.read_bytes() for file in sample.root.rglob("*") if file.is_file()} == before


def test_private_keys_are_private(sample: Sample):
    assert stat.S_IMODE((sample.root / "keys").stat().st_mode) == 0o700
    for key in (sample.root / "keys").iterdir():
        assert key.suffix == ".pub" or stat.S_IMODE(key.stat().st_mode) == 0o600


def test_every_person_has_a_key(sample: Sample):
    assert {key.name for key in (sample.root / "keys").iterdir() if not key.suffix} == {
        "cto", "hocs", "team-leader", "engineer-senior", "engineer-junior", "sales-manager",
        "customer-authorised", "customer-it", "customer-mail-server",
    }  # fmt: skip
