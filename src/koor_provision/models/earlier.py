"""Earlier runs of ours on a server: whether they came to their end, and what they brought."""

from typing import Annotated

from pydantic import Field

from koor_provision.models.base import Model, Moment
from koor_provision.models.order import RunId
from koor_provision.models.scope import PackageName


class KeptRun(Model):
    """What a server keeps of one run. From the customer's server: input like any other.

    Attributes:
        began: in seconds since 1970, by the server's clock.
        ended: whether the run noted what it left.
        settled: whether it was undone, or another run finished it and said so.
        brought: packages of its plan that are there now, and were not in that version before it.
    """

    run: RunId
    began: Annotated[int, Field(ge=0, le=1 << 40)]
    ended: bool
    settled: bool
    brought: Annotated[tuple[PackageName, ...], Field(max_length=2000)] = ()


class BrokenOff(Model):
    """An earlier run that has no end, as a plan names it: from `began` on nobody looked at what changed.

    Attributes:
        brought: packages that it left; whatever else it brought is not known.
    """

    run: RunId
    began: Moment
    brought: tuple[PackageName, ...] = ()
