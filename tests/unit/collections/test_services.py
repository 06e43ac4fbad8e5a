import os

import pytest

SHOWN = """\
Id=apache2.service
LoadState=loaded
ActiveState=active
UnitFileState=enabled

Id=missing.service
LoadState=not-found
ActiveState=inactive
UnitFileState=
"""


@pytest.fixture
def services(load):
    return load("services")


def unit(active: str = "active", enabled: str = "enabled", load: str = "loaded") -> dict[str, str]:
    return {"LoadState": load, "ActiveState": active, "UnitFileState": enabled}


def test_units_are_read_from_what_systemd_shows(services):
    units = services.parse_show(SHOWN)
    assert units["apache2.service"]["ActiveState"] == "active"
    assert units["missing.service"]["UnitFileState"] == ""


@pytest.mark.parametrize(
    ("state", "unit", "expected"),
    [
        ("running", unit(), []),
        ("running", unit(active="inactive"), [["start", "x"]]),
        ("running", unit(active="failed"), [["start", "x"]]),
        ("running", unit(enabled="disabled"), [["enable", "x"]]),
        ("running", unit(enabled="static"), []),
        ("running", unit("inactive", "", "not-found"), [["enable", "x"], ["start", "x"]]),
        ("stopped", unit(), [["disable", "--now", "x"]]),
        ("stopped", unit("inactive", "disabled"), []),
        ("stopped", unit("inactive", "", "not-found"), []),
        ("restarted", unit(), [["restart", "x"]]),
        ("restarted", unit(active="inactive"), [["start", "x"]]),
        ("reloaded", unit(), [["reload-or-restart", "x"]]),
        ("reloaded", unit("inactive", "", "not-found"), [["start", "x"]]),
    ],
)
def test_only_what_differs_is_done(services, state, unit, expected):
    assert services.steps(["x"], {"x": unit}, state) == expected


CHANGED = {"StateChangeTimestampMonotonic": "5000000", "NeedDaemonReload": "no"}


@pytest.mark.parametrize(
    ("name", "unit", "newest", "expected"),
    [
        ("x.service", unit() | CHANGED, 1004, False),
        ("x.service", unit() | CHANGED, 1006, True),
        ("x.service", unit("reloading") | CHANGED, 1006, True),
        ("x.service", unit("inactive") | CHANGED, 1006, False),
        ("x.timer", unit() | CHANGED, 1006, False),
        ("x.timer", unit() | CHANGED | {"NeedDaemonReload": "yes"}, 0, True),
        ("x.timer", unit("inactive") | CHANGED | {"NeedDaemonReload": "yes"}, 0, False),
        ("missing.service", {}, 1006, False),
    ],
)
def test_a_service_that_started_before_its_configuration_changed_is_out_of_date(services, name, unit, newest, expected):
    assert services.outdated([name], {name: unit}, newest, 1000) == [name] * expected


def test_every_file_of_a_tree_counts_and_what_went_from_it_too(services, tmp_path):
    file = tmp_path / "folder" / "file"
    file.parent.mkdir()
    file.touch()
    (tmp_path / "link").symlink_to("nowhere")
    seen = list(services.changes([str(tmp_path), str(tmp_path / "none")]))
    assert max(seen) == max(os.lstat(path).st_ctime for path in (file, file.parent, tmp_path / "link", tmp_path))
    os.utime(file, ns=(0, 0))
    assert max(services.changes([str(file)])) == file.stat().st_ctime, "an old date is no old change"
    file.unlink()
    assert max(services.changes([str(tmp_path)])) == file.parent.stat().st_ctime
