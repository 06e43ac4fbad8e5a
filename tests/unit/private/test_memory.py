"""The private directory in memory: there while it is needed, gone afterwards, however a run ended."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from koor_provision.errors import RunError
from koor_provision.private import memory

HOLDER = """
import time
from collections.abc import Iterator
from pathlib import Path
from koor_provision.private import memory
memory.candidates = lambda: [Path({place!r})]
with memory.private_directory() as folder:
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in memory of the test's own."""
    folder = Path("/dev/shm") / f"koor-test-{os.getpid()}-{time.monotonic_ns()}"  # noqa: S108  # it is about memory
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(memory, "candidates", lambda: [folder])
    yield folder
    shutil.rmtree(folder)


def test_is_private_in_memory_and_gone_afterwards(place: Path) -> None:
    with memory.private_directory() as folder:
        assert folder.parent == place
        assert folder.stat().st_mode & 0o777 == 0o700
        assert memory._in_memory(folder)
        (folder / "secret").write_text("x")
    assert list(place.iterdir()) == []


def test_is_gone_after_an_error(place: Path) -> None:
    def fail() -> None:
        with memory.private_directory() as folder:
            (folder / "secret").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(place.iterdir()) == []


def test_sweep_leaves_what_is_alive(place: Path) -> None:
    with memory.private_directory() as folder:
        assert memory.sweep() == []
        assert folder.is_dir()


def test_sweep_takes_what_a_killed_run_left(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = HOLDER.format(place=str(place))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        left = Path(holder.stdout.readline().strip())
        assert memory.sweep() == []
        holder.send_signal(signal.SIGKILL)
    assert left.is_dir()
    assert memory.sweep() == [left]
    assert not left.exists()


def test_starts_at_once_leave_each_other_alone(place: Path) -> None:
    program = f"""
from pathlib import Path
from koor_provision.private import memory
memory.candidates = lambda: [Path({str(place)!r})]
for _ in range(200):
    with memory.private_directory() as folder:
        (folder / "file").write_text("x")
        assert (folder / "file").read_text() == "x"
"""
    runs = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(4)]
    assert [run.wait() for run in runs] == [0] * 4
    assert list(place.iterdir()) == []


def test_sweep_follows_no_link(place: Path, tmp_path: Path) -> None:
    (place / f"{memory.PREFIX}link").symlink_to(tmp_path)
    assert memory.sweep() == []
    assert tmp_path.is_dir()


def test_no_memory_is_an_error_and_not_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "candidates", list)
    with pytest.raises(RunError, match="memory"), memory.private_directory():
        pass


def test_a_disk_is_no_memory() -> None:
    assert not memory._in_memory(Path("/usr"))
    assert memory._in_memory(Path("/dev/shm"))  # noqa: S108
