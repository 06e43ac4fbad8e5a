"""A component that was taken out is gone, its data only where that was ordered, and nothing is left that serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from koor_verify import ROLES

Facts = dict[str, Any]


def contract(name: str) -> Facts:
    """Return what a role says it may touch, and what leaves with it."""
    return dict(yaml.safe_load((ROLES / name / "meta" / "scope.yml").read_text(encoding="utf-8")))


def packages(here: Facts) -> set[str]:
    """Return the packages of a component on one system, whatever its options were."""
    choices = here.get("choices", {}).values()
    return {*here["packages"], *(name for choice in choices for names in choice.values() for name in names)}


@pytest.fixture(scope="module")
def removal(order: Facts) -> Facts:
    return dict(order["removal"])


@pytest.fixture(scope="module")
def left(probe: Callable[..., Facts], removal: Facts, order: Facts) -> Facts:
    """Worked out from the contracts and not from the plan, so that a wrong plan does not agree with itself."""
    scope, rest = contract(removal["component"]), [contract(name) for name in order["components"]]
    leaves, shared = scope["removal"], [one["removal"] for one in rest]
    here = [scope["systems"][order["system"]]] if "system" in order else list(scope["systems"].values())
    stays = {name for one in rest for system in one["systems"].values() for name in packages(system)}
    keeps = {*leaves.get("keeps", []), *(unit for one in here for unit in one.get("rivals", []))}
    ports = set(scope["ports"]) - {port for one in rest for port in one["ports"]}

    def own(kind: str) -> list[str]:
        kept = {path for one in shared for paths in one.values() for path in paths}
        return [path for path in leaves.get(kind, []) if path not in kept]

    return probe(
        "probe_removal.py",
        packages=sorted({name for one in here for name in packages(one)} - stays - keeps),
        services=sorted({unit for one in here for unit in one["services"]} - keeps),
        ports=sorted({int(port.rpartition(":")[2].partition("/")[0]) for port in ports}),
        files=own("files"),
        data=own("data"),
        kept=removal.get("kept", []),
    )


def test_no_service_runs_now_or_after_a_restart(left: Facts) -> None:
    states = {name: (unit["ActiveState"], unit["UnitFileState"]) for name, unit in left["units"].items()}
    assert not {name: state for name, state in states.items() if state[0] == "active" or state[1] == "enabled"}


def test_nothing_listens_any_longer(left: Facts) -> None:
    assert left["listening"] == {}


def test_no_package_is_installed(left: Facts) -> None:
    assert left["installed"] == []


def test_no_file_of_ours_is_left(left: Facts) -> None:
    assert left["files"] == []


def test_data_is_there_unless_its_deletion_was_ordered(left: Facts, removal: Facts) -> None:
    if removal["purge"]:
        assert (left["data"], left["configured"]) == ([], [])
    assert left["kept"] == dict.fromkeys(left["kept"], True)
