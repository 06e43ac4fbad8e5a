"""Tests that wait run when they are wanted, and never otherwise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from koor_provision.verify.gate import GO, NOT_WANTED


@pytest.mark.parametrize(("word", "code", "ran"), [(GO, 0, True), (b"", NOT_WANTED, False), (b"?", NOT_WANTED, False)])
def test_only_the_word_opens(tmp_path: Path, word: bytes, code: int, ran: bool) -> None:
    test = tmp_path / "test_it.py"
    test.write_text("from pathlib import Path\ndef test_it():\n    Path('ran').touch()\n", encoding="ascii")
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "koor_provision.verify.gate"]
    with subprocess.Popen(
        [*command, str(test)],
        cwd=tmp_path,
        env={**os.environ, "KOOR_GATE": str(reader), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(reader,),
    ) as process:
        os.close(reader)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1.5)  # it waits, however long the run takes
        assert not (tmp_path / "ran").exists()
        os.write(writer, word)
        os.close(writer)
        said, _ = process.communicate(timeout=60)
    assert (process.returncode, (tmp_path / "ran").exists()) == (code, ran), said.decode()
