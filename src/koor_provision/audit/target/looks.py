"""The two looks, and what of their difference is told."""

from __future__ import annotations

import itertools
import json
import os
import stat
import time
from collections.abc import Iterator
from typing import Any

from koor_provision.audit.target import accounts, announced, kernel, links, packages, tree
from koor_provision.audit.target.archives import Archives
from koor_provision.audit.target.attributes import inherited
from koor_provision.audit.target.claims import DIFFERS, RECORD, SHIPPED, Before, Claims, dangerous, ends
from koor_provision.audit.target.differences import Difference, Entry, differences
from koor_provision.audit.target.image import Image
from koor_provision.audit.target.listeners import listeners
from koor_provision.audit.target.scripts import scripts

MOST_TOLD = 50_000
MOST_TEXT = 8_000


def present() -> dict[str, Any]:
    """Everything but files."""
    firewall, note, trouble = kernel.firewall()
    return {
        "packages": packages.states(packages.packages()),
        "users": accounts.users(),
        "groups": accounts.groups(),
        "settings": kernel.settings(),
        "mounts": kernel.mounts(),
        "ports": kernel.listening(),
        "firewall": firewall,
        "left_out": [note] if note else [],
        "troubles": [trouble] if trouble else [],
    }


class First:
    """The look before a run.

    Args:
        planned: names of packages that the plan changes, whose lists and scripts are kept.
    """

    def __init__(self, planned: list[str], root: str = "/") -> None:
        start = time.monotonic()
        self.root = root
        known = packages.packages()
        seen = present()
        seen["lists"] = {name: list(packages.paths_of(name, known[name])) for name in planned if name in known}
        seen["scripts"] = {name: scripts(name, packages.DATABASE) for name in planned if name in known}
        seen["choices"] = links.choices()
        seen["announced"] = announced.digests(planned)
        skipped = tree.left_out(tree.mounts())
        walk = tree.Walk(root, skipped)
        self.image = Image(itertools.chain([json.dumps(seen).encode()], walk.folders()))
        self.files = walk.files
        self.troubles = walk.troubles + seen["troubles"]
        self.seconds = time.monotonic() - start


class Second:
    """The look after a run."""

    def __init__(self, first: First) -> None:
        self._first = first
        self._claims: Claims | None = None

    def peek(self) -> None:
        """Take digests of what packages installed, which `look` takes over for files that were not written since."""
        old = json.loads(next(self._first.image.blocks()))
        self._claims, _ = _claims(old, packages.packages())
        self._claims.take_all_digests()

    def look(self) -> dict[str, Any]:
        """What differs, as JSON can hold it; see `audit.answer` for the fields."""
        start = time.monotonic()
        intact = self._first.image.measured() == self._first.image.sha256
        blocks = self._first.image.blocks()
        old, new = json.loads(next(blocks)), present()
        claims, changed = _claims(old, packages.packages(), self._claims)
        if self._claims:
            claims.take_digests(self._claims)
        skipped = tree.left_out(tree.mounts())
        walk = tree.Walk(self._first.root, skipped)
        shipped: dict[str, int] = {}
        told = list(itertools.islice(_told(differences(blocks, walk.folders()), claims, shipped), MOST_TOLD + 1))
        troubles = [*walk.troubles, *new["troubles"]]
        if len(told) > MOST_TOLD:
            troubles.append(f"more than {MOST_TOLD} files changed that no package shipped; these are the first of them")
        told = _with_owners(told, shipped)
        answer = {
            "intact": intact,
            "files": walk.files,
            "seconds": round(time.monotonic() - start, 3),
            "troubles": troubles,
            "left_out": sorted({*filter(None, (*skipped.values(), claims.unproven())), *new["left_out"]}),
            "packages": {name: [old["packages"].get(name), new["packages"].get(name)] for name in sorted(changed)},
            "shipped": shipped,
            "files_changed": told[:MOST_TOLD],
            "accounts": list(_accounts(old, new, claims)),
            "settings": _pairs(old["settings"], new["settings"]),
            "mounts": _pairs(old["mounts"], new["mounts"]),
            "ports": listeners(old["ports"], new["ports"]),
            "firewall": kernel.rules_changed(old["firewall"], new["firewall"]),
        }
        return {field: readable(value) for field, value in answer.items()}


