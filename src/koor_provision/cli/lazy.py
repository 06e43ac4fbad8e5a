"""Groups of commands that are imported when they are called: help and other commands do not wait for them."""

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click
from click.shell_completion import CompletionItem


class _GivenPath(click.Path):
    """A path that somebody gave: an empty one would be the folder that one happens to be in."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Take a path, unless it is empty, as a variable is that the shell does not know."""
        if not os.fspath(value):
            self.fail("is empty; write a path (is a variable of your shell not set?)", param, ctx)
        return super().convert(value, param, ctx)


class LazyGroup(click.Group):
    """Lists commands from a table and imports the one that is asked for.

    Args:
        table: name to the line that help shows; `add-mail` is `command` in the module `PREFIXadd_mail`.
        prefix: what stands before a command's name in its module's name, with the packages.
    """

    def __init__(self, *, table: Mapping[str, str], prefix: str, **attributes: object) -> None:
        super().__init__(**attributes)  # type: ignore[arg-type]  # click's own, handed on
        self._table = table
        self._prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the table's order: the order in which a newcomer needs them."""
        del ctx
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of this name."""
        if cmd_name not in self._table:
            return None
        command: click.Command = import_module(self._prefix + cmd_name.replace("-", "_")).command
        if ctx.resilient_parsing or ctx.invoked_subcommand is None:
            command.short_help = self._table[cmd_name]
        for parameter in command.params:
            if isinstance(parameter.type, click.Path):
                parameter.type = _GivenPath(path_type=Path)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names that begin so, without importing anything; options are click's to complete."""
        names = [
            CompletionItem(name, help=line) for name, line in self._table.items() if name.startswith(incomplete)
        ]  # fmt: skip
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without importing anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self._table.items()))
