"""What sort of thing lies at a path: who looks for unexpected changes looks for these first."""

import re

from koor_provision.models.audit import ChangeKind

_KINDS = (
    (ChangeKind.SUDOERS, re.compile(r"/etc/sudoers(\.d/.*)?|/etc/sudo[^/]*\.conf|/etc/doas\.conf|/run/sudo/.*")),
    (
        ChangeKind.CRON,
        re.compile(r"/etc/cron[^/]*(/.*)?|/etc/anacrontab|/etc/at\.(allow|deny)|/var/spool/(cron|at|anacron)(/.*)?"),
    ),
    (
        ChangeKind.UNIT,
        re.compile(r"/(etc|run|usr/lib|usr/local/lib|lib)/systemd/.+|/etc/(init|rc[0-6S])\.d/.+|/etc/rc\.local"),
    ),
)
ACCOUNT_FILES = frozenset(f"/etc/{name}" for name in ("passwd", "group", "shadow", "gshadow"))


def kind_of(path: str) -> ChangeKind:
    """The kind of a change at a path."""
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(path)), ChangeKind.FILE)
