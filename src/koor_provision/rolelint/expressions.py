"""All templates in a file: what they look up on our machine, and whether they show what is kept secret."""

from collections.abc import Callable, Iterator

from jinja2 import nodes

from koor_provision.models.text import shown
from koor_provision.rolelint import keywords
from koor_provision.rolelint.evaluate import Evaluator, NotATemplateError, is_template, parsed
from koor_provision.rolelint.nodes import LOOKUPS
from koor_provision.rolelint.role import RoleFiles
from koor_provision.rolelint.values import MISSING, OMIT, Value
from koor_provision.rolelint.variables import is_neighbours_contract, own_file, own_files
from koor_provision.rolelint.yaml_lines import Node

_LOOKS: dict[type[nodes.Node], frozenset[str]] = {
    nodes.Filter: frozenset({"expanduser", "expandvars", "fileglob", "realpath", "unvault", "vault"}),
    nodes.Test: frozenset({
        "directory", "exists", "file", "is_dir", "is_file", "is_link", "is_mount", "is_same_file", "link",
        "link_exists", "mount", "same_file", "vault_encrypted", "vaulted_file",
    }),
}  # fmt: skip
Fail = Callable[[int, str, str, str], None]


def texts(node: Node, key: str = "") -> Iterator[tuple[str, Node]]:
    """Every text in a tree, with the key that it stands under."""
    if isinstance(node.value, dict):
        for name, item in node.value.items():
            yield from texts(item, name)
    elif isinstance(node.value, list):
        for item in node.value:
            yield from texts(item, key)
    elif isinstance(node.value, str):
        yield key, node


def check(node: Node, role: RoleFiles, names: Evaluator, secrets: frozenset[str], fail: Fail) -> None:
    """Look at every template in a tree.

    Args:
        secrets: variables that hold what tasks keep out of the log.
    """
    for key, item in texts(node):
        text = item.value
        if key in keywords.EXPRESSIONS and not is_template(text):
            text = "{{ " + text + " }}"
        if is_template(text):
            tree = check_template(text, item.line, role, names, fail)
            if tree is not None and key in keywords.SPOKEN:
                _leaks(tree, item.line, secrets | keywords.SECRET, fail)


def check_template(text: str, line: int, role: RoleFiles, names: Evaluator, fail: Fail) -> nodes.Template | None:
    """Look at one template; returns its tree, or None if it has none."""
    try:
        tree = parsed(text)
    except NotATemplateError as error:
        fail(line, "unresolved", f"cannot be judged: {shown(str(error)[:160])}", "mend the template")
        return None
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in LOOKUPS:
            _lookup(call, line, role, names, fail)
    for asked in tree.find_all((nodes.Filter, nodes.Test)):
        if asked.name.removeprefix("ansible.builtin.") in _LOOKS[type(asked)]:
            fail(
                line, "lookup", f"'{shown(asked.name)}' looks at files of our machine, not of the server",
                "have a module look at the server, and register what it says",
            )  # fmt: skip
    for other in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        named = next(iter(other.iter_child_nodes(only=["template"])))
        for template in names.expression(named):
            if own_file(role, "template", template) is None:
                _fail_file(line, template, fail)
    return tree


def _lookup(call: nodes.Call, line: int, role: RoleFiles, names: Evaluator, fail: Fail) -> None:
    plugin = call.args[0].value if call.args and isinstance(call.args[0], nodes.Const) else "?"
    plugin = str(plugin).removeprefix("ansible.builtin.")
    if plugin == "koor.provision.backup_files":
        return
    if plugin not in {"file", "template"}:
        fail(
            line, "lookup", f"the lookup '{shown(plugin)}' reads our machine, not the role",
            "only `file` and `template` of the role's own files are allowed",
        )  # fmt: skip
        return
    terms = [names.expression(term) for term in call.args[1:]]
    if call.dyn_args is not None:
        terms.append(names.expression(call.dyn_args))
    for values in terms:
        for value in values:
            for term in value if isinstance(value, list) else [value]:
                known = own_files(role, plugin, term) or (plugin == "file" and is_neighbours_contract(term))
                if not known and term is not MISSING and term is not OMIT:
                    _fail_file(line, term, fail)


def _fail_file(line: int, term: Value, fail: Fail) -> None:
    said = f"'{shown(term)}' is no file of this role" if isinstance(term, str) else "reads a file that cannot be judged"
    fail(line, "lookup", said, "lay it into files/ or templates/ and name it plainly")


def _leaks(tree: nodes.Template, line: int, secrets: frozenset[str], fail: Fail) -> None:
    for name in sorted({one.name for one in tree.find_all(nodes.Name)} & secrets):
        fail(
            line, "leak", f"shows '{name}', which may hold what a task keeps out of the log",
            "say what happened without it; a secret stays on the server (R11)",
        )  # fmt: skip
