"""The lint as a whole: our own roles, links, dead permissions, playbooks, and files that hold anything at all."""

import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.amount import examples

from koor_provision.errors import InputError, KoorError
from koor_provision.models.lint import RULES, Fault
from koor_provision.rolelint.lint import judge, lint, lint_role
from koor_provision.rolelint.playbooks import check
from koor_provision.rolelint.role import RoleFiles

ROOT = Path(__file__).parents[3]
SHOP = Path(__file__).parents[2] / "data" / "rolelint" / "shop"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one role and no playbooks."""
    shutil.copytree(SHOP, tmp_path / "roles" / "shop")
    return tmp_path


def told(root: Path, *only: str) -> list[str]:
    return [f"{fault.file}:{fault.line} {fault.rule} {fault.what}" for fault in lint(root, only)]


def playbook(root: Path, text: str) -> list[str]:
    (root / "playbooks").mkdir(exist_ok=True)
    (root / "playbooks" / "install.yml").write_text(text, encoding="utf-8")
    return [one for one in told(root) if one.startswith("playbooks/")]


def test_a_role_without_a_contract_is_told_so(root: Path) -> None:
    (root / "roles" / "shop" / "meta" / "scope.yml").unlink()
    with pytest.raises(InputError, match="no contract") as caught:
        lint(root)
    assert "roles/shop/meta/scope.yml" in str(caught.value.where)


def test_our_own_roles_and_playbooks_stay_inside() -> None:
    assert lint(ROOT) == []


def test_one_role_is_judged_alone(root: Path) -> None:
    (root / "roles" / "other").mkdir()

    assert told(root, "shop") == [one for one in told(root, "shop") if " unused " in one]
    with pytest.raises(InputError, match="no role 'nothing'"):
        lint(root, ["nothing"])
    with pytest.raises(InputError, match=r"roles/other/meta/scope\.yml"):
        lint(root)


def test_links_are_refused_and_not_followed(root: Path) -> None:
    shop = root / "roles" / "shop"
    (shop / "tasks" / "large.yml").unlink()
    (shop / "tasks" / "large.yml").symlink_to("small.yml")
    (shop / "templates" / "etc").symlink_to("/etc")
    (root / "roles" / "linked").symlink_to("shop")

    links = [one for one in told(root) if " link " in one]

    assert [one.split(" ")[0] for one in links] == [
        "roles/linked:1", "roles/shop/tasks/large.yml:1", "roles/shop/templates/etc:1",
    ]  # fmt: skip


def test_what_nothing_explains_is_a_warning_at_its_line(root: Path) -> None:
    shop = root / "roles" / "shop"
    (shop / "tasks" / "main.yml").write_text(
        "- name: Install\n  koor.provision.packages:\n    names: [shop-server, shop-small, shop-large]\n"
        "- name: Run\n  koor.provision.services:\n    names: [shop.service]\n",
        encoding="utf-8",
    )
    scope = (shop / "meta" / "scope.yml").read_text(encoding="utf-8")
    (shop / "meta" / "scope.yml").write_text(scope.replace("  - /etc/sudoers.d/shop\n", "  - /root/.ssh/\n"))

    found = [fault for fault in lint_role(shop, "roles/shop") if "setting" not in fault.what]

    assert all(fault.warning and fault.rule == "unused" for fault in found)
    assert [(fault.line, fault.what.split("'")[1]) for fault in found] == [
        (6, "shop-client"), (11, "rival.service"), (11, "shop.timer"), (24, "/root/.ssh/"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- hosts: targets\n  roles: [shop]\n", []),
        ("- hosts: targets\n  roles: [{role: shop}]\n", []),
        ("- hosts: targets\n  tasks:\n    - ansible.builtin.include_role: {name: shop}\n", []),
        (
            """- hosts: targets
  vars: {koor_all: [shop]}
  tasks:
    - ansible.builtin.include_role: {name: '{{ item }}'}
      loop: "{{ koor_all | select('in', koor_components) }}"
