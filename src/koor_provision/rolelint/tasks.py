"""Task files of a role: every task, through blocks, loops and what it includes."""

from collections.abc import Callable
from pathlib import PurePosixPath

from koor_provision.models.text import shown
from koor_provision.rolelint import expressions, keywords, modules
from koor_provision.rolelint.arguments import Arguments
from koor_provision.rolelint.evaluate import Evaluator, NotATemplateError
from koor_provision.rolelint.judge import Judge
from koor_provision.rolelint.modules import Kind
from koor_provision.rolelint.values import Value, Values, distinct, hole
from koor_provision.rolelint.yaml_lines import Node

Report = Callable[[str, int, str, str, str], None]
"""Takes a file inside the role, a line, a rule's id, what is wrong, and what to do about it."""
_TASKS = {"include_tasks", "import_tasks"}
_ROLES = {"include_role", "import_role"}
_DEEPEST = 8


class TaskFiles:
    """Follows the task files of one role on one system."""

    def __init__(self, judge: Judge, names: Evaluator, report: Report) -> None:
        self._judge = judge
        self._role = judge.role
        self._names = names
        self._report = report
        self._seen: set[str] = set()
        self._secrets = frozenset(
            str(task.items()["register"].value)
            for task, hidden in self._role.tasks()
            if hidden and "register" in task.items()
        )

    def all(self) -> None:
        """Every task: first as main.yml leads to it, then what it leads nowhere to."""
        for start in ("tasks/main.yml", "handlers/main.yml"):
            self.file(start, self._names, 0)
        for path in (*self._role.yaml_in("tasks"), *self._role.yaml_in("handlers")):
            if path not in self._seen:
                self.file(path, self._names, 0)

    def file(self, path: str, names: Evaluator, depth: int) -> None:
        """One file."""
        self._seen.add(path)
        self._list(self._role.node(path), path, names, depth)

    def _list(self, node: Node, path: str, names: Evaluator, depth: int) -> None:
        if not isinstance(node.value, list | None):
            self._report(path, node.line, "module", "is no list of tasks", "write each task after a hyphen")
        for task in node.elements() if isinstance(node.value, list) else []:
            if isinstance(task.value, dict):
                self._task(task, path, names, depth)
            else:
                self._report(path, task.line, "module", "is no task", "write a module's name and its arguments")

    def _task(self, task: Node, path: str, names: Evaluator, depth: int) -> None:
        entries = task.items()
        own = entries.get("vars")
        names = names.within(own.items() if own else {})
        self._keywords(entries, path, names)
        if any(key in entries for key in keywords.BLOCK):
            self._expressions(task, path, names)
            for key in keywords.BLOCK:
                if key in entries:
                    self._list(entries[key], path, names, depth)
            return
        names = names.within(self._loop(entries, names))
        self._expressions(task, path, names)
        self._module(task, path, names, depth)

    def _expressions(self, task: Node, path: str, names: Evaluator) -> None:
        rest = {key: node for key, node in task.items().items() if key not in keywords.BLOCK}
        expressions.check(
            Node(rest, task.line), self._role, names, self._secrets, lambda *said: self._report(path, *said)
        )

    def _keywords(self, entries: dict[str, Node], path: str, names: Evaluator) -> None:
        for key, node in entries.items():
            if keywords.is_refused(key) and not (key == "diff" and node.value is False):
                self._report(path, node.line, "keyword", f"the keyword '{shown(key)}' is refused", keywords.remedy(key))
        user = entries.get("become_user")
        if user is not None:
            for value in _values(names, user):
                self._judge.value(Kind("owner", ""), value, lambda *said: self._report(path, user.line, *said))

    def _loop(self, entries: dict[str, Node], names: Evaluator) -> dict[str, Values]:
        """The variables of a loop, with every value that they may take."""
        loop, control = entries.get("loop"), entries.get("loop_control")
        if loop is None:
            return {}
        options = control.items() if control else {}
        found: list[Value] = []
        for value in _values(names, loop):
            found += value if isinstance(value, list) and value else [hole(value)]
        named = options["loop_var"].value if "loop_var" in options else "item"
        return {str(named): distinct(found) or (hole(),)}

    def _module(self, task: Node, path: str, names: Evaluator, depth: int) -> None:
        entries = task.items()
        called = [
            key for key in entries
            if key not in keywords.HARMLESS and key != "become_user" and not keywords.is_refused(key)
        ]  # fmt: skip
        if len(called) != 1:
            if not any(keywords.is_refused(key) for key in entries):
                said = f"has several modules: {', '.join(map(shown, sorted(called)))}" if called else "has no module"
                self._report(path, task.line, "module", said, "write one module for each task")
            return
        name, given = called[0], entries[called[0]]
        short = name.removeprefix("ansible.builtin.").removeprefix("ansible.legacy.")
        if short in _TASKS | _ROLES:
            self._include(short, given, path, names, depth)
            return
        module = modules.find(name)
        if module is None or module.refused:
            said, _, remedy = (
                module.refused.partition("; ") if module else ("nobody has judged what it touches", "", "")
            )
            self._report(
                path, given.line, "module", f"{shown(name)}: {said}",
                remedy or "use a module out of rolelint/modules.yml, or add it there after reading it",
            )  # fmt: skip
            return
        if isinstance(given.value, str) and (module.takes("free_form") or "free_form" in module.arguments):
            given = Node({"free_form": given}, given.line)
        extra = entries.get("args")
        if extra is not None and isinstance(given.value, dict | None):
            more = extra.items() or {"args": extra}
            given = Node({**given.items(), **more}, given.line)
        arguments = Arguments(self._judge, names, lambda *said: self._report(path, *said), name)
        arguments.task(module, given)

    def _include(self, name: str, given: Node, path: str, names: Evaluator, depth: int) -> None:
        key = "file" if name in _TASKS else "tasks_from"
        for other, node in given.items().items():
            if other not in {key, *(("name", "role") if name in _ROLES else ())}:
                self._report(
                    path, node.line, "keyword", f"{name}: '{shown(other)}' changes tasks where nobody sees it",
                    "write it at the tasks themselves",
                )  # fmt: skip
        file = given if isinstance(given.value, str) else given.items().get(key)
        if name in _ROLES:
            role = given.items().get("name") or given.items().get("role")
            if role is None or role.value != self._role.name:
                self._report(
                    path, given.line, "module", f"{name}: another role has a contract of its own",
                    "let the playbook bring the roles together",
                )  # fmt: skip
                return
            file = file or Node("main.yml", given.line)
        for value in _values(names, file) if file else (None,):
            found = self._file(value, path)
            if found is None:
                said = (
                    f"no task file '{shown(value)}' in this role"
                    if isinstance(value, str)
                    else "cannot be judged: which file"
                )
                self._report(path, given.line, "unresolved", f"{name}: {said}", "name a file of tasks/")
            elif depth < _DEEPEST:
                self.file(found, names, depth + 1)

    def _file(self, value: object, path: str) -> str | None:
        if not isinstance(value, str) or ".." in PurePosixPath(value).parts:
            return None
        names = [value] if value.endswith((".yml", ".yaml")) else [f"{value}.yml", value]
        places = dict.fromkeys([str(PurePosixPath(path).parent), "tasks", "handlers"])
        wanted = [str(PurePosixPath(place) / name) for place in places for name in names]
        return next(
            (one for one in wanted if one in self._role.yaml_in("tasks") + self._role.yaml_in("handlers")), None
        )


def _values(names: Evaluator, node: Node) -> Values:
    try:
        return names.node(node)
    except NotATemplateError:
        return (hole(),)
