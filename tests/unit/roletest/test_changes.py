"""What a change can affect: worked out from this project's own roles and scenarios."""

import subprocess
from pathlib import Path

import pytest

from koor_provision.errors import InputError
from koor_provision.roletest.changes import affected, changed_since, everything, of_roles
from koor_provision.roletest.mentions import COLLECTION
from koor_provision.roletest.scenarios import scenarios

ROOT = Path(__file__).parents[3]
SCENARIOS = scenarios(ROOT)
ALL = {one.name for one in SCENARIOS}
WITH_REMOVAL = ALL - {"stack", "plain", "mssql", "third_party", "sqlsrv", "application"}


def run(*paths: str) -> set[str]:
    return {one.name for one in affected(ROOT, SCENARIOS, paths).scenarios}


@pytest.mark.parametrize(
    ("path", "scenarios"),
    [
        ("roles/nginx/tasks/main.yml", {"nginx", "plain", "stack", "application"}),
        ("roles/mariadb/templates/90-koor.cnf.j2", {"mariadb", "stack", "application"}),
        ("roles/third_party/meta/software/tesseract.yml", {"third_party"}),
        ("roles/mssql/tasks/main.yml", {"mssql"}),
        ("roles/packages/tasks/main.yml", {"plain", "stack", "application"}),
        ("roles/keep/tasks/main.yml", {"plain", "stack", "application"}),
        ("roles/php/verify/test_php.py", {"php", "plain", "stack", "application"}),
        ("playbooks/install.yml", {"plain", "stack", "application"}),
        ("playbooks/verify/koor_verify.py", ALL),
        ("playbooks/verify/test_web.py", {"apache", "nginx", "plain", "stack", "application"}),
        ("molecule/redis/order.json", {"redis"}),
        ("molecule/shared/create.yml", ALL),
        ("molecule/shared/pin/probe_pin.py", {"mariadb", "postgresql"}),
        (COLLECTION + "plugins/modules/redis_password.py", {"redis", "stack"}),
        (COLLECTION + "plugins/module_utils/scram.py", {"postgresql", "stack"}),
        (COLLECTION + "plugins/modules/packages.py", ALL),
        (
            COLLECTION + "files/backup/koor_sqlite.py",
            {"mariadb", "postgresql", "sqlite", "plain", "stack", "application"},
        ),
        (".config/molecule/config.yml", ALL),
        ("requirements/dev.lock", ALL),
        ("script/testhost", ALL),
        ("README.md", set()),
        ("roles/nginx/README.md", set()),
        ("src/koor_provision/cli/check.py", set()),
    ],
)
def test_a_changed_file_runs_the_scenarios_that_read_it(path, scenarios):
    assert run(path) == scenarios


def test_what_takes_components_out_is_read_by_those_that_end_with_it():
    assert run("roles/removal/tasks/main.yml") >= WITH_REMOVAL
    assert "stack" not in run("roles/removal/tasks/main.yml")


def test_changes_add_up():
    assert run("roles/redis/tasks/main.yml", "docs/audit.md", "roles/mssql/vars/main.yml") == {
        "redis",
        "stack",
        "mssql",
    }


def test_a_changed_role_is_judged_from_its_files_and_others_are_not():
    choice = affected(ROOT, SCENARIOS, ["roles/nginx/tasks/main.yml"])

    assert (choice.roles, choice.playbooks) == (("nginx",), False)


def test_where_the_judge_changes_every_role_is_judged():
    choice = affected(ROOT, SCENARIOS, ["src/koor_provision/rolelint/judge.py"])

    assert choice.roles == everything(ROOT, SCENARIOS).roles
    assert choice.playbooks
    assert not choice.scenarios


def test_a_role_that_is_gone_is_not_judged():
    assert affected(ROOT, SCENARIOS, ["roles/gone/tasks/main.yml"]).roles == ()


def test_a_role_is_chosen_with_the_scenario_of_its_name():
    choice = of_roles(ROOT, SCENARIOS, ["nginx"])

    assert (choice.roles, [one.name for one in choice.scenarios]) == (("nginx",), ["nginx"])
    assert [one.name for one in of_roles(ROOT, SCENARIOS, ["stack"]).scenarios] == ["stack"]


def test_an_unknown_role_is_bad_input_that_names_the_known_ones():
    with pytest.raises(InputError) as raised:
        of_roles(ROOT, SCENARIOS, ["ngnix"])

    assert "nginx" in raised.value.hint


def test_a_chosen_role_that_did_not_change_is_not_run():
    changed = affected(ROOT, SCENARIOS, ["roles/nginx/tasks/main.yml"])
    chosen = changed.of(of_roles(ROOT, SCENARIOS, ["redis", "nginx"]))

    assert (chosen.roles, [one.name for one in chosen.scenarios]) == (("nginx",), ["nginx"])


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, "-C", tmp_path, *arguments], check=True, capture_output=True)

    (tmp_path / "kept").write_text("1")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "moved").write_text("a long text that git would see as moved")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    git("checkout", "-q", "-b", "work")
    (tmp_path / "inner" / "moved").rename(tmp_path / "inner" / "elsewhere")
    git("add", "-A")
    git("commit", "-qm", "second")
    git("checkout", "-q", "main")
    (tmp_path / "theirs").write_text("what others did meanwhile")
    git("add", ".")
    git("commit", "-qm", "third")
    git("checkout", "-q", "work")
    (tmp_path / "new").write_text("not committed")
    return tmp_path


def test_what_is_committed_and_what_is_not_counts_and_the_work_of_others_does_not(checkout):
    assert changed_since(checkout, "main") == ("inner/elsewhere", "inner/moved", "new")


def test_paths_are_those_from_the_folder_that_is_tested(checkout):
    assert changed_since(checkout / "inner", "main") == ("elsewhere", "moved")


@pytest.mark.parametrize("revision", ["nothing", "--output=/tmp/x", "a b", ""])
def test_what_is_no_revision_is_bad_input(checkout, revision):
    with pytest.raises(InputError):
        changed_since(checkout, revision)


def test_without_git_nobody_knows_what_changed(tmp_path):
    with pytest.raises(InputError, match="git does not know"):
        changed_since(tmp_path, "main")
