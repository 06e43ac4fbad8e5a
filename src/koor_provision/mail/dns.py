"""The key of a mail server, from DNS. The only place of this program that asks the network on our side."""

from koor_provision.errors import InputError


def key_record(name: str) -> bytes | None:
    """The TXT record of a key's name; None where there is none.

    Raises:
        InputError: DNS did not answer.
    """
    import dkim  # noqa: PLC0415  # see mail.signature
    from dkim.dnsplug import get_txt  # noqa: PLC0415
    from dns.exception import DNSException  # noqa: PLC0415

    try:
        record = get_txt(f"{name}.".encode("ascii"), timeout=10)  # with the dot: no search domain of this machine
    except (dkim.DKIMException, DNSException, OSError) as error:
        raise InputError(
            "DNS does not answer",
            where=name,
            hint="check the network; or give a copy of the record that was taken when the mail came: --key-record FILE",
        ) from error
    return bytes(record) if record else None
