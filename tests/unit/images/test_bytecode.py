"""The program of the first boot, compiled by this Python in place of an image's."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from koor_provision.images import bytecode
from koor_provision.images.bytecode import compiled
from koor_provision.images.payload import payload
from koor_provision.load.resources import collections


class Here:
    """Runs here what a container is asked to run."""

    name = "here"

    def run(self, *command: str, given: bytes = b"", doing: str, environment: Mapping[str, str] | None = None) -> bytes:
        assert doing
        words = [sys.executable if word == "python3" else word for word in command]
        return subprocess.run(
            words, input=given, stdout=subprocess.PIPE, check=True, env={**os.environ, **(environment or {})}
        ).stdout


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> bytes:
    monkeypatch.setattr(bytecode, "_PLACE", str(tmp_path / "program.pyz"))
    monkeypatch.setattr(bytecode, "_COMPILE", bytecode._COMPILE.replace(b'"/run"', repr(str(tmp_path)).encode()))
    made = compiled(Here(), payload(collections()))  # type: ignore[arg-type]  # what it uses of a container
    assert list(tmp_path.iterdir()) == []
    assert made == compiled(Here(), payload(collections()))  # type: ignore[arg-type]
    return made


def test_each_source_has_its_bytecode_and_that_is_what_runs(program: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(program)) as archive:
        names = set(archive.namelist())
        sources = {name for name in names if name.endswith(".py")}
        assert names - sources == {f"{name}c" for name in sources}
        # Sources that no Python could read show that none of them is read.
        with zipfile.ZipFile(tmp_path / "first-boot.pyz", "w") as spoiled:
            for entry in archive.infolist():
                spoiled.writestr(entry, b"(" if entry.filename in sources else archive.read(entry))
    arguments = {
        "secrets": str(tmp_path / "secrets"),
        "configuration": str(tmp_path / "koor.conf"),
        "group": "root",
        "_ansible_check_mode": True,
    }
    done = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / "first-boot.pyz", "module", "redis_password"],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["changed"] is True
