"""Asks the real schema of OVF, where somebody has it: it may not be shipped, and xmllint (libxml2) reads it."""

import shutil
import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from koor_provision.errors import InputError, RunError
from koor_provision.images.boot.checking import check
from koor_provision.images.boot.packages import plain
from koor_provision.images.boot.trial import Check
from koor_provision.images.containers import call
from koor_provision.images.record import Image

_DESCRIPTOR_BYTES = 1 << 20


def must_be_a_schema(schema: Path) -> None:
    """Raise where the schema, or what reads it, is not there.

    Raises:
        InputError: with what to do.
    """
    if not schema.is_file():
        raise InputError(
            "no such schema",
            where=str(schema),
            hint="give DSP8023 of the DMTF (dsp8023_1.1.1.xsd), with the schemas that it imports beside it",
        )
    if not shutil.which("xmllint"):
        raise InputError("xmllint is not installed", hint="apt-get install libxml2-utils")


def check_schema(image: Image, schema: Path | None) -> Iterator[Check]:
    """Hold every descriptor against the schema; nothing without one."""
    if schema is None:
        return
    for form, name in image.files.items():
        if form in {"virtualbox", "vmware", "vagrant"}:
            yield check(f"the descriptor in {name} is as the schema wants it", partial(_asked, image, name, schema))


def _asked(image: Image, name: str, schema: Path) -> Iterator[str]:
    with plain(image.folder / name) as file, tarfile.open(fileobj=file, mode="r:") as archive:
        inside = next(member for member in archive if member.name.endswith(".ovf"))
        opened = archive.extractfile(inside)
        text = opened.read(_DESCRIPTOR_BYTES) if opened else b""
    with TemporaryDirectory() as folder:
        descriptor = Path(folder, "descriptor.ovf")
        descriptor.write_bytes(text)
        command = ["xmllint", "--nonet", "--noout", "--schema", str(schema.absolute()), str(descriptor)]
        try:
            call(command, doing="asking the schema")
        except RunError as error:
            yield f"{error.message}; {error.hint}"
