"""What the scope lint finds in roles and playbooks (R8, statically)."""

from dataclasses import dataclass

RULES = {
    "scope": "A role names nothing outside its meta/scope.yml",
    "unresolved": "What a role names can be read from its files",
    "module": "A role uses modules that say what they touch",
    "keyword": "A task uses no keyword that reaches elsewhere or leaves results behind",
    "command": "Commands are known ones that change nothing, without a shell and without values of an order",
    "lookup": "Templates read the role's own files and nothing else of our machine",
    "leak": "No output shows what a task keeps out of the log",
    "link": "Roles and playbooks hold plain files, no links and no plugins",
    "playbook": "Playbooks hold roles only",
    "unused": "A scope allows nothing that its role does not need",
}
"""The rules by their ids, in the words of a heading."""


@dataclass(frozen=True, order=True)
class Fault:
    """One place where a role does what its contract does not allow.

    Attributes:
        file: relative to where roles and playbooks lie, such as `roles/php/tasks/main.yml`.
        line: counted from 1.
        rule: a key of RULES.
        what: the thing, in a sentence.
        remedy: what to do about it.
        warning: worth a look, and no reason to refuse.
    """

    file: str
    line: int
    rule: str
    what: str
    remedy: str
    warning: bool = False