""",
            [],
        ),
        ("- hosts: targets\n  roles: [nothing]\n", [":2 playbook there is no role 'nothing'"]),
        ("- hosts: all\n  roles: [shop]\n", [":1 playbook does not say one plain group"]),
        ("- hosts: 'a:!b'\n  roles: [shop]\n", [":1 playbook does not say one plain group"]),
        ("- roles: [shop]\n", [":1 playbook does not say one plain group"]),
        (
            "- hosts: targets\n  tasks:\n    - name: Do\n      ansible.builtin.command: id\n",
            [":4 playbook holds 'ansible.builtin.command' and not a role"],
        ),
        ("- hosts: targets\n  tasks:\n    - name: Do\n", [":3 playbook holds a task that is no role"]),
        (
            "- hosts: targets\n  tasks:\n    - ansible.builtin.include_role: {name: '{{ koor_role }}'}\n",
            [":3 playbook cannot be judged: which role"],
        ),
        (
            "- hosts: targets\n  tasks:\n    - ansible.builtin.include_role: {name: shop, tasks_from: small}\n",
            [":3 playbook takes a part of a role by 'tasks_from'"],
        ),
        (
            "- hosts: targets\n  roles: [shop]\n  pre_tasks: []\n  handlers: []\n  vars_files: [a.yml]\n",
            [":3 playbook 'pre_tasks'", ":4 playbook 'handlers'", ":5 playbook 'vars_files'"],
        ),
        (
            "- hosts: targets\n  roles: [shop]\n  vars:\n    koor_a: \"{{ lookup('env', 'HOME') }}\"\n",
            [":4 lookup the lookup 'env'"],
        ),
        ("- hosts: targets\n  vars: {shop_x: 1}\n  roles: [shop]\n", [":2 playbook sets 'shop_x'"]),
        ("- hosts: targets\n  roles: [{role: shop, vars: {__shop_here: 1}}]\n", [":2 playbook gives a role 'vars'"]),
        (
            "- hosts: targets\n  tasks:\n    - ansible.builtin.include_role: {name: shop}\n      vars: {__shop_x: 1}\n",
            [":4 playbook holds 'vars'"],
        ),
        ("- import_playbook: ../other.yml\n", [":1 playbook 'import_playbook'", ":1 playbook does not say"]),
    ],
)
def test_playbooks_hold_roles_only(root: Path, text: str, words: list[str]) -> None:
    found = playbook(root, text)

    assert len(found) == len(words), found
    for one in words:
        assert any(one in line for line in found), found


def test_what_ansible_would_load_beside_a_playbook_is_refused(root: Path) -> None:
    for name in ("ansible.cfg", "library/x.py", "callback_plugins/y.py"):
        (root / "playbooks" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "playbooks" / name).write_text("", encoding="utf-8")

    assert [one.split(" ")[0] for one in told(root) if " link " in one] == [
        "playbooks/ansible.cfg:1", "playbooks/callback_plugins/y.py:1", "playbooks/library/x.py:1",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a: [", "a: &x b\nc: *x", "a: !!python/name:os b", "a: 1\na: 2", "\x00"])
def test_what_is_no_yaml_of_ours_is_bad_input_with_its_place(root: Path, text: str) -> None:
    (root / "roles" / "shop" / "tasks" / "small.yml").write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=r"roles/shop/tasks/small\.yml"):
        lint(root)


WORDS = st.sampled_from([
    "block", "loop", "when", "name", "vars", "ansible.builtin.copy", "ansible.builtin.include_tasks", "args", "dest",
    "path", "koor.provision.configuration", "files", "within", "hosts", "roles", "tasks", "item", "{{ item }}",
    "{{ x | map('y') }}", "{{ lookup('file', 'x') }}", "{{ [1] | first(2) | combine({}) }}", "{{ {}[x].y() }}",
    "{{ a and b or not c }}", "{% if %}", "{{ x[1:2] }}", "{{ shop_parts | map('extract', {'a': 1}) }}",
    "{{ 'a' | regex_search('(') }}", "/etc/shop/{{ x }}", "\ud7ff",
])  # fmt: skip
JUNK = st.recursive(
    st.one_of(WORDS, st.text(max_size=8), st.integers(), st.booleans(), st.none()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)
PLACES = ["tasks/main.yml", "handlers/main.yml", "vars/main.yml", "defaults/main.yml", "meta/argument_specs.yml",
          "meta/main.yml"]  # fmt: skip


FILES = {str(path.relative_to(SHOP)): path.read_bytes() for path in SHOP.rglob("*") if path.is_file()}


def judged(files: dict[str, bytes]) -> list[Fault]:
    """What the lint says of the role with other files; nothing where they are bad input."""
    try:
        return judge(RoleFiles("shop", "roles/shop", FILES | files))
    except KoorError:
        return []


@settings(max_examples=examples(100))
@given(content=JUNK, place=st.sampled_from(PLACES))
def test_junk_is_judged_or_bad_input_and_never_a_bug(content: object, place: str) -> None:
    data = yaml.safe_dump(content, allow_unicode=True).encode(errors="replace")

    assert all(fault.rule in RULES and fault.line >= 1 and fault.remedy for fault in judged({place: data}))


@settings(max_examples=examples(100))
@given(content=JUNK)
def test_junk_in_playbooks_is_never_a_bug(tmp_path_factory, content: object) -> None:
    folder = tmp_path_factory.mktemp("junk")
    (folder / "junk.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    try:
        assert all(fault.rule in RULES for fault in check(folder, "playbooks", {"shop"}))
    except KoorError:
        return


@settings(max_examples=examples(100))
@given(content=st.binary(max_size=200) | st.text(alphabet="{}%#[]()|'\"-: \nabc/.$~", max_size=80).map(str.encode))
def test_junk_in_templates_and_texts_is_never_a_bug(content: bytes) -> None:
    told = judged({"templates/shop.conf.j2": content}) + judged({"tasks/small.yml": b"- name: " + content})

    assert all(fault.rule in RULES for fault in told)
