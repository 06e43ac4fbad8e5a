#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One apt transaction for a whole order."""

from __future__ import annotations

DOCUMENTATION = r"""
module: packages
short_description: Install packages in one apt transaction
description:
  - Installs all packages that are missing or have another version than the given one, in one transaction.
  - Does not open apt at all when there is nothing to do. What the package manager was torn from is finished first.
  - Never removes a package, never downgrades one, installs no recommended packages and keeps changed configuration
    files. Where apt would have to do one of these, the module fails and nothing is changed.
author: koor-provision maintainers
options:
  names:
    description: Packages, each as C(name) or as C(name=version).
    type: list
    elements: str
    required: true
  dependencies:
    description:
      - Names of those of the packages that are there for others only. What of them is installed now is marked so, as
        apt itself would have done, and can go again when nothing needs it any longer.
    type: list
    elements: str
    default: []
  apt_config:
    description:
      - An apt configuration file on the target that is used beside the system's own (as E(APT_CONFIG)).
      - By it a plan installs from its own package lists that were judged before, so lists are not updated then.
    type: path
  lists_max_age:
    description:
      - Seconds after which the system's package lists are updated before something is installed. Missing lists are
        always updated.
    type: int
    default: 3600
  lock_timeout:
    description: Seconds to wait for another program that holds the package lock.
    type: int
    default: 300
attributes:
  check_mode:
    description: Simulated by apt itself. Versions are unknown where the lists are missing, which a warning says.
    support: full
  diff_mode:
    description: Versions before and after.
    support: full
"""

EXAMPLES = r"""
- name: Install PHP
  koor.provision.packages:
    names: [php8.2-fpm, php8.2-cli]

- name: Install what the plan says, from the lists that were judged
  koor.provision.packages:
    names: [php8.2-fpm=8.2.30-1~deb12u1]
    apt_config: /run/koor-provision/apt.conf
"""

RETURN = r"""
installed:
  description: Packages that were not there before, dependencies included.
  returned: always
  type: list
  elements: dict
  sample: [{name: php8.2-fpm, version: 8.2.30-1~deb12u1, old_version: ''}]
upgraded:
  description: Packages that had another version before.
  returned: always
  type: list
  elements: dict
  sample: [{name: libssl3, version: 3.0.18-1~deb12u2, old_version: 3.0.17-1~deb12u3}]
lists_updated:
  description: Whether the system's package lists were updated.
  returned: always
  type: bool
"""

import re
import time
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.apt import (
    ENVIRONMENT,
    MARK,
    Versions,
    parse_status,
    run,
    status,
    unfinished,
)

LISTS = Path("/var/lib/apt/lists")
NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?(=[A-Za-z0-9.+:~-]+)?")
SIMULATED = re.compile(r"^Inst (?P<name>\S+) (?:\[(?P<old>[^\]]+)\] )?\((?P<new>\S+)", re.MULTILINE)

INSTALL_AND_MARK = 'marked=$1; shift; "$@" && { [ -z "$marked" ] || ' + " ".join(MARK) + " auto $marked; }"

Changes = list[dict[str, str]]


def missing(names: list[str], versions: Versions) -> list[str]:
    """Return what of names is not installed, or not in the given version."""
    result = []
    for wanted in names:
        name, _, version = wanted.partition("=")
        if name not in versions or version not in {"", versions[name]}:
            result.append(wanted)
    return result


def differences(before: Versions, after: Versions) -> tuple[Changes, Changes]:
    """Return which packages were installed and which got another version."""
    installed: Changes = []
    upgraded: Changes = []
    for name, version in sorted(after.items()):
        old = before.get(name, "")
        if ":" not in name and version != old:
            (upgraded if old else installed).append({"name": name, "version": version, "old_version": old})
    return installed, upgraded


def parse_simulation(text: str) -> Versions:
    """Return the versions that apt-get --simulate says it would install."""
    return {match["name"]: match["new"] for match in SIMULATED.finditer(text)}


def lists_are_stale(lists: Path, max_age: int, now: float) -> bool:
    """Tell whether package lists are missing or older than max_age; an empty directory holds none, however new."""
    try:
        return not any(lists.glob("*Release")) or now - lists.stat().st_mtime > max_age
    except OSError:
        return True


