"""How long versions and systems live, as their makers announced it."""

from typing import Annotated

from pydantic import Field

from koor_provision.models.base import Count, Day, Model, Slug
from koor_provision.models.software import System


class SystemLife(Model):
    """A system's last days: with its security team, and with long-term support."""

    security: Day
    long_term: Day


class ComponentLife(Model):
    """How many numbers make a series of a component, and each series' last day."""

    numbers: Annotated[Count, Field(ge=1, le=3)] = 2
    ends: dict[str, Day] = Field(default_factory=dict)


class Lifetimes(Model):
    """The table that travels with koor-provision."""

    checked: Day
    systems: dict[System, SystemLife]
    components: dict[Slug, ComponentLife]

    def of(self, component: str) -> ComponentLife:
        """A component's; of one that is not listed, series of two numbers and no end."""
        return self.components.get(component, ComponentLife())
