"""Verification by OpenSSH itself: `ssh-keygen -Y verify`, of which only the exit code counts."""

import os
from contextlib import ExitStack, suppress
from typing import BinaryIO

from koor_provision.errors import InputError
from koor_provision.trust.sshsig import Claim

_SIGNER = "signer"


class Check:
    """OpenSSH at work on one question: is this block a signature over these bytes by this key, in this namespace?

    It runs beside us from the moment it is made, so that we can read on meanwhile. OpenSSH is told of no other key and
    no other namespace; whose key it is, is not its business (see `trust.keyring`).

    Raises:
        InputError: there is no OpenSSH on this machine.
    """

    def __init__(self, data: bytes, claim: Claim, namespace: str) -> None:
        self._process: int | None = None
        allowed = f'{_SIGNER} namespaces="{namespace}" {claim.key}\n'.encode()
        with ExitStack() as stack:
            signers, block, message = (
                stack.enter_context(in_memory(content)).fileno() for content in (allowed, claim.block, data)
            )
            command = ["ssh-keygen", "-Y", "verify", "-f", f"/dev/fd/{signers}", "-I", _SIGNER,
                       "-n", namespace, "-s", f"/dev/fd/{block}"]  # fmt: skip
            # No `subprocess`: to import it takes as long as to verify a signature.
            streams = [
                (os.POSIX_SPAWN_DUP2, message, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ]
            try:
                self._process = os.posix_spawnp(command[0], command, os.environ, file_actions=streams)
            except FileNotFoundError as error:
                raise InputError("ssh-keygen is not installed", hint="apt-get install openssh-client") from error

    def passed(self) -> bool:
        """Wait for the answer; to be asked once."""
        if self._process is None:
            return False
        process, self._process = self._process, None
        return os.waitpid(process, 0)[1] == 0

    def __del__(self) -> None:
        # Nobody wanted the answer, because something else was refused first: leave no zombie behind.
        with suppress(OSError):
            self.passed()


def in_memory(content: bytes) -> BinaryIO:
    """An anonymous file in memory, at its start: nothing of a customer's document touches our disk."""
    file = os.fdopen(os.memfd_create("koor", 0), "w+b")
    file.write(content)
    file.seek(0)
    return file
