"""What a customer's word leads to: the documents that go into their case, shown before they are written."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import TypeAdapter, ValidationError

from koor_provision.cli.numbered import Numbered, locked
from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content, lies, read, require_folder
from koor_provision.load.intake import document
from koor_provision.load.words import ADDITIONS, AGREEMENTS, numbers
from koor_provision.models.agreement import Agreement, CustomerPerson
from koor_provision.models.base import Sha256
from koor_provision.models.case import Company
from koor_provision.models.components import Component
from koor_provision.models.mail import Says, Statement
from koor_provision.models.order import Acceptance, Confirmation, Offer
from koor_provision.models.remedy import located
from koor_provision.models.text import shown
from koor_provision.models.word import Addition
from koor_provision.write import write_new

Effort = Mapping[str, str | None]
"""Hours, complexity and cost of an addition, as the command line gave them."""
F = TypeVar("F", bound=Callable[..., object])


def effort_options(function: F) -> F:
    """Options for the effort of additional software, handed over as one `effort`."""

    @wraps(function)
    def gathered(*, hours: str | None, complexity: str | None, cost: str | None, **others: object) -> object:
        return function(effort={"hours": hours, "complexity": complexity, "cost_eur": cost}, **others)

    for option in (
        click.option("--cost", metavar="EUR", help="What it costs."),
        click.option("--complexity", type=click.Choice(["low", "medium", "high"]), help="How difficult it is."),
        click.option("--hours", metavar="H", help="How long additional software takes, where that is asked for."),
    ):
        gathered = option(gathered)
    return gathered  # type: ignore[return-value]  # what click calls takes the options, not the effort


@dataclass
class Filing:
    """Documents that are about to be written into a case, and what is to be done with them.

    Attributes:
        files: what is new in the case, by its name.
        numbered: what gets a number when it is written.
        checks: run now by who adds them, and once more before anything is written: meanwhile somebody was asked.
    """

    folder: Path
    today: date
    agreements: list[Agreement]
    files: dict[str, bytes] = field(default_factory=dict)
    numbered: list[Numbered] = field(default_factory=list)
    checks: list[Callable[[], None]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    to_do: list[str] = field(default_factory=list)
    lacks: str = ""

    @classmethod
    def into(cls, folder: Path, today: date) -> "Filing":
        """Begin with a case.

        Raises:
            InputError: it has no agreement, or a malformed one.
        """
        require_folder(folder, "name a case folder; `koor-provision sample DIR` makes one to look at")
        names = [f"{AGREEMENTS}/{number}.yml" for number in numbers(folder, AGREEMENTS)]
        return cls(
            folder, today, [to_model(read(folder / name, name), Agreement) for name in [*names, "agreement.yml"]]
        )

    @property
    def customer(self) -> str:
        """The customer's number."""
        return self.agreements[-1].customer

    @property
    def persons(self) -> tuple[CustomerPerson, ...]:
        """Whom any agreement names, the present one first: who was taken off could still approve the change."""
        return tuple(person for one in reversed(self.agreements) for person in one.persons())

    @property
    def offer(self) -> Offer:
        """The offer that lies in the case."""
        return to_model(self._document("offer.yml"), Offer)

    def follow(self, statement: Statement, said: date, source: Sha256, effort: Effort, company: Company) -> None:
        """Add what a statement leads to.

        Args:
            source: digest of the mail or attestation that says so.

        Raises:
            InputError: it does not fit to the case.
        """
        if statement.says is Says.ACCEPTANCE:
            self._accept(statement, said)
        elif statement.says is Says.APPROVAL:
            self._approve(statement)
        else:
            self._add(statement, source, effort, company)

    def _document(self, name: str) -> Content:
        return read(self.folder / name, name, hint=f"put {name} into the case first")

    def _accept(self, statement: Statement, said: date) -> None:
        content = self._document("offer.yml")
        offer = to_model(content, Offer)
        if statement.offer != (offer.offer, offer.revision) or statement.digest not in {None, content.sha256}:
            raise InputError(
                f"the customer accepts another offer than the one here ({offer.offer} revision {offer.revision})",
                where="offer.yml",
                hint="put the offer that they accept into the case, or ask them which one they mean",
            )
        new = document(
            Acceptance, "What the customer accepted; their mail or paper says so (R5).", kind="acceptance",
            customer=self.customer, offer=offer.offer, revision=str(offer.revision), offer_sha256=content.sha256,
            accepted=said.isoformat(), binding="true",
        )  # fmt: skip
        if not lies(self.folder / "acceptance.yml", "acceptance.yml"):
            self.files["acceptance.yml"] = new
        elif to_model(self._document("acceptance.yml"), Acceptance) != to_model(Content("new", new), Acceptance):
            raise InputError(
                "is on record already, and says something else",
                where="acceptance.yml",
                hint="compare it with the mail or paper; take it out if it is wrong",
            )
        self.to_do.append(
            "a sales manager writes and signs confirmation.yml, with the digest: sha256sum acceptance.yml"
        )

    def _approve(self, statement: Statement) -> None:
        names = [name for name in ("agreement.yml", "targets.yml") if lies(self.folder / name, name)]
        found = next((name for name in names if self._document(name).sha256 == statement.digest), None)
        if found is None:
            raise InputError(
                f"no document here has the digest {statement.digest}",
                where=str(self.folder),
                hint="put agreement.yml or targets.yml there just as the customer has it; compare with sha256sum",
            )
        self.told.append(f"that is {found}")

    def _add(self, statement: Statement, source: Sha256, effort: Effort, company: Company) -> None:
        for name in statement.components:
            if not _without_options(name):
                raise InputError(
                    f"{name} cannot be asked for in a sentence: it needs options that only an offer names",
                    where=str(self.folder),
                    hint=f"put {name} with its options into an offer, and have that accepted",
                )
            approved = "approved" if company.software.content.find(name) else "NOT on the approved list (R9)"
            needed = company.policy.content.needs(name)
            related = "needed by the application" if needed else "NOT needed by the application (R5)"
            self.told.append(f"{name}: {approved}, {related}")
        if missing := [name for name, value in effort.items() if value is None]:
            self.lacks = f"the effort of the additional software is missing: {', '.join(missing)}"
            self.told.append(self.lacks)
            return
        order = to_model(self._document("confirmation.yml"), Confirmation)
        content: dict[str, Any] = {
            "kind": "addition",
            "customer": self.customer,
            "order": order.order,
            "request_sha256": source,
            "components": [{"component": name} for name in statement.components],
            "estimate": dict(effort),
            "confirmed": self.today.isoformat(),
        }
        data = document(Addition, "Ordered after the offer (R5), and what it takes.", **content)
        self.numbered.append(
            Numbered(
                ADDITIONS,
                {"yml": data},
                "a senior of Support & Service who is not the engineer signs: koor-provision sign {} --key KEY",
            )
        )

    def show(self) -> None:
        """Say what was understood and what would be written."""
        for line in self.told:
            click.echo(f"  {shown(line)}")
        for name in [name for one in self.numbered for name in one.names(self.folder)] + [*self.files]:
            click.echo(f"  writes      {shown(name)}")

    def finish(self, *, dry_run: bool, yes: bool) -> bool:
        """Ask, write, and say what is to be done next; returns whether anything was written."""
        if dry_run:
            click.echo("dry run: nothing was written")
            return False
        if self.lacks:
            raise InputError(
                self.lacks,
                where=str(self.folder),
                hint="estimate it, for instance: --hours 1 --complexity low --cost 150",
            )
        if not yes:
            if not sys.stdin.isatty():
                raise InputError(
                    "nobody can be asked here: standard input is no terminal",
                    hint="look at what was understood with --dry-run, then run with --yes",
                )
            click.confirm("Is this what the customer means?", abort=True, err=True)
        self._write()
        for line in self.to_do:
            click.echo(f"  to do: {shown(located(line, self.folder, ''))}")
        return True

    def _write(self) -> None:
        with locked(self.folder):
            for check in self.checks:
                check()
            for name in self.files:
                if (self.folder / name).exists():
                    raise InputError(
                        "was written by somebody else meanwhile",
                        where=name,
                        hint="look at it, then run the command again",
                    )
            for one in self.numbered:
                names = one.write(self.folder)
                click.echo(f"  wrote       {shown(', '.join(names))}")
                self.to_do.append(one.to_do.format(names[-1]))
            for name, data in self.files.items():
                write_new(self.folder / name, data)
                click.echo(f"  wrote       {shown(name)}")


def _without_options(name: str) -> bool:
    """Whether a component can be had by its name alone."""
    try:
        TypeAdapter(Component).validate_python({"component": name})
    except ValidationError as error:
        return not any(item["type"] == "missing" for item in error.errors())
    return True
