"""Mitogen's strategy, wherever the environment keeps it: no path to a Python version needs to be written down."""

from __future__ import annotations

from ansible_mitogen.plugins.strategy.mitogen_linear import StrategyModule

__all__ = ["StrategyModule"]
