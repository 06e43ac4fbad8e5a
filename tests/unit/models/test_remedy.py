"""What a remedy tells somebody to run works in the folder where they are told."""

import pytest

from koor_provision.models.remedy import located


@pytest.mark.parametrize(
    ("text", "located_text"),
    [
        ("koor-provision sign offer.yml --key KEY", "koor-provision sign b2/offer.yml --key KEY"),
        ("(sha256sum offer.yml); then", "(sha256sum b2/offer.yml); then"),
        ("sha256sum agreements/001.yml", "sha256sum b2/agreements/001.yml"),
        ("koor-provision sign mails/001.yml --key KEY", "koor-provision sign b2/mails/001.yml --key KEY"),
        ("koor-provision sign company/staff.yml", "koor-provision sign ours/staff.yml"),
        ("sha256sum validations/php-update-1.yml", "sha256sum ours/validations/php-update-1.yml"),
        ("koor-provision case status CASE --write", "koor-provision case status b2 --write"),
        ("koor-provision install CASE --inventory FILE", "koor-provision install b2 --inventory FILE"),
        ("koor-provision sign FILE --key KEY", "koor-provision sign FILE --key KEY"),
        ("koor-provision sign /srv/b2/offer.yml", "koor-provision sign /srv/b2/offer.yml"),
        ("have offer.yml signed again", "have offer.yml signed again"),
    ],
)
def test_commands_are_given_the_whole_path(text, located_text):
    assert located(text, "b2", "ours") == located_text


def test_paths_are_quoted_for_a_shell():
    assert located("sha256sum offer.yml", "sp ace", "") == "sha256sum 'sp ace/offer.yml'"
    assert located("koor-provision case status CASE", "a;b", "") == "koor-provision case status 'a;b'"


def test_the_companys_folder_may_not_be_known():
    assert located("koor-provision sign company/staff.yml", "b2", "") == "koor-provision sign company/staff.yml"
