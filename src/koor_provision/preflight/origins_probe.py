"""Runs on the target, as root, with nothing but Python's standard library (3.9 or newer): where packages come from.

Changes nothing there. apt's own `Inst` lines name a repository by its label, which is free text with commas, brackets
and whatever else somebody puts into a Release file: nothing that can be told apart again. So each version is looked up
in `apt-cache policy`, whose rows hold what the server's configuration says and nothing of a repository's, and the rows
in `apt-get indextargets`, which has the fields of each Release file. `preflight.facts` sends this text in front of a
call of `told`.
"""

from __future__ import annotations

import os
import re
from typing import Any

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
"""The keys of the system's own repositories; the package that holds them is one that apt needs."""
STATUS = "/var/lib/dpkg/status"
MOST = 50
_VERSION = re.compile(r"^ (?:\*\*\*|   ) (\S+) -?\d+$")
_ROW = re.compile(r"^ {7,12}-?\d+ (.+)$")
_BLIND = re.compile(r"\b(trusted|allow-insecure|allow-weak)\s*[=:]", re.IGNORECASE)

Stanza = dict[str, str]
Offers = dict[tuple[str, str], list[str]]


def tame(text: str, most: int = 80) -> str:
    """What somebody's Release file says, in letters that can be shown and typed; no password that an address holds."""
    return re.sub(r"[^A-Za-z0-9 ._+:/~@()-]", "?", re.sub(r"//[^/@ ]*@", "//", text))[:most]


def stanzas(said: str) -> list[Stanza]:
    """What `apt-get indextargets` says. A field's further lines begin with a space, and count for nothing."""
    found: list[Stanza] = []
    for part in re.split(r"\n\n+", said):
        rows = (line.partition(": ") for line in part.split("\n") if not line.startswith((" ", "\t")))
        fields = {key: value for key, colon, value in rows if colon}
        if fields:
            found.append(fields)
    return found


def offers(said: str) -> Offers:
    """What `apt-cache policy` says: for each package and version the rows that offer it, of all architectures."""
    found: Offers = {}
    name, rows = "", None
    for line in said.split("\n"):
        version, row = _VERSION.match(line), _ROW.match(line)
        if line and not line.startswith(" "):
            name, rows = line.rstrip(":").partition(":")[0], None
        elif version:
            rows = found.setdefault((name, version.group(1)), [])
        elif row and rows is not None and row.group(1) != STATUS:
            rows.append(row.group(1))
    return found


def signer(probe: Any, target: Stanza, folder: str) -> str:  # noqa: ANN401 - the program in front of this one
    """Who vouches for a repository's Release file.

    Returns:
        `system` for a key of the system's own keyring, `other` for another key that apt trusts there, or `nobody`.
    """
    name, suffix = target.get("Filename", ""), target.get("MetaKey", "").replace("/", "_")
    at = name.rfind(suffix) if suffix else -1
    base = name[:at]
    pairs = ([base + "InRelease"], [base + "Release.gpg", base + "Release"]) if at > 0 else ()
    there = [files for files in pairs if all(os.path.isfile(file) for file in files)]
    if any(proven(probe, files, folder) for files in there):
        return "system"
    return "other" if there and not blindly(target.get("Sourcesentry", "")) else "nobody"


def proven(probe: Any, files: list[str], folder: str) -> bool:  # noqa: ANN401
    """Whether a key of the system's own keyring signed a Release file, by the program that the system's apt uses."""
    if os.path.exists("/usr/bin/sqv"):
        said = os.path.join(folder, "signed")
        way = ["--cleartext", "--output", said] if len(files) == 1 else ["--signature-file", files[0]]
        try:
            return bool(probe.run(["sqv", "--keyring", KEYRING, *way, files[-1]]).returncode == 0)
        finally:
            if os.path.exists(said):
                os.unlink(said)
    if not os.path.exists("/usr/bin/gpgv"):
        return False
    # Its exit code asks for every signature's key; one good one is what apt asks for too.
    status = probe.run(["gpgv", "--status-fd", "1", "--keyring", KEYRING, *files]).stdout.split("\n")
    words = {line.split(" ")[1] for line in status if line.startswith("[GNUPG:] ")}
    return "GOODSIG" in words and "BADSIG" not in words


def blindly(entry: str) -> bool:
    """Whether the place that configures a source tells apt to trust it without a signature, or cannot be read."""
    try:
        with open(entry.rpartition(":")[0], encoding="utf-8", errors="replace") as file:
            return bool(_BLIND.search(file.read()))
    except OSError:
        return True


def told(probe: Any, facts: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """Adds to each package that a look says apt would fetch the repositories that offer this very version.

    Args:
        probe: the program of our preflight, in front of which this is sent.
        facts: what it saw.
    """
    changes, config = facts.get("changes"), facts.get("apt_config")
    if not changes or not config:
        return facts
    said = probe.run(["apt-get", "indextargets", "Created-By: Packages"], apt_config=config).stdout
    sources: dict[str, list[dict[str, str]]] = {}
    signers: dict[tuple[str, str], str] = {}
    for target in stanzas(said):
        key = (target.get("Base-URI", ""), target.get("Filename", ""))
        if key not in signers:
            signers[key] = signer(probe, target, os.path.dirname(config))
        place = target.get("Description", "")
        source = {"place": tame(place, 120), "signed": signers[key]}
        for field in ("Label", "Codename"):
            source[field.lower()] = tame(target.get(field, ""))
        sources.setdefault(place, []).append(source)
    names = sorted({name for one in changes for name in (one["name"], f"{one['name']}:{one['architecture'] or 'all'}")})
    found = offers(probe.run(["apt-cache", "policy", *names], apt_config=config).stdout)
    for change in changes:
        rows = found.get((change["name"], change["version"]), [])
        several = [one for row in rows for one in sources.get(row, [{"place": tame(row, 120), "signed": "nobody"}])]
        different = [one for at, one in enumerate(several) if one not in several[:at]]
        change["sources"] = different if len(different) <= MOST else []  # not some of them: nobody knows the rest then
    return facts
