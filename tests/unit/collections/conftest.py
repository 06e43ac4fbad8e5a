"""Gives the tests the modules of the collection, which are programs and not a package, and what modules share."""

import importlib
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


def find_shared() -> None:
    """Let Python find what modules share, where Ansible's own loader does."""
    if str(COLLECTIONS) not in sys.path:
        sys.path.append(str(COLLECTIONS))


@cache
def load_module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"koor_modules.{name}", MODULES / f"{name}.py")
    assert spec
    assert spec.loader
    find_shared()
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their own module up by name
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def load() -> Callable[[str], ModuleType]:
    return load_module


@pytest.fixture(scope="session")
def load_shared() -> Callable[[str], ModuleType]:
    find_shared()
    return lambda name: importlib.import_module(f"ansible_collections.koor.provision.plugins.module_utils.{name}")
