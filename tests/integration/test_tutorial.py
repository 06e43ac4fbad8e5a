"""The tutorial, as somebody follows it who copies one block after the other."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT

BLOCKS = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs" / "tutorial.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
STATE = Path.home() / ".cache" / "koor-provision-dev"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block said. A home of its own, where the tutorial puts everything; downloads are those of all tests."""
    home = tmp_path_factory.mktemp("home")
    marked = "\n".join(f"{block}\necho '== end'" for block in BLOCKS)
    environment = {
        "HOME": str(home), "KOOR_DEV_STATE": str(STATE), "LANG": "C.UTF-8",
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", marked], cwd=ROOT, env=environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    finally:
        subprocess.run([ROOT / "script" / "testhost", "down", "koor-tutorial"], check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert not list(home.glob("koor-tutorial"))
    return done.stdout.split("== end")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "admitted"),
        (2, "refused"),
        (5, "apache2"),
        (6, "installed and verified"),
        (7, "signed"),
        (8, "nothing had to be changed"),
    ],
)
def test_each_step_says_what_the_tutorial_promises(said: list[str], number: int, words: str) -> None:
    assert words in said[number]


def test_every_block_was_run(said: list[str]) -> None:
    assert len(said) == len(BLOCKS) + 1
