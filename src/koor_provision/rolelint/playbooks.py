"""Playbooks: they hold roles, and nothing that works by itself."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from koor_provision.load.files import read
from koor_provision.models.lint import Fault
from koor_provision.models.text import shown
from koor_provision.rolelint import expressions
from koor_provision.rolelint.evaluate import Evaluator, NotATemplateError
from koor_provision.rolelint.role import RoleFiles, foreign, walk
from koor_provision.rolelint.values import Values, distinct, hole
from koor_provision.rolelint.yaml_lines import Node, read_lines

_PLAY = {
    "name", "hosts", "gather_facts", "force_handlers", "vars", "tasks", "roles", "any_errors_fatal", "serial", "become",
    "max_fail_percentage", "strategy", "tags",
}  # fmt: skip
_TASK = {"name", "loop", "loop_control", "when", "tags"}
_ROLE = {"name", "rolespec_validate"}
_CALLS = {"include_role", "import_role", "ansible.builtin.include_role", "ansible.builtin.import_role"}
_HOSTS = re.compile(r"[a-z][a-z0-9_-]*")
Fail = Callable[[int, str, str, str], None]
_MEND = "put it into a role, whose contract says what it touches"


def check(folder: Path, shown_as: str, roles: set[str]) -> list[Fault]:
    """Every playbook in a folder.

    Args:
        roles: the names of the roles that there are.

    Raises:
        InputError: one is not YAML as we take it.
    """
    faults: list[Fault] = []
    for path in walk(folder, shown_as, faults):
        inside = path.relative_to(folder)
        place = f"{shown_as}/{inside}"
        if inside.parts[0] == "verify":
            continue
        if len(inside.parts) > 1 or path.suffix not in {".yml", ".yaml"}:
            faults.append(foreign(place, str(inside)))
            continue
        content = read_lines(read(path, place).data, place)

        def fail(line: int, rule: str, what: str, remedy: str, place: str = place) -> None:
            faults.append(Fault(place, line, rule, what, remedy))

        for play in content.elements():
            _play(play, roles, fail)
    return faults


def _play(play: Node, roles: set[str], fail: Fail) -> None:
    entries = play.items()
    for key, node in entries.items():
        if key not in _PLAY:
            fail(node.line, "playbook", f"'{shown(key)}' is no part of a playbook of ours", _MEND)
    hosts = entries.get("hosts")
    pattern = hosts.value if hosts else None
    if not isinstance(pattern, str) or not _HOSTS.fullmatch(pattern) or pattern in {"all", "localhost"}:
        fail(
            hosts.line if hosts else play.line, "playbook", "does not say one plain group of hosts",
            "write `hosts: targets`; other patterns widen the target",
        )  # fmt: skip
    own = entries.get("vars")
    names = Evaluator(own.items() if own else {}, lambda plugin, *_: ([hole(plugin)],))
    nothing = RoleFiles("", "", {})
    expressions.check(play, nothing, names, frozenset(), fail)
    for key, node in (own.items() if own else {}).items():
        if not key.startswith("koor_"):
            fail(
                node.line,
                "playbook",
                f"sets '{shown(key)}', which may be a role's",
                "call it koor_..., or leave it out",
            )
    for role in entries.get("roles", Node([], play.line)).elements():
        name = role if isinstance(role.value, str) else role.items().get("role") or role.items().get("name")
        _known((name.value,) if name else (None,), role.line, roles, fail)
        for key, node in role.items().items():
            if key not in {"role", "name", "tags", "when"}:
                fail(
                    node.line, "playbook", f"gives a role '{shown(key)}'", "a role's own variables must not be replaced"
                )
    for task in entries.get("tasks", Node([], play.line)).elements():
        _task(task, names, roles, fail)


def _task(task: Node, names: Evaluator, roles: set[str], fail: Fail) -> None:
    entries = task.items()
    for key, node in entries.items():
        if key not in _TASK | _CALLS:
            fail(node.line, "playbook", f"holds '{shown(key)}' and not a role", _MEND)
    calls = [key for key in entries if key in _CALLS]
    if not calls:
        if set(entries) <= _TASK:
            fail(task.line, "playbook", "holds a task that is no role", _MEND)
        return
    call = entries[calls[0]]
    for key, node in call.items().items():
        if key not in _ROLE:
            fail(node.line, "playbook", f"takes a part of a role by '{shown(key)}'", "take the role as a whole")
    name = call.items().get("name")
    found = _values(names.within(_loop(entries, names)), name) if name else (None,)
    _known(found, call.line, roles, fail)


def _loop(entries: Mapping[str, Node], names: Evaluator) -> dict[str, Values]:
    loop, control = entries.get("loop"), entries.get("loop_control")
    if loop is None:
        return {}
    items = [item for value in _values(names, loop) for item in (value if isinstance(value, list) else [hole(value)])]
    named = control.items().get("loop_var") if control else None
    return {str(named.value) if named else "item": distinct(items) or (hole(),)}


def _known(names: Values, line: int, roles: set[str], fail: Fail) -> None:
    for name in names:
        if not isinstance(name, str):
            fail(line, "playbook", "cannot be judged: which role", "name it, or loop over names that are written out")
        elif name not in roles:
            fail(line, "playbook", f"there is no role '{shown(name)}'", "name a folder of roles/")


def _values(names: Evaluator, node: Node) -> Values:
    try:
        return names.node(node)
    except NotATemplateError:
        return (hole(),)
