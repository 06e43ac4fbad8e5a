"""Each further software does what it is for; what that is stands in `software/NAME.yml`."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Facts = dict[str, Any]

HERE = Path(__file__).parent


def read(path: Path) -> Facts:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def wanted(host: Any, components: list[str]) -> Facts:
    """Return what each software of the order must do, without what its contract says this system does not have."""
    system = host.system_info.distribution + host.system_info.release.split(".")[0]
    contracts = {name: read(HERE.parent / "meta" / "software" / f"{name}.yml") for name in components if known(name)}
    there = [name for name, contract in contracts.items() if contract["systems"][system].get("packages")]
    return {name: read(HERE / "software" / f"{name}.yml") for name in there}


def known(name: str) -> bool:
    return (HERE / "software" / f"{name}.yml").is_file()


def content(file: str) -> str:
    return base64.b64encode((HERE / "given" / file).read_bytes()).decode()


def test_each_software_does_what_it_is_for(probe: Callable[..., Facts], wanted: Facts) -> None:
    assert wanted
    software = {
        name: {"given": {file: content(file) for file in one["given"]}, "steps": one["steps"]}
        for name, one in wanted.items()
    }
    for name, steps in probe("probe_third_party.py", software=software).items():
        for step, done in zip(wanted[name]["steps"], steps, strict=True):
            made = dict.fromkeys(step.get("makes", {}), True)
            assert (done["code"], done["prints"], done["makes"]) == (0, True, made), f"{step['run'][0]}: {done['said']}"
