"""What is left of a component, found out on the target."""

import glob
import os
from pathlib import Path

from target_tools import ARGUMENTS, answer, listening, run, unit

FORMAT = "${Package}\t${db:Status-Abbrev}\n"


def packages(names: list[str], states: str) -> list[str]:
    """Return which packages are in a state of dpkg, by its letter."""
    _, out, _ = run("dpkg-query", "--show", "--showformat", FORMAT, *names)
    lines = [line.split("\t") for line in out.splitlines()]
    return sorted(name for name, status in lines if status[1] in states)


def holds(path: str) -> bool:
    """Tell whether something lies there; an empty directory, where a file system is mounted, holds nothing."""
    here = Path(path)
    return here.is_symlink() or not here.is_dir() or any(here.iterdir())


def found(patterns: list[str]) -> list[str]:
    """Return what is there of paths with asterisks."""
    return sorted({name for pattern in patterns for name in glob.glob(pattern) if holds(name)})  # noqa: PTH207 - sees links that lead nowhere


names = ARGUMENTS["packages"]
answer(
    {
        "units": {name: unit(name) for name in ARGUMENTS["services"]},
        "listening": {port: addresses for port in ARGUMENTS["ports"] if (addresses := listening(port))},
        "installed": packages(names, "iHUFWt") if names else [],
        "configured": packages(names, "c") if names else [],
        "files": found(ARGUMENTS["files"]),
        "data": found(ARGUMENTS["data"]),
        "kept": {path: os.path.lexists(path) for path in ARGUMENTS["kept"]},
    }
)
