# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What undoing a run would take: how the server is now, held against how it was before the run and right after it."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
from typing import Any

from ansible_collections.koor.provision.plugins.module_utils.choices import alternatives, chosen
from ansible_collections.koor.provision.plugins.module_utils.kept import (
    AFTER,
    BASE,
    PLAN,
    SIGNATURES,
    UNDONE,
    Entries,
    Entry,
    accounts,
    automatic,
    load,
    made,
    measured,
    packages,
    read_entries,
    runs,
    scan,
    shipped,
    tops_of,
    units,
)

_INSTALLED = "installed"
_NO_PACKAGE: list[str] = ["", ""]
Keys = dict[str, Any]


def look_with(probe: Any, systems: list[str], run: str) -> dict[str, Any]:  # noqa: ANN401 - see below
    """Say everything that is asked before a run is undone.

    Args:
        probe: the program of our preflight, in front of which this is sent.
        systems: that the components of the run know.
    """
    facts: dict[str, Any] = probe.server()
    if facts["system"] not in systems or not facts["root"]:
        return facts
    facts["busy"] = probe.at_work()
    if facts["busy"]:
        return facts
    if any(probe.torn().values()):
        facts["trouble"] = "packages are not fully installed; install the order again before a run is undone"
        return facts
    facts["kept"] = look(run)
    added = facts["kept"].get("added")
    if added:
        facts["architectures"] = probe.architectures(list(added))
        alone, facts["changes"], facts["trouble"] = probe.leaving("purge", *added)
        facts["removals"] = sorted(alone)
    return facts


def look(run: str, base: str = BASE, root: str = "") -> dict[str, Any]:
    """Say what is kept of a run and what undoing it would change; changes nothing."""
    every = runs(base)
    if run not in every:
        return {"run": run, "state": "none"}
    names = list(every)
    state = "undone" if os.path.lexists(f"{base}/{run}/{UNDONE}") else "kept"
    later = [name for name in names[names.index(run) + 1 :] if not os.path.lexists(f"{base}/{name}/{UNDONE}")]
    answer = {"run": run, "state": state, "later": later}
    if state == "kept" and not later:
        answer.update(_compared(f"{base}/{run}", every[run], root))
    return answer


def _compared(folder: str, before: dict[str, Any], root: str) -> dict[str, Any]:
    after = load(f"{folder}/{AFTER}") if os.path.lexists(f"{folder}/{AFTER}") else None
    known = packages(root)
    return {
        "plan": _text(f"{folder}/{PLAN}"),
        "signatures": _text(f"{folder}/{SIGNATURES}"),
        "finished": after is not None,
        **_packages(before, known, root),
        **_files(before, after, known, root),
        "made": _made(before, after, root),
        "alternatives": [
            name
            for name in alternatives(root)
            if name not in before["alternatives"] and (after is None or name in after["alternatives"])
        ],
        "choices": _choices(before, after, root),
        **_accounts(before, after, root),
        **_services(before),
    }


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _packages(before: dict[str, Any], known: dict[str, list[str]], root: str) -> dict[str, Any]:
    """Tell what came, what became newer, and what apt no longer takes for something that others need."""
    was, names, now = before["packages"], before["order"]["packages"], automatic(root)
    here = {name: row for name, row in known.items() if name in names}

    def had(name: str) -> str:
        return str(was.get(name, _NO_PACKAGE)[1])

    new = [name for name, row in here.items() if had(name) != _INSTALLED and (row[1] == _INSTALLED or name not in was)]
    return {
        "added": {name: here[name][0] for name in new},
        "left": [name for name in new if had(name)],
        "upgraded": {
            name: [was[name][0], row[0]] for name, row in here.items() if had(name) == _INSTALLED and was[name] != row
        },
        "automatic": [name for name in here if name in before["automatic"] and name not in now],
    }


def _files(
    before: dict[str, Any], after: dict[str, Any] | None, known: dict[str, list[str]], root: str
) -> dict[str, Any]:
    """Tell what comes back, what goes, and what of both somebody changed since.

    Where the run could not note what it left, only what its order names counts: all else may be somebody's own work.
    """
    order, was = before["order"], read_entries(before["entries"])
    left = {path: Entry(*row) if row else None for path, row in after["changed"].items()} if after else {}
    now = scan(tops_of(order["paths"], root), root, {**was, **{path: one for path, one in left.items() if one}})
    if after:
        ours = set(left)
    else:
        ours = {path for path in {*was, *now} if was.get(path, _NONE).key != now.get(path, _NONE).key}
        ours = {path for path in ours if _named(path, order)}
    new = sorted(path for path in ours if path not in was and path in now)
    tops = [path for path in new if os.path.dirname(path) not in ours or os.path.dirname(path) in was]
    trees = tuple(f"{path}/" for path in tops)
    below = [path for path in now if path in ours or path.startswith(trees)]
    added = {name for name in known if name in order["packages"] and name not in before["packages"]}
    others = _of_others(added, root)
    return {
        "restored": [path for path in sorted(ours) if path in was and was[path].key != now.get(path, _NONE).key],
        "deleted": [f"{path}/" if stat.S_ISDIR(now[path].mode) else path for path in tops],
        "changed": [path for path in sorted(below) if _is_news(path, now, left, was, root)] if after else [],
        "others": [path for path in sorted(below) if path not in was and path in others],
    }


