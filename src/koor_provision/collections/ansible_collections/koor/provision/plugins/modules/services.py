#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""States of systemd units."""

from __future__ import annotations

DOCUMENTATION = r"""
module: services
short_description: Enable and start, restart or reload systemd units
description:
  - Asks systemd once about all units and acts only on those that differ.
  - Unlike M(ansible.builtin.systemd_service), a unit that is not installed counts as stopped and disabled already, and
    in check mode as one that would be started, so that a check of a blank host is truthful and does not fail.
author: koor-provision maintainers
options:
  names:
    description: Units with their suffix.
    type: list
    elements: str
    required: true
  state:
    description:
      - V(running) enables and starts, V(stopped) disables and stops.
      - V(restarted) and V(reloaded) are for handlers. They always act on a unit that runs, and start one that does not.
    type: str
    choices: [running, stopped, restarted, reloaded]
    default: running
  daemon_reload:
    description: Have systemd read all unit files again before anything is done. For handlers of what changes one.
    type: bool
    default: false
attributes:
  check_mode:
    description: Says what would be done.
    support: full
  diff_mode:
    description: No diff.
    support: none
"""

EXAMPLES = r"""
- name: Start the web server
  koor.provision.services:
    names: [apache2.service]
"""

RETURN = r"""
commands:
  description: The systemctl commands that were (or in check mode would be) run.
  returned: always
  type: list
  elements: str
  sample: [enable --now apache2.service]
"""

from collections.abc import Iterable

from ansible.module_utils.basic import AnsibleModule

Properties = dict[str, str]


def parse_show(text: str) -> dict[str, Properties]:
    """Return the properties of each unit from the output of systemctl show."""
    units = {}
    for block in text.strip().split("\n\n"):
        properties = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if "Id" in properties:
            units[properties["Id"]] = properties
    return units


def steps(names: Iterable[str], units: dict[str, Properties], state: str) -> list[list[str]]:
    """Return the systemctl commands that lead from what units have to state."""
    result: list[list[str]] = []
    for name in names:
        unit = units.get(name, {})
        exists = unit.get("LoadState") == "loaded"
        active = unit.get("ActiveState") in {"active", "reloading", "activating"}
        enabled = unit.get("UnitFileState") in {"enabled", "static", "alias", "indirect", "generated"}
        if state == "running":
            if not enabled:
                result.append(["enable", name])
            if not active:
                result.append(["start", name])
        elif state == "stopped":
            if exists and (active or unit.get("UnitFileState") == "enabled"):
                result.append(["disable", "--now", name])
        elif not active:
            result.append(["start", name])
        else:
            result.append([{"restarted": "restart", "reloaded": "reload-or-restart"}[state], name])
    return result


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "names": {"type": "list", "elements": "str", "required": True},
            "state": {"choices": ["running", "stopped", "restarted", "reloaded"], "default": "running"},
            "daemon_reload": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    names, state = module.params["names"], module.params["state"]
    _, out, _ = module.run_command(
        ["systemctl", "show", "--property=Id,LoadState,ActiveState,UnitFileState", "--", *names], check_rc=True
    )
    todo = [["daemon-reload"]] if module.params["daemon_reload"] else []
    todo += steps(names, parse_show(out), state)
    commands = [" ".join(step) for step in todo]
    if not module.check_mode:
        for step in todo:
            rc, _, err = module.run_command(["systemctl", *step])
            if rc != 0:
                _, log, _ = module.run_command(["journalctl", "--no-pager", "--lines=20", f"--unit={step[-1]}"])
                module.fail_json(msg=f"systemctl {' '.join(step)} failed: {err.strip()}", log=log, commands=commands)
    module.exit_json(changed=bool(todo), commands=commands)


if __name__ == "__main__":
    main()
