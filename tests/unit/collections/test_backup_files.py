"""The files of a backup job are those that the scope names, and say what was asked for."""

import configparser
import importlib
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleError

ROOT = Path(__file__).parents[3]
ENGINES = ["mariadb", "postgresql", "sqlite"]


@pytest.fixture
def lookup(load_shared):
    load_shared("kept_password")  # which lets Python find the collection
    return importlib.import_module("ansible_collections.koor.provision.plugins.lookup.backup_files")


def unit(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as the standard library tells to
    parser.read_string(text)
    return parser


@pytest.mark.parametrize("engine", ENGINES)
def test_each_file_is_within_the_scope_of_the_role(lookup, engine):
    scope = yaml.safe_load((ROOT / "roles" / engine / "meta" / "scope.yml").read_text(encoding="utf-8"))
    for entry in lookup.files(engine, ["koor"], 14, "02:30"):
        path = entry["path"]
        assert any(path == one or (one.endswith("/") and path.startswith(one)) for one in scope["paths"]), path
    for system in scope["systems"].values():
        assert {f"koor-backup-{engine}.service", f"koor-backup-{engine}.timer"} <= set(system["services"])


@pytest.mark.parametrize("engine", ENGINES)
def test_the_program_comes_with_its_own_engine_only_and_answers(lookup, engine, tmp_path):
    entries = {Path(one["path"]).name: one["content"] for one in lookup.files(engine, ["koor"], 14, "02:30")}
    assert {name for name in entries if name.endswith(".py")} == {
        "koor_backup.py", "koor_command.py", f"koor_{engine}.py",
    }  # fmt: skip
    for name, content in entries.items():
        (tmp_path / name).write_text(content)
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-B", tmp_path / "koor_backup.py", engine, "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"usage: koor-backup-{engine}")


def test_units_say_what_was_asked_for(lookup):
    entries = {
        Path(one["path"]).suffix: one["content"] for one in lookup.files("mariadb", ["shop", "log"], 30, "23:05")
    }
    service, timer = unit(entries[".service"]), unit(entries[".timer"])
    assert service["Service"]["ExecStart"] == "/usr/local/sbin/koor-backup-mariadb dump --keep 30 shop log"
    assert service["Unit"]["After"] == "mariadb.service"
    assert timer["Timer"]["OnCalendar"] == "*-*-* 23:05"


@pytest.mark.parametrize(
    ("databases", "keep", "at"),
    [
        (["shop; rm -rf /"], 1, "02:30"),
        (["--overwrite"], 1, "02:30"),
        (["../shop"], 1, "02:30"),
        ([], 1, "02:30"),
        (["shop"], 0, "02:30"),
        (["shop"], 1, "2:30"),
        (["shop"], 1, "24:00"),
        (["shop"], 1, "02:30\nExecStart=/bin/sh"),
    ],
)
def test_odd_values_get_into_no_unit(lookup, databases, keep, at):
    with pytest.raises(AnsibleError):
        lookup.files("mariadb", databases, keep, at)


def test_an_unknown_engine_is_refused(lookup):
    with pytest.raises(AnsibleError, match="mariadb, postgresql, sqlite"):
        lookup.files("oracle", ["shop"], 1, "02:30")
