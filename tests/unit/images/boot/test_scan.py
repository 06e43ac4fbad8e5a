import gzip
import hashlib
import os
from pathlib import Path

import pytest

from koor_provision.images.boot.scan import look

KEY = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n"


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
    (tmp_path / "vmlinuz").symlink_to("file")
    (tmp_path / "crowd").mkdir()
    for file in crowd.iterdir():
        os.link(file, tmp_path / "crowd" / file.name)
    (tmp_path / "etc").mkdir()
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
        "home/koor/.netrc",
        "root/.mylogin.cnf",
        "root/.python_history",
        "etc/apt/auth.conf.d/mirror.conf",
        "var/backups/key-koor",
        "var/spool/cron/crontabs/root",
    ],
)
def test_each_forbidden_file_is_found(root, name):
    put(root, name)
    assert list(look(str(root), [])) == [f"{name}: must not be in an image"]


def test_a_machine_id_is_found(root):
    put(root, "etc/machine-id", b"0123456789abcdef0123456789abcdef\n")
    assert list(look(str(root), [])) == ["etc/machine-id: must be empty"]


def test_a_private_key_is_found_by_its_content_and_the_words_in_a_program_are_not(root):
    put(root, "opt/notes.txt", b"kept here: " + KEY)
    put(root, "usr.bin/ssh", b"\x7fELF" + KEY)
    put(root, "opt/manual.txt", b"begins with -----BEGIN OPENSSH PRIVATE KEY----- and ends so too")
    assert list(look(str(root), [])) == ["opt/notes.txt: holds a private key"]


LINES = b"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n"
HEADER = b"-----BEGIN RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "content",
    [
        b'{"key": "' + (HEADER + LINES).replace(b"\n", b"\\n") + b'"}',
        b'"' + (HEADER + LINES).replace(b"\n", b"\\\\n") + b'"',
        HEADER + b"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011223344556677\n\n" + LINES,
        (HEADER + LINES).replace(b"\n", b"\r\n"),
        b"MZ is how this note begins\n" + HEADER + LINES,
        gzip.compress(HEADER + LINES),
        bytes.fromhex("308204bd020100300d06092a864886f70d0101010500048204a7"),
        bytes.fromhex("302e020100300506032b657004220420"),
        bytes.fromhex("30770201010420"),
    ],
    ids=["JSON", "JSON in JSON", "encrypted", "Windows", "begins with MZ", "gzip", "PKCS8", "ed25519", "SEC1"],
)
def test_a_private_key_is_found_however_it_is_written(root, content):
    put(root, "opt/file", content)
    assert list(look(str(root), [])) == ["opt/file: holds a private key"]


def test_a_program_may_hold_a_key_only_if_its_package_brings_it(root):
    program = b"\x7fELF" + HEADER + LINES
    put(root, "usr/lib/libtest.so", program)
    assert list(look(str(root), [])) == ["usr/lib/libtest.so: holds a private key"]
    summed = f"{hashlib.md5(program, usedforsecurity=False).hexdigest()}  usr/lib/libtest.so\n"
    put(root, "var/lib/dpkg/info/libtest.md5sums", summed.encode())
    assert list(look(str(root), [])) == []


def test_a_public_key_is_found_wherever_it_may_let_somebody_in(root):
    key = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBYGB5zYHQUPPBNxTDDKyzLSpTPDF0Bqzcc2vyJ7AOXK x@y.example\n"
    put(root, "etc/keys", key)
    put(root, "usr/share/doc/ssh/example", key)
    assert list(look(str(root), [])) == ["etc/keys: holds a public key, which may let somebody in"]


def test_a_canary_is_found_in_a_name_and_in_where_a_link_leads(root):
    put(root, "opt/builder-7.example.txt")
    (root / "opt/link").symlink_to("/srv/builder-7.example")
    (root / "opt/builder-7.example").mkdir()
    told = {one.partition(":")[0] for one in look(str(root), ["builder-7.example"])}
    assert told == {"opt/builder-7.example.txt", "opt/link", "opt/builder-7.example"}


def test_a_canary_is_found_in_programs_too(root):
    put(root, "usr.bin/tool", b"\x7fELF ... made by builder-7.example ...")
    assert list(look(str(root), ["builder-7.example"])) == ["usr.bin/tool: holds a canary"]


def test_an_empty_tree_is_not_taken_for_clean(tmp_path):
    (tmp_path / "file").touch()
    assert list(look(str(tmp_path), [])) == ["only 1 files were found: the disk was not read"]
