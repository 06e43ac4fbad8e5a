#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The application: installed once, updated with a way back, and never installed over anything."""

from __future__ import annotations

DOCUMENTATION = r"""
module: application
short_description: Install or update the application, and lose nothing
description:
  - The application's own installer drops the database, removes the crontab of its user and makes a new key, asks
    nothing and ends with 0. So it runs only where there is neither a configuration nor a table. It gets an account of
    its own, which is dropped afterwards, and the crontab is put back.
  - Afterwards the configuration has an account for each kind of work, C(Install/) is gone, and files have their owner.
  - Another archive than the one that is there is an update. Files and database are backed up, visitors see a
    maintenance page, and the new version is checked by what it really answers. Where it fails, the old version comes
    back whole.
  - What was not installed by this module is never touched, unless O(reinstall) says so; then it is backed up first.
  - Passwords are made here, on the target. No argument and no result holds one.
author: koor-provision maintainers
options:
  archive:
    description: Archive with the application, on the target.
    type: path
    required: true
  sha256:
    description: What its SHA-256 must be.
    type: str
    required: true
  version:
    description: What to call it. The application's own version never changes, so this is what is recorded.
    type: str
    required: true
  document_root:
    description: Where the web server looks for the site.
    type: path
    required: true
  within:
    description: Trees of the role's contract, each with a trailing slash. O(document_root) must lie in one of them.
    type: list
    elements: str
    default: []
  database:
    description: The MariaDB database.
    type: str
    required: true
  accounts:
    description: The account for each kind of work; M(koor.provision.mariadb_accounts) makes them.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Its name, which ends in C(_schema), C(_insert), C(_select), C(_update) or C(_delete).
        type: str
        required: true
      database:
        description: The database that it is for; not looked at here.
        type: str
      privileges:
        description: What it may do there; not looked at here.
        type: list
        elements: str
      tables:
        description: Further rights on single tables, as soon as the application has them.
        type: dict
        default: {}
  domain:
    description: The name of the site; nothing for a site that answers for all names.
    type: str
    default: ""
  https:
    description: Whether the site has TLS.
    type: bool
    default: true
  handler:
    description: Who runs PHP. C(php_value) lines in the application's rules are only known to PHP inside Apache.
    type: str
    choices: [fpm, mod_php]
    default: fpm
  key_file:
    description: Where a web server that does not read C(.htaccess) is told the application's key; nothing for Apache.
    type: path
  organisation:
    description: What the first organisation unit is called at first.
    type: str
    default: Organisation
  admin_email:
    description: Address of the first administrator, who is called C(admin).
    type: str
    default: admin@localhost
  reinstall:
    description:
      - A word of your own. Everything that is there is backed up, and goes, and the application is installed anew. Each
        word counts once, so that a second run does not do it again.
    type: str
    default: ""
  minimum:
    description: The least that an installed application has, of C(tables), C(modules), active or hidden, and C(apps).
    type: dict
    default: {tables: 71, modules: 13, apps: 6}
  secrets:
    description: Directory of the passwords.
    type: path
    default: /etc/koor-provision/secrets
  state:
    description: Where is kept what was installed, and the backups.
    type: path
    default: /var/lib/koor/application
attributes:
  check_mode:
    description: Says what would be done, also before the database server is installed.
    support: full
  diff_mode:
    description: No diff, since a secret is near.
    support: none
"""

EXAMPLES = r"""
- name: Install the application
  koor.provision.application:
    archive: /var/lib/koor/application/sources/release.tar
    sha256: "{{ application_sha256 }}"
    version: "2026.1"
    document_root: /var/www/koor
    database: koor
    accounts:
      - name: koor_schema
      - name: koor_insert
      - name: koor_select
        tables: {monitoring_request: [INSERT]}
      - name: koor_update
      - name: koor_delete
"""

RETURN = r"""
action:
  description:
    - What was (or in check mode would be) done; nothing, C(install), C(update), C(reinstall), C(settle), or C(recover)
      where an update that had been cut off was finished.
  returned: always
  type: str
  sample: update
settled:
  description: Settings, rules and rights that were brought in order, by the file's name.
  returned: always
  type: list
  elements: str
  sample: [.htaccess]
notes:
  description: What somebody should know, such as where a backup lies.
  returned: always
  type: list
  elements: str
  sample: [backed up to /var/lib/koor/application/backups/2026-01-31T080000Z]
"""

