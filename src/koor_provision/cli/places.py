"""From what a finding says about its place to a file and a line, for formats that show findings beside files."""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import quote

from koor_provision.errors import KoorError
from koor_provision.load.files import read
from koor_provision.load.places import line_of
from koor_provision.load.strict_yaml import parse
from koor_provision.report.answer import Answer
from koor_provision.report.sarif import Place

_LINE = re.compile(r"line ([0-9]+)")
_COMPANY = "company/"


def place_of(answer: Answer, where: str) -> Place:
    """The place of a finding or a problem.

    Args:
        where: a file's name, as documents are called in messages, then the place in it: `offer.yml, estimate.hours`.
            What names no file of the case or the company stands for the case as a whole.
    """
    name, *inside = where.split(", ")
    file = Path(answer.company) / name[len(_COMPANY) :] if name.startswith(_COMPANY) else Path(answer.path) / name
    if not name or not os.path.isfile(file):  # noqa: PTH113  # Path.is_file raises for what can be no name
        # A signature that is not there yet is missing beside its document.
        beside = file.with_name(file.name.removesuffix(".sig"))
        return Place(_uri(beside if file.suffix == ".sig" and beside.is_file() else Path(answer.path)), None)
    if told := _LINE.match(inside[0] if inside else ""):
        return Place(_uri(file), int(told[1]))
    return Place(_uri(file), _line(answer, file, name, inside))


def _line(answer: Answer, file: Path, name: str, inside: list[str]) -> int | None:
    if not inside or name not in answer.inputs:
        return None
    try:
        content = read(file, name)
        if hashlib.sha256(content.data).hexdigest() != answer.inputs[name]:
            return None  # changed since it was judged
        parse(content.data, name)
    except KoorError:
        return None
    path = [part for step in inside for part in step.split(".")]
    return line_of(content.data, [int(part) - 1 if part.isdecimal() else part for part in path])


def _uri(path: Path) -> str:
    """A URI reference: relative as the user named it, so that a CI system finds the file in its checkout."""
    text = quote(os.fsencode(path))
    return f"file://{text}" if path.is_absolute() else text
