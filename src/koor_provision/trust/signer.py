"""A key that signs more than once, and asks for its passphrase once.

A run has two signatures of its engineer: on the plan before it, on the evidence after it. In between lies the work, and
perhaps nobody sits there when it is done. A key file with a passphrase is therefore given to an SSH agent of our own,
which nobody else is told of and which ends with us. A key in the user's agent, or on a token, stays where it is.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.models.base import PublicKey
from koor_provision.trust.signing import public_key, sign

_WORDS = 2  # type and base64; a comment may follow
LONGEST_SECONDS = 12 * 60 * 60
"""The agent forgets the key after that, whatever becomes of us: longer than any plan is good for."""


@dataclass(frozen=True)
class Signer:
    """A key that is ready to sign.

    Attributes:
        public: its public half.
    """

    public: PublicKey
    _key: Path | PublicKey
    _agent: Path | None = None

    def sign(self, data: bytes, namespace: str) -> bytes:
        """The armoured signature of some bytes.

        Raises:
            InputError: the key can no longer be used.
        """
        return sign(data, self._key, namespace, agent=self._agent)


@contextmanager
def signer(key: Path | PublicKey, folder: Path) -> Iterator[Signer]:
    """Have a key ready. A passphrase is asked for here, on the terminal, as OpenSSH does it.

    Args:
        key: as for `sign`.
        folder: private and in memory: the agent's socket lies there.

    Raises:
        InputError: the key cannot be read or used.
    """
    if isinstance(key, str):
        yield Signer(key, key)
    elif not os.path.isfile(key) or key.suffix == ".pub":  # noqa: PTH113  # Path.is_file raises for a long name
        yield Signer(public_key(key), key)
    elif public := _without_passphrase(key):
        yield Signer(public, key)
    else:
        with _own_agent(folder / "ssh-agent") as socket:  # a name that may stand in a run's private directory
            public = _unlock(key, socket)
            yield Signer(public, public, socket)


def _without_passphrase(key: Path) -> PublicKey | None:
    """The public half of a private key that anybody can use who has the file; None if it has a passphrase.

    From the key itself: a public key that lies beside it may be another one's.
    """
    done = subprocess.run(
        ["ssh-keygen", "-y", "-P", "", "-f", os.fspath(key)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode != 0 and "incorrect passphrase" in done.stderr:
        return None
    words = done.stdout.split()
    if done.returncode != 0 or len(words) < _WORDS:
        said = done.stderr.strip().splitlines()
        raise InputError(
            f"this key cannot sign: {said[-1] if said else 'ssh-keygen failed'}",
            where=str(key),
            hint="check that it is a private key with mode 600, or give the .pub file of one in your SSH agent",
        )
    return " ".join(words[:_WORDS])


@contextmanager
def _own_agent(socket: Path) -> Iterator[Path]:
    # The agent ends when the program does that it was started with, and that one reads from us: so it ends with us,
    # however we end. In a session of its own: Ctrl-C is for the run, whose evidence is still to be signed.
    told = 'echo "$SSH_AGENT_PID"; exec cat >/dev/null'
    try:
        process = subprocess.Popen(
            ["ssh-agent", "-a", os.fspath(socket), "sh", "-c", told],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise InputError("ssh-agent is not installed", hint="apt-get install openssh-client") from error
    with process:
        assert process.stdout  # noqa: S101  # a pipe, see above
        agent = process.stdout.readline().strip()
        if not agent.isdecimal():
            raise InputError(
                "no SSH agent could be started for your key",
                where=str(socket),
                hint="add the key to your own SSH agent (ssh-add KEY) and leave --key out",
            )
        try:
            yield socket
        finally:
            with suppress(ProcessLookupError):
                os.kill(int(agent), signal.SIGTERM)


def _unlock(key: Path, socket: Path) -> PublicKey:
    """Have the agent hold a key, and nothing else; returns the public half."""
    environment = {**os.environ, "SSH_AUTH_SOCK": os.fspath(socket)}
    added = subprocess.run(
        ["ssh-add", "-q", "-t", str(LONGEST_SECONDS), os.fspath(key)],
        stdout=subprocess.DEVNULL,
        check=False,
        env=environment,
    )
    listed = subprocess.run(["ssh-add", "-L"], capture_output=True, text=True, check=False, env=environment)
    words = listed.stdout.split()
    if added.returncode != 0 or listed.returncode != 0 or len(words) < _WORDS:
        raise InputError(
            "this key cannot sign: it was not unlocked",
            where=str(key),
            hint="enter its passphrase when you are asked, or add it to your SSH agent: ssh-add KEY",
        )
    return " ".join(words[:_WORDS])
