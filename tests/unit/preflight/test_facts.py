"""A target's answer is input like any other."""

import ast
import json
import subprocess
import sys
from importlib.resources import files

import pytest

from koor_provision.errors import RefusedError, RunError
from koor_provision.models.components import Apache, Php
from koor_provision.models.order import Removal, Undo
from koor_provision.models.scope import Scope
from koor_provision.preflight import facts as facts_module
from koor_provision.preflight.facts import gather, gather_leaving, gather_undoing, packages_of, wanted_packages

SCOPE = Scope.model_validate(
    {
        "component": "php",
        "summary": "PHP",
        "systems": {
            "debian12": {
                "packages": ["php-cli"],
                "choices": {
                    "handler": {"fpm": ["php-fpm"], "mod_php": ["mod-php"]},
                    "extensions": {"imap": ["php-imap"], "tidy": ["php-tidy"]},
                },
            },
            "debian13": {"packages": ["php-cli"]},
        },
    }
)
OTHER = Scope.model_validate(
    {"component": "apache", "summary": "Apache", "systems": {"debian12": {"packages": ["apache2"]}}}
)
GOOD = {
    "system": "debian12",
    "system_name": "Debian 12",
    "machine_id": "0" * 32,
    "memory_mb": 4000,
    "cores": 2,
    "disk_free_mb": 9000,
    "disk_rotational": None,
    "root": True,
    "installed": {"php-cli": "8.2"},
    "changes": [{"name": "php-fpm", "version": "8.2", "old_version": None}],
}


class Host:
    """A target that answers what a test wants."""

    name = "web-1"

    def __init__(self, answer: object) -> None:
        self.answer = answer if isinstance(answer, str) else json.dumps(answer)

    def python(self, program: str, *, timeout: int) -> str:
        compile(program, "probe", "exec")
        return self.answer


def look(answer: object):
    return gather(Host(answer), (Php(component="php"),), {"php": SCOPE}, "0" * 16)  # type: ignore[arg-type]


def test_choices_of_the_order_bring_their_packages() -> None:
    assert packages_of(Php(component="php"), SCOPE, "debian12") == ("php-cli", "php-fpm")
    assert packages_of(Php(component="php", handler="mod_php"), SCOPE, "debian12") == ("php-cli", "mod-php")
    several = Php(component="php", extensions=("tidy", "imap"))
    assert packages_of(several, SCOPE, "debian12") == ("php-cli", "php-fpm", "php-imap", "php-tidy")
    assert packages_of(several, SCOPE, "debian13") == ("php-cli",)


def test_only_systems_that_every_component_knows() -> None:
    wanted = wanted_packages((Php(component="php"), Apache(component="apache")), {"php": SCOPE, "apache": OTHER})
    assert wanted == {"debian12": ["apache2", "php-cli", "php-fpm"]}


class BusyHost(Host):
    """A target whose package manager is at work for a while."""

    def __init__(self, times: int) -> None:
        super().__init__(GOOD)
        self.times = times

    def python(self, program: str, *, timeout: int) -> str:
        self.times -= 1
        return json.dumps({**GOOD, "busy": self.times >= 0})


def test_package_manager_at_work_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_module, "_PAUSE_SECONDS", 0)
    told: list[bool] = []
    order = ((Php(component="php"),), {"php": SCOPE}, "0" * 16)
    facts = gather(BusyHost(3), *order, lambda: told.append(True))  # type: ignore[arg-type]
    assert facts.installed == {"php-cli": "8.2"}
    assert len(told) == 3
    monkeypatch.setattr(facts_module, "BUSY_SECONDS", -1)
    with pytest.raises(RunError, match="the package manager is at work there"):
        gather(BusyHost(3), *order)  # type: ignore[arg-type]


def test_good_answer_becomes_facts() -> None:
    facts = look(GOOD)
    assert facts.installed == {"php-cli": "8.2"}
    assert facts.changes[0].name == "php-fpm"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "no json",
        "[]",
        "null",
        "1",
        {},
        {**GOOD, "system": ["debian12"]},
        {**GOOD, "cores": "many"},
        {**GOOD, "more": 1},
        {**GOOD, "machine_id": "../../etc"},
        {**GOOD, "installed": {"$(id)": "1"}},
        {**GOOD, "apt_config": "/run/x; rm -rf /"},
        {**GOOD, "changes": [{"name": "php-fpm", "version": "1 2"}]},
        {**GOOD, "memory_mb": -1},
        {**GOOD, "system_name": "{{ x }}"},
        "{" * 100_000,
        "[" * 200_000,
        {**GOOD, "trouble": {"a": 1}, "cores": 0},
        "x" * 100_000,
    ],
)
def test_answer_that_makes_no_sense_is_refused(answer: object) -> None:
    with pytest.raises(RunError, match="makes no sense"):
        look(answer)


