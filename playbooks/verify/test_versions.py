"""What is installed is what was planned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]


def test_installed_versions_are_the_planned_ones(probe: Callable[..., Facts], order: Facts) -> None:
    planned = order.get("packages")
    if not planned:
        pytest.skip("nothing was planned, so no version was pinned")
    assert probe("probe_versions.py", names=sorted(planned)) == planned
