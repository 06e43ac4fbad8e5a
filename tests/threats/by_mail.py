"""The sample's case of a customer without keys, and the gate's answer to it by the real roles."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import Sample

from koor_provision.errors import InputError, KoorError
from koor_provision.gate.decision import Admitted, Refused
from koor_provision.gate.judge import judge
from koor_provision.load.case import load_case
from koor_provision.load.company import load_company
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.sample.mail import MailKey

NOW = datetime.now(UTC)
SCOPES = load_scopes(share() / "roles")


class ByMail(Sample):
    """The sample's case of a customer without keys."""

    @property
    def case(self) -> Path:
        return self.root / "cases" / "by-mail"

    @property
    def mail_key(self) -> MailKey:
        record = re.search(rb'key: "(.*)"', (self.case / "mails" / "001.yml").read_bytes())
        assert record
        return MailKey(self.key("customer-mail-server").read_bytes(), record[1])

    def put(self, raw: bytes, number: str = "001", record: bytes | None = None) -> None:
        """Put another mail in, with a record that fits it and that sales signed: the gate alone must see it."""
        (self.case / "mails" / f"{number}.eml").write_bytes(raw)
        file = self.case / "mails" / f"{number}.yml"
        digest = b"mail_sha256: " + hashlib.sha256(raw).hexdigest().encode()
        text = re.sub(rb"mail_sha256: .*", digest, file.read_bytes())
        if record:
            text = re.sub(rb"key: .*", b'key: "' + record + b'"', text)
        file.write_bytes(text)
        self.sign(f"mails/{number}.yml", "sales-manager", namespace="mail@koor-provision")

    def original(self, number: str = "001") -> bytes:
        return (self.case / "mails" / f"{number}.eml").read_bytes()

    def unsigned(self) -> bytes:
        raw = self.original()
        return raw[raw.index(b"\r\nFrom: ") + 2 :]


def decide(sample: Sample) -> Admitted | Refused | KoorError:
    try:
        company, keyring = load_company(sample.company, sample.remembered, NOW.date())
        case, _ = load_case(sample.case, company, keyring, SCOPES, engineer=None, now=NOW)
    except KoorError as error:
        return error
    return judge(case)


def not_loaded(sample: Sample) -> str:
    decision = decide(sample)
    assert isinstance(decision, InputError), decision
    assert decision.hint
    return str(decision)


def refused(sample: Sample, *rules: str) -> str:
    decision = decide(sample)
    assert isinstance(decision, Refused), decision
    assert {finding.rule for finding in decision.reasons} == set(rules), decision.reasons
    return "; ".join(finding.reason for finding in decision.reasons)
