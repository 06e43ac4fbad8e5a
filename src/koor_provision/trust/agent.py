"""The keys that the SSH agent holds."""

import subprocess

from koor_provision.errors import InputError
from koor_provision.models.base import PublicKey
from koor_provision.trust.keys import fingerprint

_LISTED = 2  # type and base64; a comment may follow


def agent_keys() -> list[PublicKey]:
    """The agent's public keys, as `type base64`; none where no agent runs. Keys that may not sign are left out.

    Raises:
        InputError: there is no OpenSSH on this machine.
    """
    try:
        listed = subprocess.run(["ssh-add", "-L"], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise InputError("ssh-add is not installed", hint="apt-get install openssh-client") from error
    if listed.returncode != 0:
        return []
    keys = (" ".join(line.split()[:_LISTED]) for line in listed.stdout.splitlines())
    return [key for key in keys if _may_sign(key)]


def only_agent_key() -> PublicKey:
    """The one key that the agent holds.

    Raises:
        InputError: it holds none, or several.
    """
    keys = agent_keys()
    if len(keys) == 1:
        return keys[0]
    if not keys:
        raise InputError(
            "no key to sign with", hint="give one with --key KEY, or add one to your SSH agent: ssh-add KEY"
        )
    raise InputError(
        f"your SSH agent holds {len(keys)} keys",
        where=", ".join(fingerprint(key) for key in keys),
        hint="choose one by its public key's file: --key KEY.pub",
    )


def _may_sign(key: PublicKey) -> bool:
    """Whether we know how to name the key; certificates and what else an agent says are not."""
    try:
        return bool(fingerprint(key))
    except ValueError:
        return False
