"""Rows of the threats page about what reaches a run: swaps, links, YAML, letters, host patterns, the shell."""

import shutil
from pathlib import Path

import pytest
from tests.conftest import Sample
from tests.threats.test_replay import decide
from tests.world import World

from koor_provision.errors import InputError, RunError
from koor_provision.gate.decision import Authorised
from koor_provision.load.inventory import load_inventory
from koor_provision.load.resources import collections, share
from koor_provision.models.inventory import HostEntry
from koor_provision.preflight.reach import Reach
from koor_provision.provision import runner, seal

SHOP = Path(__file__).parents[1] / "data" / "rolelint" / "shop"


class TestSwapBetweenDecisionAndRun:
    @pytest.fixture
    def private(self, tmp_path: Path) -> Path:
        seal.copy_content(share(), collections(), tmp_path / "private" / "project")
        return tmp_path / "private"

    @pytest.fixture
    def authorised(self, world: World, private: Path) -> Authorised:
        world.trees["plan"]["content_sha256"] = seal.digest(private / "project")
        decision = decide(world)
        assert isinstance(decision, Authorised)
        return decision

    def run(self, authorised: Authorised, private: Path) -> None:
        plan = authorised.proposal.plan
        way = Reach(plan.host.name, HostEntry(ansible_connection="podman"), private, plan.host.ssh_host_key)
        runner.run(authorised, way, private, engine="plain", on_event=lambda _: None, stop=lambda: True)

    def test_another_playbook(self, authorised: Authorised, private: Path):
        with (private / "project" / "playbooks" / "install.yml").open("a") as playbook:
            playbook.write("# a task more\n")

        with pytest.raises(RunError, match="changed after the plan was judged"):
            self.run(authorised, private)

    @pytest.mark.parametrize("name", ["args", "env", "inventory", "ansible.cfg"])
    def test_what_would_lead_ansible_elsewhere(self, authorised: Authorised, private: Path, name: str):
        (private / name).write_text("--version")

        with pytest.raises(RunError, match=f"foreign files .*: {name}"):
            self.run(authorised, private)


class TestLinks:
    @pytest.mark.parametrize("name", ["roles/php/tasks/main.yml", "playbooks/install.yml", "roles/php"])
    def test_in_playbooks_and_roles(self, tmp_path: Path, name: str):
        source = Path(shutil.copytree(share() / "roles" / "php", tmp_path / "share" / "roles" / "php")).parents[1]
        shutil.copytree(share() / "playbooks", source / "playbooks")
        place = source / name
        place.rename(tmp_path / "elsewhere")
        place.symlink_to(tmp_path / "elsewhere")

        with pytest.raises((RunError, InputError), match="link"):
            seal.copy_content(source, collections(), tmp_path / "project")


class TestYaml:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("kind: offer\n", "kind: offer\nkind: offer\n"),
            ("kind: offer\n", "kind: &kind offer\nof: *kind\n"),
            ("kind: offer\n", "kind: !!str offer\n"),
            ("kind: offer\n", "kind: !!python/object/apply:os.system [id]\n"),
            ("kind: offer\n", "<<: {kind: offer}\n"),
            ("kind: offer\n", "kind: offer\ndeep: " + "[" * 200 + "]" * 200 + "\n"),
            ("kind: offer\n", "kind: offer\n# " + "a" * 300_000 + "\n"),
            ("revision: 1\n", "revision: yes\n"),
            ("revision: 1\n", "revision: 1.10\n"),
        ],
    )
    def test_a_document_that_can_be_read_in_two_ways(self, sample: Sample, koor, old: str, new: str):
        sample.edit("offer.yml", old, new, "team-leader")

        answer = koor("check", sample.case)

        assert answer.code == 2
        assert "offer.yml" in answer.out + answer.err
        assert "to do: " in (answer.out + answer.err).lower()


class TestLookAlikeLetters:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("agreement.yml", "customer-authorised", "custome\u0433-authorised"),
            ("agreement.yml", "@bakery", "@b\u0430kery"),
            ("offer.yml", "O-2026-0815", "\u041e-2026-0815"),
            ("targets.yml", "web-1", "w\u0435b-1"),
        ],
    )
    def test_in_what_is_compared(self, sample: Sample, koor, name: str, old: str, new: str):
        sample.edit(name, old, new)

        answer = koor("check", sample.case)

        assert answer.code == 2
        assert name in answer.out + answer.err


class TestHostPatterns:
    @pytest.mark.parametrize("name", ["all", "a:c", "a,c", "~.*", "!a", "@file", "*", "web-[1:9]", "-i", "{{ x }}"])
    def test_a_name_that_means_more_than_one_host(self, tmp_path: Path, name: str):
        inventory = tmp_path / "inventory.yml"
        inventory.write_text(f'all:\n  hosts:\n    "{name}":\n      ansible_connection: podman\n')

        with pytest.raises(InputError):
            load_inventory(inventory)

    @pytest.mark.parametrize("name", ["a:c", "~.*", "!a", "@file", "*"])
    def test_in_the_targets_of_an_order(self, sample: Sample, koor, name: str):
        sample.edit("targets.yml", "web-1", f'"{name}"')

        assert koor("check", sample.case).code == 2


class TestShell:
    @pytest.mark.parametrize(
        "task",
        [
            'ansible.builtin.shell: "echo {{ shop_name }}"',
            "ansible.builtin.raw: echo",
            'ansible.builtin.command: "nginx -t {{ shop_name }}"',
        ],
    )
    def test_a_task_that_puts_values_together_for_one(self, tmp_path: Path, koor, task: str):
        (tmp_path / "playbooks").mkdir()
        role = Path(shutil.copytree(SHOP, tmp_path / "roles" / "shop"))
        (role / "tasks" / "main.yml").write_text(f"- name: Do\n  {task}\n  changed_when: false\n")

        answer = koor("roles", "lint", tmp_path)

        assert answer.code == 1
        assert "roles/shop/tasks/main.yml:2" in answer.out + answer.err
