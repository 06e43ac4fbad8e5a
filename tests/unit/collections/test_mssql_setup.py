from types import SimpleNamespace

import pytest


@pytest.fixture
def setup(load, tmp_path, monkeypatch):
    """The work on a host where commands are only written down."""
    module = load("mssql_setup")
    monkeypatch.setattr(module, "read_secret", lambda path: (path.read_text(), True) if path.exists() else ("", False))
    calls: list[tuple[list[str], dict[str, str]]] = []
    warnings: list[str] = []

    def run_command(argv, environ_update):
        calls.append((argv[1:], environ_update))
        if "setup" in argv:
            (tmp_path / "data").mkdir()
            (tmp_path / "data" / "master.mdf").touch()
        else:
            (tmp_path / "mssql.conf").write_text(f"[memory]\nmemorylimitmb = {argv[-1]}\n")
        return 0, "", ""

    def work(*, check_mode=False, memory_mb=2048):
        del calls[:], warnings[:]
        parameters = {
            "edition": "standard",
            "memory_mb": memory_mb,
            "program": "mssql-conf",
            "directory": str(tmp_path),
            "secrets": str(tmp_path / "secrets"),
        }
        given = SimpleNamespace(
            params=parameters, check_mode=check_mode, no_log_values=set(), run_command=run_command, warn=warnings.append
        )
        one = module.Setup(given)
        one.first_start()
        one.memory()
        return one.actions

    return SimpleNamespace(work=work, calls=calls, warnings=warnings, folder=tmp_path, module=module)


def test_first_start_is_told_the_kept_password_and_in_no_argument(setup):
    actions = setup.work()
    kept = setup.module.parse_option_file((setup.folder / "secrets" / "mssql-sa.cnf").read_text())
    assert actions[1:] == ["set up", "limit memory to 2048 MB"]
    (words, environment), memory = setup.calls
    assert environment == {"ACCEPT_EULA": "Y", "MSSQL_PID": "standard", "MSSQL_SA_PASSWORD": kept}
    assert kept
    assert kept not in [*words, *actions]
    assert memory == (["set", "memory.memorylimitmb", "2048"], {})


def test_second_run_does_nothing_and_a_changed_limit_is_set(setup):
    setup.work()
    assert setup.work() == []
    assert setup.work(memory_mb=4096) == ["limit memory to 4096 MB"]


def test_check_writes_and_runs_nothing(setup):
    assert len(setup.work(check_mode=True)) == 3
    assert setup.calls == []
    assert list(setup.folder.iterdir()) == []


def test_interrupted_setup_goes_on_with_the_password_that_was_kept(setup):
    setup.work()
    (setup.folder / "data" / "master.mdf").unlink()
    (setup.folder / "data").rmdir()
    kept = (setup.folder / "secrets" / "mssql-sa.cnf").read_text()
    assert setup.work() == ["set up"]
    assert (setup.folder / "secrets" / "mssql-sa.cnf").read_text() == kept


def test_server_of_somebody_else_keeps_its_password(setup):
    (setup.folder / "data").mkdir()
    (setup.folder / "data" / "master.mdf").touch()
    assert setup.work() == ["limit memory to 2048 MB"]
    assert "by somebody else" in setup.warnings[0]
    assert not (setup.folder / "secrets").exists()


@pytest.mark.parametrize("text", ["", "[sqlagent]\nenabled = true\n", "no ini"])
def test_no_limit_is_no_limit(setup, text):
    assert setup.module.memory_limit(text) == ""
