"""Whether an account is one that a service may get: no way in, nobody else's number, nobody else's group. Pure."""

from koor_provision.audit.answer import AccountRow
from koor_provision.audit.expected import Contract

_CLOSED = {"/usr/sbin/nologin", "/sbin/nologin", "/bin/false", "/usr/bin/false"}
_FIRST_PERSON = 1000
"""Numbers below belong to the system; see `FIRST_SYSTEM_UID` and its like in Debian's policy."""
_MEMBERSHIP = {"members", "members in gshadow"}


def harmless(row: AccountRow, contract: Contract, *, by_package: bool) -> bool:
    """Whether a contract that names an account covers its being made, its going, or who is in a group.

    Args:
        by_package: whether a planned package's script makes it just so; else it must have no shell, and be in no other
            main group than the contract's.
    """
    if row.how == "removed":
        return True
    if row.kind == "group":
        return _group(row, contract)
    fields = row.fields
    alone = fields.get("can log in by password") is False and fields.get("same number as") == []
    if row.how != "added" or not alone or not _of_the_system(fields.get("uid")):
        return False
    own = {*contract.groups, *contract.users, "nogroup"}
    return by_package or (fields.get("shell") in _CLOSED and _within(fields.get("main group"), own))


def _group(row: AccountRow, contract: Contract) -> bool:
    fields = row.fields
    members = all(_within(fields.get(name), set(contract.users)) for name in ("members", "members in gshadow"))
    closed = fields.get("can be joined by password") is False and fields.get("administrators") == []
    same = row.how == "added" or _within(fields.get("what differs"), _MEMBERSHIP)
    return members and closed and same and _of_the_system(fields.get("group id"))


def _of_the_system(number: object) -> bool:
    """Whether it is a service's number, and not root's, however that is written."""
    return isinstance(number, str) and number.isascii() and number.isdigit() and 0 < int(number) < _FIRST_PERSON


def _within(names: object, allowed: set[str]) -> bool:
    return isinstance(names, list) and set(names) <= allowed
