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
