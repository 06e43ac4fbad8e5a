"""The lint reads templates as Ansible does: what Ansible makes of one is among what the lint says it may come to."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from koor_provision.rolelint.evaluate import Evaluator
from koor_provision.rolelint.role import read_role
from koor_provision.rolelint.values import Value, has_holes
from koor_provision.rolelint.variables import ROLE_PATH, evaluator

ROOT = Path(__file__).parents[3]
ROLES = sorted(path for path in (ROOT / "roles").iterdir() if path.is_dir())
KNOWN: dict[str, Any] = {
    "words": ["b", "a", "b"], "nested": [["a"], ["b", ["c"]]], "number": 3, "text": "php8.2-fpm", "none": [],
    "table": {"x": {"n": 1}, "y": {"n": 2}}, "rows": [{"n": "one", "k": 1}, {"n": "two"}], "yes": True, "no": False,
}  # fmt: skip
EXPRESSIONS = [
    "words", "words | unique", "words | difference(['a'])", "words | sort | first", "words + ['c']",
    "nested | flatten", "number + 1", "text ~ '-' ~ number", "text | regex_search('[0-9]+[.][0-9]+')",
    "text | regex_search('zzz')", "text | regex_replace('^php', 'x')",
    "words | map('regex_replace', '^(.*)$', '/etc/\\1.yml')", "text | upper", "table['x']['n']", "table.y.n",
    "table['z'] | default('none')", "table.z.n | default(7)", "none | default([1], true)",
    "rows | map(attribute='n')", "rows | map(attribute='k', default=0)", "rows | selectattr('k', 'defined')",
    "rows | rejectattr('k', 'defined') | map(attribute='n')", "words | select('in', ['a'])",
    "words | reject('match', 'a')", "words | map('upper')", "table | dict2items",
    "table.values() | map(attribute='n')", "table | combine({'z': 1})", "yes | ternary('a', 'b')",
    "'a' if no else 'b'", "'a' if number == 3 else 'b'", "not yes", "'a' in words", "'q' not in words",
    "words | join(',')", "['x', 'y'] | map('extract', table)", "words | union(['z']) | sort",
    "('1: a' | from_yaml)[1]", "(words | length) + 1", "words[0]", "words[-1]", "yes and words", "no or words",
    "text[1:3]", "words | intersect(['a'])", "number // 2", "[1, 2] | max",
    "words | select('match', 'z') | first | default('k')", "words | map('regex_replace', '[^a]', '')",
    "'0755' | string", "'12' | int", "{'a': number}", "(text, number)",
]  # fmt: skip

SERVER = {"koor_memory_mb": 4096, "koor_cores": 4}


def among(value: Any, possible: tuple[Value, ...]) -> bool:
    """Whether a value is one of these; where the lint does not know, anything is."""
    return any(has_holes(one) or one == value or repr(one) in {"MISSING", "OMIT"} for one in possible)


def by_ansible(variables: dict[str, Any], text: str) -> Any:
    value = Templar(DataLoader(), variables=variables).template(trust_as_template(text))
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression(expression: str) -> None:
    text = "{{ " + expression + " }}"
    possible = Evaluator({name: (value,) for name, value in KNOWN.items()}, lambda *_: ([],)).text(text)

    found = by_ansible(KNOWN, text)

    assert among("" if found is None else found, possible), possible


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_variables_of_a_role_with_its_defaults(role: Path) -> None:
    files = read_role(role, f"roles/{role.name}")
    names = list(files.node("vars/main.yml").items())
    loader = DataLoader()
    known = {
        name: value
        for part in ("defaults", "vars")
        if (role / part / "main.yml").exists()
        for name, value in loader.load_from_file(str(role / part / "main.yml"), trusted_as_template=True).items()
    }
    # What lookups return; Ansible's own would have all of this process load collections by its rules.
    scope = role / "meta" / "scope.yml"
    known |= {f"__{role.name}_scope": yaml.safe_load(scope.read_text(encoding="utf-8"))} if scope.exists() else {}
    known["__third_party_contracts"] = []
    known_fully = 0
    for system in {name for scope in files.scopes() for name in scope.systems}:
        lint = evaluator(files, system)
        given = {
            **known,
            **SERVER,
            f"__{role.name}_configured": {"paths": []},
            "koor_system": system,
            "role_path": ROLE_PATH,
            "ansible_facts": dict(lint.name("ansible_facts")[0]),
        }
        for name in names:
            possible = lint.name(name)
            if any(has_holes(one) for one in possible):
                continue
            found = by_ansible(given, "{{ " + name + " }}")
            assert among(found, possible), (system, name, found, possible)
            known_fully += 1

    assert known_fully >= len(names) // 4
