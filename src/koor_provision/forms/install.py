"""The rows of the Application Install Checklist (R12)."""

from collections.abc import Callable

from koor_provision.forms.rows import Answer, How, Row
from koor_provision.models.application import Application
from koor_provision.models.measured import Measured

TABLES, MODULES = 71, 13
"""The least that an installed application has."""
SIGN_IN = 403
"""What a healthy front page answers to somebody who is not signed in."""


def _application(seen: Measured) -> Answer:
    one = seen.application
    tables, active, hidden = (one.count(what) or 0 for what in ("tables", "modules", "hidden"))
    modules = active + hidden  # one that nobody uses is hidden by being deactivated
    good = one.configured and not one.installer and tables >= TABLES and modules >= MODULES and bool(one.deployed)
    version = one.deployed.get("version", "unknown")
    installer = "still there" if one.installer else "gone"
    return Answer(
        f"version {version}, {tables} tables, {modules} modules ({hidden} of them hidden), installer {installer}",
        good,
        advice="" if good else "install it: koor-provision install CASE",
    )


def _domains(seen: Measured) -> Answer:
    front, domains = seen.application.front, seen.application.domains
    good = bool(domains) and front.status == SIGN_IN and front.title
    return Answer(f"{', '.join(domains) or 'no domain'}; the front page answers {front.status}", good)


def _localisation(seen: Measured) -> Answer:
    found = seen.application.count("localisation") or 0
    return Answer(f"{found} localisation(s) in the database", None if found else False)


def _admin(seen: Measured) -> Answer:
    found = seen.application.count("administrators") or 0
    word = "; the password is still the first one" if seen.application.first_password else ""
    return Answer(f"{found} active account(s) in the group admin{word}", found > 0)


def _counted(what: str) -> Callable[[Measured], Answer]:
    def measure(seen: Measured) -> Answer:
        found = seen.application.count(what)
        if found is None:
            return Answer(f"the application has no table of {what}")
        return Answer(f"{found} in the database", None, found)

    return measure


def _modules(seen: Measured) -> Answer:
    return Answer(f"{seen.application.count('modules') or 0} modules are active")


def _hidden(seen: Measured) -> Answer:
    one = seen.application
    hidden, shown = one.count("hidden") or 0, one.count("navigation")
    return Answer(f"{hidden} modules are deactivated, {shown if shown is not None else 'unknown'} entries are shown")


def _basic(seen: Measured) -> Answer:
    front = seen.application.front
    logged = {level: count for level, count in seen.application.logs.items() if count}
    grave = sum(logged.get(level) or 0 for level in ("emergency", "alert", "critical"))
    text = f"front page {front.status}, API {front.api}, {grave} grave messages in the logs"
    return Answer(text, None if front.status == SIGN_IN and front.title and not grave else False)


ROWS: dict[str, Row] = {
    "server": Row(
        How.ASKED, reason="proven by the verification of a run; of a server that runs already a person says it"
    ),
    "application": Row(How.MEASURED, _application),
    "domains": Row(How.MEASURED, _domains),
    "localisation": Row(How.CONFIRMED, _localisation, "whether it is the customer's"),
    "admin-user": Row(How.MEASURED, _admin),
    "update-job": Row(How.OPEN, reason="the application's update job is a placeholder that does nothing"),
    "monitoring-job": Row(How.OPEN, reason="the application's monitoring job crashes as it is shipped"),
    "units": Row(How.CONFIRMED, _counted("units"), "whether these are the ones that were agreed"),
    "departments": Row(How.CONFIRMED, _counted("departments"), "whether these are the ones that were agreed"),
    "positions": Row(How.CONFIRMED, _counted("positions"), "whether these are the ones that were agreed"),
    "groups": Row(How.CONFIRMED, _counted("groups"), "whether their permissions are the ones that were agreed"),
    "modules": Row(How.CONFIRMED, _modules, "whether these are the purchased ones, configured as agreed"),
    "hidden-modules": Row(How.CONFIRMED, _hidden, "whether every module that is not used is among them"),
    "basic-test": Row(How.CONFIRMED, _basic, "whether people can work with it"),
}


def rows_of(ordered: Application | None) -> dict[str, Row]:
    """All rows, for an order: what it has entered by name a machine proves, and nobody need confirm it.

    Groups stay to be confirmed, since nobody but the customer knows what their accounts may do.
    """
    if ordered is None:
        return ROWS
    kinds = {"units": "unit", "departments": "department", "positions": "position"}
    named = ordered.named()
    proven = {row: Row(How.MEASURED, _entered(row, kind, named[row])) for row, kind in kinds.items() if named[row]}
    return ROWS | proven


def _entered(row: str, kind: str, names: tuple[str, ...]) -> Callable[[Measured], Answer]:
    def measure(seen: Measured) -> Answer:
        found, entered = seen.application.count(row), seen.application.entered.get(kind, ())
        missing = [name for name in names if name not in entered]
        if missing:
            return Answer(f"ordered and not there at the last run: {', '.join(missing)}", good=False, count=found)
        return Answer(f"{found} in the database, with all {len(names)} that were ordered", bool(found), found)

    return measure