def test_question_about_a_removal_leaves_out_what_the_rest_shares() -> None:
    class Listening(Host):
        def python(self, program: str, *, timeout: int) -> str:
            self.question = program.splitlines()[-1]
            return super().python(program, timeout=timeout)

    going = Scope.model_validate(
        {
            "component": "apache",
            "summary": "Apache",
            "systems": {"debian12": {"packages": ["apache2", "php-cli"]}},
            "removal": {"files": ["/etc/a/x"], "disabled": ["/etc/a/y"], "data": ["/var/lib/a/"]},
        }
    )
    host = Listening({**GOOD, "changes": [], "removals": ["apache2"], "present": ["/etc/a/x", "/etc/a/y.disabled"]})
    removal = Removal(component="apache", purge=True)
    facts = gather_leaving(host, removal, (Php(component="php"),), {"php": SCOPE, "apache": going})  # type: ignore[arg-type]
    assert facts.removals == ("apache2",)
    asked = [
        {"debian12": ["php-cli", "php-fpm"], "debian13": ["php-cli"]},
        {"debian12": ["apache2"]},
        ["/etc/a/x", "/etc/a/y.disabled", "/var/lib/a/"],
        "purge",
    ]
    assert f"leaving_probe.look(main, *json.loads({json.dumps(asked)!r}))" in host.question


def test_unknown_system_is_refused_by_the_rules_names() -> None:
    with pytest.raises(RefusedError, match="R8, R9"):
        look({**GOOD, "system": "debian11", "system_name": "Debian GNU/Linux 11 (bullseye)"})


def test_apt_that_cannot_work_it_out_is_told() -> None:
    with pytest.raises(RunError, match="held broken packages"):
        look({**GOOD, "trouble": "E: Unable to correct problems, you have held broken packages."})


def test_login_without_rights_is_told() -> None:
    with pytest.raises(RunError, match="not root"):
        look({**GOOD, "root": False})


@pytest.mark.parametrize("name", ["probe.py", "origins_probe.py", "others_probe.py"])
def test_probe_is_plain_standard_python(name: str) -> None:
    """It runs on the target's python3, which may be older than ours and has nothing installed."""
    tree = ast.parse(files("koor_provision.preflight").joinpath(name).read_text(), feature_version=(3, 9))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= {"fcntl", "glob", "os", "re", "shutil", "subprocess"}


def test_what_a_server_kept_of_a_run_is_typed() -> None:
    kept = {"run": "0" * 16, "state": "kept", "added": {"php-fpm": "8.2"}, "deleted": ["/etc/php/"]}
    facts = look_back({**GOOD, "changes": [], "removals": ["php-fpm"], "kept": kept})
    assert facts.kept
    assert (facts.kept.added, facts.kept.deleted, facts.removals) == ({"php-fpm": "8.2"}, ("/etc/php/",), ("php-fpm",))
    with pytest.raises(RunError, match="makes no sense"):
        look_back({**GOOD, "kept": kept | {"deleted": ["/etc/../usr/"]}})


def look_back(answer: object):
    return gather_undoing(Host(answer), Undo(run="0" * 16), (Php(component="php"),), {"php": SCOPE})  # type: ignore[arg-type]


def test_the_look_before_an_undo_needs_nothing_on_the_server() -> None:
    """It is sent as one text, and run by a Python that loads nothing of ours."""
    said = []

    class Real(Host):
        def python(self, program: str, *, timeout: int) -> str:
            begin, _, _ = program.rpartition("print(json.dumps(")
            asked = begin + "print(json.dumps(undoing.look('0' * 16, '/nowhere')))"
            command = [sys.executable, "-I", "-S", "-"]
            said.append(subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout)
            return said[0]

    with pytest.raises(RunError, match="makes no sense"):  # what was kept is not the whole of an answer
        gather_undoing(Real(""), Undo(run="0" * 16), (Php(component="php"),), {"php": SCOPE})  # type: ignore[arg-type]
    assert json.loads(said[0]) == {"run": "0" * 16, "state": "none"}
