#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The password of Redis, which nobody sees."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_password
short_description: Give Redis a password that never leaves the target
description:
  - Makes the password here, on the target, and keeps it in an option file that only root can read. It is no argument,
    no result and no part of a command line.
  - Redis is given its SHA-256 in a configuration file of its own, to be included by the main one. So not even a
    stolen configuration opens the server.
  - Whoever has the password may do everything with data, and nothing that administers the server.
  - If the option file is lost it is made anew with a new password. The server always follows the file.
author: koor-provision maintainers
options:
  configuration:
    description: Where the file for Redis lies. It belongs to root, and O(group) may read it.
    type: path
    default: /etc/redis/koor-account.conf
  group:
    description: The group that Redis runs in.
    type: str
    default: redis
  port:
    description: The server's port, for the option file.
    type: int
    default: 6379
  secrets:
    description: Directory of the option file C(redis.cnf), made for root only.
    type: path
    default: /etc/koor-provision/secrets
attributes:
  check_mode:
    description: Says what would be done, also before the server is installed.
    support: full
  diff_mode:
    description: No diff, since a secret is near.
    support: none
"""

EXAMPLES = r"""
- name: Let nobody in without a password
  koor.provision.redis_password:
    port: 6379
"""

RETURN = r"""
actions:
  description: What was (or in check mode would be) done, without any secret.
  returned: always
  type: list
  elements: str
  sample: [write /etc/koor-provision/secrets/redis.cnf, write /etc/redis/koor-account.conf]
"""

import grp
import hashlib
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.kept_password import SECRETS, keep
from ansible_collections.koor.provision.plugins.module_utils.whole_file import Access, is_plain_file, write

OWNER, MODE = 0, 0o640


def option_file(port: int, password: str) -> str:
    """Return the file from which an application is set up."""
    return (
        "# Made on this server by koor-provision. Nobody else has this password.\n"
        f"[client]\nhost=127.0.0.1\nport={port}\npassword={password}\n"
    )


def account(password: str) -> str:
    """Return the line for Redis, with all rights on data and none on the server; `#` marks a digest."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    return (
        "# Made on this server by koor-provision, and made again from its own copy of the password.\n"
        f"user default on #{digest} ~* &* +@all -@admin\n"
    )


def is_good(path: Path, content: str, access: Access) -> bool:
    """Tell whether a plain file holds this, for root and a group only."""
    return is_plain_file(path) and path.read_text() == content and Access.of(path) == access


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "configuration": {"type": "path", "default": "/etc/redis/koor-account.conf"},
            "group": {"default": "redis"},
            "port": {"type": "int", "default": 6379},
            "secrets": {"type": "path", "default": SECRETS, "no_log": False},
        },
        supports_check_mode=True,
    )
    password, actions = keep(module, "redis.cnf", lambda password: option_file(module.params["port"], password))
    try:
        group = grp.getgrnam(module.params["group"]).gr_gid
    except KeyError:
        if not module.check_mode:
            module.fail_json(msg=f"there is no group {module.params['group']}: install Redis first", actions=actions)
        group = -1
    path, wanted, access = Path(module.params["configuration"]), account(password), Access(OWNER, group, MODE)
    if group == -1 or not is_good(path, wanted, access):
        actions.append(f"write {path}")
        if not module.check_mode:
            write(path, wanted.encode("ascii"), access)
    module.exit_json(changed=bool(actions), actions=actions)


if __name__ == "__main__":
    main()
