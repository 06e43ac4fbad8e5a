"""The right training programme, from the CTO's signed manual, is part of the hand-over (R13)."""

from datetime import UTC, datetime

import pytest
from tests.conftest import Sample

from koor_provision.cli.training import training_of
from koor_provision.cli.trusted import open_company
from koor_provision.errors import InputError, RefusedError
from koor_provision.load.case import load_case
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes


def training(sample: Sample) -> str | None:
    now = datetime.now(UTC)
    opened = open_company(sample.company, now)
    scopes = load_scopes(share() / "roles")
    case, _ = load_case(sample.case, opened.company, opened.keyring, scopes, engineer=None, now=now)
    return training_of(case, sample.company, now)


def order(sample: Sample, names: str) -> None:
    sample.edit("offer.yml", "goals:", f"training: [{names}]\ngoals:", "team-leader")


def test_an_order_without_training_hands_none_over(sample: Sample) -> None:
    (sample.company / "training_manual.yml").unlink()
    assert training(sample) is None


def test_the_ordered_programmes_are_handed_over_and_no_others(sample: Sample) -> None:
    order(sample, "end-user, developer")
    text = training(sample)
    assert text
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## End user", "## Third party developer"]
    assert "version 1 (SHA-256 " in text


def test_with_the_application_the_key_user_is_trained(sample: Sample) -> None:
    application = f"- {{component: application, version: '1', sha256: {'a' * 64}}}"
    sample.edit("offer.yml", "estimate:", f"  {application}\nestimate:", "team-leader")
    sample.edit("confirmation.yml", "mariadb]", "mariadb, application]", "sales-manager")
    text = training(sample)
    assert text
    assert "## Customer administrator and key user" in text


def test_a_manual_that_is_missing_is_told_before_anything_is_done(sample: Sample) -> None:
    order(sample, "end-user")
    (sample.company / "training_manual.yml").unlink()
    with pytest.raises(InputError, match="missing"):
        training(sample)


@pytest.mark.parametrize(
    ("old", "new", "signers", "reason"),
    [
        ("version: 1", "version: 2", ("hocs",), "not signed by the CTO"),
        ("expires: ", "expires: 2020-01-01 # ", ("cto",), "valid from"),
        ("programme: end-user", "programme: developer", ("cto",), "has no programme for end-user"),
    ],
)
def test_a_manual_that_does_not_count_is_refused(sample: Sample, old: str, new: str, signers, reason: str) -> None:
    order(sample, "end-user")
    sample.edit("training_manual.yml", old, new, *signers)
    with pytest.raises(RefusedError, match=reason):
        training(sample)


def test_an_older_manual_is_refused_once_a_newer_one_was_seen(sample: Sample) -> None:
    order(sample, "end-user")
    before = {file: file.read_bytes() for file in sample.company.glob("training_manual.yml*")}
    sample.edit("training_manual.yml", "version: 1", "version: 2", "cto")
    assert training(sample)
    for file, data in before.items():
        file.write_bytes(data)
    with pytest.raises(RefusedError, match="version 1 is older than version 2"):
        training(sample)
