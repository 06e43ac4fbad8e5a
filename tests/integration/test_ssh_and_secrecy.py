"""By ssh on Debian 13, with a custom environment (R7), and with a canary wherever a customer's value can stand.

Nothing of the customer may be left with us (R11): not on any disk of this machine, not in memory directories, and on no
command line while it runs. The case folder itself, with the evidence for the customer in it, is the customer's.
"""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import pytest

from tests.integration.conftest import Koor, Server, inventory, private_directories

CANARY = "k00rcanary"
MEMORY = ("/run", "/dev/shm")  # noqa: S108  # looked at, not written to


@pytest.fixture(scope="module")
def server(server_factory) -> Server:
    server: Server = server_factory("debian13")
    server.run("apt-get", "update", "-qq")
    server.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", "openssh-server")
    server.run("useradd", "--create-home", "--shell", "/bin/sh", f"{CANARY}-login")
    server.run("sh", "-c", f"echo '{CANARY}-login ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/installation")
    return server


@pytest.fixture(scope="module")
def login_key(server: Server, koor: Koor) -> Path:
    key = koor.home / "login"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    server.run("install", "-d", "-m", "700", "-o", f"{CANARY}-login", f"/home/{CANARY}-login/.ssh")
    server.run(
        "sh", "-c", f"cat > /home/{CANARY}-login/.ssh/authorized_keys", stdin=key.with_suffix(".pub").read_text()
    )
    return key


