#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A vendor's package repository, believed by one key only."""

from __future__ import annotations

DOCUMENTATION = r"""
module: apt_source
short_description: Add a vendor's package repository with its key
description:
  - Lays the key in C(/etc/apt/keyrings) and a C(.sources) file that names it by C(Signed-By), so that the key counts
    for this repository and for no other.
  - The fingerprint of the key is worked out here and must be the given one. A file that holds several keys is refused.
  - Fetches the list of this repository after a change, and no other list. Needs neither gpg nor python3-debian.
author: koor-provision maintainers
options:
  name:
    description: Name of both files.
    type: str
    required: true
  uri:
    description: Where the repository is.
    type: str
    required: true
  suite:
    description: Its suite.
    type: str
    required: true
  components:
    description: Its components; empty for a suite that ends in a slash.
    type: list
    elements: str
    default: [main]
  key:
    description: The public key, ASCII-armoured.
    type: str
    required: true
  fingerprint:
    description: What the fingerprint of the key must be, 40 hexadecimal digits; spaces do not count.
    type: str
    required: true
attributes:
  check_mode:
    description: Says what would be written.
    support: full
  diff_mode:
    description: No diff.
    support: none
"""

EXAMPLES = r"""
- name: Add the vendor's repository
  koor.provision.apt_source:
    name: vendor
    uri: https://packages.example/ubuntu/22.04
    suite: jammy
    key: "{{ lookup('ansible.builtin.file', 'vendor.asc') }}"
    fingerprint: 0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567
"""

RETURN = r"""
actions:
  description: What was (or in check mode would be) done.
  returned: always
  type: list
  elements: str
  sample: [write /etc/apt/sources.list.d/koor-vendor.sources, fetch its list]
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.whole_file import Access, write

BLOCK = re.compile(
    r"\s*-----BEGIN PGP PUBLIC KEY BLOCK-----\n(?:[A-Za-z]+: [^\n]*\n)*\n(?P<data>[A-Za-z0-9+/=\n]+?)"
    r"\n(?:=[A-Za-z0-9+/]{4}\n)?-----END PGP PUBLIC KEY BLOCK-----\s*"
)
PUBLIC_KEY = 6
UNKNOWN_SIZE = 8
TWO_BYTES, PARTIAL, FIVE_BYTES = 192, 224, 255  # first bytes of a length in the newer form
PATTERNS = {
    "name": re.compile(r"[a-z][a-z0-9-]{0,47}"),
    "uri": re.compile(r"(https?://|file:/)[A-Za-z0-9./_~:-]{1,200}"),
    "suite": re.compile(r"[a-z0-9./-]{1,60}"),
}
COMPONENT = re.compile(r"[a-z0-9-]{1,40}")
KEYRINGS, SOURCES = Path("/etc/apt/keyrings"), Path("/etc/apt/sources.list.d")


def packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the tag and body of each packet of a key (RFC 9580, section 4.2).

    Raises:
        ValueError: the data is no row of packets with known lengths.
    """
    while data:
        tag, start, length = header(data)
        if len(data) < start + length:
            raise ValueError("ends too early")
        yield tag, data[start : start + length]
        data = data[start + length :]


def header(data: bytes) -> tuple[int, int, int]:
    """Return the tag of a packet, where its body starts, and the length of that.

    Raises:
        ValueError: it is no packet, or one whose length is not said at once.
    """
    head, rest = data[0], data[1:6].ljust(5, b"\0")
    if not head & 0x80:
        raise ValueError("is no OpenPGP key")
    if not head & 0x40:  # the older form: the last two bits say how many bytes the length has
        size = 1 << (head & 3)
        if size == UNKNOWN_SIZE:
            raise ValueError("has a packet without length")
        return head >> 2 & 0xF, 1 + size, int.from_bytes(rest[:size], "big")
    if rest[0] < TWO_BYTES:
        return head & 0x3F, 2, rest[0]
    if rest[0] < PARTIAL:
        return head & 0x3F, 3, (rest[0] - TWO_BYTES << 8) + rest[1] + TWO_BYTES
    if rest[0] < FIVE_BYTES:
        raise ValueError("has a packet in parts")
    return head & 0x3F, 6, int.from_bytes(rest[1:5], "big")


