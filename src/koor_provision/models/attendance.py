"""Presence of the customer's responsible for IT (R7): a code of the plan, put on the target by them as root.

The code is the beginning of the SHA-256 of the plan's bytes: whoever holds the plan can work it out with `sha256sum`,
and before there is the plan nobody can, since it holds a random number. It changes with every byte of the plan.
"""

from typing import Annotated

from pydantic import Field

from koor_provision.models.base import Model, Sha256

PLACE = "/run/koor-provision-attendance"
"""The file on the target; it goes with the next start of the server."""
MOST_BYTES = 200
_LETTERS = 20


class Attendance(Model):
    """The file as preflight found it: input from the customer's server, judged by R7."""

    plain: bool
    owner: Annotated[int, Field(ge=0)]
    mode: Annotated[int, Field(ge=0, le=0o7777)]
    text: Annotated[str, Field(max_length=MOST_BYTES)] = ""

    @property
    def words(self) -> tuple[str, str] | None:
        """Code (without dashes) and person, if that is what stands there."""
        parts = self.text.split()
        return (parts[0].replace("-", "").lower(), parts[1]) if len(parts) == 2 else None  # noqa: PLR2004


def code_of(plan_sha256: Sha256) -> str:
    """The code of a plan, in groups of four to be read out."""
    return "-".join(plan_sha256[at : at + 4] for at in range(0, _LETTERS, 4))
