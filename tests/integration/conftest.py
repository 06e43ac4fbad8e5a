"""Real servers for tests: Debian with systemd in containers, and a company with cases of its own."""

import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import pytest

ROOT = Path(__file__).resolve().parents[2]


SYSTEMS = ("debian12", "debian13")
# What others try for the greater part (removal, and components one by one: Molecule), or what takes many minutes.
LONG_FILES = {
    "test_adopt.py", "test_combinations.py", "test_kill.py", "test_other_components.py", "test_remove.py",
    "test_tutorial.py", "test_undo_application.py", "test_undo_interrupted.py",
}  # fmt: skip
LONG_SCENARIOS = {"plain", "stack"}


def _left_out(item: pytest.Item) -> bool:
    """Whether a test is one that a machine with little time leaves to another: long, or for the other system.

    Each file and each scenario is tried on one system then. Which one is its name's to say, so that it is always the
    same and both have their share.
    """
    given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    subject = str(given.get("scenario", item.path.name))
    if item.get_closest_marker("long") or subject in LONG_FILES | LONG_SCENARIOS:
        return True
    system = next((value for value in given.values() if value in SYSTEMS), None)
    return system is not None and system != SYSTEMS[crc32(subject.encode()) % 2]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything in this folder needs a server, or takes its time; Molecule, which takes most, comes last.

    With `KOOR_TEST_SHORT=1` the long ones are left out, and one system for each of the others.
    """
    if os.environ.get("KOOR_TEST_SHORT"):
        left = [item for item in items if Path(__file__).parent in item.path.parents and _left_out(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    items.sort(key=lambda item: item.path.name == "test_molecule.py")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.container)


@dataclass
class Server:
    """A test server and how to look at it from inside."""

    name: str
    system: str

    def run(self, *command: str, stdin: str = "") -> str:
        """Run a command there as root; it must succeed."""
        done = subprocess.run(
            ["podman", "exec", "--interactive", self.name, *command],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    @property
    def address(self) -> str:
        """Its address on the bridge."""
        form = "{{.NetworkSettings.IPAddress}}"
        return subprocess.check_output(["podman", "inspect", "--format", form, self.name], text=True).strip()


@pytest.fixture(scope="session", autouse=True)
def _podman() -> None:
    """What podman needs on this machine, found out once by script/testhost."""
    line = subprocess.check_output([ROOT / "script" / "testhost", "env"], text=True).strip()
    name, _, value = line.partition("=")
    os.environ[name] = value


@pytest.fixture(scope="module")
def server_factory(_podman: None, request: pytest.FixtureRequest) -> Iterator[Callable[..., Server]]:
    """Fresh servers, removed after the test file; another checkout's tests of the same file have others."""
    servers: list[Server] = []
    file = request.module.__name__.rpartition(".")[2].replace("_", "-")

    def make(system: str, *podman_options: str) -> Server:
        name = f"koor-{file}-{os.getpid()}-{len(servers)}"
        environment = {**os.environ, "KOOR_TESTHOST_OPTIONS": " ".join(podman_options)}
        subprocess.run([ROOT / "script" / "testhost", "up", name, system], env=environment, check=True)
        servers.append(Server(name, system))
        return servers[-1]

    yield make
    subprocess.run([ROOT / "script" / "testhost", "down", *(server.name for server in servers)], check=True)


@dataclass
class Koor:
    """The command line, in a home of its own."""

    home: Path
    executable: Path = ROOT / ".venv" / "bin" / "koor-provision"
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *arguments: str | Path) -> list[str]:
        return [str(self.executable), *(str(argument) for argument in arguments)]

    @property
    def clean_environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "CONTAINERS_CONF", "VIRTUAL_ENV") if name in os.environ}
        return {**kept, "HOME": str(self.home), "LANG": "C.UTF-8", **self.environment}

    def __call__(self, *arguments: str | Path, code: int = 0) -> "subprocess.CompletedProcess[str]":
        """Run it, and expect an exit code."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.clean_environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, f"exit code {done.returncode}, expected {code}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    @property
    def ledger(self) -> Path:
        return self.home / ".local" / "state" / "koor-provision" / "ledger.jsonl"


@pytest.fixture(scope="module")
def koor(tmp_path_factory: pytest.TempPathFactory) -> Koor:
    return Koor(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def sample(koor: Koor) -> Path:
    koor("sample", koor.home / "sample")
    return koor.home / "sample"


@pytest.fixture(scope="module")
def enrolled(koor: Koor) -> Path:
    """The same as a real company's: moved away from where it is a sample, and its CTO's key recorded by the engineer.

    What a sample's keys sign goes to containers only, and to nothing that is reached by ssh.
    """
    koor("sample", koor.home / "written")
    folder = (koor.home / "written").rename(koor.home / "enrolled")
    koor("trust", folder / "company", "--fingerprint", fingerprint(folder / "keys" / "cto"))
    return folder


def fingerprint(key: Path) -> str:
    """A key's fingerprint, as its holder reads it out."""
    return subprocess.check_output(["ssh-keygen", "-lf", key], text=True).split()[1]


def inventory(folder: Path, name: str = "web-1", **variables: str | int) -> Path:
    """An inventory file with one host."""
    lines = [f"      {key}: {value}" for key, value in variables.items()]
    file = folder / f"inventory-{len(list(folder.glob('inventory-*')))}.yml"
    file.write_text("\n".join(["all:", "  hosts:", f"    {name}:", *lines]) + "\n", encoding="utf-8")
    return file


def private_directories() -> list[Path]:
    """What runs have in memory at this moment."""
    places = ("/run", "/dev/shm")  # noqa: S108  # looked at, not written to
    return [path for place in places for path in Path(place).glob("koor-provision.*")]


def left_behind() -> list[Path]:
    """Those that no living run holds; others may be at work on the same machine."""
    return [path for path in private_directories() if not _held(path)]


def _held(folder: Path) -> bool:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:  # gone meanwhile, with its run
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
