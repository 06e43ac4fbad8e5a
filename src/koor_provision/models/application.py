"""The application as an order names it: its archive, and what is to be entered in it once it is there."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from koor_provision.models.base import Line, Model, Reference, Sha256

EntryName = Annotated[Line, StringConstraints(pattern=r"^[\w&(),./+@ -]+\z", max_length=100)]
"""What a customer calls a part of their organisation: letters of any language, no quotes, no template."""


class Department(Model):
    """A department to enter in the application; in the first unit unless it says which."""

    name: EntryName
    unit: EntryName | None = None


class Position(Model):
    """A position to enter in the application."""

    name: EntryName
    department: EntryName | None = None


class Application(Model):
    """The application, from the one archive that the digest names; it is handed over at the installation.

    Attributes:
        version: what to call it; the application's own version never changes.
        sha256: of the archive, or of what `koor-provision pack` makes of a Git checkout.
        commit: the checkout's commit, where it comes from one.
        organisation: what the first organisation unit is called at first.
        units: further units, entered where nothing of that name is there; so are the next three. How many there may be
            the CTO's form says (R12).
        groups: of accounts. What they may do is nobody's to say but the customer's, in the application.
    """

    component: Literal["application"]
    version: Reference
    sha256: Sha256
    commit: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}\z")] | None = None
    organisation: EntryName = "Organisation"
    units: Annotated[tuple[EntryName, ...], Field(max_length=1000)] = ()
    departments: Annotated[tuple[Department, ...], Field(max_length=1000)] = ()
    positions: Annotated[tuple[Position, ...], Field(max_length=1000)] = ()
    groups: Annotated[tuple[EntryName, ...], Field(max_length=1000)] = ()

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        """Each name stands once, since what is there is known by it, and belongs to something that is named as well."""
        named = self.named()
        units = (self.organisation, *self.units)
        for names in (units, named["departments"], named["positions"], named["groups"]):
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"'{name}' stands twice among its like")
        for department in self.departments:
            if department.unit is not None and department.unit not in units:
                raise ValueError(f"the department '{department.name}' is in '{department.unit}', which is no unit here")
        for position in self.positions:
            if position.department is not None and position.department not in named["departments"]:
                raise ValueError(f"the position '{position.name}' is in '{position.department}', no department here")
        return self

    def named(self) -> dict[str, tuple[str, ...]]:
        """The names to enter, by the rows of the CTO's form that count them."""
        return {
            "units": self.units,
            "departments": tuple(one.name for one in self.departments),
            "positions": tuple(one.name for one in self.positions),
            "groups": self.groups,
        }

    def entries(self) -> dict[str, int]:
        """How many there are to be of what the CTO's form counts, by its rows; the first unit is one of them."""
        return {row: len(names) + (row == "units") for row, names in self.named().items()}
