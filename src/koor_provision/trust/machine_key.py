"""A key that a machine makes for itself, and signatures with it in OpenSSH's format (PROTOCOL.sshsig).

No person holds it and it has no passphrase: it says that something was written by this machine's own program, and
nothing about anybody's will. It is kept as OpenSSH keeps keys: `ssh-keygen` reads it and verifies what it signed.
"""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from koor_provision.models.base import Fingerprint, PublicKey
from koor_provision.trust import keys, sshsig
from koor_provision.trust.wire import string

_KIND, _HASH = b"ssh-ed25519", "sha512"


class MachineKey:
    """An ed25519 key.

    Attributes:
        public: its public half, as `type base64`.
        fingerprint: as `ssh-keygen -l` prints it.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._blob = string(_KIND) + string(private.public_key().public_bytes_raw())
        self.public: PublicKey
        self.fingerprint: Fingerprint
        self.public, self.fingerprint = keys.written(self._blob)

    @classmethod
    def make(cls) -> "MachineKey":
        """A new one."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, data: bytes) -> "MachineKey":
        """A key from its file.

        Raises:
            ValueError: damaged, with a passphrase, or of another kind.
        """
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  # only whoever writes needs it
        from cryptography.hazmat.primitives.serialization import load_ssh_private_key  # noqa: PLC0415

        try:
            private = load_ssh_private_key(data, None)
        except (UnsupportedAlgorithm, TypeError) as error:
            raise ValueError("no ed25519 key without a passphrase") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("of another kind than ed25519")
        return cls(private)

    def written(self) -> bytes:
        """The private key in OpenSSH's format, for a file that only its owner can read."""
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        return self._private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())

    def sign(self, data: bytes, namespace: str) -> bytes:
        """The armoured signature of some bytes."""
        digest = hashlib.new(_HASH, data).digest()
        named = string(namespace.encode()) + string(b"") + string(_HASH.encode())
        numbers = self._private.sign(sshsig.MAGIC + named + string(digest))
        return sshsig.armoured(self._blob, named, string(_KIND) + string(numbers))