_NONE = Entry(0, 0, 0, "", [])


def _is_news(path: str, now: Entries, left: dict[str, Entry | None], was: Entries, root: str) -> bool:
    """Tell whether somebody made or changed a file since the run; a package's newer file is nobody's work."""
    one = now[path]
    if stat.S_ISDIR(one.mode):
        return False
    then = left[path] if path in left else was.get(path)
    if then and then.key == one.key:
        return False
    return not (stat.S_ISREG(one.mode) and shipped_md5(root).get(path) == _md5(root + path))


_shipped: dict[str, dict[str, str]] = {}


def shipped_md5(root: str) -> dict[str, str]:
    """Return what packages shipped; read once."""
    if root not in _shipped:
        _shipped[root] = shipped(root)
    return _shipped[root]


def _md5(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.md5(file.read()).hexdigest()  # noqa: S324 - dpkg's choice


def _named(path: str, order: dict[str, Any]) -> bool:
    """Tell whether a path is covered by what an order may write, or starts one of its services."""
    return any(covers(pattern, path) for pattern in order["paths"]) or (
        path.startswith("/etc/systemd/") and os.path.basename(path) in order["services"]
    )


def covers(pattern: str, path: str) -> bool:
    """Tell whether a path of a contract covers one: a trailing slash stands for the folder and all below it."""
    if pattern.endswith("/"):
        return fnmatch.fnmatchcase(f"{path}/", f"{pattern}*")
    return fnmatch.fnmatchcase(path, pattern)


def _of_others(added: set[str], root: str) -> set[str]:
    """Return the configuration files of packages that do not go."""
    found: set[str] = set()
    with open(f"{root}/var/lib/dpkg/status", encoding="utf-8", errors="replace") as file:
        for stanza in file.read().split("\n\n"):
            lines = stanza.splitlines()
            name = next((line[9:] for line in lines if line.startswith("Package: ")), "")
            if name not in added:
                found |= {line.split()[0] for line in lines if line.startswith(" /")}
    return found


def _made(before: dict[str, Any], after: dict[str, Any] | None, root: str) -> list[dict[str, Any]]:
    """Tell of each place for data that the run made how much is in it now, and whether that is what the run left.

    What was made since in a place that was there before the run is somebody else's.
    """
    left = after["made"] if after else None
    rows = []
    for path in made(before["data"], root):
        if left is None or path in left:
            sha256, files, size = measured(path, root)
            touched = left is None or left[path][0] != sha256
            tree = os.path.isdir(root + path) and not os.path.islink(root + path)
            rows.append({"path": f"{path}/" if tree else path, "files": files, "bytes": size, "touched": touched})
    return rows


def _accounts(before: dict[str, Any], after: dict[str, Any] | None, root: str) -> dict[str, list[str]]:
    rows = {}
    for kind, file in (("users", "passwd"), ("groups", "group")):
        new = [name for name in accounts(file, root) if name not in before[kind]]
        ours = after[kind] if after else before["order"][kind]
        rows[kind] = [name for name in new if name in ours]
    return rows


def _choices(before: dict[str, Any], after: dict[str, Any] | None, root: str) -> list[str]:
    """Tell for which names something else was chosen by the run; what somebody chose since is theirs."""
    left = after.get("chosen", {}) if after else {}
    return [name for name, row in chosen(root).items() if name in before.get("chosen", {}) and left.get(name) == row]


def _services(before: dict[str, Any]) -> dict[str, list[str]]:
    """Tell which services start, which stop, and which have to read their configuration again."""
    was, now = before["units"], units(before["order"]["services"])
    ran = [name for name, state in was.items() if state[1] == "active"]
    runs_now = [name for name, state in now.items() if state[1] in {"active", "activating", "reloading"}]
    return {
        "started": [name for name in ran if name not in runs_now],
        "stopped": [name for name in runs_now if name not in ran],
        "restarted": [name for name in ran if name in runs_now and name.endswith(".service")],
    }
