"""Lets each software do what it is for, as somebody without rights, in a directory that goes afterwards."""

import base64
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer

NOBODY = 65534
SECONDS = 60


def step(folder: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    """Run one command; return what it did beside what it should do."""
    done = subprocess.run(
        wanted["run"],
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
    )
    printed = done.stdout.decode(errors="replace")
    made = {name: folder / name for name in wanted.get("makes", {})}
    return {
        "code": done.returncode,
        "prints": wanted.get("prints", "") in printed,
        "makes": {
            name: path.is_file() and wanted["makes"][name].encode("latin-1") in path.read_bytes()
            for name, path in made.items()
        },
        "said": (done.stderr.decode(errors="replace") + printed)[-500:],
    }


def use(given: dict[str, str], steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Go through the steps with the given files."""
    with tempfile.TemporaryDirectory(prefix="koor-verify-") as name:
        folder = Path(name)
        os.chown(folder, NOBODY, NOBODY)
        for file, content in given.items():
            (folder / file).write_bytes(base64.b64decode(content))
            (folder / file).chmod(0o644)
        return [step(folder, one) for one in steps]


answer({name: use(**one) for name, one in ARGUMENTS["software"].items()})