def _accounts(old: dict[str, Any], new: dict[str, Any], claims: Claims) -> Iterator[list[Any]]:
    """Each account that differs, with the package whose scripts make it just so."""
    for kind in ("user", "group"):
        for sort, name, how, detail, fields in accounts.compared(kind, old[f"{kind}s"], new[f"{kind}s"]):
            if kind == "user" and how != "removed":
                fields.update(accounts.surroundings(name, fields, new["users"], new["groups"]))
            yield [sort, name, how, detail, fields, claims.scripts.account(kind, name, fields)]


def readable(value: Any) -> Any:  # noqa: ANN401  # whatever JSON can hold
    """The same with text of bounded length that is Unicode: a name may hold any bytes, and a line of passwd be long."""
    if isinstance(value, str):
        return value[:MOST_TEXT].encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")[:MOST_TEXT]
    if isinstance(value, (list, tuple)):
        return [readable(one) for one in value]
    if isinstance(value, dict):
        return {readable(name): readable(one) for name, one in value.items()}
    return value


def _claims(
    old: dict[str, Any], known: dict[str, packages.Package], earlier: Claims | None = None
) -> tuple[Claims, set[str]]:
    """What dpkg's records say now, and the names of packages that are not as they were."""
    before, after = old["packages"], packages.states(known)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    before = Before(old["lists"], old["scripts"], old["choices"])
    archives = earlier.archives if earlier else Archives(digests=old["announced"])
    return Claims(known, changed, before, packages.DATABASE, archives), changed


def _pairs(old: dict[str, str], new: dict[str, str]) -> list[list[str | None]]:
    return [[name, old.get(name), new.get(name)] for name in sorted({*old, *new}) if old.get(name) != new.get(name)]


def _told(found: Iterator[Difference], claims: Claims, shipped: dict[str, int]) -> Iterator[dict[str, Any]]:
    """What is told one by one: all but what is exactly as a package shipped it, and lends nobody any rights."""
    given: set[str] = set()
    for difference in found:
        one = _as_given(difference, given)
        claim = claims.claim(one)
        if claim.state in {SHIPPED, RECORD} and not (one.after and dangerous(one.after)):
            shipped[claim.package] = shipped.get(claim.package, 0) + 1
            continue
        yield {
            "path": one.path,
            "before": _plain(one.before),
            "after": _plain(one.after),
            "written": bool(one.before and one.after and one.before.written != one.after.written),
            "package": claim.package,
            "state": claim.state,
        }


def _as_given(one: Difference, given: set[str]) -> Difference:
    """The same without the lists that a new file has from its folder, if the folder had these to give before the run.

    Args:
        given: folders that got something to give since; in the order of names, a folder comes before what is in it.
    """
    was, now = one.before.attributes if one.before else "", one.after.attributes if one.after else ""
    if not one.after or was == now:
        return one
    if not one.before and os.path.dirname(one.path) not in given and inherited(one.path):
        return one._replace(after=one.after._replace(attributes=""))
    given.add(one.path)
    return one


def _with_owners(told: list[dict[str, Any]], shipped: dict[str, int]) -> list[dict[str, Any]]:
    """Say of what is nobody's so far which other package has it; a shipped link may lead to another package's file."""
    unsettled = {
        row["path"]: ends(row["path"], row["after"][4]) for row in told if row["state"] == DIFFERS and _is_link(row)
    }
    unknown = {row["path"] for row in told if not row["package"]}
    listed = packages.owners(unknown.union(*unsettled.values()))
    kept = []
    for row in told:
        row["owner"] = listed.get(row["path"], "")
        if listed.keys() & unsettled.get(row["path"], set()):
            shipped[row["package"]] = shipped.get(row["package"], 0) + 1
        else:
            kept.append(row)
    return kept


def _is_link(row: dict[str, Any]) -> bool:
    return bool(row["after"]) and stat.S_ISLNK(row["after"][0])


def _plain(entry: Entry | None) -> list[Any] | None:
    if entry is None:
        return None
    numbers = [entry.mode, entry.uid, entry.gid, entry.size]
    return [*numbers, entry.target, entry.capability, entry.links, entry.attributes]