class Apt:
    """The few apt commands that are needed, with the rules that hold for all of them."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module

    def run(self, *argv: str) -> str:
        """Run a command; fail with its own words if it fails."""
        return str(run(self.module, *argv, apt_config=self.module.params["apt_config"]))

    def installed(self) -> Versions:
        """Return all installed packages."""
        return dict(parse_status(status(self.module)))

    def update(self) -> None:
        """Update the package lists; a list that cannot be had is an error."""
        self.run("apt-get", "update", "--quiet=2", "--option", "APT::Update::Error-Mode=any")
        if LISTS.is_dir():
            LISTS.touch()  # apt leaves the time alone when nothing was new

    def automatic(self, names: list[str]) -> set[str]:
        """Return which of the packages, which are all installed, are there for others only."""
        return set(self.run(*MARK, "showauto", *names).split()) if names else set()

    def finish(self) -> None:
        """Set up what is only unpacked. What lacks something is left to the transaction that brings it."""
        self.module.run_command(
            ["dpkg", "--configure", "--pending", "--force-confdef", "--force-confold"], environ_update=ENVIRONMENT
        )

    def install(self, names: list[str], automatic: list[str], *flags: str) -> str:
        """Install, or say what would be installed.

        Packages that are pinned count as asked for by name; those of automatic are marked as they were, by the same
        shell, which goes on when whoever called it is gone.
        """
        return self.run(
            "/bin/sh", "-c", INSTALL_AND_MARK, "apt-get", " ".join(automatic),
            "apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "--no-remove",
            "--option", f"DPkg::Lock::Timeout={self.module.params['lock_timeout']}",
            "--option", "Dpkg::Options::=--force-confdef",
            "--option", "Dpkg::Options::=--force-confold",
            *flags, *names,
        )  # fmt: skip


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "names": {"type": "list", "elements": "str", "required": True},
            "dependencies": {"type": "list", "elements": "str", "default": []},
            "apt_config": {"type": "path"},
            "lists_max_age": {"type": "int", "default": 3600},
            "lock_timeout": {"type": "int", "default": 300},
        },
        supports_check_mode=True,
    )
    names: list[str] = module.params["names"]
    for name in names:
        if not NAME.fullmatch(name):
            module.fail_json(msg=f"{name!r} is no package name; write 'name' or 'name=version'")

    apt = Apt(module)
    there = status(module)
    before = dict(parse_status(there))
    wanted = missing(names, before)
    open_ones = unfinished(there)
    if not wanted and not open_ones:
        module.exit_json(changed=False, installed=[], upgraded=[], lists_updated=False)

    stale = not module.params["apt_config"] and lists_are_stale(LISTS, module.params["lists_max_age"], time.time())
    if module.check_mode:
        simulate(module, apt, before, wanted)
    if stale:
        apt.update()
    if open_ones:
        apt.finish()
    if wanted:
        dependencies = set(module.params["dependencies"])
        new = {name.partition("=")[0] for name in wanted} - set(before)
        automatic = new & dependencies | apt.automatic(sorted(dependencies & set(before)))
        apt.install(wanted, sorted(automatic))
    installed, upgraded = differences(before, apt.installed())
    finish(module, installed, upgraded, lists_updated=stale)


def simulate(module: AnsibleModule, apt: Apt, before: Versions, wanted: list[str]) -> None:
    """Answer for check mode: nothing is written, so lists that are not there stay away."""
    if not module.params["apt_config"] and lists_are_stale(LISTS, 2**31, time.time()):
        module.warn("the package lists are missing, so versions and dependencies are not known yet")
        installed: Changes = []
        upgraded: Changes = []
        for name, _, version in (item.partition("=") for item in wanted):
            (upgraded if name in before else installed).append(
                {"name": name, "version": version, "old_version": before.get(name, "")}
            )
    else:
        installed, upgraded = differences(before, before | parse_simulation(apt.install(wanted, [], "--simulate")))
    finish(module, installed, upgraded, lists_updated=False)


def finish(module: AnsibleModule, installed: Changes, upgraded: Changes, *, lists_updated: bool) -> None:
    """Report."""
    changes = sorted(installed + upgraded, key=lambda change: change["name"])
    module.exit_json(
        changed=bool(changes),
        installed=installed,
        upgraded=upgraded,
        lists_updated=lists_updated,
        diff={
            "before": "".join(f"{c['name']} {c['old_version']}\n" for c in changes if c["old_version"]),
            "after": "".join(f"{c['name']} {c['version']}\n" for c in changes),
        },
    )


if __name__ == "__main__":
    main()
