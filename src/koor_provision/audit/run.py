"""The audit of one run: what the plan may change, held against what did."""

from collections.abc import Mapping

from koor_provision.audit.attribution import audit
from koor_provision.audit.expected import expected
from koor_provision.audit.watch import Watch
from koor_provision.errors import KoorError
from koor_provision.models.audit import Audit
from koor_provision.models.plan import Plan
from koor_provision.models.scope import Scope


def changing(plan: Plan) -> list[str]:
    """Packages that the plan changes or removes."""
    going = plan.removal.packages if plan.removal else ()
    return [*(package.name for package in plan.packages if package.changes), *(package.name for package in going)]


def audited(watch: Watch, plan: Plan, scopes: Mapping[str, Scope]) -> Audit:
    """The second look, and whose each change is. An audit that could not be done is one that says so, and no pass."""
    try:
        answer, seconds = watch.after()
    except KoorError as error:
        return Audit((), troubles=(f"the scope audit: {error}",))
    return audit(answer, expected(plan, scopes), seconds, tuple(watch.before().troubles))
