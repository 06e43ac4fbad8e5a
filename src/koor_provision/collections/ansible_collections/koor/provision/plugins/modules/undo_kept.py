#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keeps how a server is before a run, notes what the run left, and notes that it was undone."""

from __future__ import annotations

DOCUMENTATION = r"""
module: undo_kept
short_description: Keep on the server what a run may change
description:
  - All that is kept lies below C(/var/lib/koor-provision/undo) and is for root alone. Nothing of it leaves the server.
  - Kept are the configuration files below C(/etc) and those that the order names elsewhere, what packages, accounts and
    services there were, and the names of places for data. No data, no password of an account and no host key is kept.
author: koor-provision maintainers
options:
  run:
    description: The plan's identifier, which names the folder.
    type: str
    required: true
  state:
    description:
      - C(kept) before a run changes anything; C(noted) after it, which lets go of all files that the run did not
        change, and of everything where it changed nothing; C(undone) when it was undone.
      - C(finished) when another run, I(by), finished it that has no end of its own, and said so.
      - C(kept) a second time, for a run that I(goes_on), keeps nothing more; the next note is its last.
    type: str
    choices: [kept, noted, undone, finished]
    required: true
  plan:
    description: The plan, as it was signed.
    type: str
    default: ''
  signatures:
    description: The signatures beneath it.
    type: str
    default: ''
  paths:
    description: What the run may write. A trailing slash stands for a tree.
    type: list
    elements: str
    default: []
  packages:
    description: Packages of the plan, each as C(name) or C(name=version).
    type: list
    elements: str
    default: []
  services:
    description: Services that the run may start and stop.
    type: list
    elements: str
    default: []
  users:
    description: Users that the run may make.
    type: list
    elements: str
    default: []
  groups:
    description: Groups that the run may make.
    type: list
    elements: str
    default: []
  goes_on:
    description: Whether the run is noted before its end, so that what it did not change yet must not be let go of.
    type: bool
    default: false
  by:
    description: The plan that undid or finished the run.
    type: str
    default: ''
attributes:
  check_mode:
    description: Keeps nothing.
    support: full
  diff_mode:
    description: Shows nothing.
    support: none
"""

EXAMPLES = r"""
- name: Keep what the run may change
  koor.provision.undo_kept:
    run: 0123456789abcdef
    state: kept
    paths: [/etc/nginx/]
"""

RETURN = r"""
folder:
  description: Where it is kept.
  returned: always
  type: str
  sample: /var/lib/koor-provision/undo/0123456789abcdef
"""

import os
import re

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.keeping import keep, note, settle
from ansible_collections.koor.provision.plugins.module_utils.kept import BASE, Odd
from ansible_collections.koor.provision.plugins.module_utils.putting_back import close

RUN = re.compile(r"[0-9a-f]{16}")
LISTS = ("paths", "packages", "services", "users", "groups")


def main() -> None:
    """Entry point."""
    lists = {name: {"type": "list", "elements": "str", "default": []} for name in LISTS}
    module = AnsibleModule(
        argument_spec={
            "run": {"required": True},
            "state": {"choices": ["kept", "noted", "undone", "finished"], "required": True},
            "plan": {"default": ""},
            "signatures": {"default": ""},
            "by": {"default": ""},
            "goes_on": {"type": "bool", "default": False},
            **lists,
        },
        supports_check_mode=True,
    )
    run, state = module.params["run"], module.params["state"]
    if not RUN.fullmatch(run):
        module.fail_json(msg=f"{run!r} is no plan's identifier")
    folder = f"{BASE}/{run}"
    there = os.path.isdir(folder)
    changed = there if state != "kept" else True
    if not module.check_mode and (there or state == "kept"):
        names = [name.partition("=")[0] for name in module.params["packages"]]
        try:
            if state == "kept":
                keep(run, {**module.params, "packages": names})
            elif state == "noted":
                note(run)
            elif state == "finished":
                changed = settle(run, module.params["by"])
            else:
                changed = close(run, module.params["by"])
        except (OSError, Odd) as problem:
            module.fail_json(msg=f"what is needed to undo the run could not be kept: {problem}")
    module.exit_json(changed=changed, folder=folder)


if __name__ == "__main__":
    main()
