"""`koor-provision completion`: what makes a shell complete our commands, options and rules; click's own mechanism."""

import os
from collections.abc import Callable
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from koor_provision.errors import InputError
from koor_provision.models.text import shown
from koor_provision.write import write_whole

PROGRAM = "koor-provision"
VARIABLE = "_KOOR_PROVISION_COMPLETE"
"""Where click looks for what a shell asks; it makes the name from the program's."""


def _data() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _config() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


_PLACES: dict[str, tuple[Callable[[], Path], str]] = {
    "bash": (
        lambda: _data() / "bash-completion" / "completions" / PROGRAM,
        "it is read by the package bash-completion",
    ),
    "zsh": (
        lambda: _data() / "zsh" / "site-functions" / f"_{PROGRAM}",
        "add to ~/.zshrc, before compinit: fpath+=({folder})",
    ),
    "fish": (lambda: _config() / "fish" / "completions" / f"{PROGRAM}.fish", "fish reads it by itself"),
}
"""By shell: the user's own place for completions, and what to know about it."""


@click.command(name="completion")
@click.argument("shell", type=click.Choice(list(_PLACES)), required=False)
@click.option("--install", is_flag=True, help="Write it to where your shell looks for it, instead of printing it.")
@click.pass_context
def command(ctx: click.Context, shell: str | None, *, install: bool) -> None:
    """Print what makes SHELL complete commands, options and rules; by default for the shell that you use.

    \b
      koor-provision completion --install          # then open a new shell
      eval "$(koor-provision completion bash)"     # for this shell only
    """  # noqa: D301
    shell = shell or _own_shell()
    script = _script(ctx, shell)
    if not install:
        click.echo(script)
        return
    place, note = _PLACES[shell]
    file = place()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made: {error.strerror}", where=str(file.parent), hint="check the folder's permissions"
        ) from error
    write_whole(file, script.encode())
    click.echo(f"written: {shown(str(file))}; {shown(note.format(folder=file.parent))}")
    click.echo("open a new shell to use it")


def _own_shell() -> str:
    name = Path(os.environ.get("SHELL", "")).name
    if name not in _PLACES:
        raise InputError(
            "your shell is not known from $SHELL", hint=f"name it: koor-provision completion {'|'.join(_PLACES)}"
        )
    return name


def _script(ctx: click.Context, shell: str) -> str:
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # click brings all three
    completion = kind(ctx.find_root().command, {}, PROGRAM, VARIABLE)
    # Not `source()`: for bash that starts the bash of this machine to ask its version, wherever the script is for.
    return completion.source_template % completion.source_vars()
