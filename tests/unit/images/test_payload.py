import io
import json
import subprocess
import sys
import zipfile
from typing import Any

from koor_provision.images.payload import jobs, payload
from koor_provision.load.resources import collections
from koor_provision.models.components import Apache, Mariadb, Php, Redis
from koor_provision.provision.variables import role_variables


def test_the_same_sources_give_the_same_archive():
    assert payload(collections()) == payload(collections())


def test_every_module_that_makes_secrets_is_in_it():
    with zipfile.ZipFile(io.BytesIO(payload(collections()))) as archive:
        names = set(archive.namelist())
    for module in ("certificates", "mariadb_accounts", "postgresql_accounts", "redis_password"):
        assert f"ansible_collections/koor/provision/plugins/modules/{module}.py" in names
    assert "ansible/module_utils/basic.py" in names


def test_a_module_runs_from_the_archive_alone(tmp_path):
    """With a Python that sees nothing of what is installed here, as on the image."""
    (tmp_path / "first-boot.pyz").write_bytes(payload(collections()))
    secrets = tmp_path / "secrets"
    arguments = {"ANSIBLE_MODULE_ARGS": {"secrets": str(secrets), "configuration": str(tmp_path / "koor.conf"),
                                         "group": "root", "_ansible_check_mode": True}}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / "first-boot.pyz", "module", "redis_password"],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        check=False,
    )
    answer = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert answer["changed"] is True
    assert f"write {secrets}/redis.cnf" in answer["actions"]


def test_jobs_are_what_the_roles_were_told():
    components = (
        Php(component="php"),
        Apache(component="apache"),
        Mariadb(component="mariadb"),
        Redis(component="redis"),
    )
    variables: dict[str, Any] = {}
    for component in components:
        variables |= role_variables(component)
    todo = json.loads(jobs([component.component for component in components], variables))
    before, after = dict(todo["before"]), dict(todo["after"])
    assert before["certificates"]["certificates"][0]["key"] == "/etc/ssl/koor/koor.key"
    assert "redis_password" in before
    assert [one["name"] for one in after["mariadb_accounts"]["accounts"]] == [
        "koor_schema", "koor_insert", "koor_select", "koor_update", "koor_delete"
    ]  # fmt: skip
    assert "postgresql_accounts" not in after
    assert todo["ordered_sizes"] == []


def test_the_first_boot_is_told_which_sizes_were_ordered():
    component = Redis(component="redis", memory_mb=512)
    assert json.loads(jobs(["redis"], role_variables(component)))["ordered_sizes"] == ["redis"]
