#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Puts files back as they were kept, and deletes what was not there before."""

from __future__ import annotations

DOCUMENTATION = r"""
module: undo_files
short_description: Take configuration back to what was kept before a run
description:
  - Looks at everything first. Where something that is to go was there before the run, or something that is to come back
    was not kept, the module fails and nothing is changed.
  - Each file is replaced at once, with owner, group, rights and time as they were. A link is never followed.
author: koor-provision maintainers
options:
  run:
    description: The plan's identifier, which names the folder with what was kept.
    type: str
    required: true
  restored:
    description: Files, links and folders that come back as they were.
    type: list
    elements: str
    default: []
  deleted:
    description: What was not there before the run. A path that ends in a slash is a tree with all that is in it.
    type: list
    elements: str
    default: []
  alternatives:
    description:
      - Names that dpkg chooses among alternatives for, which were not there before. Those go of which nothing is left
        to choose, since not every package takes back what it offered.
    type: list
    elements: str
    default: []
  choices:
    description:
      - Names for which something else was chosen before, which is chosen again where dpkg still offers it.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Says what would come and go.
    support: full
  diff_mode:
    description: Shows nothing, since the files may hold anything.
    support: none
"""

EXAMPLES = r"""
- name: Put back the configuration
  koor.provision.undo_files:
    run: 0123456789abcdef
    restored: [/etc/nginx/nginx.conf]
    deleted: [/etc/nginx/conf.d/koor.conf]
"""

RETURN = r"""
restored:
  description: What was (or in check mode would be) put back.
  returned: always
  type: list
  elements: str
  sample: [/etc/nginx/nginx.conf]
deleted:
  description: What was (or in check mode would be) deleted.
  returned: always
  type: list
  elements: str
  sample: [/etc/nginx/conf.d/koor.conf]
notes:
  description: What people have to hear, such as what stays and why.
  returned: always
  type: list
  elements: str
  sample: ['the alternative awk stays on /usr/bin/gawk: /usr/bin/mawk is not offered any longer']
"""

import os
import re

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.choices import alternatives, chosen
from ansible_collections.koor.provision.plugins.module_utils.kept import (
    BASE,
    BEFORE,
    Odd,
    load,
    read_entries,
)
from ansible_collections.koor.provision.plugins.module_utils.putting_back import clear, is_as, put_back


def choices(said: str) -> list[str]:
    """Return what there is to choose from, by what C(update-alternatives --query) says."""
    return re.findall(r"^Alternative: (.+)$", said, re.MULTILINE)


def choose(module: AnsibleModule, name: str, mode: str, path: str) -> str:
    """Choose again what was chosen before; returns what people have to hear if that is not possible."""
    _, said, _ = module.run_command(["update-alternatives", "--query", name])
    if path not in choices(said) or not os.path.exists(path):
        now = chosen().get(name, ["", "nothing"])[1]
        return f"the alternative {name} stays on {now}: {path} is not offered any longer"
    if chosen().get(name) != [mode, path] and not module.check_mode:
        module.run_command(["update-alternatives", "--quiet", "--set", name, path], check_rc=True)
        if mode == "auto":
            module.run_command(["update-alternatives", "--quiet", "--auto", name], check_rc=True)
    return ""


def pending(run: str, restored: list[str], deleted: list[str], base: str = BASE) -> tuple[list[str], list[str]]:
    """Return what is not yet as it was, for check mode."""
    entries = read_entries(load(f"{base}/{run}/{BEFORE}")["entries"])
    back = [path for path in restored if path in entries and not is_as(path, entries[path], "")]
    return back, [path for path in deleted if os.path.lexists(path.rstrip("/"))]


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "run": {"required": True},
            "restored": {"type": "list", "elements": "str", "default": []},
            "deleted": {"type": "list", "elements": "str", "default": []},
            "alternatives": {"type": "list", "elements": "str", "default": []},
            "choices": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    run, restored, deleted = (module.params[name] for name in ("run", "restored", "deleted"))
    left = []
    for name in set(alternatives()) & {*module.params["alternatives"]}:
        _, said, _ = module.run_command(["update-alternatives", "--query", name])
        left += [] if any(os.path.exists(path) for path in choices(said)) else [name]
    try:
        for name in [] if module.check_mode else left:
            module.run_command(["update-alternatives", "--quiet", "--remove-all", name], check_rc=True)
        if module.check_mode:
            back, gone = pending(run, restored, deleted)
        else:
            gone = clear(run, deleted)
            back = put_back(run, restored)
        was = load(f"{BASE}/{run}/{BEFORE}").get("chosen", {})
        others = [name for name in module.params["choices"] if name in was and chosen().get(name) != was[name]]
        notes = [text for name in others if (text := choose(module, name, *was[name]))]
    except (OSError, Odd, ValueError) as problem:
        module.fail_json(msg=str(problem))
    changed = bool(back or gone or left or len(others) > len(notes))
    module.exit_json(changed=changed, restored=back, deleted=gone, notes=notes)


if __name__ == "__main__":
    main()
