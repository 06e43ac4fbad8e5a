"""PHP's extensions that an order names: R8 asks for a contract of each, R9 for an approval."""

from collections.abc import Iterator

from koor_provision.models.case import Judged
from koor_provision.models.components import Php
from koor_provision.rules.common import Judge


def _ordered(case: Judged) -> Iterator[Php]:
    return (component for component in case.components if isinstance(component, Php))


def judge_known(case: Judged, judge: Judge) -> None:
    """Deny what no system has; which one it is to be is not known yet, and the plan says what that one lacks."""
    for php in _ordered(case):
        contract = case.scopes.get(php.component)
        systems = contract.systems.values() if contract else ()
        known = {name for system in systems for name in system.choices.get("extensions", {})}
        for name in sorted(set(php.extensions) - known):
            judge.deny(
                f"there is no extension '{name}' of PHP to be ordered",
                f"{case.offered_in}, components, php, extensions",
                f"what always comes needs no order; besides that there are: {', '.join(sorted(known)) or 'none'}",
            )


def judge_approved(case: Judged, judge: Judge) -> None:
    """Deny what no entry of the approved list names."""
    for php in _ordered(case):
        entries = case.company.software.content.find(php.component)
        approved = {name for entry in entries for name in entry.extensions}
        judge.component = php.component
        for name in sorted(set(php.extensions) - approved):
            judge.deny(
                f"the extension '{name}' of PHP is not approved",
                f"{case.company.software.file}, entries, php, extensions",
                f"ask the CTO to validate and approve it; approved are: {', '.join(sorted(approved)) or 'none'}",
            )
