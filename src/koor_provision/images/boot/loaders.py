"""Compares the EFI system partition with the root that it starts. Runs where the files are, with Python alone."""

import json
import os
import sys
from collections.abc import Iterator, Mapping


def compared(root: str, esp: str, copies: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong, a line each.

    Args:
        copies: of files of the root: where each lies on the ESP.
        texts: what is written there besides.
    """
    expected = {name: _read(root, source) for source, name in copies.items()}
    expected |= {name: text.encode() for name, text in texts.items()}
    found = set()
    for folder, folders, names in os.walk(esp):
        for name in [*names, *(one for one in folders if os.path.islink(os.path.join(folder, one)))]:  # noqa: PTH114, PTH118
            found.add(os.path.relpath(os.path.join(folder, name), esp))  # noqa: PTH118  # as in scan.py
    yield from (f"{name}: must not be there" for name in sorted(found - expected.keys()))
    yield from (f"{name}: is not there" for name in sorted(expected.keys() - found))
    for name in sorted(found & expected.keys()):
        if _read(esp, name) != expected[name]:
            yield f"{name}: is not the one that it should be"


def _read(root: str, name: str) -> bytes:
    with open(os.path.join(root, name), "rb") as file:  # noqa: PTH118, PTH123
        return file.read()


if __name__ == "__main__":
    json.dump(list(compared(sys.argv[1], "/disks/esp", *json.loads(sys.argv[2]))), sys.stdout)
