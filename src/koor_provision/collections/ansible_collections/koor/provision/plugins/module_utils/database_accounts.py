# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules for accounts of database servers have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.kept_password import SECRETS, keep

Account = dict[str, Any]
Options = dict[str, dict[str, Any]]
NAMED: Options = {"name": {"required": True}}


def argument_spec(database: Options, account: Options, port: int) -> Options:
    """Return the arguments of such a module.

    Args:
        database: options of a database beside its name.
        account: options of an account beside its name and its database.
        port: the server's usual port.
    """
    return {
        "databases": {"type": "list", "elements": "dict", "default": [], "options": NAMED | database},
        "accounts": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": NAMED | {"database": {"required": True}} | account,
        },
        "secrets": {"type": "path", "default": SECRETS, "no_log": False},
        "port": {"type": "int", "default": port},
        "tidy": {"type": "bool", "default": True},
    }


def refuse_odd_values(module: AnsibleModule, values: Iterable[tuple[re.Pattern[str], str]]) -> None:
    """Let nothing into a statement that is more than a name: each value must match its pattern as a whole."""
    for pattern, value in values:
        if not pattern.fullmatch(value):
            module.fail_json(msg=f"{value!r} is not allowed here; it must match {pattern.pattern}")
    names = [account["name"] for account in module.params["accounts"]]
    if len(names) != len(set(names)):
        module.fail_json(msg="each account needs a name of its own, since the file of its password is named after it")


class Work:
    """The work at a server, step by step, by the server's own command."""

    def __init__(self, module: AnsibleModule, server: str, client: Callable[[str], list[str]]) -> None:
        """Note what to work with.

        Args:
            module: whose parameters and check mode hold.
            server: what the server is called in a message.
            client: the command that takes statements for a database on standard input.
        """
        self.module = module
        self.server = server
        self.client = client
        self.actions: list[str] = []
        self._later: list[str] = []

    def sql(self, statements: str, database: str = "") -> str:
        """Run statements; return what they answer."""
        rc, out, err = self.module.run_command(self.client(database), data=statements, cwd="/")
        if rc != 0:
            self.module.fail_json(msg=f"{self.server} refused: {err.strip()[-1000:]}", actions=self.actions)
        return str(out)

    def act(self, action: str, *statements: str, database: str = "") -> None:
        """Do something, or in check mode only say so."""
        self.actions.append(action)
        if not self.module.check_mode:
            self.sql("".join(f"{statement};\n" for statement in statements), database)

    def later(self, action: str, *statements: str) -> None:
        """Note something that `finish` does with all the rest: a client takes longer to start than to do it."""
        self.actions.append(action)
        self._later += statements

    def finish(self) -> None:
        """Do what was noted, in its order. The server stops at the first that it refuses, and the next run goes on."""
        statements, self._later = self._later, []
        if statements and not self.module.check_mode:
            self.sql("".join(f"{statement};\n" for statement in statements))

    def keep(self, name: str, content: Callable[[str], str]) -> str:
        """Return the password in a kept file, after making it if there is none: a crash after this loses nothing."""
        password, actions = keep(self.module, name, content)
        self.actions += actions
        return str(password)
