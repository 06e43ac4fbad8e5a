# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Paths that come from an order, held to the trees of a role's contract."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable


def outside(paths: Iterable[str], trees: list[str]) -> list[str]:
    """Return the paths that a contract does not cover.

    Args:
        paths: absolute; one that leads upwards is outside wherever it ends.
        trees: as in a role's C(meta/scope.yml): a trailing slash stands for everything below. None at all is no limit.
    """
    return [path for path in paths if trees and not any(_covers(tree, path) for tree in trees)]


def _covers(tree: str, path: str) -> bool:
    if posixpath.normpath(path) != (path.rstrip("/") or "/"):
        return False
    return f"{path.rstrip('/')}/".startswith(tree) if tree.endswith("/") else path == tree
