"""Whose one changed file is. Pure."""

import posixpath
import re
import stat

from koor_provision.audit.answer import FileRow, Seen
from koor_provision.audit.expected import Contract, Expected
from koor_provision.audit.habits import ASKED, PACKAGES, SYSTEM, TORN, Habit
from koor_provision.audit.places import kind_of
from koor_provision.models.audit import Change, ChangeKind, Owner

_AS_PACKAGED = {"shipped", "registered", "made", "compiled", "record", "gone"}
# Where packages lay units; what lies below /etc or /run is told by itself.
_SHIPPED_UNITS = re.compile(r"(/usr)?/lib/systemd/system/[^/]+|/etc/init\.d/[^/]+")
_ENABLED = re.compile(
    r"/etc/systemd/system/(?:[^/]+\.(?:wants|requires)/)?(?P<unit>[^/]+\.(?:service|socket|timer))"
    r"|/etc/rc[0-6S]\.d/[SK]\d\d(?P<script>[^/]+)"
)
# A program has no business here, unless a contract names the very file or a package ships it.
_NO_PROGRAMS = ("/etc/", "/var/", "/run/", "/tmp/", "/dev/", "/home/", "/root/")  # noqa: S108  # paths of the target
_PRIVATE = re.compile(
    r"/(?:var/)?tmp/systemd-private-[0-9a-f]{32}-(?P<unit>[A-Za-z0-9@._-]+\.service)-[A-Za-z0-9]{6}(/tmp)?"
)


def attribute(row: FileRow, expected: Expected, *, installing: bool) -> Change:
    """One changed file with its owner.

    Args:
        installing: whether any planned package changed, so that its scripts were at work.
    """
    owner, by = _owner(row, expected, installing=installing)
    kind = ChangeKind.SETUID if _lends(row.after) else kind_of(row.path)
    return Change(kind, row.path, _how(row), detail(row), owner, by)


def _owner(row: FileRow, expected: Expected, *, installing: bool) -> tuple[Owner, str]:
    package = row.package if row.package in expected.packages else ""
    if package and row.state in _AS_PACKAGED:
        return Owner.PACKAGE, package
    if _opens(row):
        return Owner.NOBODY, ""
    if package and _made_beside(row) and not _grants(row):
        return Owner.PACKAGE, package
    for contract in expected.contracts if not _grants(row) else ():
        if _enables(row, contract) or _in_scope(row, contract):
            return contract.owner
    return _by_habit(row, expected, installing=installing)


def _by_habit(row: FileRow, expected: Expected, *, installing: bool) -> tuple[Owner, str]:
    asked = ASKED if expected.works and row.after else ()  # it writes there though it comes to nothing
    packages = (*PACKAGES, *(() if row.after else TORN)) if installing else asked
    owners = ((Owner.PACKAGE, packages), (Owner.SYSTEM, SYSTEM))
    if not _program(row):
        for owner, habits in owners:
            for habit in habits:
                if _usual(row, habit):
                    return owner, habit.why
    return Owner.NOBODY, ""


def _usual(row: FileRow, habit: Habit) -> bool:
    """Whether a habit covers what lies there, and how it came there."""
    after = row.after
    given = after.mode if after and not (row.before and row.before.mode == after.mode) else 0
    if not habit.covers(row.path, after.target if after else "", given):
        return False
    return (habit.new or row.before is not None) and (habit.shared or not _grants(row))


def _made_beside(row: FileRow) -> bool:
    """Whether what a planned package does not ship itself is of a kind that it makes: notes and data."""
    plain = kind_of(row.path) is ChangeKind.FILE and not _program(row)
    return row.state in {"inside", "script"} and plain


def _lends(seen: Seen | None) -> bool:
    """Whether whoever runs a file gets rights that are not his own."""
    if seen is None or not stat.S_ISREG(seen.mode):
        return False
    return bool(seen.mode & (stat.S_ISUID | stat.S_ISGID)) or bool(seen.capability)


def _opens(row: FileRow) -> bool:
    """What no contract and no habit may cover: lent rights, doors for everybody, devices, further names of a file."""
    after = row.after
    if after is None or stat.S_ISLNK(after.mode) or stat.S_ISSOCK(after.mode) or stat.S_ISFIFO(after.mode):
        return False
    if stat.S_ISDIR(after.mode):
        return bool(after.mode & stat.S_IWOTH) and not after.mode & stat.S_ISVTX
    another = after.links > 1 and not (row.before and row.before.links >= after.links)
    return not stat.S_ISREG(after.mode) or _lends(after) or bool(after.mode & stat.S_IWOTH) or another


def _grants(row: FileRow) -> bool:
    """Whether an access control list or something like it was hung on a file, or taken off it."""
    if row.after is None:
        return False
    return row.after.attributes != (row.before.attributes if row.before else "")


