"""Break-glass: two of our own people lift a rule for one order and a few days, and answer for it by name."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import Day, Line, PersonId, Reference, Sha256, Slug
from koor_provision.models.documents import Document

RuleId = Annotated[str, Field(pattern=r"^R([1-9]|1[0-6])[ab]?\z")]


class ExceptionGrant(Document):
    """An exception for named rules of one order, signed by the HOCS and the CTO.

    It is good for what was looked at when it was granted, and for nothing that comes later. What is missing here is the
    gate's to tell, not a malformed file.

    Attributes:
        offer_sha256: the offer as it was then.
        engineer: who may do it though they may not (R6).
        components: whose versions may be what they are (R9).
        expires: the first day on which it does not hold any more.
    """

    KIND: ClassVar[str] = "exception"
    kind: Literal["exception"]
    customer: Reference
    order: Reference
    rules: Annotated[tuple[RuleId, ...], Field(max_length=16)] = ()
    offer_sha256: Sha256 | None = None
    engineer: PersonId | None = None
    components: Annotated[tuple[Slug, ...], Field(max_length=30)] = ()
    reason: Line
    granted: Day
    expires: Day
