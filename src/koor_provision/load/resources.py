"""Where the roles, playbooks and defaults lie that travel with this program: in the wheel, or in the checkout."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_IN_WHEEL = _PACKAGE / "share"


@cache
def share() -> Path:
    """The folder that holds `roles/`, `playbooks/`, `inventories/`, `docs/rules/` and `approved_software.yml`."""
    return _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent.parent


def collections() -> Path:
    """The folder with our own Ansible collection, for ANSIBLE_COLLECTIONS_PATH."""
    return _PACKAGE / "collections"
