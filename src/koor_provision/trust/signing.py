"""Making signatures with `ssh-keygen -Y sign`: with a key file, or with the SSH agent (give the public key's file)."""

import os
import subprocess
from pathlib import Path
from typing import BinaryIO

from koor_provision.errors import InputError
from koor_provision.models.base import PublicKey
from koor_provision.trust.keys import MIN_RSA_BITS


def sign(data: bytes, key: Path | PublicKey, namespace: str, *, agent: Path | None = None) -> bytes:
    """The armoured signature of some bytes.

    Args:
        key: a private key file, a `.pub` file whose private half the SSH agent holds, or that public key itself.
        namespace: the document's kind, see `Document.namespace`.
        agent: the socket of another agent than the user's.

    Raises:
        InputError: the key cannot be read or used.
    """
    if isinstance(key, str):
        with _in_memory(f"{key}\n".encode()) as file:
            return _sign(data, f"/dev/fd/{file.fileno()}", namespace, (file.fileno(),), agent)
    if not os.path.isfile(key):  # noqa: PTH113  # Path.is_file raises for a name that is too long
        raise InputError(
            "no such key file", where=str(key), hint="give a private key, or a .pub file whose key your SSH agent holds"
        )
    return _sign(data, os.fspath(key), namespace, (), agent)


def _sign(data: bytes, key: str, namespace: str, descriptors: tuple[int, ...], agent: Path | None) -> bytes:
    try:
        # The bytes come by stdin; a passphrase is asked for on the terminal, as ssh-keygen does it.
        done = subprocess.run(
            ["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", namespace],
            input=data,
            capture_output=True,
            check=False,
            pass_fds=descriptors,
            env={**os.environ, "SSH_AUTH_SOCK": os.fspath(agent)} if agent else None,
        )
    except FileNotFoundError as error:
        raise InputError("ssh-keygen is not installed", hint="apt-get install openssh-client") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(
            f"this key cannot sign: {said[-1] if said else 'ssh-keygen failed'}",
            where=key if not descriptors else "SSH agent",
            hint="check that it is a private key with mode 600, or that your SSH agent is running and holds it",
        )
    return done.stdout


def unsafe(where: str) -> InputError:
    """Says that OpenSSH still signs with this key, and no gate takes it."""
    return InputError(
        f"this key may not sign: it is too short (RSA takes {MIN_RSA_BITS} bits or more) or of a kind that is not safe",
        where=where,
        hint="make a good one with: ssh-keygen -t ed25519 -f FILE; then have its .pub file put where the old key "
        "stands: staff.yml and allowed_signers, or the customer's agreement",
    )


def _in_memory(content: bytes) -> BinaryIO:
    """An anonymous file in memory, at its start."""
    file = os.fdopen(os.memfd_create("koor", 0), "w+b")
    file.write(content)
    file.seek(0)
    return file


def public_key(key: Path) -> str:
    """The public half of a key file, as `type base64`.

    Raises:
        InputError: the file is no key.
    """
    beside = key if key.suffix == ".pub" else key.with_name(key.name + ".pub")
    if os.path.isfile(beside):  # noqa: PTH113  # as above
        text = beside.read_text(encoding="utf-8", errors="replace")
    else:
        done = subprocess.run(["ssh-keygen", "-y", "-f", os.fspath(key)], capture_output=True, text=True, check=False)
        text = done.stdout if done.returncode == 0 else ""
    words = text.split()
    if len(words) < 2:  # noqa: PLR2004
        raise InputError("not an SSH key", where=str(key), hint="make one with: ssh-keygen -t ed25519 -f FILE")
    return f"{words[0]} {words[1]}"
