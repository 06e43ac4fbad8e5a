import os
from pathlib import Path

import pytest

from koor_provision.images.boot.scan import look

KEY = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n"
SHADOW = b"root:!:1::::::\nwww-data:*:1::::::\n"


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """As many files as a small Debian has, which a scan must find before it says that all is well."""
    root = tmp_path_factory.mktemp("crowd")
    for number in range(1000):
        (root / f"file-{number}").write_bytes(b"nothing")
    return root


@pytest.fixture
def root(crowd, tmp_path):
    os.link(crowd / "file-0", tmp_path / "file")
    (tmp_path / "usr").symlink_to("file")
    (tmp_path / "crowd").mkdir()
    for file in crowd.iterdir():
        os.link(file, tmp_path / "crowd" / file.name)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/shadow").write_bytes(SHADOW)
    (tmp_path / "etc/machine-id").write_bytes(b"")
    return tmp_path


def put(root: Path, name: str, content: bytes = b"x") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(content)


def test_a_clean_tree_is_clean(root):
    assert list(look(str(root), ["canary"])) == []


@pytest.mark.parametrize(
    "name",
    [
        "etc/ssh/ssh_host_rsa_key",
        "etc/ssl/koor/koor.key",
        "etc/koor-provision/secrets/redis.cnf",
        "root/.ssh/authorized_keys",
        "home/koor/.ssh/id_ed25519",
        "root/.bash_history",
        "run/something",
        "var/lib/mysql/ibdata1",
        "var/lib/postgresql/17/main/PG_VERSION",
        "var/lib/systemd/random-seed",
        "var/lib/apt/lists/mirror_InRelease",
        "var/cache/apt/archives/php.deb",
        "var/log/apache2/koor-access.log",
    ],
)
def test_each_forbidden_file_is_found(root, name):
    put(root, name)
    assert list(look(str(root), [])) == [f"{name}: must not be in an image"]


@pytest.mark.parametrize("password", ["", "$y$j9T$abc$def", "!$y$j9T$abc$def"])
def test_an_account_with_a_password_is_found(root, password):
    put(root, "etc/shadow", f"koor:{password}:1::::::\n".encode())
    assert list(look(str(root), [])) == ["etc/shadow: the account koor has a password"]


def test_a_tree_without_accounts_is_not_taken_for_clean(root):
    (root / "etc/shadow").unlink()
    assert list(look(str(root), [])) == ["etc/shadow: is not there"]


def test_a_machine_id_is_found(root):
    put(root, "etc/machine-id", b"0123456789abcdef0123456789abcdef\n")
    assert list(look(str(root), [])) == ["etc/machine-id: must be empty"]


def test_a_private_key_is_found_by_its_content_and_the_words_in_a_program_are_not(root):
    put(root, "opt/notes.txt", b"kept here: " + KEY)
    put(root, "usr.bin/ssh", b"\x7fELF" + KEY)
    put(root, "opt/manual.txt", b"begins with -----BEGIN OPENSSH PRIVATE KEY----- and ends so too")
    assert list(look(str(root), [])) == ["opt/notes.txt: holds a private key"]


def test_a_canary_is_found_in_programs_too(root):
    put(root, "usr.bin/tool", b"\x7fELF ... made by builder-7.example ...")
    assert list(look(str(root), ["builder-7.example"])) == ["usr.bin/tool: holds a canary"]


def test_an_empty_tree_is_not_taken_for_clean(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/shadow").write_bytes(SHADOW)
    assert list(look(str(tmp_path), [])) == ["only 1 files were found: the disk was not read"]
