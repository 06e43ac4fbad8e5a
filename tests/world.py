"""The sample's order in memory: documents as trees that a test may edit, and who signed them. No file, key or process.

Digests are of the tree, and are entered anew wherever one document names another's: a test edits one thing and gets a
consistent order, unless it asks for the old digests to be kept.
"""

import copy
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.load.scopes import load_scopes
from koor_provision.load.strict_yaml import parse
from koor_provision.models.agreement import Agreement
from koor_provision.models.attendance import Attendance
from koor_provision.models.case import Case, Company, Proposal, RecordOnFile
from koor_provision.models.checklist import Checklist, InstallChecklist
from koor_provision.models.documents import Document, Signed
from koor_provision.models.exception import ExceptionGrant
from koor_provision.models.facts import Facts
from koor_provision.models.mail import Says, Statement
from koor_provision.models.order import Acceptance, Confirmation, Offer, Removal, Targets, Undo
from koor_provision.models.plan import Plan
from koor_provision.models.policy import CompanyPolicy
from koor_provision.models.software import ApprovedSoftware, ValidationRecord
from koor_provision.models.staff import Staff
from koor_provision.models.word import Addition, Means, Word

SAMPLE_DAY = date(2027, 3, 10)
"""The day on which everything in the sample of these tests happens."""
DATA = Path(__file__).parent / "data"
PLAN_SHA256 = "0123456789abcdef" * 4
"""Stands for the digest of the plan's bytes."""
SCOPES = load_scopes(DATA / "roles")

MODELS: dict[str, tuple[str, type[Document]]] = {
    "staff": ("company/staff.yml", Staff),
    "software": ("company/approved_software.yml", ApprovedSoftware),
    "policy": ("company/policy.yml", CompanyPolicy),
    "agreement": ("agreement.yml", Agreement),
    "offer": ("offer.yml", Offer),
    "acceptance": ("acceptance.yml", Acceptance),
    "confirmation": ("confirmation.yml", Confirmation),
    "targets": ("targets.yml", Targets),
    "install-checklist": ("company/install_checklist.yml", InstallChecklist),
}
EXTRAS: dict[str, tuple[str, type[Document]]] = {
    "exception": ("exception.yml", ExceptionGrant),
    "checklist": ("checklist.yml", Checklist),
}
"""Documents that a case need not have: a test puts their tree in (see `World.add`)."""
RECORDS = {f"{name}-record": f"validations/{name}-update-1.yml" for name in ("php", "apache", "mariadb", "sqlsrv")}
SIGNERS = {
    "staff": ["hocs"],
    "software": ["cto"],
    "policy": ["hocs"],
    "agreement": ["customer-authorised", "sales-manager", "hocs"],
    "offer": ["team-leader"],
    "acceptance": ["customer-authorised"],
    "confirmation": ["sales-manager"],
    "targets": ["customer-authorised"],
    "install-checklist": ["cto"],
    "exception": ["cto", "hocs"],
    "checklist": ["engineer-senior"],
    "plan": ["engineer-senior"],
}


def _tree(path: Path) -> Any:
    return parse(path.read_bytes(), path.name)


def _digest(tree: Any) -> str:
    return hashlib.sha256(repr(tree).encode()).hexdigest()


