"""The sample's case of a customer who has no key: everything that is theirs to say comes by mail or on paper."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from koor_provision.mail.read import read_mail
from koor_provision.models.mail import Says
from koor_provision.models.word import in_words
from koor_provision.sample.mail import MailKey, mail
from koor_provision.sample.writer import Writer

DOMAIN = "bakery.example"


def case_by_mail(writer: Writer, key: MailKey) -> Path:
    """Write it; the templates are those of the other cases, without the customer's keys and signatures."""
    case = writer.root / "cases" / "by-mail"
    # Another customer: the same one cannot have two agreements of one version.
    writer.values |= {"customer": '"4712"', "components": "php, apache, mariadb", "mail_key": key.record.decode()}
    lines = writer.filled("case/agreement.yml").splitlines(keepends=True)
    keyless = "".join(line for line in lines if not line.startswith("    key:"))
    writer.values["sha_agreement"] = writer.text(
        keyless, case / "agreement.yml", ["sales-manager", "hocs"], "agreement"
    )
    writer.document("mail/attestation.yml", case / "papers" / "001.yml", ["sales-manager"], "attestation")
    writer.values["sha_offer"] = writer.document("case/offer.yml", case / "offer.yml", ["team-leader"])
    writer.values["sha_acceptance"] = writer.document("case/acceptance.yml", case / "acceptance.yml", [])
    writer.document("case/confirmation.yml", case / "confirmation.yml", ["sales-manager"])
    writer.values["sha_targets"] = writer.document("case/targets.yml", case / "targets.yml", [])
    _mail(writer, case, "001", "acceptance", key)
    writer.values["sha_request"] = _mail(writer, case, "002", "request", key)
    _mail(writer, case, "003", "targets", key)
    writer.document("mail/addition.yml", case / "additions" / "001.yml", ["team-leader"], "addition")
    return case


def _mail(writer: Writer, case: Path, number: str, template: str, key: MailKey) -> str:
    """Write a mail and the record of its intake; returns the mail's digest."""
    # The day's first moment, since the sample may be written in the next one, and no mail may be of the future.
    sent = datetime.fromisoformat(writer.values["today"]).replace(tzinfo=UTC)
    fields = {
        "From": "Anna Example <anna@bakery.example>",
        "To": "orders@koor.example",
        "Subject": "Your offer O-2026-0815",
        "Date": format_datetime(sent),
        "Message-ID": f"<{number}.{template}@{DOMAIN}>",
    }
    raw = mail(key, fields, writer.filled(f"mail/{template}.txt"), DOMAIN)
    digest = hashlib.sha256(raw).hexdigest()
    _, statement = read_mail(raw, lambda _: key.record, sent, f"{number}.eml")
    offer = "" if statement.says is Says.APPROVAL else "\noffer: O-2026-0815"
    writer.values |= {"sha_mail": digest, "understood": in_words(statement), "mail_offer": offer}
    writer.document("mail/record.yml", case / "mails" / f"{number}.yml", ["sales-manager"], "mail")
    (case / "mails" / f"{number}.eml").write_bytes(raw)
    return digest
