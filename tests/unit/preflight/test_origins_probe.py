"""Where apt takes packages from, read from its own words; whatever a repository's Release file puts into them."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koor_provision.models.facts import PackageChange
from koor_provision.preflight import origins_probe as origins

ROW, OTHER = "https://mirror.example/debian bookworm/main amd64 Packages", "file:/srv/repository ./ Packages"
POLICY = f"""\
php8.2-cli:
  Installed: (none)
  Candidate: 8.2.36-1
  Version table:
     8.2.36-1 500
        500 {ROW}
        500 {OTHER}
     8.2.32-1 -1
         -1 {ROW}
sudo:
  Installed: 1.9.13p3-1
  Candidate: 1.9.13p3-1
  Version table:
 *** 1.9.13p3-1 500
       1001 {ROW}
        100 /var/lib/dpkg/status
"""


def stanza(folder: Path, row: str, prefix: str, **fields: str) -> str:
    """What apt says of one list; `prefix` is how the names of the repository's files begin."""
    given_fields = {
        "MetaKey": "main/binary-amd64/Packages",
        "Description": row,
        "Filename": f"{folder}/lists/{prefix}main_binary-amd64_Packages",
        "Base-URI": f"https://{prefix}.example/",
        **fields,
    }
    return "".join(f"{name}: {value}\n" for name, value in given_fields.items())


class Server:
    """One whose apt says what a test wants, and whose keys signed what it wants."""

    def __init__(self, targets: str, policy: str, *signed: str) -> None:
        self.targets, self.policy, self.signed = targets, policy, signed

    def run(self, command: list[str], apt_config: str = "") -> "subprocess.CompletedProcess[str]":
        if command[0] in {"sqv", "gpgv"}:
            good = Path(command[-1]).name in self.signed
            said = "[GNUPG:] GOODSIG 0 x\n" if good else "[GNUPG:] ERRSIG 0 x\n"
            return subprocess.CompletedProcess(command, 0 if good else 1, said, "")
        assert apt_config
        said = self.targets if command[1] == "indextargets" else self.policy
        return subprocess.CompletedProcess(command, 0, said, "")


@pytest.fixture(params=["/usr/bin/sqv", "/usr/bin/gpgv"])
def tool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The one program for signatures that the server has."""
    real = os.path.exists
    tools = {"/usr/bin/sqv", "/usr/bin/gpgv"}
    monkeypatch.setattr("os.path.exists", lambda path: path == request.param if path in tools else real(path))
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The private folder of a look, with the lists of two repositories that are signed by somebody."""
    (tmp_path / "lists").mkdir()
    for name in ("first_InRelease", "second_Release", "second_Release.gpg"):
        (tmp_path / "lists" / name).touch()
    (tmp_path / "sources.list").write_text("deb https://mirror.example/debian bookworm main\n", encoding="utf-8")
    (tmp_path / "blind.list").write_text("deb [arch=amd64 trusted=yes] file:/srv/repository ./\n", encoding="utf-8")
    return tmp_path


def sources(server: Server, folder: Path, version: str = "8.2.36-1") -> list[dict[str, str]]:
    change = {"name": "php8.2-cli", "version": version, "old_version": None, "architecture": "amd64"}
    facts = origins.told(server, {"changes": [change], "apt_config": f"{folder}/apt.conf"})
    return list(PackageChange.model_validate(facts["changes"][0]).model_dump()["sources"])


def test_every_repository_that_offers_the_version_is_named(folder: Path, tool: str) -> None:
    entry = f"{folder}/sources.list:1"
    first = stanza(folder, ROW, "first_", Label="Debian", Codename="bookworm", Sourcesentry=entry)
    second = stanza(folder, OTHER, "second_", Label="Third Party", Codename="any", Sourcesentry=entry)
    server = Server(f"{first}\n{second}", POLICY, "first_InRelease")
    assert sources(server, folder) == [
        {"label": "Debian", "codename": "bookworm", "place": ROW, "signed": "system"},
        {"label": "Third Party", "codename": "any", "place": OTHER, "signed": "other"},
    ]
    assert [one["label"] for one in sources(server, folder, "8.2.32-1")] == ["Debian"]
    assert sources(server, folder, "9") == []


