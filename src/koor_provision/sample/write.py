"""Writes the example: documents from templates, fresh keys, real signatures."""

import hashlib
import os
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.resources import share
from koor_provision.sample.by_mail import case_by_mail
from koor_provision.sample.draft import TEMPLATES, Order, Paper, Person, values_of
from koor_provision.sample.mail import mail_key
from koor_provision.sample.writer import Writer
from koor_provision.trust.keys import fingerprint
from koor_provision.trust.signing import public_key

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


def write_sample(root: Path, today: date) -> list[Path]:
    """Write `company/`, `cases/` and `keys/` below `root`.

    Returns:
        the case folders.

    Raises:
        InputError: the folder is not empty.
    """
    if os.path.lexists(root) and (not os.path.isdir(root) or os.listdir(root)):  # noqa: PTH112, PTH208  # as of a long name
        raise InputError(
            "exists and is not an empty folder", where=str(root), hint="name a new folder; nothing is ever overwritten"
        )
    writer = Writer(root, {"customer": '"4711"', **_dates(today)})
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
        case_by_mail(writer, mail_key(root / "keys")),
    ]


def _dates(today: date) -> dict[str, str]:
    first = today.replace(day=min(today.day, 28))  # a day that every year has
    return {
        "today": today.isoformat(),
        "next_month": (today + timedelta(days=30)).isoformat(),
        "next_year": (today + timedelta(days=365)).isoformat(),
        **{f"years_ago_{years}": first.replace(year=first.year - years).isoformat() for years in (1, 5, 7, 9)},
    }


def _keys(writer: Writer) -> None:
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


def _company(writer: Writer, today: date) -> None:
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
    writer.document("company/policy.yml", company / "policy.yml", ["hocs"])
    writer.document("company/revocations.yml", company / "revocations.yml", ["hocs"])
    writer.document("company/install_checklist.yml", company / "install_checklist.yml", ["cto"])
    writer.document("company/maintenance_checklist.yml", company / "maintenance_checklist.yml", ["cto"])
    writer.document("company/training_manual.yml", company / "training_manual.yml", ["cto"])
    writer.document("company/allowed_signers", company / "allowed_signers", ["cto"])
    writer.text(shipped, company / "approved_software.yml", ["cto"], "approved-software")


def _case(writer: Writer, name: str, components: tuple[str, ...]) -> Path:
    case = writer.root / "cases" / name
    for paper in ("policy", "agreement"):
        writer.values[f"paper_{paper}"] = hashlib.sha256(
            f"the signed paper of the sample: {paper}".encode()
        ).hexdigest()
    writer.values |= values_of(_order(writer.values)) | {"components": ", ".join(components)}
    writer.document("case/agreement.yml", case / "agreement.yml", ["customer-authorised", "sales-manager", "hocs"])
    writer.values["sha_offer"] = writer.document("case/offer.yml", case / "offer.yml", ["team-leader"])
    writer.values["sha_acceptance"] = writer.document(
        "case/acceptance.yml", case / "acceptance.yml", ["customer-authorised"]
    )
    writer.document("case/confirmation.yml", case / "confirmation.yml", ["sales-manager"])
    writer.document("case/targets.yml", case / "targets.yml", ["customer-authorised"])
    return case


def _order(values: dict[str, str]) -> Order:
    today = values["today"]
    anna = Person("customer-authorised", "Anna Example", "anna@bakery.example", values["key_customer_authorised"])
    ivo = Person("customer-it", "Ivo Example", "ivo@bakery.example", values["key_customer_it"])
    return Order(
        customer="4711",
        customer_name="Example Bakery",
        agreed=today,
        policy=Paper("1.2", today, values["paper_policy"]),
        agreement=Paper("2.0", today, values["paper_agreement"]),
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
