"""Units and the like are entered once each, and only where the database says afterwards that they are there."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

PARAMETERS: dict[str, Any] = {
    "units": ["North"],
    "departments": [{"name": "Sales", "unit": "North"}, {"name": "Board", "unit": None}],
    "positions": [{"name": "Clerk", "department": "Sales"}, {"name": "Guest", "department": None}],
    "groups": ["Accounting"],
}


@pytest.fixture
def structure(load_shared):
    return load_shared("application_structure")


class Base:
    """A database with one unit, as after an installation."""

    name = "koor"

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {"unit": ["Organisation"], "department": [], "position": [], "group": []}

    def tables(self) -> list[str]:
        return list(self.names)

    def sql(self, statement: str) -> list[list[str]]:
        found = self.names[statement.split("`")[1]]
        return [[name.encode().hex(), str(number)] for number, name in reversed(list(enumerate(found, 1)))]


class Session:
    """The application, which takes what it is given, or says so and does not."""

    def __init__(self, base: Base, *, deaf: bool = False) -> None:
        self.base, self.deaf = base, deaf
        self.heard: list[tuple[str, dict[str, str]]] = []

    def put(self, path: str, **fields: str) -> int:
        self.heard.append((path, fields))
        if not self.deaf:
            self.base.names[path.rpartition("/")[2]].append(fields["name"])
        return 200


def test_what_is_missing_is_entered_in_the_order_in_which_it_belongs_together(structure, tmp_path: Path) -> None:
    base, seen = Base(), structure.Seen(tmp_path)
    session = Session(base)
    wanted = structure.wanted_of(PARAMETERS)
    structure.enter(base, session, structure.split(base, wanted, seen)[0], seen)
    assert session.heard == [
        ("/en/api/organization/unit", {"name": "North", "status": "1"}),
        ("/en/api/organization/department", {"name": "Sales", "status": "1", "unit": "2"}),
        ("/en/api/organization/department", {"name": "Board", "status": "1", "unit": "1"}),
        ("/en/api/organization/position", {"name": "Clerk", "status": "1", "department": "1"}),
        ("/en/api/organization/position", {"name": "Guest", "status": "1"}),
        ("/en/api/admin/group", {"name": "Accounting", "status": "1"}),
    ]
    assert structure.split(base, wanted, seen) == ([], [])


def test_what_was_renamed_or_taken_out_since_is_not_entered_again(structure, tmp_path: Path) -> None:
    base = Base()
    wanted = structure.wanted_of(PARAMETERS)
    structure.enter(base, Session(base), wanted, structure.Seen(tmp_path))
    base.names |= {"unit": ["Organisation", "North GmbH"], "group": []}
    assert structure.split(base, wanted, structure.Seen(tmp_path)) == ([], [])


def test_what_is_there_by_its_name_is_left_alone_whoever_entered_it(structure, tmp_path: Path) -> None:
    base, seen, wanted = Base(), structure.Seen(tmp_path), structure.wanted_of(PARAMETERS)
    base.names["unit"].append("North")
    lacking, found = structure.split(base, wanted, seen)
    assert [one.name for one in found] == ["North"]
    assert lacking == wanted[1:]
    seen.add(*found)
    assert structure.split(base, wanted, structure.Seen(tmp_path)) == (wanted[1:], [])


@pytest.mark.parametrize("tables", [[], None])
def test_before_the_application_is_there_everything_is_missing(structure, load_shared, tables, tmp_path) -> None:
    class Blank(Base):
        def tables(self) -> list[str]:
            if tables is None:
                raise load_shared("application_database").Failed("no such database")
            return []

    wanted = structure.wanted_of(PARAMETERS)
    assert structure.split(Blank(), wanted, structure.Seen(tmp_path), blank=True) == (wanted, [])


def test_an_answer_without_a_row_is_no_success(structure, load_shared, tmp_path: Path) -> None:
    base, seen = Base(), structure.Seen(tmp_path)
    failed = load_shared("application_database").Failed
    with pytest.raises(failed, match="answered 200, and has no unit 'North'"):
        structure.enter(base, Session(base, deaf=True), structure.wanted_of(PARAMETERS), seen)
    assert not list(tmp_path.iterdir())


def test_a_unit_that_went_is_told_by_its_name(structure, load_shared, tmp_path: Path) -> None:
    base = Base()
    (sales,) = [one for one in structure.wanted_of(PARAMETERS) if one.name == "Sales"]
    with pytest.raises(load_shared("application_database").Failed, match="no unit 'North' for the department 'Sales'"):
        structure.enter(base, Session(base), [sales], structure.Seen(tmp_path))


def test_letters_of_any_language_come_and_go_whole(structure, tmp_path: Path) -> None:
    base = Base()
    structure.enter(base, Session(base), [structure.Entry("group", "Einkäufe Łódź")], structure.Seen(tmp_path))
    assert structure.there(base, "group") == {"Einkäufe Łódź": "1"}
    assert structure.Entry("group", "Einkäufe Łódź") in structure.Seen(tmp_path)


@pytest.mark.parametrize(
    "page",
    [
        '<meta name="CSRF" content="abcdef0123456789">',
        '<input type="hidden" name="CSRF" value="abcdef0123456789">',
        '<a href="/en/backend?CSRF=abcdef0123456789">',
        '<script>{"CSRF": "abcdef0123456789"}</script>',
    ],
)
def test_the_token_is_found_wherever_a_page_has_it(load_shared, page: str) -> None:
    assert load_shared("application_api").TOKEN.search(page)[1] == "abcdef0123456789"


def test_a_page_that_only_speaks_of_the_token_has_none(load_shared) -> None:
    assert load_shared("application_api").TOKEN.search("CSRF tokens are checked; CSRF=''") is None


class Done(Exception):  # noqa: N818  # a module ends by one of its exits
    """What a module says at its end."""


@pytest.fixture
def run(load, monkeypatch, tmp_path: Path):
    """A function that runs the module; the first administrator has the given password, or another one by now."""

    def run(base: Base, password: str, *, check_mode: bool = False) -> tuple[dict[str, Any], list[str], list[str]]:
        module = load("application_structure")
        warnings: list[str] = []
        signed_in: list[str] = []

        def end(**result: Any) -> None:
            raise Done(result)

        class SignedIn(Session):
            def __init__(self, name: str, *, https: bool) -> None:
                super().__init__(base)
                assert (name, https) == ("app.example", True)

            def sign_in(self, login: str, word: str) -> None:
                signed_in.append(f"{login}:{word}")

        given = SimpleNamespace(
            params={**PARAMETERS, "database": "koor", "domain": "app.example", "https": True, "secrets": str(tmp_path),
                    "state": str(tmp_path)},
            check_mode=check_mode, no_log_values=set(), exit_json=end, fail_json=end, warn=warnings.append,
        )  # fmt: skip
        monkeypatch.setattr(module, "AnsibleModule", lambda **_: given)
        monkeypatch.setattr(module, "Database", lambda _: base)
        monkeypatch.setattr(module, "Session", SignedIn)
        monkeypatch.setattr(module, "first_password", lambda *_: password)
        with pytest.raises(Done) as done:
            module.main()
        assert password in {"", *given.no_log_values} or not signed_in
        return done.value.args[0], warnings, signed_in

    return run


def test_the_second_run_enters_nothing_and_signs_in_nowhere(run) -> None:
    base = Base()
    first, _, signed_in = run(base, "first-password")
    assert (first["changed"], len(first["entered"]), signed_in) == (True, 6, ["admin:first-password"])
    assert run(base, "first-password") == ({"changed": False, "entered": [], "missing": []}, [], [])


def test_nobody_tries_a_password_that_is_not_the_first_one_any_more(run) -> None:
    base = Base()
    result, warnings, signed_in = run(base, "")
    assert (result["changed"], result["entered"], signed_in) == (False, [], [])
    assert result["missing"][0] == "unit North"
    assert "unit North" in warnings[0]
    assert base.names["unit"] == ["Organisation"]


def test_check_mode_says_what_would_be_entered_and_notes_nothing(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/mariadb")
    base = Base()
    base.names["unit"].append("North")
    result, _, signed_in = run(base, "first-password", check_mode=True)
    assert (result["changed"], len(result["entered"]), signed_in) == (True, 5, [])
    assert not list(tmp_path.iterdir())
