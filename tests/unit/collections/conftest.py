"""Gives the tests the modules of the collection, which are programs and not a package."""

import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import koor_provision

COLLECTIONS = Path(koor_provision.__file__).parent / "collections"
MODULES = COLLECTIONS / "ansible_collections/koor/provision/plugins/modules"


@cache
def load_module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"koor_modules.{name}", MODULES / f"{name}.py")
    assert spec
    assert spec.loader
    if str(COLLECTIONS) not in sys.path:
        sys.path.append(str(COLLECTIONS))  # where Ansible's own loader finds what modules share
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their own module up by name
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def load() -> Callable[[str], ModuleType]:
    return load_module
