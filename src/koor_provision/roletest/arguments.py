"""Holds each role's public variables against its meta/argument_specs.yml, by Ansible's own validator.

A program of its own (`python -m koor_provision.roletest.arguments ROLE...`), since only it loads Ansible. A role's
default that its own specification refuses would fail whoever uses the role as it is.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

_NOT_VALIDATED = ("description", "version_added")


def problems(role: Path) -> Iterator[str]:
    """What is wrong with a role's specification."""
    try:
        specification = _read(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]
        defaults = _read(role / "defaults" / "main.yml")
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        yield f"meta/argument_specs.yml or defaults/main.yml cannot be read: {error}"
        return
    options = specification.get("options") or {}
    for name in sorted(set(defaults) - set(options)):
        yield f"{name} has a default and stands in no specification"
    for name, option in options.items():
        if not option.get("description"):
            yield f"{name} is not described"
        if not name.startswith(f"{role.name}_"):
            yield f"{name} does not begin with the role's name"
        if "default" in option and defaults.get(name) != option["default"]:
            yield f"{name}: the default is {defaults.get(name)!r}, the specification says {option['default']!r}"
    fixed = {name: value for name, value in defaults.items() if name in options and "{{" not in str(value)}
    validator = ArgumentSpecValidator({name: _bare(option) for name, option in options.items() if name in fixed})
    yield from validator.validate(fixed).error_messages


def _bare(option: dict[str, Any]) -> dict[str, Any]:
    """An option as Ansible's validator takes it; what is required may come from whoever uses the role."""
    bare = {name: value for name, value in option.items() if name not in _NOT_VALIDATED and name != "required"}
    if "options" in bare:
        bare["options"] = {
            name: {key: value for key, value in inner.items() if key not in _NOT_VALIDATED}
            for name, inner in bare["options"].items()
        }
    return bare


def _read(file: Path) -> dict[str, Any]:
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data if isinstance(data, dict) else {}


def main(roles: list[str]) -> int:
    """Judge roles by their folders; returns the exit code."""
    found = [f"roles/{Path(role).name}: {problem}" for role in roles for problem in problems(Path(role))]
    for line in found:
        print(line)  # a program that prints
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