def _attributes(old: Seen | None, new: Seen) -> str:
    """What hangs on a file now, if that is not what it was."""
    if new.attributes == (old.attributes if old else ""):
        return ""
    letters = new.attributes.partition(":")[0]
    names = (("A", "an access control list"), ("D", "a default access control list"), ("STU", "extended attributes"))
    found = [name for sort, name in names if set(sort) & set(letters)]
    return f"has {' and '.join(found)}" if found else "lost its access control list or attributes"


def _program(row: FileRow) -> bool:
    return row.after is not None and stat.S_ISREG(row.after.mode) and bool(row.after.mode & 0o111)


def _in_scope(row: FileRow, contract: Contract) -> bool:
    """Whether a contract covers a path, and what lies there is of a kind that a contract may cover."""
    pattern = contract.path(row.path)
    if pattern is None:
        return _private(row, contract)
    if _program(row) and pattern != row.path and row.path.startswith(_NO_PROGRAMS):
        return False
    if row.after and stat.S_ISLNK(row.after.mode) and row.state not in {"link", "shipped"}:
        return contract.path(_end(row.path, row.after)) is not None
    return True


def _end(path: str, link: Seen) -> str:
    """Where a link leads, by its own words."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), link.target))


def _private(row: FileRow, contract: Contract) -> bool:
    """The folder that systemd gives a service in place of /tmp."""
    match = _PRIVATE.fullmatch(row.path)
    return bool(match) and match["unit"] in contract.services if match else False


def _enables(row: FileRow, contract: Contract) -> bool:
    """Whether a link says that a unit of the contract is started with the system, or no longer is."""
    seen = row.after or row.before
    match = _ENABLED.fullmatch(row.path)
    if not match or not seen or not stat.S_ISLNK(seen.mode):
        return False
    unit = match["unit"] or f"{match['script']}.service"
    target, end = posixpath.basename(seen.target), _end(row.path, seen)
    if row.after and not _SHIPPED_UNITS.fullmatch(end) and contract.path(end) is None:
        return False  # the name is the component's, and what is started something else
    if unit in contract.services:
        return target in {unit, unit.rpartition(".")[0]}
    # Another name of the unit, which goes with its being enabled; a new one only if it is plainly the component's.
    ours = unit.startswith((contract.component, *contract.users))
    return target in contract.services and (row.after is None or ours)


def _how(row: FileRow) -> str:
    if row.before is None:
        return "added"
    return "removed" if row.after is None else "changed"


def detail(row: FileRow) -> str:
    """What a person wants to know of a change."""
    old, new = row.before, row.after
    parts = _differences(old, new) if old and new else [_type(new), _mode(new)] if new else []
    if not parts and row.written:
        parts.append("written")
    if new and stat.S_ISLNK(new.mode):
        was = f"{old.target} -> " if old and old.target else ""
        parts.append("masked" if new.target == "/dev/null" else f"leads to {was}{new.target}")
    if new and new.capability and (not old or old.capability != new.capability):
        parts.append("has capabilities")
    parts.append(_attributes(old, new) if new else "")
    if new and new.links > 1 and not (old and old.links == new.links):
        parts.append(f"{new.links} names for one file")
    if row.state == "strange owner" and new and not old:
        parts.append(f"owner {new.uid}, group {new.gid}")
    if row.state in {"differs", "strange mode", "strange owner"}:
        parts.append(f"not as {row.package} ships it")
    if row.owner:
        parts.append(f"belongs to {row.owner}, which the plan does not touch")
    return ", ".join(filter(None, parts))


def _differences(old: Seen, new: Seen) -> list[str]:
    """Type, mode, owner and group, where they are not what they were."""
    if stat.S_IFMT(old.mode) != stat.S_IFMT(new.mode):
        return [f"{_type(old)} -> {_type(new)}", _mode(new)]
    pairs = (("mode", _mode(old)[5:], _mode(new)[5:]), ("owner", old.uid, new.uid), ("group", old.gid, new.gid))
    return [f"{name} {one} -> {other}" for name, one, other in pairs if one != other]


def _mode(seen: Seen) -> str:
    return f"mode {stat.S_IMODE(seen.mode):04o}" if stat.S_ISREG(seen.mode) or stat.S_ISDIR(seen.mode) else ""


def _type(seen: Seen) -> str:
    names = {
        stat.S_IFREG: "file",
        stat.S_IFDIR: "folder",
        stat.S_IFLNK: "link",
        stat.S_IFSOCK: "socket",
        stat.S_IFIFO: "pipe",
        stat.S_IFBLK: "block device",
        stat.S_IFCHR: "device",
    }
    return names.get(stat.S_IFMT(seen.mode), "file")
