#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One apt transaction that removes, and takes nothing else along."""

from __future__ import annotations

DOCUMENTATION = r"""
module: packages_absent
short_description: Remove packages in one apt transaction, and no others
description:
  - Asks apt first what it would do. Where it would remove a package that is not named here, or install one, the module
    fails and nothing is changed.
  - Configuration files stay unless O(purge) is set, whatever the target's apt is configured to do by itself.
author: koor-provision maintainers
options:
  names:
    description: Packages.
    type: list
    elements: str
    required: true
  purge:
    description:
      - Remove configuration files too, also of packages that were removed before. Some packages take their data along.
    type: bool
    default: false
  lock_timeout:
    description: Seconds to wait for another program that holds the package lock.
    type: int
    default: 300
attributes:
  check_mode:
    description: Simulated by apt itself.
    support: full
  diff_mode:
    description: Which packages go.
    support: full
"""

EXAMPLES = r"""
- name: Remove Memcached
  koor.provision.packages_absent:
    names: [memcached]
"""

RETURN = r"""
removed:
  description: Packages that were (or in check mode would be) removed.
  returned: always
  type: list
  elements: str
  sample: [memcached]
"""

import re

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.apt import run, status

NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
GOING = re.compile(r"^(?:Remv|Purg) (\S+)", re.MULTILINE)
COMING = re.compile(r"^Inst (\S+)", re.MULTILINE)
GONE = " n"  # states of dpkg; with c only configuration files are left


def present(text: str, names: list[str], *, purge: bool) -> list[str]:
    """Return which of names there is something to remove of."""
    lines = [line.split("\t") for line in text.splitlines()]
    there = {name for name, _, status, _ in lines if status[1:2] not in (GONE if purge else GONE + "c")}
    return [name for name in names if name in there]


def trouble(said: str, names: list[str]) -> str:
    """Return why apt must not do what it says it would; nothing if it may."""
    more = sorted(set(GOING.findall(said)) - set(names))
    if more:
        return f"apt would also remove {', '.join(more)}; nothing was changed"
    new = sorted(set(COMING.findall(said)))
    return f"apt would install {', '.join(new)} in their place; nothing was changed" if new else ""


def remove(module: AnsibleModule, names: list[str], *flags: str) -> str:
    """Remove, or say what would be removed. What the target's apt is configured to do besides does not count."""
    purge = module.params["purge"]
    said = run(
        module, "apt-get", "purge" if purge else "remove", "--yes", "--quiet",
        "--option", f"DPkg::Lock::Timeout={module.params['lock_timeout']}",
        "--option", "APT::Get::AutomaticRemove=false",
        "--option", f"APT::Get::Purge={str(purge).lower()}",
        *flags, *names,
    )  # fmt: skip
    return str(said)


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "names": {"type": "list", "elements": "str", "required": True},
            "purge": {"type": "bool", "default": False},
            "lock_timeout": {"type": "int", "default": 300},
        },
        supports_check_mode=True,
    )
    for name in module.params["names"]:
        if not NAME.fullmatch(name):
            module.fail_json(msg=f"{name!r} is no package name")
    there = present(status(module), module.params["names"], purge=module.params["purge"])
    if there:
        if problem := trouble(remove(module, there, "--simulate"), there):
            module.fail_json(msg=problem)
        if not module.check_mode:
            remove(module, there)
    listed = "".join(f"{name}\n" for name in there)
    module.exit_json(changed=bool(there), removed=there, diff={"before": listed, "after": ""})


if __name__ == "__main__":
    main()
