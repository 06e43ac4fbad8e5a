"""Looks at who may come into a machine or bring software. Runs where the files are, with Python alone."""

import glob
import json
import os
import re
import sys
from collections.abc import Iterator

ADMIN = "koor"
_MIGHTY = {"root", "sudo", "shadow", "disk"}
_LOCKED = re.compile(r"[!*]+")
_GROUP_PASSWORDS = {"x", "*", "!", ""}
_SSHD = re.compile(
    r"^\s*(?P<word>AuthorizedKeysFile|AuthorizedKeysCommand\w*|AuthorizedPrincipals\w+|TrustedUserCAKeys|HostKey|"
    r"HostCertificate|Match|PermitUserEnvironment|"
    r"PermitRootLogin\s+(?!prohibit-password\s*$|no\s*$)|PermitEmptyPasswords\s+(?!no\s*$)|"
    r"HostbasedAuthentication\s+(?!no\s*$)|UsePAM\s+(?!yes\s*$))",
    re.MULTILINE | re.IGNORECASE,
)
_SUDO = re.compile(
    r"NOPASSWD|!\s*authenticate|\btargetpw\b|^\s*(?!root\b|%sudo\b|Defaults\b|@include|#|$)\S+.*=", re.MULTILINE
)
_APT = re.compile(
    r"trusted\s*[=:]\s*(yes|true|1)|allow-(insecure|weak|downgrade-to-insecure)\s*[=:]\s*(yes|true|1)|://[^\s/]*@",
    re.IGNORECASE,
)
_APT_CONF = re.compile(
    r"Allow(Unauthenticated|InsecureRepositories|WeakRepositories|DowngradeToInsecureRepositories)\W+(true|yes|1)|"
    r"Verify-(Peer|Host)\W+(false|no|0)|Proxy|://[^\s/\"]*@",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"^\s*pass(word)?\s*[=:]?\s*[\"']?[^\s\"'#]", re.MULTILINE | re.IGNORECASE)


_SETTINGS = (
    (("etc/sudoers", "etc/sudoers.d/*"), _SUDO, "gives rights without a password, or to others"),
    (("etc/ssh/sshd_config", "etc/ssh/sshd_config.d/*"), _SSHD, "changes who may log in"),
    (
        ("etc/apt/sources.list", "etc/apt/sources.list.d/*"),
        _APT,
        "takes packages without looking at signatures, or holds a login",
    ),
    (
        ("etc/apt/apt.conf", "etc/apt/apt.conf.d/*"),
        _APT_CONF,
        "takes packages without looking at signatures, or by another way",
    ),
    (("etc/mysql/*.cnf", "etc/mysql/*conf.d/*.cnf"), _PASSWORD, "holds a password"),
)


def look(root: str) -> Iterator[str]:
    """Say what is wrong, a line each."""
    yield from _accounts(root)
    yield from _groups(root)
    for patterns, wrong, meaning in _SETTINGS:
        for file in _files(root, *patterns):
            if found := wrong.search(_without_comments(_read(file))):
                line = "" if wrong is _PASSWORD else f": {found[0].strip().splitlines()[0][:60]}"
                yield f"{os.path.relpath(file, root)}: {meaning}{line}"
    if "-security" not in "".join(map(_read, _files(root, "etc/apt/sources.list", "etc/apt/sources.list.d/*"))):
        yield "etc/apt/sources.list: the machine would get no security updates"


def _accounts(root: str) -> Iterator[str]:
    for place in ("etc/passwd", "etc/shadow", "etc/group", "etc/gshadow"):
        if not _files(root, place):
            yield f"{place}: is not there"
    for words in _rows(root, "etc/passwd"):
        if words[1] != "x":
            yield f"etc/passwd: the account {words[0]} has its password, or none, where everybody reads it"
        if not words[2].strip("0") and words[0] != "root":
            yield f"etc/passwd: the account {words[0]} is another root"
    for words in _rows(root, "etc/shadow"):
        if not _LOCKED.fullmatch(words[1]):
            yield f"etc/shadow: the account {words[0]} has a password"


def _groups(root: str) -> Iterator[str]:
    for words in _rows(root, "etc/gshadow"):
        if not _LOCKED.fullmatch(words[1]):
            yield f"etc/gshadow: the group {words[0]} has a password"
    for words in _rows(root, "etc/group"):
        if words[1] not in _GROUP_PASSWORDS:
            yield f"etc/group: the group {words[0]} has a password"
        if words[0] in _MIGHTY and set(words[3].split(",")) - {ADMIN, ""}:
            yield f"etc/group: {words[3]} in the group {words[0]}"


def _rows(root: str, place: str) -> Iterator[list[str]]:
    for file in _files(root, place):
        yield from (line.split(":") + [""] * 4 for line in _read(file).splitlines())


def _files(root: str, *patterns: str) -> list[str]:
    # No pathlib: as in scan.py.
    found = [file for pattern in patterns for file in sorted(glob.glob(os.path.join(root, pattern)))]  # noqa: PTH118, PTH207
    return [file for file in found if os.path.isfile(file)]  # noqa: PTH113


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", "//", ";")))


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        return file.read()


if __name__ == "__main__":
    json.dump(list(look(sys.argv[1])), sys.stdout)
