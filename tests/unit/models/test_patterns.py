import importlib
import pkgutil
import re

import pytest
from pydantic import StringConstraints

from koor_provision import models

BOUNDED = re.compile(r"(\\w|\[(?:\\.|[^\\\]])*\]|\))\{[0-9]*,([0-9]+)\}")
MOST_TIMES = 255


def patterns() -> dict[str, str]:
    """Every pattern of a model's text, by where it is first found."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(models.__path__):
        for name, kind in vars(importlib.import_module(f"{models.__name__}.{module.name}")).items():
            for constraint in getattr(kind, "__metadata__", ()):
                if isinstance(constraint, StringConstraints) and isinstance(constraint.pattern, str):
                    found.setdefault(constraint.pattern, f"{module.name}.{name}")
    return found


@pytest.mark.parametrize(("pattern", "name"), [pytest.param(*one, id=one[1]) for one in patterns().items()])
def test_a_pattern_is_compiled_at_once_since_a_length_stands_beside_it(pattern, name):
    """Repeated so many times, or over the letters of all languages, a class is unrolled: every start waits for it."""
    for letters, times in BOUNDED.findall(pattern):
        assert int(times) <= MOST_TIMES, f"{name}: say max_length instead"
        assert r"\w" not in letters, f"{name}: say max_length instead"
        assert not letters.startswith("[^"), f"{name}: say max_length instead"


def test_the_test_sees_the_patterns():
    assert len(patterns()) > 20
    assert BOUNDED.findall(r"^/[^\x00\]]{1,400}\z") == [(r"[^\x00\]]", "400")]