def fingerprint(key: str) -> str:
    """Return the fingerprint of the one key in an armoured text (version 4: SHA-1 over the key's packet).

    Raises:
        ValueError: there is no key in it, several, or one of another version.
    """
    block = BLOCK.fullmatch(key)
    if not block:
        raise ValueError("is no ASCII-armoured public key")
    try:
        data = base64.b64decode(block["data"].replace("\n", ""), validate=True)
    except binascii.Error as problem:
        raise ValueError("is damaged") from problem
    keys = [body for tag, body in packets(data) if tag == PUBLIC_KEY]
    if len(keys) != 1 or keys[0][:1] != b"\x04":
        raise ValueError(f"holds {len(keys)} keys, or one that is not of version 4")
    framed = b"\x99" + len(keys[0]).to_bytes(2, "big") + keys[0]
    return hashlib.sha1(framed, usedforsecurity=False).hexdigest().upper()


def source(parameters: dict[str, str | list[str]], key: Path) -> str:
    """Return the source in deb822 form."""
    lines = {
        "Types": "deb",
        "URIs": parameters["uri"],
        "Suites": parameters["suite"],
        "Components": " ".join(parameters["components"]),
        "Signed-By": str(key),
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items() if value)
    return f"# Laid by koor-provision.\n{text}"


def refuse_odd_values(module: AnsibleModule) -> None:
    """Let nothing into a source that is more than one word of its kind, and no key but the expected one."""
    wanted = [(pattern, module.params[name]) for name, pattern in PATTERNS.items()]
    wanted += [(COMPONENT, name) for name in module.params["components"]]
    for pattern, value in wanted:
        if not pattern.fullmatch(value):
            module.fail_json(msg=f"{value!r} is not allowed here; it must match {pattern.pattern}")
    try:
        found = fingerprint(module.params["key"])
    except ValueError as problem:
        module.fail_json(msg=f"the key {problem}; have the vendor's key again, from the vendor")
    expected = module.params["fingerprint"].replace(" ", "").upper()
    if found != expected:
        module.fail_json(msg=f"the key is {found} and not {expected}: do not use it, and ask where it came from")


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "name": {"required": True},
            "uri": {"required": True},
            "suite": {"required": True},
            "components": {"type": "list", "elements": "str", "default": ["main"]},
            "key": {"required": True, "no_log": False},
            "fingerprint": {"required": True},
        },
        supports_check_mode=True,
    )
    refuse_odd_values(module)
    name = module.params["name"]
    key, place = KEYRINGS / f"koor-{name}.asc", SOURCES / f"koor-{name}.sources"
    actions = []
    for path, content in ((key, module.params["key"].strip() + "\n"), (place, source(module.params, key))):
        if not path.is_file() or path.is_symlink() or path.read_text(encoding="utf-8", errors="replace") != content:
            actions.append(f"write {path}")
            if not module.check_mode:
                path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                write(path, content.encode(), Access(0, 0, 0o644))  # apt reads it as a user of its own
    if actions:
        actions.append("fetch its list")
        if not module.check_mode:
            only = [f"Dir::Etc::sourcelist={place}", "Dir::Etc::sourceparts=-", "APT::Get::List-Cleanup=0"]
            options = [word for option in (*only, "APT::Update::Error-Mode=any") for word in ("--option", option)]
            rc, _, err = module.run_command(["apt-get", "update", "--quiet=2", *options])
            if rc != 0:
                place.unlink()  # so that the next run does not take it for done
                module.fail_json(msg=f"the repository was taken out again: {err.strip()[-500:]}", actions=actions)
    module.exit_json(changed=bool(actions), actions=actions)


if __name__ == "__main__":
    main()
