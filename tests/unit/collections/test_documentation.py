"""What a module documents is what it accepts."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.collections.conftest import MODULES

NAMES = sorted(path.stem for path in Path(MODULES).glob("*.py"))


class Stop(Exception):  # noqa: N818 - not an error
    """Ends a module as soon as it has said what it accepts."""


@pytest.fixture
def accepted(load, monkeypatch):
    def of(name):
        module, seen = load(name), {}

        def remember(**arguments):
            seen.update(arguments)
            raise Stop

        monkeypatch.setattr(module, "AnsibleModule", remember)
        with pytest.raises(Stop):
            module.main()
        return seen

    return of


def shape(options: dict[str, Any], inner: str) -> dict[str, Any]:
    """The part of options that both sides state."""
    return {
        name: {
            "type": option.get("type", "str"),
            "elements": option.get("elements"),
            "required": option.get("required", False),
            "default": option.get("default"),
            "choices": option.get("choices"),
            "options": shape(option[inner], inner) if inner in option else None,
        }
        for name, option in options.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_documented_options_are_the_accepted_ones(load, accepted, name):
    documented = yaml.safe_load(load(name).DOCUMENTATION)
    assert documented["module"] == name
    assert shape(documented["options"], "suboptions") == shape(accepted(name)["argument_spec"], "options")


@pytest.mark.parametrize("name", NAMES)
def test_check_mode_is_supported_and_documented(load, accepted, name):
    assert accepted(name)["supports_check_mode"] is True
    assert yaml.safe_load(load(name).DOCUMENTATION)["attributes"]["check_mode"]["support"] == "full"


@pytest.mark.parametrize("name", NAMES)
def test_examples_use_documented_options_only(load, name):
    documented = yaml.safe_load(load(name).DOCUMENTATION)["options"]
    for task in yaml.safe_load(load(name).EXAMPLES):
        assert set(task[f"koor.provision.{name}"]) <= set(documented)


@pytest.mark.parametrize("name", NAMES)
def test_each_result_says_what_it_is(load, name):
    results = yaml.safe_load(load(name).RETURN)
    assert results
    assert all({"description", "returned", "type"} <= set(result) for result in results.values())
