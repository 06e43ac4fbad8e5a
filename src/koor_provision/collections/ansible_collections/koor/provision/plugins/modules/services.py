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
  instead_of:
    description: Units that are disabled and stopped first. They hold what O(names) need, or are not wanted any more.
    type: list
    elements: str
    default: []
  configuration:
    description:
      - Files and directories that the units read. Where one of them changed after a unit last started or reloaded, the
        unit is out of date, and with O(state=running) it is taken care of as O(outdated) says.
      - A handler does not run when a play is cut off between the change and its end, and the next play finds nothing to
        change. So a task that changed nothing itself gives these paths, and one that did leaves it to its handler.
      - A unit whose own file changed is out of date too, and systemd reads it again. What does not exist counts as old.
    type: list
    elements: path
    default: []
  outdated:
    description: What is done to a unit that runs and is out of date.
    type: str
    choices: [restarted, reloaded]
    default: restarted
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
    instead_of: [nginx.service]
    configuration: "{{ apache_configured is changed | ternary([], ['/etc/apache2']) }}"
"""

RETURN = r"""
commands:
  description: The systemctl commands that were (or in check mode would be) run.
  returned: always
  type: list
  elements: str
  sample: [enable --now apache2.service]
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

Properties = dict[str, str]
SHOWN = "Id,LoadState,ActiveState,UnitFileState,NeedDaemonReload,StateChangeTimestampMonotonic"
COMMANDS = {"restarted": "restart", "reloaded": "reload-or-restart"}


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
        enabled = unit.get("UnitFileState") in {"enabled", "static", "alias", "indirect", "generated"}
        if state == "running":
            if not enabled:
                result.append(["enable", name])
            if not active(unit):
                result.append(["start", name])
        elif state == "stopped":
            if exists and (active(unit) or unit.get("UnitFileState") == "enabled"):
                result.append(["disable", "--now", name])
        elif not active(unit):
            result.append(["start", name])
        else:
            result.append([COMMANDS[state], name])
    return result


def active(unit: Properties) -> bool:
    """Tell whether a unit runs, or is about to."""
    return unit.get("ActiveState") in {"active", "reloading", "activating"}


def changes(paths: Iterable[str]) -> Iterator[float]:
    """Yield when each file of these trees was changed, and each directory, in seconds since 1970."""
    for path in paths:
        for one in (Path(path), *Path(path).rglob("*")):
            try:
                yield one.lstat().st_ctime
            except OSError:
                continue  # not there, or just gone


def outdated(names: Iterable[str], units: dict[str, Properties], newest: float, started: float) -> list[str]:
    """Return the units that run and have not taken in what changed; only services read more than their own file.

    newest is when the configuration changed, started when the system's clock of units began, in seconds since 1970.
    """
    result = []
    for name in names:
        unit = units.get(name, {})
        since = started + int(unit.get("StateChangeTimestampMonotonic") or 0) / 1e6
        older = name.endswith(".service") and newest > since
        if active(unit) and (older or unit.get("NeedDaemonReload") == "yes"):
            result.append(name)
    return result


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "names": {"type": "list", "elements": "str", "required": True},
            "state": {"choices": ["running", "stopped", "restarted", "reloaded"], "default": "running"},
            "instead_of": {"type": "list", "elements": "str", "default": []},
            "configuration": {"type": "list", "elements": "path", "default": []},
            "outdated": {"choices": ["restarted", "reloaded"], "default": "restarted"},
            "daemon_reload": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    names, state, given = module.params["names"], module.params["state"], module.params
    _, out, _ = module.run_command(
        ["systemctl", "show", f"--property={SHOWN}", "--", *given["instead_of"], *names], check_rc=True
    )
    units = parse_show(out)
    todo = [["daemon-reload"]] if given["daemon_reload"] else []
    todo += steps(given["instead_of"], units, "stopped")
    todo += steps(names, units, state)
    if state == "running":
        now = time.time()  # whatever is newer was written by another clock
        newest = max((moment for moment in changes(given["configuration"]) if moment <= now), default=0)
        stale = outdated(names, units, newest, now - time.monotonic())
        todo += [["daemon-reload"]] if any(units[name].get("NeedDaemonReload") == "yes" for name in stale) else []
        todo += [[COMMANDS[given["outdated"]], name] for name in stale]
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
