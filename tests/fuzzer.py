"""The fuzzer of `script/fuzz` as a module: tests mutate with what it mutates with."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_FILE = Path(__file__).parents[1] / "script" / "fuzz.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("koor_fuzz", _FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


fuzz: Any = _load()