@dataclass
class World:
    """Trees of all documents by name, and who signed which."""

    trees: dict[str, Any]
    signers: dict[str, list[str]] = field(default_factory=lambda: copy.deepcopy(SIGNERS))
    today: date = SAMPLE_DAY
    engineer: str | None = None
    removal: Removal | None = None
    undo: Undo | None = None
    former: list[Any] = field(default_factory=list)
    words: list[Any] = field(default_factory=list)
    additions: list[Any] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    """Digests of the records that the list names and no case here needs."""

    @classmethod
    def of(cls, sample: Path) -> "World":
        """Read the documents of a sample that was written on `SAMPLE_DAY`."""
        case = sample / "cases" / "default-offer"
        files = {name: case / file if "/" not in file else sample / file for name, (file, _) in MODELS.items()}
        files |= {name: sample / "company" / file for name, file in RECORDS.items()}
        world = cls({name: _tree(file) for name, file in files.items()})
        world.trees |= {"facts": _tree(DATA / "facts.yml"), "plan": _tree(DATA / "plan.yml")}
        entries = world.trees["software"]["entries"]
        world.others = {one["record"]: one["record_sha256"] for one in entries if one["record"] not in RECORDS.values()}
        world.link()
        return world

    def add(self, *names: str) -> None:
        """Put documents of the test's data into the case."""
        self.trees |= {name: _tree(DATA / f"{name}.yml") for name in names}
        self.link()

    def copy(self) -> "World":
        return copy.deepcopy(self)

    def ask_for_removal(self, removal: dict[str, str]) -> None:
        """Someone asks to take out the cache of the tests' data: with the facts and the plan of that."""
        self.removal = Removal.model_validate(removal)
        self.trees |= {name: _tree(DATA / "removal" / f"{name}.yml") for name in ("facts", "plan")}

    def ask_for_undo(self, undo: dict[str, str]) -> None:
        """Someone asks to undo the run of the tests' plan: with the facts and the plan of that."""
        self.undo = Undo.model_validate(undo)
        former = copy.deepcopy(self.trees["plan"])
        former["touches"]["paths"] += ["/var/log/apache2/"]
        self.trees["former"] = former | {"inputs": self._inputs()}
        self.trees |= {name: _tree(DATA / "undo" / f"{name}.yml") for name in ("facts", "plan")}

    def link(self) -> None:
        """Enter every digest that one document holds of another."""
        for name, file in RECORDS.items():
            for entry in self.trees["software"]["entries"]:
                if entry["record"] == file:
                    entry["record_sha256"] = _digest(self.trees[name])
        if "checklist" in self.trees and "install-checklist" in self.trees:
            self.trees["checklist"]["form_sha256"] = _digest(self.trees["install-checklist"])
        if "exception" in self.trees:
            self.trees["exception"]["offer_sha256"] = _digest(self.trees["offer"])
        for before, after in pairwise([*self.former, self.trees["agreement"]]):
            after["previous_sha256"] = _digest(before)
        self.trees["acceptance"]["offer_sha256"] = _digest(self.trees["offer"])
        self.trees["confirmation"]["offer_sha256"] = _digest(self.trees["offer"])
        self.trees["confirmation"]["acceptance_sha256"] = _digest(self.trees["acceptance"])

    def signed(self, name: str) -> Signed[Any]:
        file, model = (MODELS | EXTRAS)[name]
        tree = self.trees[name]
        return Signed(model.model_validate(tree), file, _digest(tree), frozenset(self.signers[name]))

    def _optional(self, name: str) -> Signed[Any] | None:
        return self.signed(name) if name in self.trees else None

    def _inputs(self) -> dict[str, str]:
        files = (MODELS | EXTRAS).items()
        return {file: _digest(self.trees[name]) for name, (file, _) in files if name in self.trees}

    def word(self, number: int) -> Word:
        """A mail or paper as tests/data/words.yml describes it, already verified."""
        tree = self.words[number]
        digest = tree.get("digest")
        offer = (tree["offer"], int(tree["revision"])) if "revision" in tree else None
        means = Means(tree["means"])
        return Word(
            means=means,
            file=f"{means}s/{number + 1:03}.{'eml' if means is Means.MAIL else 'yml'}",
            sha256=_digest(tree["id"]),
            customer=tree["customer"],
            statement=Statement(
                Says(tree["says"]),
                offer,
                _digest(self.trees[digest]) if digest in self.trees else digest,
                tuple(tree.get("components", ())),
            ),
            said=date.fromisoformat(tree["said"]),
            record=f"{means}s/{number + 1:03}.yml",
            vouchers=frozenset(tree["vouchers"]),
            address=tree.get("address"),
            person=tree.get("person"),
            recipients=tuple(tree.get("recipients", ())),
            message=tree.get("message"),
            paper=tree.get("paper"),
            offer=tree.get("offer"),
        )

    def addition(self, number: int) -> Signed[Addition]:
        tree = copy.deepcopy(self.additions[number])
        signers = frozenset(tree.pop("signers"))
        tree["request_sha256"] = _digest(tree.pop("request"))
        del tree["id"]
        return Signed(Addition.model_validate(tree), f"additions/{number + 1:03}.yml", _digest(tree), signers)

    def formerly(self, number: int) -> Signed[Agreement]:
        tree = self.former[number]
        content = {name: value for name, value in tree.items() if name not in {"id", "signers"}}
        file = f"agreements/{number + 1:03}.yml"
        return Signed(Agreement.model_validate(content), file, _digest(tree), frozenset(tree["signers"]))

    def case(self) -> Case:
        records = {
            file: RecordOnFile(ValidationRecord.model_validate(self.trees[name]), _digest(self.trees[name]))
            for name, file in RECORDS.items()
            if name in self.trees
        }
        some = next((one.content for one in records.values()), None)
        if some:  # of what no case orders, only whether its record is the approved one is judged
            records |= {file: RecordOnFile(some, sha256) for file, sha256 in self.others.items()}
        inputs = self._inputs()
        return Case(
            name="default-offer",
            agreement=self.signed("agreement"),
            offer=self.signed("offer"),
            acceptance=self.signed("acceptance"),
            confirmation=self.signed("confirmation"),
            targets=self.signed("targets"),
            company=Company(
                self.signed("staff"),
                self.signed("software"),
                records,
                inputs,
                self.signed("policy"),
                self._optional("install-checklist"),
            ),
            scopes=SCOPES,
            engineer=self.engineer or self.trees["confirmation"]["engineer"],
            now=datetime.combine(self.today, time(12), UTC),
            inputs=inputs,
            removal=self.removal,
            undo=self.undo,
            former=tuple(self.formerly(number) for number in range(len(self.former))),
            words=tuple(self.word(number) for number in range(len(self.words))),
            additions=tuple(self.addition(number) for number in range(len(self.additions))),
            exception=self._optional("exception"),
            checklist=self._optional("checklist"),
        )

    def proposal(self) -> Proposal:
        """The plan of the test's data, made an hour before now from the documents as they are."""
        now = datetime.combine(self.today, time(12), UTC)
        moments = {
            "created": (now - timedelta(hours=1)).isoformat(),
            "expires": (now + timedelta(hours=7)).isoformat(),
            "inputs": self._inputs(),
        }
        plan = Plan.model_validate({**moments, **self.trees["plan"]})
        former = self.trees.get("former")
        there = self.trees.get("attendance")
        return Proposal(
            plan,
            Facts.model_validate(self.trees["facts"]),
            frozenset(self.signers["plan"]),
            PLAN_SHA256,
            Attendance.model_validate(there) if there else None,
            Plan.model_validate({**moments, **former}) if former else None,
        )


def model_of(text: str, model: type[Any]) -> Any:
    """A model from YAML text, as a file of this content would be read."""
    return to_model(Content("test.yml", text.encode()), model)
