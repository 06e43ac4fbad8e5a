#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Units, departments, positions and groups of an order, entered in the application where they are missing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: application_structure
short_description: Enter the units, departments, positions and groups that were ordered
description:
  - Signs in to the application as its first administrator and enters what is missing, by the application's own
    interface. What is there by its name is left alone, whoever made it; nothing is changed and nothing goes.
    What was there at a run before is not entered again, since somebody may have renamed it.
  - The password lies on the target, and is tried only where the database says that it is still the first one. A wrong
    one would lock the account. Where it was changed nothing is entered, and the result says what is missing.
  - Groups get no permissions, since no order says which.
author: koor-provision maintainers
options:
  units:
    description: Names of organisation units, beside the first one.
    type: list
    elements: str
    default: []
  departments:
    description: Departments, each in a unit.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What it is called.
        type: str
        required: true
      unit:
        description: The unit that it belongs to; the first one unless given.
        type: str
  positions:
    description: Positions, each in a department or in none.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What it is called.
        type: str
        required: true
      department:
        description: The department that it belongs to.
        type: str
  groups:
    description: Names of groups of accounts, beside the application's own.
    type: list
    elements: str
    default: []
  database:
    description: The application's database in MariaDB.
    type: str
    required: true
  domain:
    description: The name of the site; nothing for a site that answers for all names.
    type: str
    default: ""
  https:
    description: Whether the site has TLS.
    type: bool
    default: true
  secrets:
    description: Directory of the passwords.
    type: path
    default: /etc/koor-provision/secrets
  state:
    description: Where is kept what was there.
    type: path
    default: /var/lib/koor/application
attributes:
  check_mode:
    description: Says what would be entered, also before the application is installed.
    support: full
  diff_mode:
    description: No diff, since a secret is near.
    support: none
"""

EXAMPLES = r"""
- name: Enter what was ordered
  koor.provision.application_structure:
    units: [North]
    departments:
      - {name: Sales, unit: North}
    positions:
      - {name: Clerk, department: Sales}
    groups: [accounting]
    database: koor
    domain: app.example
"""

RETURN = r"""
entered:
  description: What was (or in check mode would be) entered.
  returned: always
  type: list
  elements: str
  sample: [unit North]
missing:
  description: What is left to be entered by hand, since the first administrator has another password by now.
  returned: always
  type: list
  elements: str
  sample: []
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.application_api import Session, first_password
from ansible_collections.koor.provision.plugins.module_utils.application_database import Database, Failed
from ansible_collections.koor.provision.plugins.module_utils.application_structure import (
    Entry,
    Seen,
    enter,
    split,
    wanted_of,
)
from ansible_collections.koor.provision.plugins.module_utils.kept_password import SECRETS


def words(entries: list[Entry]) -> list[str]:
    """Return how entries are called."""
    return [f"{entry.kind} {entry.name}" for entry in entries]


def main() -> None:
    """Entry point."""
    inside = {"name": {"required": True}}
    module = AnsibleModule(
        argument_spec={
            "units": {"type": "list", "elements": "str", "default": []},
            "departments": {"type": "list", "elements": "dict", "default": [], "options": {**inside, "unit": {}}},
            "positions": {"type": "list", "elements": "dict", "default": [], "options": {**inside, "department": {}}},
            "groups": {"type": "list", "elements": "str", "default": []},
            "database": {"required": True},
            "domain": {"default": ""},
            "https": {"type": "bool", "default": True},
            "secrets": {"type": "path", "default": SECRETS, "no_log": False},
            "state": {"type": "path", "default": "/var/lib/koor/application"},
        },
        supports_check_mode=True,
    )
    base = Database(module.params["database"])
    try:
        seen = Seen(Path(module.params["state"]))
        lacking, found = split(base, wanted_of(module.params), seen, blank=module.check_mode)
        if found and not module.check_mode:
            seen.add(*found)
        if module.check_mode or not lacking:
            module.exit_json(changed=bool(lacking or found), entered=words(lacking), missing=[])
        password = first_password(base, Path(module.params["secrets"], "application-admin.cnf"))
        if not password:
            module.warn(f"enter these in the application, its administrator has another password: {words(lacking)}")
            module.exit_json(changed=bool(found), entered=[], missing=words(lacking))
        module.no_log_values.add(password)
        session = Session(module.params["domain"], https=module.params["https"])
        session.sign_in("admin", password)
        enter(base, session, lacking, seen)
    except Failed as problem:
        module.fail_json(msg=" ".join(str(problem).split()))
    module.exit_json(changed=True, entered=words(lacking), missing=[])


if __name__ == "__main__":
    main()