def edit(file: Path, *replacements: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def digest_in(file: Path, field: str) -> str:
    found = re.search(rf"^{field}: (.*)$", file.read_text(), re.MULTILINE)
    assert found
    return found[1]


def digest(file: Path) -> str:
    return subprocess.check_output(["sha256sum", file], text=True).split()[0]


@pytest.fixture(scope="module")
def sample(enrolled: Path) -> Path:
    """By ssh nothing goes that a sample company orders."""
    return enrolled


@pytest.fixture(scope="module")
def case(koor: Koor, sample: Path, server: Server) -> Path:
    """The sample's order with canaries, on a physical server that is reached by ssh."""
    folder, keys = sample / "cases" / "default-offer", sample / "keys"
    host_key = " ".join(server.run("cat", "/etc/ssh/ssh_host_ed25519_key.pub").split()[:2])

    def sign(name: str, *people: str) -> None:
        for number, person in enumerate(people):
            koor("sign", folder / name, "--key", keys / person, *(["--replace"] if number == 0 else []))

    people = (("customer-authorised", f"{CANARY}-boss"), ("customer-it", f"{CANARY}-admin"))
    number = ('"4711"', f'"{CANARY}-4711"')
    edit(
        folder / "agreement.yml",
        number,
        ("Example Bakery", f"{CANARY} Bakery"),
        ("Anna", CANARY),
        ("anna@bakery", f"{CANARY}@{CANARY}"),
        *people,
    )
    sign("agreement.yml", "customer-authorised", "sales-manager", "hocs")
    offer, order = ("O-2026-0815", f"O-{CANARY}"), ("A-2026-0815", f"A-{CANARY}")
    edit(
        folder / "offer.yml", number, offer, ("Run the application", f"Run {CANARY}"),
        ("component: apache", f"component: apache\n    server_name: {CANARY}.example"),
        ("component: mariadb", f"component: mariadb\n    database: {CANARY}_db"),
    )  # fmt: skip
    old_offer = digest_in(folder / "acceptance.yml", "offer_sha256")
    sign("offer.yml", "team-leader")
    edit(folder / "acceptance.yml", number, offer, (old_offer, digest(folder / "offer.yml")))
    sign("acceptance.yml", "customer-authorised")
    old_acceptance = digest_in(folder / "confirmation.yml", "acceptance_sha256")
    edit(
        folder / "confirmation.yml", number, offer, order,
        (old_offer, digest(folder / "offer.yml")), (old_acceptance, digest(folder / "acceptance.yml")),
    )  # fmt: skip
    sign("confirmation.yml", "sales-manager")
    more = f"    environment: physical\n    note: rack {CANARY}\n    ssh_host_key: {host_key}"
    edit(folder / "targets.yml", number, order, ("web-1", f"{CANARY}-web"), ("    environment: default-image", more))
    sign("targets.yml", "customer-it")
    return folder


@pytest.fixture(scope="module")
def reach(server: Server, koor: Koor, login_key: Path, case: Path) -> Path:
    file = inventory(koor.home, name=f"{CANARY}-web", ansible_host=server.address, ansible_user=f"{CANARY}-login",
                     ansible_ssh_private_key_file=str(login_key), ansible_become="true")  # fmt: skip
    return file.rename(case / "inventory.yml")


class ProcessTable:
    """Looks at all command lines and environments here, again and again; those of the servers are not ours."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.looks = 0
        self._stop = threading.Event()
        self._ours = Path("/proc/self/ns/pid").readlink()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._stop.wait(0.02):
            self.looks += 1
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if (process / "ns" / "pid").readlink() != self._ours:
                        continue
                    for what in ("cmdline", "environ"):
                        content = (process / what).read_bytes()
                        if CANARY.encode() in content.lower():
                            self.found.add(f"{what}: {content!r}")
                except OSError:
                    continue

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def search(places: Iterable[str], since: float, needles: Iterable[bytes], skip: Iterable[Path]) -> list[str]:
    """Files that were written since a moment and hold one of the needles, in content or name."""
    # What podman itself keeps of the server is the server, not us; a container's machine-id is its id there.
    podman = {"/var/lib/containers", "/run/containers", "/run/libpod", "/run/runc", "/run/crun", "/run/netns"}
    left_out = {str(path) for path in skip} | {"/proc", "/sys"} | podman
    needles, found = [needle.lower() for needle in needles], []
    for place in places:
        for folder, folders, files in os.walk(place):
            folders[:] = [name for name in folders if f"{folder.rstrip('/')}/{name}" not in left_out]
            for name in (*folders, *files):
                path = Path(folder, name)
                try:
                    if path.lstat().st_ctime < since:
                        continue
                    text = name.encode(errors="surrogateescape")
                    if path.is_file() and not path.is_symlink():
                        text += path.read_bytes()
                except OSError:
                    continue
                if any(needle in text.lower() for needle in needles):
                    found.append(str(path))
    return found


@pytest.fixture(scope="module")
def began(case: Path, reach: Path) -> float:
    """From here on nothing may be left. (What pytest and the fixtures themselves wrote came before.)"""
    time.sleep(1.1)
    return time.time()


@pytest.fixture(scope="module")
def installed(began: float, koor: Koor, sample: Path, case: Path, reach: Path):
    """The order with the plan signed by the customer's responsible for IT beforehand."""
    keys, plan = sample / "keys", case / "plan.yml"
    with ProcessTable() as table:
        alone = koor("install", case, "-i", reach, "--key", keys / "engineer-senior", "--yes", code=1)
        koor("install", case, "-i", reach, "--dry-run", "--plan", plan)
        koor("sign", plan, "--key", keys / "customer-it")
        done = koor("install", case, "-i", reach, "--plan", plan, "--key", keys / "engineer-senior", "--yes")
    return alone, done, table


def test_custom_environment_needs_the_customers_signature(installed) -> None:
    alone, done, _ = installed
    assert f"{CANARY}-admin has neither signed the plan nor shown presence" in alone.stderr
    assert "installed and verified" in done.stdout


def test_plan_says_what_this_system_does_not_have(installed) -> None:
    assert "php-imap is not available" in " ".join(installed[1].stdout.split())


def test_values_of_the_order_arrived(installed, server: Server) -> None:
    """So that the search below looks for something that was there."""
    assert f"{CANARY}_db" in server.run("mariadb", "-e", "SHOW DATABASES")
    assert f"{CANARY}.example" in server.run("cat", "/etc/apache2/sites-enabled/koor.conf")


def test_no_name_is_on_a_command_line(installed) -> None:
    assert installed[2].looks > 100
    assert installed[2].found == set()


def test_nothing_of_the_customer_is_left_with_us(installed, began: float, case: Path, server: Server) -> None:
    passwords = [server.run("sh", "-c", f"sed -n 's/^password *= *//p' {file}").strip('"').encode()
                 for file in server.run("sh", "-c", "ls /etc/koor-provision/secrets/*.cnf").split()]  # fmt: skip
    assert len(passwords) == 5
    assert all(len(password) >= 20 for password in passwords)
    machine_id = server.run("cat", "/etc/machine-id").encode()
    assert search(["/", *MEMORY], began, [CANARY.encode(), machine_id, *passwords], [case]) == []


def test_evidence_has_no_password(installed, case: Path, server: Server) -> None:
    for file in server.run("sh", "-c", "ls /etc/koor-provision/secrets/*.cnf").split():
        password = server.run("sh", "-c", f"sed -n 's/^password *= *//p' {file}").strip('"')
        assert subprocess.run(["grep", "-rqF", password, case], check=False).returncode == 1


def test_killed_run_leaves_memory_only_and_the_next_start_sweeps_it(
    installed, began: float, koor: Koor, sample: Path, case: Path, reach: Path
) -> None:
    command = koor.command("install", case, "-i", reach, "--dry-run")
    with subprocess.Popen(
        command, env=koor.clean_environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.time() + 300
        while not any((path / "ssh_config").exists() for path in private_directories()):
            assert time.time() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    left = private_directories()
    assert left
    assert search(["/"], began, [CANARY.encode()], [case, *left]) == []
    koor("install", case, "-i", reach, "--dry-run")
    assert private_directories() == []
    assert search(["/", *MEMORY], began, [CANARY.encode()], [case]) == []


def test_plain_engine_finds_nothing_to_change(installed, koor: Koor, sample: Path, case: Path, reach: Path) -> None:
    plan = case / "plan-plain.yml"
    koor("install", case, "-i", reach, "--dry-run", "--plan", plan)
    koor("sign", plan, "--key", sample / "keys" / "customer-it")
    key = sample / "keys" / "engineer-senior"
    done = koor("install", case, "-i", reach, "--plan", plan, "--key", key, "--yes", "--engine", "plain")
    assert "nothing had to be changed" in done.stdout


def test_another_host_key_is_refused(installed, koor: Koor, case: Path, reach: Path, server: Server) -> None:
    server.run("sh", "-c", "rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh")
    said = koor("install", case, "-i", reach, "--dry-run", code=3).stderr
    assert "host key is not the one that the customer signed" in said
