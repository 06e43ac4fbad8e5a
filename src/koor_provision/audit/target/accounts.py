"""Users and groups: every line of the four files, compared without a password's hash ever leaving the server."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

Record = dict[str, Any]
Snapshot = dict[str, dict[str, Record]]
_SALT = secrets.token_bytes(16)
"""Known to this process alone, so that even what it keeps in memory cannot be guessed from."""


def veiled(text: str) -> str:
    """A digest that says whether something is the same, and nothing else."""
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), key=_SALT, digest_size=16).hexdigest()


def lines(path: str) -> dict[str, list[str]]:
    """Fields of each line by its first one; a name that stands there twice is no less seen."""
    found: dict[str, list[str]] = {}
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            for line in file:
                fields = line.rstrip("\n").split(":")
                name, number = fields[0], 2
                while name in found:
                    name, number = f"{fields[0]} (line {number} of it)", number + 1
                found[name] = fields
    except OSError:
        pass
    return found


def can_log_in(hashed: str) -> bool:
    """Whether some password is accepted: none begins with `!` or `*`, and an empty field asks for none."""
    return hashed[:1] not in {"!", "*"}


def in_shadow(field: str) -> bool:
    """Whether the password is in the shadow file; anything else in passwd is the password itself, or none if empty."""
    return field in {"x", "*NP*"} or field.startswith("##")


def users(root: str = "/etc") -> dict[str, Record]:
    """Each user, with what the shadow file says."""
    shadow, found = lines(f"{root}/shadow"), {}
    for name, fields in lines(f"{root}/passwd").items():
        _, password, uid, gid, gecos, home, shell = (fields + [""] * 7)[:7]
        hidden = shadow.pop(name, None)
        hashed = hidden[1] if in_shadow(password) and hidden and len(hidden) > 1 else password
        found[name] = {
            "uid": uid,
            "group id": gid,
            "home": home,
            "shell": shell,
            "real name": veiled(gecos),
            "password": veiled(f"{password}:{hashed}"),
            "can log in by password": can_log_in(hashed),
            # The third field is the day of the last change.
            "expiry": veiled(":".join(hidden[3:] if hidden else [])),
            "more fields": veiled(":".join(fields[7:])),
        }
    for name, fields in shadow.items():
        found[f"{name} (in shadow only)"] = {"password": veiled(":".join(fields))}
    return found


def groups(root: str = "/etc") -> dict[str, Record]:
    """Each group with its members."""
    shadow, found = lines(f"{root}/gshadow"), {}
    for name, fields in lines(f"{root}/group").items():
        _, password, gid, members = (fields + [""] * 4)[:4]
        hidden = (shadow.pop(name, None) or []) + [""] * 4
        hashed = hidden[1] if in_shadow(password) else password
        found[name] = {
            "group id": gid,
            "members": sorted(filter(None, members.split(","))),
            "administrators": sorted(filter(None, hidden[2].split(","))),
            "password": veiled(f"{password}:{hidden[1]}"),
            "can be joined by password": hashed != "" and can_log_in(hashed),
            "members in gshadow": sorted(filter(None, hidden[3].split(","))),
        }
    for name, fields in shadow.items():
        found[f"{name} (in gshadow only)"] = {"password": veiled(":".join(fields))}
    return found


def _number(text: object) -> int | str:
    """A number however it is written: a second root may be called 00."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else str(text)


def names(path: str) -> dict[int, set[str]]:
    """The names of each number in passwd or group."""
    found: dict[int, set[str]] = {}
    for fields in lines(path).values():
        number = _number(fields[2]) if len(fields) > 2 else ""  # noqa: PLR2004
        if isinstance(number, int):
            found.setdefault(number, set()).add(fields[0])
    return found


def surroundings(name: str, record: Record, users: dict[str, Record], groups: dict[str, Record]) -> Record:
    """Of a user's record: the names of the main group, and of who else has the same number."""
    uid, gid = _number(record.get("uid")), _number(record.get("group id"))
    others = (other for other, row in users.items() if other != name and _number(row.get("uid")) == uid)
    return {
        "main group": sorted(group for group, row in groups.items() if _number(row.get("group id")) == gid),
        "same number as": sorted(others),
    }


VEILED = {"real name", "password", "expiry", "more fields"}


def said(field: str, old: object, new: object) -> str:
    """One changed field in words."""
    if field in VEILED:
        return f"{field} changed"
    if isinstance(old, list) and isinstance(new, list):
        signs = [f"+{one}" for one in new if one not in old] + [f"-{one}" for one in old if one not in new]
        return f"{field} {' '.join(signs)}"
    return f"{field} {old} -> {new}"


def compared(kind: str, before: dict[str, Record], after: dict[str, Record]) -> list[tuple[str, str, str, str, Record]]:
    """Kind, name, how, detail, and what is there now without anything veiled, for each account that differs."""
    found = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        plain = {field: value for field, value in (new or {}).items() if field not in VEILED}
        if not old:
            detail = ", ".join(f"{field} {value}" for field, value in plain.items() if value not in ([], ""))
            found.append((kind, name, "added", detail, plain))
        elif not new:
            found.append((kind, name, "removed", "", plain))
        else:
            fields = [field for field in {**old, **new} if old.get(field) != new.get(field)]
            detail = ", ".join(said(field, old.get(field), new.get(field)) for field in fields)
            plain["what differs"] = fields
            found.append((kind, name, "changed", detail, plain))
    return found
