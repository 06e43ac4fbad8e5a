#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Self-signed certificates, made on the target."""

from __future__ import annotations

DOCUMENTATION = r"""
module: certificates
short_description: Make self-signed certificates on the target
description:
  - Makes an elliptic key and a certificate for it, so that a server can speak TLS before a real certificate is there.
  - The key never leaves the target and is readable by root only.
  - Makes both anew when one is missing, when they do not belong together, when the names differ, or when the
    certificate runs out soon.
  - Needs the command C(openssl) on the target and no Python library.
author: koor-provision maintainers
options:
  certificates:
    description: The certificates.
    type: list
    elements: dict
    required: true
    suboptions:
      certificate:
        description: Where the certificate lies. Its directory is made if missing.
        type: path
        required: true
      key:
        description: Where the key lies, in the same directory.
        type: path
        required: true
      names:
        description: Host names and addresses it is for. If empty, the target's own host name and C(localhost).
        type: list
        elements: str
        default: []
  days:
    description: How long a new certificate is valid.
    type: int
    default: 3650
  within:
    description:
      - Paths of the role's contract; a trailing slash stands for the whole tree. Where a certificate or a key lies in
        none of them the module fails and nothing is made. For paths that an order may choose. None means no limit.
    type: list
    elements: str
    default: []
  renew_days:
    description: A certificate that is valid for less than this is made anew.
    type: int
    default: 30
attributes:
  check_mode:
    description: Says what would be made, also before C(openssl) is installed.
    support: full
  diff_mode:
    description: No diff.
    support: none
"""

EXAMPLES = r"""
- name: Make a certificate for the site
  koor.provision.certificates:
    certificates:
      - certificate: /etc/ssl/koor/shop.crt
        key: /etc/ssl/koor/shop.key
        names: [shop.example, www.shop.example]
"""

RETURN = r"""
made:
  description: Certificates that were (or in check mode would be) made.
  returned: always
  type: list
  elements: str
  sample: [/etc/ssl/koor/shop.crt]
closed:
  description: Keys that others than root could read, and no longer can (or in check mode would no longer).
  returned: always
  type: list
  elements: str
  sample: []
"""

import ipaddress
import os
import re
import socket
import tempfile
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.trees import outside

ALTERNATIVE_NAMES = re.compile(r"X509v3 Subject Alternative Name:[^\n]*\n\s*(?P<names>[^\n]+)")


def alternative_name(name: str) -> str:
    """Return a name as OpenSSL writes it."""
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


def names_in(text: str) -> set[str]:
    """Return the names in OpenSSL's description of a certificate, as OpenSSL writes them."""
    match = ALTERNATIVE_NAMES.search(text)
    return {name.strip().replace("IP Address:", "IP:") for name in match["names"].split(",")} if match else set()


def public_key_in(text: str) -> str:
    """Return the public key block of OpenSSL's output."""
    start, end = text.find("-----BEGIN PUBLIC KEY-----"), text.find("-----END PUBLIC KEY-----")
    return "".join(text[start:end].split()) if 0 <= start < end else ""


def is_good(module: AnsibleModule, entry: dict[str, Any], names: list[str]) -> bool:
    """Tell whether certificate and key are there, belong together, carry the names and last long enough."""
    if not Path(entry["certificate"]).is_file() or not Path(entry["key"]).is_file():
        return False
    seconds = str(module.params["renew_days"] * 86400)
    rc, described, _ = module.run_command(
        [
            "openssl",
            "x509",
            "-in",
            entry["certificate"],
            "-noout",
            "-ext",
            "subjectAltName",
            "-pubkey",
            "-checkend",
            seconds,
        ]
    )
    if rc != 0 or names_in(described) != {alternative_name(name) for name in names}:
        return False
    rc, public, _ = module.run_command(["openssl", "pkey", "-in", entry["key"], "-pubout"])
    return rc == 0 and public_key_in(public) == public_key_in(described) != ""


def is_open(key: Path) -> bool:
    """Tell whether anybody but root may do anything with a key."""
    status = key.stat()
    return (status.st_mode & 0o777, status.st_uid) != (0o600, 0)


def close(key: Path) -> None:
    """Leave a key to root alone."""
    os.chown(key, 0, 0)
    key.chmod(0o600)


def make(module: AnsibleModule, entry: dict[str, Any], names: list[str]) -> None:
    """Make key and certificate beside their place, then move both there."""
    certificate, key = Path(entry["certificate"]), Path(entry["key"])
    certificate.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".koor-", dir=certificate.parent) as private:
        new_key, new_certificate = Path(private, "key"), Path(private, "certificate")
        module.run_command(
            [
                "openssl", "req", "-x509", "-noenc", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-days", str(module.params["days"]), "-subj", f"/CN={names[0][:64]}",
                "-addext", f"subjectAltName={','.join(alternative_name(name) for name in names)}",
                "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth",
                "-keyout", str(new_key), "-out", str(new_certificate),
            ],
            check_rc=True,
        )  # fmt: skip
        new_key.chmod(0o600)
        new_certificate.chmod(0o644)
        new_key.replace(key)
        new_certificate.replace(certificate)


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "certificates": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "certificate": {"type": "path", "required": True},
                    "key": {"type": "path", "required": True, "no_log": False},
                    "names": {"type": "list", "elements": "str", "default": []},
                },
            },
            "days": {"type": "int", "default": 3650},
            "renew_days": {"type": "int", "default": 30},
            "within": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    named = [path for entry in module.params["certificates"] for path in (entry["certificate"], entry["key"])]
    if strays := outside(named, module.params["within"]):
        module.fail_json(msg=f"nothing was made: not in the role's contract: {', '.join(strays)}")
    made, closed = [], []
    for entry in module.params["certificates"]:
        names = entry["names"] or [socket.gethostname(), "localhost"]
        if not is_good(module, entry, names):
            made.append(entry["certificate"])
            if not module.check_mode:
                make(module, entry, names)
        elif is_open(Path(entry["key"])):
            closed.append(entry["key"])
            if not module.check_mode:
                close(Path(entry["key"]))
    module.exit_json(changed=bool(made or closed), made=made, closed=closed)


if __name__ == "__main__":
    main()
