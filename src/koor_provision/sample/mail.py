"""Mails as a customer's mail server would send them, signed with a throw-away key."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

SELECTOR = "sample"
_SIGNED = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
           b"content-transfer-encoding")  # fmt: skip


class MailKey(NamedTuple):
    """A DKIM key: its private half in PEM, and what stands in DNS."""

    private: bytes
    record: bytes


def mail_key(folder: Path, name: str = "customer-mail-server", bits: int = 2048) -> MailKey:
    """Make an RSA key with OpenSSH, in the form that DKIM wants."""
    file = folder / name
    make = ["ssh-keygen", "-q", "-t", "rsa", "-b", str(bits), "-m", "PEM", "-N", "", "-C", "", "-f", str(file)]
    subprocess.run(make, check=True)
    public = ["ssh-keygen", "-e", "-m", "PKCS8", "-f", f"{file}.pub"]
    pem = subprocess.run(public, capture_output=True, check=True).stdout
    return MailKey(file.read_bytes(), b"v=DKIM1; k=rsa; p=" + re.sub(rb"-----[A-Z ]+-----|\s", b"", pem))


def mail(key: MailKey, fields: dict[str, str], text: str, domain: str) -> bytes:
    """A signed mail in plain text.

    Args:
        fields: the header, without what says that it is plain text.
    """
    header = {
        **fields,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    plain = "".join(f"{name}: {value}\r\n" for name, value in header.items()) + "\r\n" + text.replace("\n", "\r\n")
    return signed(key, plain.encode(), domain)


def signed(key: MailKey, plain: bytes, domain: str, cover: tuple[bytes, ...] = _SIGNED, **options: object) -> bytes:
    """A mail with a DKIM signature on top."""
    import dkim  # noqa: PLC0415

    signature: bytes = dkim.sign(
        plain, SELECTOR.encode(), domain.encode(), key.private,
        canonicalize=(b"relaxed", b"relaxed"), include_headers=list(cover), **options,
    )  # fmt: skip
    return signature + plain