@pytest.mark.parametrize(
    ("prefix", "entry", "signed", "said"),
    [
        ("first_", "sources.list:1", ("first_InRelease",), "system"),
        ("second_", "sources.list:1", ("second_Release",), "system"),
        ("first_", "sources.list:1", (), "other"),
        ("first_", "blind.list:1", ("first_InRelease",), "system"),
        ("first_", "blind.list:1", (), "nobody"),
        ("first_", "nowhere.list:1", (), "nobody"),
        ("third_", "sources.list:1", ("third_InRelease",), "nobody"),
    ],
)
def test_who_vouches_for_a_repository(
    folder: Path, tool: str, prefix: str, entry: str, signed: tuple[str, ...], said: str
) -> None:
    target = origins.stanzas(stanza(folder, ROW, prefix, Sourcesentry=f"{folder}/{entry}"))[0]
    assert origins.signer(Server("", "", *signed), target, str(folder)) == said


def test_a_signature_that_does_not_hold_beside_one_that_does_proves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.path.exists", lambda path: path == "/usr/bin/gpgv")

    class Both(Server):
        def run(self, command: list[str], apt_config: str = "") -> "subprocess.CompletedProcess[str]":
            said = "[GNUPG:] GOODSIG 0 x\n[GNUPG:] BADSIG 1 y\n"
            return subprocess.CompletedProcess(command, 0, said, "")

    assert not origins.proven(Both("", ""), ["InRelease"], str(folder))


def test_without_a_program_for_signatures_nothing_is_proven(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.exists", lambda path: False)
    assert not origins.proven(Server("", ""), ["InRelease"], str(folder))


def test_a_list_that_apt_does_not_know_is_nobodys(folder: Path) -> None:
    (one, _) = sources(Server("", POLICY), folder)
    assert (one["label"], one["signed"], one["place"]) == ("", "nobody", ROW)


def test_of_too_many_repositories_none_is_left_out(folder: Path) -> None:
    """None at all are told then, and what comes from nobody knows where is refused."""
    rows = [f"file:/srv/{number} ./ Packages" for number in range(origins.MOST + 1)]
    table = "php8.2-cli:\n  Version table:\n     8.2.36-1 500\n" + "".join(f"        500 {row}\n" for row in rows)
    assert len(sources(Server("", table.replace(f"        500 {rows[-1]}\n", "")), folder)) == origins.MOST
    assert sources(Server("", table), folder) == []


def test_passwords_in_addresses_stay_on_the_server() -> None:
    assert (
        origins.tame("https://anna:secret@mirror.example/debian bookworm") == "https://mirror.example/debian bookworm"
    )


def test_nothing_to_fetch_asks_nothing() -> None:
    facts: dict[str, Any] = {"changes": [], "apt_config": "/x"}
    assert origins.told(None, facts) is facts
    assert origins.told(None, {"busy": True}) == {"busy": True}


# A field of a Release file goes on where a line begins with a space; no other line break can be in one.
LETTERS = st.characters(codec="utf-8", exclude_characters="\n")
FIELD = st.lists(st.text(LETTERS, max_size=30), max_size=4).map("\n ".join)


@given(label=FIELD, codename=FIELD)
def test_no_label_makes_a_repository_another(label: str, codename: str) -> None:
    """Nothing of what a Release file says leaves its field; and whatever it says can be typed."""
    folder = Path("/nowhere")
    first = stanza(folder, OTHER, "first_", Label=label, Codename=codename)
    second = stanza(folder, ROW, "second_", Label="Debian", Codename="bookworm")
    server = Server(f"{first}\n{second}", POLICY)
    debians, foreign = sources(server, folder)
    assert (debians["place"], debians["label"]) == (ROW, "Debian")
    assert foreign["place"] == OTHER
    assert foreign["label"] == origins.tame(label.partition("\n")[0])


@given(said=st.text(), name=st.text(max_size=20))
def test_any_answer_is_read(said: str, name: str) -> None:
    for target in origins.stanzas(said):
        assert all(target)
    assert all(isinstance(rows, list) for rows in origins.offers(said).values())


@given(version=FIELD)
def test_a_version_cannot_bring_rows_of_its_own(version: str) -> None:
    """Another version of a foreign repository, that tells apt's table what it likes, only adds rows."""
    table = POLICY.replace("     8.2.32-1 -1", f"     {version} 500\n        500 {OTHER}\n     8.2.32-1 -1")
    rows = origins.offers(table)[("php8.2-cli", "8.2.36-1")]
    assert rows[:2] == [ROW, OTHER]
