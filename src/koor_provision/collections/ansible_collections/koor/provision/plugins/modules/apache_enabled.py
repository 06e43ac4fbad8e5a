#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Apache on Debian has enabled."""

from __future__ import annotations

DOCUMENTATION = r"""
module: apache_enabled
short_description: Enable and disable modules, configurations and sites of Apache on Debian
description:
  - Uses Debian's own tools, which follow dependencies and remember who decided. Bare links would be undone or
    contradicted by the next upgrade of a module's package.
  - The tools are only run for what differs, and all changes are taken back if Apache refuses the result.
  - What is not named is left alone.
author: koor-provision maintainers
options:
  modules:
    description: Modules, true for enabled and false for disabled. One that is not installed counts as disabled.
    type: dict
    default: {}
  configurations:
    description: Files of F(conf-available), without suffix.
    type: dict
    default: {}
  sites:
    description: Files of F(sites-available), without suffix.
    type: dict
    default: {}
attributes:
  check_mode:
    description: Says what would be done, also before Apache is installed.
    support: full
  diff_mode:
    description: No diff.
    support: none
"""

EXAMPLES = r"""
- name: Serve PHP by FPM over HTTP/2
  koor.provision.apache_enabled:
    modules: {mpm_prefork: false, mpm_event: true, proxy_fcgi: true, http2: true}
    sites: {000-default: false, koor: true}
"""

RETURN = r"""
commands:
  description: The commands that were (or in check mode would be) run.
  returned: always
  type: list
  elements: str
  sample: [a2enmod --quiet http2]
"""

import os
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.parsing.convert_bool import boolean

ROOT = Path("/etc/apache2")
KINDS = {
    "modules": ("mods", "load", "mod"),
    "configurations": ("conf", "conf", "conf"),
    "sites": ("sites", "conf", "site"),
}


def steps(root: Path, wanted: dict[str, dict[str, bool]]) -> list[tuple[str, list[str]]]:
    """Return the tools to run, each with its names; what must go goes first, since an MPM excludes another."""
    result = []
    for enable in (False, True):
        for kind, (folder, suffix, tool) in KINDS.items():
            names = [
                name
                for name, state in wanted[kind].items()
                if state is enable and os.path.lexists(root / f"{folder}-enabled" / f"{name}.{suffix}") is not enable
            ]
            if names:
                result.append((f"{'a2en' if enable else 'a2dis'}{tool}", names))
    return result


def opposite(tool: str) -> str:
    """Return the tool that undoes another."""
    return tool.replace("a2en", "a2dis") if tool.startswith("a2en") else tool.replace("a2dis", "a2en")


def flags(tool: str) -> list[str]:
    """Return a tool's options; a module that others need goes only by force, and the test decides in the end."""
    return ["--quiet", "--force"] if tool == "a2dismod" else ["--quiet"]


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={kind: {"type": "dict", "default": {}} for kind in KINDS}, supports_check_mode=True
    )
    wanted = {kind: {name: boolean(state) for name, state in module.params[kind].items()} for kind in KINDS}
    todo = steps(ROOT, wanted)
    commands = [" ".join([tool, *flags(tool), *names]) for tool, names in todo]
    if module.check_mode or not todo:
        module.exit_json(changed=bool(todo), commands=commands)

    done: list[tuple[str, list[str]]] = []
    for tool, names in todo:
        rc, out, err = module.run_command([tool, *flags(tool), *names])
        done.append((tool, names))
        if rc != 0:
            break
    else:
        rc, out, err = module.run_command(["apache2ctl", "configtest"])
    if rc != 0:
        for tool, names in reversed(done):
            module.run_command([opposite(tool), *flags(opposite(tool)), *names])
        module.fail_json(
            msg=f"Apache refused the change, all was taken back: {(err or out).strip()[-2000:]}", commands=commands
        )
    module.exit_json(changed=True, commands=commands)


if __name__ == "__main__":
    main()
