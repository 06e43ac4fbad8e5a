"""The first boot's own program, with everything that it makes replaced: its order, and what it says when it fails."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from koor_provision.images.target import main as first_boot
from koor_provision.images.target import secrets_here

PASSWORD = "b" * 20


@pytest.fixture
def image(tmp_path, monkeypatch):
    """A home as the image has it, and a list of what was done."""
    home = tmp_path / "koor-image"
    home.mkdir()
    (home / "first-boot.pyz").write_text("program")
    jobs = {"components": [], "ordered_sizes": [], "before": [["before", {}]], "after": [["after", {}]]}
    (home / "jobs.json").write_text(json.dumps(jobs))
    (tmp_path / "shadow").write_text("root:*:20000::::::\nkoor:!:20000:0:99999:7:::\n")
    (tmp_path / "secrets").mkdir()
    done: list[str] = []

    def give_login(_: str) -> None:
        done.append("login")
        (tmp_path / "shadow").write_text("koor:$y$x:0:0:99999:7:::\n")

    for name in ("make_host_keys", "make_snakeoil", "make_mariadb", "make_postgresql"):
        monkeypatch.setattr(secrets_here, name, lambda name=name: done.append(name))
    monkeypatch.setattr(secrets_here, "give_login", give_login)
    monkeypatch.setattr(secrets_here, "new_password", lambda: PASSWORD)
    monkeypatch.setattr(secrets_here, "run_module", lambda name, _: done.append(name))
    for name, value in (("HOME", home), ("NOTICE", tmp_path / "issue.d" / "koor.issue"),
                        ("SHADOW", tmp_path / "shadow"), ("SECRETS", tmp_path / "secrets"),
                        ("CONSOLES", (str(tmp_path / "console"), str(tmp_path / "missing" / "serial")))):  # fmt: skip
        monkeypatch.setattr(first_boot, name, value)
    (tmp_path / "console").write_text("")
    monkeypatch.setattr(first_boot, "resize", lambda *_: done.append("sizes"))
    before = signal.getsignal(signal.SIGTERM)
    yield done
    signal.signal(signal.SIGTERM, before)


def step(monkeypatch, name: str) -> int:
    monkeypatch.setattr("sys.argv", ["first-boot.pyz", name])
    return first_boot.main()


def fails(monkeypatch, name: str, said: str) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(said)

    monkeypatch.setattr(secrets_here, name, fail)


def test_both_steps_end_with_a_login_and_nothing_left(image, monkeypatch, tmp_path):
    assert step(monkeypatch, "machine") == 0
    assert step(monkeypatch, "accounts") == 0
    assert image == ["login", "make_host_keys", "make_snakeoil", "sizes", "make_mariadb", "make_postgresql",
                     "before", "after"]  # fmt: skip
    assert not first_boot.HOME.exists()
    notice = first_boot.NOTICE.read_text()
    assert notice.startswith("This server is ready: https://\\4/\n")
    assert f"    password  {PASSWORD}   " in notice
    assert first_boot.NOTICE.stat().st_mode & 0o777 == 0o600
    assert "First boot: making this machine's own keys" in (tmp_path / "console").read_text()


def test_a_machine_whose_first_boot_failed_says_why_and_lets_its_owner_in(image, monkeypatch):
    fails(monkeypatch, "make_postgresql", f"initdb\x1b[2J\\4 said: no {PASSWORD} left")
    with pytest.raises(RuntimeError):
        step(monkeypatch, "machine")
    notice = first_boot.NOTICE.read_text()
    said, _, login = notice.partition("First login")
    assert "RuntimeError: initdb [2J 4 said: no *** left" in said
    assert PASSWORD in login
    assert "\x1b" not in notice


def test_what_failed_is_tried_again_with_a_login_that_works(image, monkeypatch):
    fails(monkeypatch, "make_host_keys", "x")
    with pytest.raises(RuntimeError):
        step(monkeypatch, "machine")
    monkeypatch.setattr(secrets_here, "make_host_keys", lambda: image.append("keys"))
    assert step(monkeypatch, "machine") == 0
    assert image.count("login") == 2
    assert "keys" in image


def test_a_password_that_somebody_chose_in_between_is_not_replaced(image, monkeypatch, tmp_path):
    fails(monkeypatch, "run_module", "x")
    with pytest.raises(RuntimeError):
        step(monkeypatch, "machine")
    (tmp_path / "shadow").write_text("koor:$y$chosen:20500:0:99999:7:::\n")
    monkeypatch.setattr(secrets_here, "run_module", lambda *_: None)
    assert step(monkeypatch, "machine") == 0
    assert step(monkeypatch, "accounts") == 0
    assert image.count("login") == 1
    assert first_boot.NOTICE.read_text() == "This server is ready: https://\\4/\n\n"


def test_a_first_boot_that_systemd_stopped_says_so_too(image, monkeypatch):
    monkeypatch.setattr(secrets_here, "make_mariadb", lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(TimeoutError):
        step(monkeypatch, "machine")
    assert "was stopped before it had finished" in first_boot.NOTICE.read_text()
    assert PASSWORD in first_boot.NOTICE.read_text()


def test_no_secret_of_the_server_is_on_the_console(image, monkeypatch, tmp_path):
    (tmp_path / "secrets" / "redis.cnf").write_text("password = Aa1-very-secret\n")
    fails(monkeypatch, "make_mariadb", "cannot use Aa1-very-secret")
    with pytest.raises(RuntimeError):
        step(monkeypatch, "machine")
    assert "cannot use ***" in first_boot.NOTICE.read_text()


@pytest.mark.parametrize("torn_after", range(6))
def test_a_deletion_that_was_torn_never_begins_the_first_boot_again(image, monkeypatch, torn_after):
    """Wherever the power goes: no step is done twice as long as the program is there."""
    step(monkeypatch, "machine")
    unlink = Path.unlink
    left = [torn_after]

    def torn(self: Path, *args: bool, **options: bool) -> None:
        if self.parent == first_boot.HOME and ".new" not in self.name:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
        unlink(self, *args, **options)

    with monkeypatch.context() as power:
        power.setattr(Path, "unlink", torn)
        try:
            step(power, "accounts")
        except KeyboardInterrupt:
            assert torn_after < 5
    before = list(image)
    if (first_boot.HOME / "first-boot.pyz").exists():  # as the units' condition has it
        step(monkeypatch, "machine")
        step(monkeypatch, "accounts")
        assert not first_boot.HOME.exists()
    assert image == before


CLOCK = Path(first_boot.__file__).parents[1] / "files" / "usr/local/lib/koor-image/clock"


@pytest.fixture
def certificates(tmp_path, monkeypatch):
    """A way to make a certificate and run the program over it; returns when the result begins."""
    folder = tmp_path / "ssl"
    folder.mkdir()
    program = tmp_path / "clock"
    program.write_text(CLOCK.read_text().replace("/etc/ssl/koor", str(folder)))
    stand_in = tmp_path / "bin"
    stand_in.mkdir()

    def run(now: str) -> str:
        """Run as if it were then: `date` says so, and OpenSSL signs by the true clock."""
        (stand_in / "date").write_text(
            f'#!/bin/sh\nif [ "$1" = +%s ]; then exec /bin/date -d "{now}" +%s; fi\nexec /bin/date "$@"\n'
        )
        (stand_in / "date").chmod(0o755)
        done = subprocess.run(
            ["sh", program], env={"PATH": f"{stand_in}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
        )
        return done.stdout

    subprocess.run(
        ["openssl", "req", "-x509", "-noenc", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj",
         "/CN=here", "-addext", "subjectAltName=DNS:here,DNS:localhost", "-keyout", folder / "koor.key", "-out",
         folder / "koor.crt"], check=True, capture_output=True,
    )  # fmt: skip
    return run, folder / "koor.crt"


def test_a_certificate_of_the_future_is_signed_anew_with_its_names_and_key(certificates):
    run, file = certificates
    before = file.read_bytes()
    assert "renewed" in run("yesterday")
    assert file.read_bytes() != before
    text = subprocess.run(["openssl", "x509", "-in", file, "-noout", "-text"], capture_output=True, check=True).stdout
    assert b"DNS:here, DNS:localhost" in text
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_certificate_that_is_valid_is_left_alone(certificates):
    run, file = certificates
    before = file.read_bytes()
    assert run("tomorrow") == ""
    assert file.read_bytes() == before
