#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a component leaves behind is deleted, and what was put aside for it gets its name back."""

from __future__ import annotations

DOCUMENTATION = r"""
module: paths_absent
short_description: Delete files and trees, and bring back files that were disabled
description:
  - Looks at everything first. Where something is not what its path says, the module fails and nothing is changed.
  - A link is never followed. A file system that is mounted at a tree is emptied and stays mounted.
author: koor-provision maintainers
options:
  paths:
    description:
      - What goes. An asterisk stands for any part of one name. A path that ends in a slash is a tree with all that is
        in it, and any other a file or a link.
    type: list
    elements: str
    default: []
  restored:
    description:
      - Files that M(koor.provision.configuration) renamed to end in C(.disabled). They get this name back, unless a new
        file has taken it.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Says what would go.
    support: full
  diff_mode:
    description: Which paths go and come.
    support: full
"""

EXAMPLES = r"""
- name: Delete the data of Redis
  koor.provision.paths_absent:
    paths: [/var/lib/redis/, /etc/koor-provision/secrets/redis.cnf]
"""

RETURN = r"""
paths:
  description: What was (or in check mode would be) deleted.
  returned: always
  type: list
  elements: str
  sample: [/var/lib/redis]
restored:
  description: What got (or in check mode would get) its name back.
  returned: always
  type: list
  elements: str
  sample: [/etc/php/8.2/fpm/pool.d/www.conf]
"""

import glob
import os
import shutil
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

SUFFIX = ".disabled"


class Odd(Exception):  # noqa: N818 - not an error of ours
    """Something lies there that we do not delete."""


def matches(pattern: str) -> list[str]:
    """Return what is there, in order; a link that leads nowhere is there too."""
    return sorted(glob.glob(pattern))  # noqa: PTH207 - Path.glob does not see such a link


def expand(patterns: list[str]) -> list[Path]:
    """Return what is there of what shall go, each once.

    Raises:
        Odd: a pattern is too wide, or what lies there is a link or a tree where none should be.
    """
    found: dict[Path, None] = {}
    for pattern in patterns:
        fixed = [part for part in pattern.partition("*")[0].split("/") if part]
        if not pattern.startswith("/") or ".." in pattern.split("/") or len(fixed) < 2:  # noqa: PLR2004 - /etc/* is too much
            raise Odd(f"{pattern} is no path that may be deleted")
        for name in matches(pattern):
            path = Path(name)
            tree = pattern.endswith("/")
            if tree and path.is_symlink():
                raise Odd(
                    f"{path} is a link, and what it leads to is nobody's to delete: look at it, and delete it by hand"
                )
            if not tree and path.is_dir() and not path.is_symlink():
                raise Odd(f"{path} is a directory, and a file was expected there")
            if not (tree and path.is_mount() and not any(path.iterdir())):
                found[path] = None
    return list(found)


def delete(path: Path) -> None:
    """Delete one thing with all that is in it."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
    elif path.is_mount():
        for entry in path.iterdir():
            delete(entry)
    else:
        shutil.rmtree(path)


def put_aside(patterns: list[str]) -> list[Path]:
    """Return the names that files were renamed from, where they are free."""
    aside = [name for pattern in patterns for name in matches(pattern + SUFFIX)]
    return [Path(name.removesuffix(SUFFIX)) for name in aside if not os.path.lexists(name.removesuffix(SUFFIX))]


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "paths": {"type": "list", "elements": "str", "default": []},
            "restored": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    try:
        paths, restored = expand(module.params["paths"]), put_aside(module.params["restored"])
        if not module.check_mode:
            for path in paths:
                delete(path)
            for path in restored:
                path.with_name(path.name + SUFFIX).rename(path)
    except (Odd, OSError) as problem:
        module.fail_json(msg=str(problem))
    gone, back = [str(path) for path in paths], [str(path) for path in restored]
    module.exit_json(
        changed=bool(gone or back), paths=gone, restored=back,
        diff={"before": "".join(f"{name}\n" for name in gone), "after": "".join(f"{name}\n" for name in back)},
    )  # fmt: skip


if __name__ == "__main__":
    main()
