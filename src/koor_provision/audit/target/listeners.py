"""Ports at which something listens now and did not, or no longer does, or something else does."""

from __future__ import annotations

import re
from typing import Any

from koor_provision.audit.target import accounts, packages

_MOST = 20
_SYSTEMD = {"/usr/lib/systemd/systemd", "/lib/systemd/systemd"}


def _programs(one: dict[str, Any] | None) -> set[str]:
    """Executables that hold a port; one that an upgrade replaced is still the same.

    Systemd holds a socket for a service that comes when it is needed.
    """
    held = one["held"] if one else []
    return {re.sub(r" \(deleted\)$", "", row[2]) for row in held}


def _other(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a port that was held is held by other programs, or made by another user."""
    before, after = _programs(old) - _SYSTEMD, _programs(new) - _SYSTEMD
    return old["uid"] != new["uid"] or (bool(before and after) and before != after)


def listeners(old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]) -> list[list[Any]]:
    """Each port that differs; see `audit.answer.PortRow` for the fields."""
    differ = [
        port for port in sorted({*old, *new}) if port not in old or port not in new or _other(old[port], new[port])
    ]
    if not differ:
        return []
    owners = packages.owners({packages.merged_path(one) for port in differ for one in _programs(new.get(port))})
    users = accounts.names("/etc/passwd")
    rows = []
    for port in differ:
        here = new.get(port)
        held = here["held"] if here else []
        # One of several processes of a service stands for all that are as it is.
        kinds = sorted(
            {(owners.get(packages.merged_path(re.sub(r" \(deleted\)$", "", row[2])), ""), row[3]) for row in held}
        )
        user = min(users.get(here["uid"], {str(here["uid"])})) if here else ""
        first = f"held by {held[0][1]} (process {held[0][0]})" if held else f"made by {user}" if here else ""
        rows.append([port, here is not None, port in old, first, user, [list(kind) for kind in kinds[:_MOST]]])
    return rows
