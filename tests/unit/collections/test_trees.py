"""Paths that an order chooses stay in the trees of the contract, or nothing is done."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

TREES = ["/var/www/", "/etc/shop.conf"]


@pytest.mark.parametrize("path", ["/var/www/a", "/var/www/", "/var/www", "/var/www/a/b/", "/etc/shop.conf"])
def test_inside(load_shared, path):
    assert load_shared("trees").outside([path], TREES) == []


@pytest.mark.parametrize(
    "path",
    [
        "/etc/cron.d", "/var/wwwroot", "/var", "/", "", "var/www/a", "/var/www/../../etc", "/var/www/./a",
        "/var/www//a", "//var/www/a", "/etc/shop.conf/a", "/etc/shop.conf.d",
    ],
)  # fmt: skip
def test_outside(load_shared, path):
    assert load_shared("trees").outside([path, "/var/www/a"], TREES) == [path]


def test_no_trees_are_no_limit(load_shared):
    assert load_shared("trees").outside(["/etc/passwd"], []) == []


class Failed(Exception):  # noqa: N818 - what fail_json raises here
    """Ends a module as Ansible would."""


def run(load, monkeypatch, name, **parameters) -> None:
    module = load(name)

    def fail(msg, **_):
        raise Failed(msg)

    given = SimpleNamespace(params=parameters, check_mode=False, fail_json=fail, exit_json=lambda **_: None)
    monkeypatch.setattr(module, "AnsibleModule", lambda **_: given)
    module.main()


@pytest.mark.parametrize("kind", ["directories", "disabled", "unlinked", "files"])
def test_a_configuration_outside_changes_nothing(load, monkeypatch, tmp_path, kind):
    inside, stray = tmp_path / "in", tmp_path / "out" / "x"
    given: dict[str, Any] = {
        "directories": [str(inside / "new")],
        "files": [],
        "disabled": [],
        "unlinked": [],
        "placeholder": None,
    }
    given[kind] = [*given[kind], {"path": str(stray)} if kind == "files" else str(stray)]

    with pytest.raises(Failed, match=f"nothing was changed: not in the role's contract: {stray}"):
        run(load, monkeypatch, "configuration", **given, test=[], within=[f"{inside}/"])

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stray", ["certificate", "key"])
def test_a_certificate_outside_is_not_made(load, monkeypatch, tmp_path, stray):
    entry = {"certificate": str(tmp_path / "in" / "a.crt"), "key": str(tmp_path / "in" / "a.key"), "names": ["a"]}
    entry[stray] = str(tmp_path / "out")

    with pytest.raises(Failed, match="nothing was made"):
        run(load, monkeypatch, "certificates", certificates=[entry], days=1, renew_days=1, within=[f"{tmp_path}/in/"])

    assert not json.dumps([str(path) for path in tmp_path.iterdir()]).count("in")
