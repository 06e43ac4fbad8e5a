"""The variables of a role on one system, as far as its files tell, and what its lookups return.

A public variable is whatever its callers give: its default says nothing. Only choices and truth values can be known.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from koor_provision.rolelint.access import Open
from koor_provision.rolelint.evaluate import Evaluator
from koor_provision.rolelint.role import RoleFiles
from koor_provision.rolelint.values import Hole, Text, Value, Values, combine, has_holes, hole, some_of
from koor_provision.rolelint.yaml_lines import Node

ROLE_PATH = "/(this role)"
_SYSTEM = re.compile(r"([a-z]+)([0-9.]+)")
_NEIGHBOUR = re.compile(r"[^/]*/meta/scope\.yml")


def evaluator(role: RoleFiles, system: str) -> Evaluator:
    """The role's variables on one system of its contract.

    Raises:
        InputError: a file is not YAML as we take it.
    """
    variables: dict[str, Node | Values] = {
        "role_path": (ROLE_PATH,),
        "role_name": (role.name,),
        "koor_system": (system,),
        "ansible_facts": (_facts(system),),
    }
    for name in (*role.node("defaults/main.yml").items(), *_options(role)):
        variables[name] = _public(name, _options(role).get(name, {}))
    variables.update(role.node("vars/main.yml").items())
    for name in _set_by_tasks(role):
        variables[name] = (Hole(frozenset({name})),)
    return Evaluator(variables, lambda plugin, terms, _: look_up(role, plugin, terms))


def _set_by_tasks(role: RoleFiles) -> Iterator[str]:
    """Results and facts win over the role's variables."""
    for task, _ in role.tasks():
        for key, node in task.items().items():
            if key == "register" and isinstance(node.value, str):
                yield node.value
            elif key.rpartition(".")[2] == "set_fact":
                yield from node.items()


def _facts(system: str) -> Open:
    match = _SYSTEM.fullmatch(system)
    name, version = (match[1].capitalize(), match[2]) if match else (system, "")
    return Open(
        "ansible_facts",
        {
            "distribution": name,
            "distribution_version": version,
            "distribution_major_version": version.partition(".")[0],
        },
    )


def _options(role: RoleFiles) -> Mapping[str, Any]:
    """The public variables as meta/argument_specs.yml types them."""
    tree = role.node("meta/argument_specs.yml").plain()
    for key in ("argument_specs", "main", "options"):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def _public(name: str, spec: Any) -> Values:  # noqa: ANN401  # what stands in a file
    spec = spec if isinstance(spec, dict) else {}
    choices = spec.get("choices")
    if spec.get("type") == "bool":
        return (True, False)
    if isinstance(choices, list) and spec.get("type") == "list":
        return some_of(choices)
    if isinstance(choices, list):
        return tuple(choices)
    return (Hole(frozenset({name}), word=spec.get("type") == "int"),)


def look_up(role: RoleFiles, plugin: str, terms: Iterable[Value]) -> tuple[list[Value], ...]:
    """The lists that a lookup may return: contents of the role's own files, entries of our own plugin."""
    plugin = plugin.removeprefix("ansible.builtin.")
    if plugin == "file":
        return combine([_contents(role, term) for term in terms], lambda *contents: list(contents))
    if plugin == "koor.provision.backup_files":
        return ([entry for term in terms for entry in _backup_files(term)],)
    return ([Hole(frozenset({f"the {plugin} {term}" if isinstance(term, str) else plugin})) for term in terms],)


def _contents(role: RoleFiles, term: Value) -> Values:
    """What a file holds; of one whose name is a word that nobody knows, what each that it can be holds."""
    paths = own_files(role, "file", term)
    return tuple(role.files[path].decode("utf-8", errors="replace") for path in paths) or (hole(term),)


def own_files(role: RoleFiles, plugin: str, term: Value) -> list[str]:
    """The files of the role that a lookup can mean, by their paths inside the role."""
    if isinstance(term, Text) and len(term.parts) <= 3:  # noqa: PLR2004  # before, the word, after
        before, word, after = (*term.parts, "")[:3]
        if isinstance(before, str) and isinstance(word, Hole) and word.word and isinstance(after, str):
            start = before.removeprefix(f"{ROLE_PATH}/") if before.startswith(f"{ROLE_PATH}/") else ""
            wanted = re.compile(re.escape(start) + "[A-Za-z0-9_-]*" + re.escape(after))
            return [path for path in role.files if start and wanted.fullmatch(path)]
    path = own_file(role, plugin, term)
    return [path] if path else []


def own_file(role: RoleFiles, plugin: str, term: Value) -> str | None:
    """The file of the role that a lookup or a task means, by its path inside the role; None if it is none."""
    if not isinstance(term, str):
        return None
    if term.startswith(f"{ROLE_PATH}/"):
        path = term.removeprefix(f"{ROLE_PATH}/")
    else:
        path = f"{'templates' if plugin == 'template' else 'files'}/{term}"
    return path if path in role.files and posixpath.normpath(path) == path else None


def is_neighbours_contract(term: Value) -> bool:
    """Whether it can only be the contract of another role: as the role that takes components out reads them."""
    start = f"{ROLE_PATH}/../"
    if isinstance(term, str):
        return term.startswith(start) and _NEIGHBOUR.fullmatch(term.removeprefix(start)) is not None
    return isinstance(term, Text) and term.parts[0] == start and term.parts[2:] == ("/meta/scope.yml",)


def _backup_files(engine: Value) -> list[Value]:
    if has_holes(engine):
        return [hole(engine)]
    name = f"koor-backup-{engine}"
    content = Hole(frozenset({"the content"}))
    paths = (
        *(f"/usr/local/lib/{name}/koor_{part}.py" for part in ("backup", "command", engine)),
        f"/usr/local/sbin/{name}", f"/etc/systemd/system/{name}.service", f"/etc/systemd/system/{name}.timer",
    )  # fmt: skip
    return [{"path": path, "content": content} for path in paths]
