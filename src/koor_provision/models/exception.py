"""Break-glass: two of our own people lift a rule for one order and a few days, and answer for it by name."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import Day, Line, Reference
from koor_provision.models.documents import Document

RuleId = Annotated[str, Field(pattern=r"^R([1-9]|1[0-6])[ab]?\z")]


class ExceptionGrant(Document):
    """An exception for named rules of one order, signed by the HOCS and the CTO.

    `expires` is the first day on which it does not hold any more.
    """

    KIND: ClassVar[str] = "exception"
    kind: Literal["exception"]
    customer: Reference
    order: Reference
    rules: Annotated[tuple[RuleId, ...], Field(max_length=16)] = ()
    reason: Line
    granted: Day
    expires: Day