import re
import shutil
from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils import application_tree as tree
from ansible_collections.koor.provision.plugins.module_utils.application_check import complaints
from ansible_collections.koor.provision.plugins.module_utils.application_database import Failed
from ansible_collections.koor.provision.plugins.module_utils.application_deploy import install, reinstall, settle
from ansible_collections.koor.provision.plugins.module_utils.application_site import Site, situation
from ansible_collections.koor.provision.plugins.module_utils.application_tree import Refused
from ansible_collections.koor.provision.plugins.module_utils.application_update import recover, update
from ansible_collections.koor.provision.plugins.module_utils.kept_password import SECRETS
from ansible_collections.koor.provision.plugins.module_utils.trees import outside

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
ENDINGS = re.compile(r".+_(schema|insert|select|update|delete)")
RIGHTS = re.compile(r"[A-Z]+( [A-Z]+)*")
SHA256 = re.compile(r"[0-9a-f]{64}")

ACTIONS: dict[str, Callable[[Site], None]] = {
    "install": install,
    "update": update,
    "reinstall": lambda site: reinstall(site, site.parameters["reinstall"]),
}


def odd(parameters: dict[str, Any]) -> list[str]:
    """Return values that must not get into a statement or a file."""
    patterns = [(NAME, parameters["database"]), (SHA256, parameters["sha256"])]
    patterns += [(ENDINGS, account["name"]) for account in parameters["accounts"]]
    for account in parameters["accounts"]:
        patterns.append((NAME, account["name"]))
        for table, rights in account["tables"].items():
            patterns += [(NAME, table), *((RIGHTS, right) for right in rights)]
    return [str(value) for pattern, value in patterns if not pattern.fullmatch(str(value))]


def carry_out(site: Site, *, pretend: bool) -> tuple[str, list[str]]:
    """Do what is to be done; return what that was, and what was brought in order besides."""
    if pretend and site.beside("working").exists():
        return "recover", []
    if not pretend:
        recover(site)
    recovered = len(site.notes)
    action = situation(site)
    if action and not pretend:
        try:
            ACTIONS[action](site)
        finally:
            # What was unpacked for nothing; in place it has another name.
            shutil.rmtree(site.beside("new"), ignore_errors=True)
        if action != "update" and (wrong := complaints(site.root, site.base, site.parameters, fresh=True)):
            raise Failed(f"the application was installed and does not work: {'; '.join(wrong)}")
    if action:
        return action, []
    known = {*site.known(keep=not pretend), *tree.OWN}
    settled = settle(site, known, pretend=pretend)
    return ("settle" if settled else "recover" if recovered else ""), settled


def sentence(problem: Exception, notes: list[str]) -> str:
    """Return what happened in one line, with what was done before it."""
    done = f"{'; '.join(notes)}. Then: " if notes else ""
    return " ".join(f"{done}{problem}".split())


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "archive": {"type": "path", "required": True},
            "sha256": {"required": True},
            "version": {"required": True},
            "document_root": {"type": "path", "required": True},
            "within": {"type": "list", "elements": "str", "default": []},
            "database": {"required": True},
            "accounts": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"required": True},
                    "database": {},
                    "privileges": {"type": "list", "elements": "str"},
                    "tables": {"type": "dict", "default": {}},
                },
            },
            "domain": {"default": ""},
            "https": {"type": "bool", "default": True},
            "handler": {"choices": ["fpm", "mod_php"], "default": "fpm"},
            "key_file": {"type": "path", "no_log": False},
            "organisation": {"default": "Organisation"},
            "admin_email": {"default": "admin@localhost"},
            "reinstall": {"default": ""},
            "minimum": {"type": "dict", "default": {"tables": 71, "modules": 13, "apps": 6}},
            "secrets": {"type": "path", "default": SECRETS, "no_log": False},
            "state": {"type": "path", "default": "/var/lib/koor/application"},
        },
        supports_check_mode=True,
    )
    if strays := outside([module.params["document_root"]], module.params["within"]):
        module.fail_json(msg=f"nothing was changed: not in the role's contract: {', '.join(strays)}")
    if strays := odd(module.params):
        module.fail_json(msg=f"nothing was changed: not allowed here: {', '.join(strays)}")
    if module.check_mode and shutil.which("mariadb") is None:
        module.exit_json(changed=True, action="install", settled=[], notes=[])
    site = Site(module.params)
    try:
        action, settled = carry_out(site, pretend=module.check_mode)
    except (Refused, Failed, OSError) as problem:
        module.fail_json(msg=sentence(problem, site.notes), notes=site.notes)
    module.exit_json(changed=bool(action), action=action, settled=settled, notes=site.notes)


if __name__ == "__main__":
    main()
