# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs the programs of a database between files of any size. What they complain of is seen at once."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import subprocess
from pathlib import Path
from typing import BinaryIO

DONE, REFUSED, BAD_INPUT, FAILED = 0, 1, 2, 3
PIECE = 2**20  # bytes copied at once


class Problem(Exception):  # noqa: N818 - carries an exit code, and its message is for people
    """Something that keeps us from going on."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def judge(command: list[str], code: int) -> None:
    """Make a failure a Problem; the program's own words have been printed by itself."""
    if code != 0:
        raise Problem(f"{' '.join(command)} failed with exit code {code}")


def ask(command: list[str], text: str, umask: int = -1) -> str:
    """Return what a program answers to a text, without the last line's end."""
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=False, cwd="/", umask=umask)
    judge(command, done.returncode)
    return done.stdout.strip()


def pack(command: list[str], file: BinaryIO) -> None:
    """Run a program and write its output into an open file, compressed, with a sum that shows what is torn."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd="/")
    with process, gzip.open(file, "wb", compresslevel=6) as packed:
        if process.stdout:
            shutil.copyfileobj(process.stdout, packed, PIECE)
    judge(command, process.returncode)


def unpack(path: Path, command: list[str]) -> None:
    """Run a program that reads what is in a compressed file; where the file is torn, an EOFError says so."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd="/")
    with gzip.open(path) as packed:
        with contextlib.suppress(BrokenPipeError), process:  # if it stops reading, its exit code says why
            if process.stdin:
                shutil.copyfileobj(packed, process.stdin, PIECE)
        while packed.read(PIECE):
            pass  # to the end, where the sum stands
    judge(command, process.returncode)
