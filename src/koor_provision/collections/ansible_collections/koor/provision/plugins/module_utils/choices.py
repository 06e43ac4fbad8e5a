# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What dpkg chooses among alternatives, by its own notes. As C(kept), for the look before an undo too."""

from __future__ import annotations

import os

from ansible_collections.koor.provision.plugins.module_utils.kept import names_in


def alternatives(root: str = "") -> list[str]:
    """Return the names of alternatives, by dpkg's own notes."""
    names: list[str] = names_in(f"{root}/var/lib/dpkg/alternatives")
    return names


def chosen(root: str = "") -> dict[str, list[str]]:
    """Return of each alternative whether dpkg chooses by itself, C(auto) or C(manual), and where its link leads."""
    found = {}
    for name in alternatives(root):
        try:
            with open(f"{root}/var/lib/dpkg/alternatives/{name}", encoding="utf-8", errors="replace") as file:
                found[name] = [file.readline().strip(), os.readlink(f"{root}/etc/alternatives/{name}")]
        except OSError:
            continue  # a link that is none is nothing that was chosen
    return found
