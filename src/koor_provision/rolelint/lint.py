"""The scope lint: roles and playbooks against the contracts in meta/scope.yml (R8), from their files alone.

Each role is judged once for each system that it knows. What cannot be read from its files is refused like what is
outside: nobody could say that it is inside.
"""

from collections.abc import Sequence
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.files import require_folder
from koor_provision.load.places import line_of
from koor_provision.models.lint import Fault
from koor_provision.models.scope import Scope
from koor_provision.rolelint import expressions, modules, playbooks, reserved, templates
from koor_provision.rolelint.contract import Contract
from koor_provision.rolelint.judge import Judge
from koor_provision.rolelint.role import RoleFiles, read_role
from koor_provision.rolelint.tasks import TaskFiles
from koor_provision.rolelint.unused import unused
from koor_provision.rolelint.variables import evaluator

_HINT = "name the folder that holds roles/ and playbooks/"


def lint(root: Path, only: Sequence[str] = ()) -> list[Fault]:
    """Everything that is wrong, sorted by place.

    Args:
        root: holds roles/ and, if there are any, playbooks/.
        only: these roles and no playbooks; empty for everything.

    Raises:
        InputError: there is no such role, or a file is not YAML as we take it.
    """
    folder = require_folder(root / "roles", _HINT)
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() or path.is_symlink())
    for name in only:
        if name not in names:
            raise InputError(f"no role '{name}'", where="roles", hint=f"there are: {', '.join(names)}")
    faults = [fault for name in only or names for fault in lint_role(folder / name, f"roles/{name}")]
    if not only and (root / "playbooks").is_dir():
        faults += lint_playbook_folder(root)
    return sorted(set(faults))


def lint_playbook_folder(root: Path) -> list[Fault]:
    """The playbooks beside the roles.

    Raises:
        InputError: one is not YAML as we take it.
    """
    roles = {path.name for path in (root / "roles").iterdir() if path.is_dir()}
    return playbooks.check(root / "playbooks", "playbooks", roles)


def lint_role(folder: Path, shown: str) -> list[Fault]:
    """One role.

    Raises:
        InputError: a file is not YAML as we take it, or the role has no contract.
    """
    if folder.is_symlink():
        return [
            Fault(shown, 1, "link", "is a symbolic link: what is judged is not what would run", "put the role here")
        ]
    return judge(read_role(folder, shown))


def judge(role: RoleFiles) -> list[Fault]:
    """One role that was read.

    Raises:
        InputError: a file is not YAML as we take it, or the role has no contract.
    """
    scopes = role.scopes()
    found = set(role.faults) | set(_meta(role)) | set(_reserved(role))
    for system in dict.fromkeys(str(name) for scope in scopes for name in scope.systems):
        found |= _on(role, scopes, system)
    return sorted(found)


def _on(role: RoleFiles, scopes: Sequence[Scope], system: str) -> set[Fault]:
    """What is wrong on one system."""
    found: set[Fault] = set()

    def report(path: str, line: int, rule: str, what: str, remedy: str) -> None:
        found.add(Fault(f"{role.shown}/{path}", line, rule, what, remedy))

    contract = Contract(scopes, system)
    judge, names = Judge(contract, role), evaluator(role, system)
    TaskFiles(judge, names, report).all()
    templates.check(judge, names, report)
    for path in ("defaults/main.yml", "vars/main.yml"):
        expressions.check(role.node(path), role, names, frozenset(), lambda *said, path=path: report(path, *said))
    for scope in scopes:
        if not found and system in scope.systems:
            found |= set(_unused(role, scope, contract, judge))
    return found


def _unused(role: RoleFiles, scope: Scope, contract: Contract, judge: Judge) -> list[Fault]:
    called = {key for task, _ in role.tasks() for key in task.items() if modules.find(key)}
    software = f"meta/software/{scope.component}.yml"
    path = software if software in role.files else "meta/scope.yml"
    return [
        Fault(
            f"{role.shown}/{path}",
            _line(role, path, heading, contract.system, entry),
            "unused",
            f"'{entry}' under `{heading}` is explained by no task, no template and no package",
            "take it out of the contract, or say in a comment there who needs it",
            warning=True,
        )
        for heading, entry in unused(scope, contract, judge.used, called)
    ]


def _line(role: RoleFiles, path: str, heading: str, system: str, entry: str) -> int:
    lines = role.lines_of(path)
    top = ["systems", system, heading] if heading in {"packages", "services"} else [heading]
    start = line_of(role.files[path], top) or 1
    return next((number for number in range(start, len(lines) + 1) if entry in lines[number - 1]), start)


def _reserved(role: RoleFiles) -> list[Fault]:
    """Keywords that lead elsewhere are refused at tasks; so are the variables that do the same."""
    return [
        Fault(f"{role.shown}/{one.path}", one.line, "keyword", *one.wrong)
        for one in reserved.given(role)
        if one.wrong[0]
    ]


def _meta(role: RoleFiles) -> list[Fault]:
    """A role that brings others would do what its own contract does not say."""
    entries = role.node("meta/main.yml").items()
    listed = [entries[key] for key in ("dependencies", "collections", "argument_specs") if key in entries]
    return [
        Fault(
            f"{role.shown}/meta/main.yml", others.line, "module",
            "brings other roles, modules by short names or options that stand elsewhere",
            "the playbook brings roles together; write full names, and options into argument_specs.yml",
        )
        for others in listed
        if others.elements()
    ]  # fmt: skip
