"""The sample's case of a customer without keys, and the gate's answer to it by the real roles."""

import hashlib
import re
import shutil
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
from koor_provision.models.case import Case
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


class Second(ByMail):
    """Another order of the same customer: offer, acceptance and targets are its own, the request is the first one's."""

    @property
    def case(self) -> Path:
        return self.root / "cases" / "second"

    @classmethod
    def beside(cls, first: ByMail) -> "Second":
        second = cls(first.root)
        shutil.copytree(first.case, second.case)
        for number in ("001", "003"):
            for file in (second.case / "mails").glob(f"{number}.*"):
                file.unlink()
        for file in (*second.case.glob("*.yml"), second.case / "additions" / "001.yml"):
            file.write_text(file.read_text().replace("-2026-0815", "-2026-0816"))
        second._enter("acceptance.yml", "offer_sha256", second.digest("offer.yml"))
        second._enter("confirmation.yml", "offer_sha256", second.digest("offer.yml"))
        second._enter("confirmation.yml", "acceptance_sha256", second.digest("acceptance.yml"))
        second.sign("offer.yml", "team-leader")
        second.sign("confirmation.yml", "sales-manager")
        second.sign("additions/001.yml", "team-leader", namespace="addition@koor-provision")
        second._on_paper("002", "says: acceptance\noffer: O-2026-0816\nrevision: 1")
        second._on_paper("003", f"says: approval\ndigest: {second.digest('targets.yml')}")
        return second

    def digest(self, name: str) -> str:
        return hashlib.sha256((self.case / name).read_bytes()).hexdigest()

    def _enter(self, name: str, field: str, digest: str) -> None:
        file = self.case / name
        file.write_text(re.sub(rf"(?m)^{field}: .*", f"{field}: {digest}", file.read_text()))

    def _on_paper(self, number: str, says: str) -> None:
        text = (self.case / "papers" / "001.yml").read_text()
        text = re.sub(r"says: approval\ndigest: .*", says, text)
        text = re.sub(r"paper_sha256: .*", f"paper_sha256: {number[-1] * 64}", text)
        (self.case / "papers" / f"{number}.yml").write_text(text)
        self.sign(f"papers/{number}.yml", "sales-manager", namespace="attestation@koor-provision")


def decide(sample: Sample) -> Admitted | Refused | KoorError:
    try:
        return judge(case_of(sample))
    except KoorError as error:
        return error


def case_of(sample: Sample) -> Case:
    company, keyring = load_company(sample.company, sample.remembered, NOW.date())
    return load_case(sample.case, company, keyring, SCOPES, engineer=None, now=NOW)[0]


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
