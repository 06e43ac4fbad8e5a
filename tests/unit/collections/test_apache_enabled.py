import pytest


@pytest.fixture
def apache(load):
    return load("apache_enabled")


@pytest.fixture
def root(tmp_path):
    for folder in ("mods-enabled", "conf-enabled", "sites-enabled"):
        (tmp_path / folder).mkdir()
    (tmp_path / "mods-enabled" / "mpm_event.load").symlink_to("../mods-available/mpm_event.load")
    (tmp_path / "sites-enabled" / "000-default.conf").symlink_to("../sites-available/000-default.conf")
    return tmp_path


def wanted(**kinds: dict[str, bool]) -> dict[str, dict[str, bool]]:
    return {"modules": {}, "configurations": {}, "sites": {}, **kinds}


def test_what_is_as_wanted_needs_no_tool(apache, root):
    assert apache.steps(root, wanted(modules={"mpm_event": True, "php8.2": False}, sites={"koor": False})) == []


def test_what_must_go_goes_before_what_must_come(apache, root):
    steps = apache.steps(
        root, wanted(modules={"mpm_prefork": True, "mpm_event": False}, sites={"koor": True, "000-default": False})
    )
    assert steps == [
        ("a2dismod", ["mpm_event"]),
        ("a2dissite", ["000-default"]),
        ("a2enmod", ["mpm_prefork"]),
        ("a2ensite", ["koor"]),
    ]


def test_before_apache_is_installed_all_is_to_be_enabled_and_nothing_to_be_disabled(apache, tmp_path):
    steps = apache.steps(
        tmp_path / "none", wanted(modules={"ssl": True, "php8.2": False}, configurations={"zz-koor": True})
    )
    assert steps == [("a2enmod", ["ssl"]), ("a2enconf", ["zz-koor"])]


@pytest.mark.parametrize(
    ("tool", "other"), [("a2enmod", "a2dismod"), ("a2enconf", "a2disconf"), ("a2ensite", "a2dissite")]
)
def test_each_tool_has_one_that_undoes_it(apache, tool, other):
    assert (apache.opposite(tool), apache.opposite(other)) == (other, tool)
