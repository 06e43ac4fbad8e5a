"""Names of variables that are Ansible's own: whoever sets one says where and how tasks run, or what they are told."""

from collections.abc import Iterator
from typing import NamedTuple

from koor_provision.rolelint.evaluate import is_template
from koor_provision.rolelint.role import RoleFiles
from koor_provision.rolelint.yaml_lines import Node

_PREFIXES = ("ansible_", "mitogen_")
_MAGIC = frozenset({
    "environment", "group_names", "groups", "hostvars", "inventory_dir", "inventory_file", "inventory_hostname",
    "inventory_hostname_short", "koor_system", "omit", "play_hosts", "playbook_dir", "role_name", "role_names",
    "role_path", "vars",
})  # fmt: skip
_FILES = ("defaults/main.yml", "vars/main.yml")


class Given(NamedTuple):
    """A name that is given to something, where it stands."""

    path: str
    line: int
    name: str

    @property
    def wrong(self) -> tuple[str, str]:
        """What is wrong with it, and what to do about it; two empty texts if it is a role's to give."""
        if is_template(self.name):
            return "the name of a variable depends on others", "write it out"
        if self.name.startswith(_PREFIXES) or self.name in _MAGIC:
            return (
                f"sets '{self.name}', which says to Ansible where and how tasks run",
                "a role works on its own target, as the inventory of the run reaches it; begin names with the role's",
            )
        return "", ""


def given(role: RoleFiles) -> Iterator[Given]:
    """Every name that a role's files give to a variable."""
    for path in _FILES:
        yield from (Given(path, node.line, name) for name, node in role.node(path).items().items())
    for path in (*role.yaml_in("tasks"), *role.yaml_in("handlers")):
        for task, _ in role.tasks_of(path):
            yield from (Given(path, line, name) for line, name in _of_task(task))


def _of_task(task: Node) -> Iterator[tuple[int, str]]:
    entries = task.items()
    sets = [key for key in entries if key.rpartition(".")[2] == "set_fact"]
    for key in ("vars", *sets, *(["args"] if sets else [])):
        node = entries.get(key, Node(None, task.line))
        yield from ((entry.line, name) for name, entry in node.items().items())
        if isinstance(node.value, str):  # `set_fact: name=value`
            yield from ((node.line, word.partition("=")[0]) for word in node.value.split())
    control = entries.get("loop_control", Node(None, task.line)).items()
    for named in (entries.get("register"), control.get("loop_var"), control.get("index_var")):
        if named is not None:
            yield named.line, str(named.value)
