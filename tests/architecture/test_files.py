"""What holds for every file of ours."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = 300
# Where packages and images come from is the machine's business, not the repository's.
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|docker\.io|quay\.io|ghcr\.io|gcr\.io|galaxy\.ansible\.com|registry\.npmjs|"
    r"deb\.debian\.org|security\.debian\.org|index-url",
    re.IGNORECASE,
)


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [file for name in done.stdout.decode().split("\0") if name and (file := ROOT / name).is_file()]


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def test_source_files_are_short() -> None:
    long = {str(file): lines for file in ROOT.glob("src/**/*.py") if (lines := text(file).count("\n")) >= LINES}

    assert not long


def test_no_registry_is_named() -> None:
    """A lock file of pinned versions with hashes needs none; only the script that writes it says so."""
    here = Path(__file__).resolve()
    named = {
        str(file.relative_to(ROOT)): REGISTRIES.findall(text(file))
        for file in tracked()
        if file.resolve() != here and REGISTRIES.search(text(file))
    }

    assert {name: found for name, found in named.items() if name != "script/lock"} == {}


def test_nothing_links_elsewhere() -> None:
    assert not [file for file in tracked() if file.is_symlink()]
