"""Writes the example: documents from templates, fresh keys, real signatures."""

import hashlib
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.resources import share
from koor_provision.models.documents import NAMESPACE_SUFFIX
from koor_provision.sample.draft import TEMPLATES, Order, Paper, Person, fill, values_of
from koor_provision.trust.keys import fingerprint
from koor_provision.trust.signing import public_key, sign

PEOPLE = (
    "cto",
    "hocs",
    "team-leader",
    "engineer-senior",
    "engineer-junior",
    "sales-manager",
    "customer-authorised",
    "customer-it",
)


@dataclass
class _Writer:
    """Fills templates and signs what comes out."""

    root: Path
    values: dict[str, str] = field(default_factory=dict)

    def document(self, template: str, file: Path, signers: Iterable[str], kind: str = "") -> str:
        """Write one document and its signatures; returns its digest."""
        return self.text(fill(template, self.values), file, signers, kind or file.stem.replace("_", "-"))

    def text(self, text: str, file: Path, signers: Iterable[str], kind: str) -> str:
        data = text.encode()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        blocks = [sign(data, self.root / "keys" / person, kind + NAMESPACE_SUFFIX) for person in signers]
        file.with_name(file.name + ".sig").write_bytes(b"".join(blocks))
        return hashlib.sha256(data).hexdigest()


def write_sample(root: Path, today: date) -> list[Path]:
    """Write `company/`, `cases/` and `keys/` below `root`.

    Returns:
        the case folders.

    Raises:
        InputError: the folder is not empty.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise InputError(
            "exists and is not an empty folder", where=str(root), hint="name a new folder; nothing is ever overwritten"
        )
    writer = _Writer(root, _dates(today))
    try:
        _keys(writer)
    except FileNotFoundError as error:
        if error.filename == "ssh-keygen":
            raise InputError("ssh-keygen is not installed", hint="apt-get install openssh-client") from error
        raise InputError(f"cannot be made: {error.strerror}", where=str(root), hint="name a new folder") from error
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", where=str(root), hint="name a new folder") from error
    _company(writer, today)
    return [
        _case(writer, "default-offer", ("php", "apache", "mariadb")),
        _case(writer, "never-ordered", ("php", "apache", "mariadb", "redis")),
    ]


def _dates(today: date) -> dict[str, str]:
    first = today.replace(day=min(today.day, 28))  # a day that every year has
    return {
        "today": today.isoformat(),
        "next_month": (today + timedelta(days=30)).isoformat(),
        "next_year": (today + timedelta(days=365)).isoformat(),
        **{f"years_ago_{years}": first.replace(year=first.year - years).isoformat() for years in (1, 5, 7, 9)},
    }


def _keys(writer: _Writer) -> None:
    folder = writer.root / "keys"
    folder.mkdir(parents=True, mode=0o700)
    for person in PEOPLE:
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{person} (sample)", "-f", str(folder / person)],
            check=True,
        )
        key = public_key(folder / person)
        name = person.replace("-", "_")
        writer.values[f"key_{name}"] = key
        writer.values[f"fp_{name}"] = fingerprint(key)


def _company(writer: _Writer, today: date) -> None:
    company = writer.root / "company"
    shipped = (share() / "approved_software.yml").read_text(encoding="utf-8")
    for name, day in (("issued", today), ("expires", today + timedelta(days=365)), ("    approved", today)):
        shipped = re.sub(rf"^{name}: .*$", f"{name}: {day}", shipped, flags=re.MULTILINE)
    for record in sorted((TEMPLATES / "company" / "validations").glob("*.yml")):
        target = company / "validations" / record.name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = record.read_bytes()
        dated = re.sub(rb"^    date: .*$", f"    date: {today}".encode(), text, flags=re.MULTILINE)
        target.write_bytes(dated)
        shipped = shipped.replace(hashlib.sha256(text).hexdigest(), hashlib.sha256(dated).hexdigest())
    writer.document("company/staff.yml", company / "staff.yml", ["hocs"])
    writer.document("company/revocations.yml", company / "revocations.yml", ["hocs"])
    writer.document("company/install_checklist.yml", company / "install_checklist.yml", ["cto"])
    writer.document("company/maintenance_checklist.yml", company / "maintenance_checklist.yml", ["cto"])
    writer.document("company/allowed_signers", company / "allowed_signers", ["cto"])
    writer.text(shipped, company / "approved_software.yml", ["cto"], "approved-software")


def _case(writer: _Writer, name: str, components: tuple[str, ...]) -> Path:
    case = writer.root / "cases" / name
    writer.values |= values_of(_order(writer.values)) | {"components": ", ".join(components)}
    writer.document("case/agreement.yml", case / "agreement.yml", ["customer-authorised", "sales-manager"])
    writer.values["sha_offer"] = writer.document("case/offer.yml", case / "offer.yml", ["team-leader"])
    writer.values["sha_acceptance"] = writer.document(
        "case/acceptance.yml", case / "acceptance.yml", ["customer-authorised"]
    )
    writer.document("case/confirmation.yml", case / "confirmation.yml", ["sales-manager"])
    writer.document("case/targets.yml", case / "targets.yml", ["customer-authorised"])
    return case


def _order(values: dict[str, str]) -> Order:
    today = values["today"]
    policy, agreement = (
        Paper(version, today, hashlib.sha256(f"the signed paper of the sample: {paper}".encode()).hexdigest())
        for paper, version in (("policy", "1.2"), ("agreement", "2.0"))
    )
    anna = Person("customer-authorised", "Anna Example", "anna@bakery.example", values["key_customer_authorised"])
    ivo = Person("customer-it", "Ivo Example", "ivo@bakery.example", values["key_customer_it"])
    return Order(
        customer="4711",
        customer_name="Example Bakery",
        policy=policy,
        agreement=agreement,
        authorised=(anna,),
        responsible=(ivo,),
        offer="O-2026-0815",
        offer_date=today,
        offer_valid_until=values["next_month"],
        goals=("Run the application on the customer's own server, reachable from the office network.",),
        components=("php", "apache", "mariadb"),
        hours="2.50",
        complexity="low",
        cost_eur="500.00",
        order="A-2026-0815",
        engineer="engineer-senior",
        hosts=(("web-1", "default-image"),),
        accepted=today,
        confirmed=today,
    )
