"""What is read of a run: the component's own packages, in the versions that dpkg had installed."""

from pathlib import Path

import pytest

from koor_provision.errors import InputError, RunError
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.trial import Kind, Outcome, Trial
from koor_provision.roletest.scenarios import scenarios
from koor_provision.validation.offers import version_packages
from koor_provision.validation.testing import _packages, scenario_of

SCOPES = load_scopes(share() / "roles")
TRIAL = Trial(Kind.MOLECULE, "nginx", "debian13", Outcome.FAILED, 12.0, "logs/nginx-debian13.log")


def read(tmp_path: Path, text: str) -> dict[str, str]:
    file = tmp_path / "installed"
    file.write_text(text, encoding="utf-8")
    return _packages(file, SCOPES["nginx"], "debian13", TRIAL)


def test_only_the_components_installed_packages_count(tmp_path):
    text = "ii  nginx 1.26.3-3\nii  openssl 3.5.1-1\nii  bash 5.2-1\nrc  ssl-cert 1.1\nii  logrotate 3.22-1\n"

    assert read(tmp_path, text) == {"logrotate": "3.22-1", "nginx": "1.26.3-3", "openssl": "3.5.1-1"}


@pytest.mark.parametrize("text", ["", "rc  nginx 1.26.3-3\n", "ii  openssl 3.5.1-1\n"])
def test_a_component_that_was_never_installed_was_not_tested(tmp_path, text):
    with pytest.raises(RunError, match=r"no version of it was tested; see logs/nginx-debian13\.log"):
        read(tmp_path, text)


def test_a_component_needs_a_scenario_on_the_system():
    known = scenarios(share())

    assert scenario_of("nginx", ["debian12", "debian13"], known).name == "nginx"
    for role, systems in (("nginx", ["ubuntu22.04"]), ("removal", ["debian12"])):
        with pytest.raises(InputError):
            scenario_of(role, systems, known)


def test_a_system_is_asked_for_the_packages_that_name_versions():
    assert version_packages(SCOPES, "debian13")["php"] == "php8.4-common"
    assert version_packages(SCOPES, "debian12")["postgresql"] == "postgresql-15"
    assert "wkhtmltopdf" not in version_packages(SCOPES, "debian13")
