#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One section of an INI file that others write to as well."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ini_section
short_description: Keep one section of an INI file, and leave the others alone
description:
  - For files that have no directory for drop-ins, such as C(/etc/freetds/freetds.conf) and C(/etc/odbc.ini). The
    section is ours as a whole, whatever else is in the file stays as it is to the letter.
  - The file is replaced at once. A link or anything else that is no plain file is refused.
  - It is not for secrets. Contents come from the controller.
author: koor-provision maintainers
options:
  path:
    description:
      - Absolute path. A file that is not there is made for root, readable by all; what is there keeps its access.
    type: path
    required: true
  section:
    description: Name of the section. A file that has it twice is refused.
    type: str
    required: true
  options:
    description: What the section holds, in this order.
    type: dict
    required: true
attributes:
  check_mode:
    description: Says what would change.
    support: full
  diff_mode:
    description: Shows the section.
    support: full
"""

EXAMPLES = r"""
- name: Name the database server
  koor.provision.ini_section:
    path: /etc/freetds/freetds.conf
    section: shop
    options:
      host: db.example
      port: 1433
"""

RETURN = r"""
path:
  description: The file.
  returned: always
  type: str
  sample: /etc/freetds/freetds.conf
"""

import re
import stat
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.whole_file import Access, write

HEADER = re.compile(r"[ \t]*\[(?P<name>[^\]\n]*)\]")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
OPTION = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,62}")
VALUE = re.compile(r"[A-Za-z0-9./_ -]{1,200}")


class Odd(Exception):  # noqa: N818 - not an error of ours
    """The file is not one that we touch."""


def render(section: str, options: dict[str, str]) -> str:
    """Return a section as text."""
    lines = "".join(f"{name} = {value}\n" for name, value in options.items())
    return f"[{section}]\n# Laid by koor-provision: this section as a whole.\n{lines}"


def replace_section(text: str, section: str, new: str) -> str:
    """Return the text with a section replaced, or put at the end; section names are the same in both cases.

    Raises:
        Odd: the section is there twice.
    """
    lines = text.splitlines(keepends=True)
    headers = [(place, match["name"]) for place, line in enumerate(lines) if (match := HEADER.match(line))]
    places = [place for place, name in headers if name.strip().lower() == section.lower()]
    if len(places) > 1:
        raise Odd(f"has the section [{section}] {len(places)} times; take out what is not needed")
    if not places:
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        return f"{text}{gap}{new}"
    end = next((place for place, _ in headers if place > places[0]), len(lines))
    kept = end  # empty lines before the next section are no part of ours
    while kept > places[0] + 1 and not lines[kept - 1].strip():
        kept -= 1
    return "".join(lines[: places[0]]) + new + "".join(lines[kept:])


def read(path: Path) -> tuple[str, Access]:
    """Return what a file holds, and whose it is.

    Raises:
        Odd: it is no plain file.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return "", Access(0, 0, 0o644)
    if not stat.S_ISREG(status.st_mode):
        raise Odd("is no plain file")
    # Bytes that are no UTF-8 are somebody's, and stay.
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    return text, Access(status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode))


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "section": {"required": True},
            "options": {"type": "dict", "required": True},
        },
        supports_check_mode=True,
    )
    path, section = Path(module.params["path"]), module.params["section"]
    options = {str(name): str(value) for name, value in module.params["options"].items()}
    wanted = [(NAME, section), *((OPTION, name) for name in options), *((VALUE, value) for value in options.values())]
    for pattern, value in wanted:
        if not pattern.fullmatch(value):
            module.fail_json(msg=f"{value!r} is not allowed here; it must match {pattern.pattern}")
    new = render(section, options)
    try:
        before, access = read(path)
        after = replace_section(before, section, new)
        if after != before and not module.check_mode:
            write(path, after.encode("utf-8", "surrogateescape"), access)
    except (Odd, OSError) as problem:
        module.fail_json(msg=f"{path}: {problem}")
    module.exit_json(
        changed=after != before,
        path=str(path),
        diff={"before": "", "after": new, "after_header": str(path)} if after != before else {},
    )


if __name__ == "__main__":
    main()
