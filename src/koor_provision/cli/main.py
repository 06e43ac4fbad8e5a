"""The command line's entry: finds the command, and turns every error into one message and an exit code.

Commands are imported when they are called, so that `check` starts without Ansible and `--help` without anything.
"""

import errno
import gc
import os
import sys
from contextlib import suppress
from io import TextIOWrapper

import click

from koor_provision import __version__
from koor_provision.cli.lazy import LazyGroup
from koor_provision.errors import Exit, KoorError
from koor_provision.models.text import shown

COMMANDS = {
    "sample": "Write a complete example: company, cases and keys.",
    "case": "Put a customer's case together.",
    "trust": "Record whose key your company's documents rest on; once a machine.",
    "sign": "Sign a document.",
    "software": "Test, approve and show the approved software.",
    "explain": "Explain a rule of the policy.",
    "check": "Judge cases without touching any server.",
    "install": "Install what an admitted case orders.",
    "pack": "Make the application's archive from a Git checkout.",
    "checklist": "Fill in the install checklist of a case: measured, asked, signed.",
    "maintain": "Do the yearly maintenance of a case, and write the report.",
    "due": "List whose yearly maintenance is due.",
    "remove": "Take out a component that an admitted case no longer orders.",
    "undo": "Take a server back to before a run.",
    "verify": "Check an evidence bundle, offline.",
    "ledger": "Look at this machine's receipts, and check them.",
    "image": "Build and test virtual machines for customers.",
    "roles": "Hold the roles against their scope contracts, and test them.",
    "ci": "Write a pipeline for your CI system.",
    "completion": "Make your shell complete commands, options and rules.",
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    prefix="koor_provision.cli.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="koor-provision")
def main() -> None:
    """Install exactly what was ordered, approved and authorised on a customer's server, and prove it.

    \b
    Start here:
      koor-provision sample /tmp/sample
      koor-provision check /tmp/sample/cases/*

    \b
    Exit codes: 0 done, 1 refused by the gate, 2 bad input, 3 the run or its verification failed,
    4 out-of-scope change found, 70 our own bug.
    """  # noqa: D301  # \b is click's mark for text that must not be refilled


def run() -> None:
    """Run the command line and exit."""
    # Imports and models make many objects that stay: looking through them again and again takes 5 % of a check.
    gc.set_threshold(100_000)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name may hold letters that a terminal's encoding does not have
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run())


def _run() -> int:
    try:
        result = main(standalone_mode=False)
        return int(result) if isinstance(result, int) else Exit.DONE
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("\nstopped; nothing more is done", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KoorError as error:
        # A message may quote a document or a host: nothing in it is to steer the terminal.
        click.echo(f"{click.style('error', fg='red', bold=True)}: {shown(str(error))}", err=True)
        if error.hint:
            click.echo(f"  to do: {shown(error.hint)}", err=True)
        return error.exit_code
    except SystemExit as error:
        # How click ends when a shell asked for completions. Or when whoever read our output has seen enough (`| head`):
        # with code 1, which would say that the gate refuses.
        return 141 if error.code else Exit.DONE
    except Exception as error:  # noqa: BLE001  # the boundary: a bug of ours must not print a page of code
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        with suppress(OSError):  # where the output goes the disk is full; the other stream may go elsewhere
            click.echo("error: the output cannot be written: no space left there\n  to do: make room", err=True)
        return Exit.BAD_INPUT
    if os.environ.get("KOOR_PROVISION_DEBUG"):
        raise error
    click.echo(f"{click.style('bug', fg='red', bold=True)}: {type(error).__name__} in koor-provision itself", err=True)
    click.echo("  to do: run it again with KOOR_PROVISION_DEBUG=1 and report what it prints", err=True)
    return Exit.BUG
