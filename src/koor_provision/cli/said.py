"""Who answers the questions of a form: somebody at the terminal, or a file."""

import sys
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

import click

from koor_provision.errors import InputError
from koor_provision.forms.said import InstallAnswers, YearlyAnswers
from koor_provision.load.documents import to_model
from koor_provision.load.files import read

Answers = TypeVar("Answers", InstallAnswers, YearlyAnswers)

answers_option = click.option(
    "--answers",
    type=click.Path(path_type=Path),
    help="A file with the answers, by row, for where there is no terminal: see docs/application.md.",
)


def attended() -> bool:
    """Whether somebody sits there."""
    return sys.stdin.isatty()


def given(file: Path | None, model: type[Answers], items: Collection[str]) -> Answers:
    """The answers of a file; none where there is none, and somebody can be asked.

    Raises:
        InputError: the file is malformed, or there is neither a file nor anybody to ask.
    """
    if file is None:
        if not attended():
            raise InputError(
                "nobody can be asked here: standard input is no terminal",
                hint="run it at a terminal, or give the answers with --answers FILE",
            )
        return model(rows={})
    found = to_model(read(file, str(file)), model)
    for name in found.rows:
        if name not in items:
            raise InputError("is no row of the form", where=f"{file}, rows, {name}", hint=f"rows: {', '.join(items)}")
    return found
