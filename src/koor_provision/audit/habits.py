"""What the system and the scripts of packages write beside what they are shipped with; each with the reason.

Whatever an entry covers is a place to hide in. So the list is short, each pattern is as narrow as it can be, none may be
for a program (`files.py` lets no entry cover anything executable, writable by everybody or lending rights), and none of
the system's entries covers a file in /etc but the three that are named.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Habit:
    """One place.

    Attributes:
        path: the whole path.
        why: who writes there, and why that changes nothing on the server.
    """

    path: re.Pattern[str]
    why: str


def _habits(*rows: tuple[str, str]) -> tuple[Habit, ...]:
    return tuple(Habit(re.compile(path), why) for path, why in rows)


# Whoever works on the server, and also when nobody does.
SYSTEM = _habits(
    (r"/var/log/(journal(/.+)?|lastlog|[wb]tmp(\.db)?|wtmpdb.*)", "log of the system and of logins"),
    (r"/var/log/[a-z.-]+", "log file"),
    (r"/run/(?!systemd/(system|user|generator|transient)|udev/rules|tmpfiles|sysctl|modules).+", "state of what runs"),
    (r"/run/koor-provision(/.+)?", "ours, for the time of the run"),
    (r"/var/lib/systemd/(timers/stamp-.+|random-seed|timesync/clock|catalog/database)", "state of systemd"),
    (r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-", "copy that tools for accounts make before they write"),
    (r"/etc/\.pwd\.lock", "lock of the tools for accounts"),
    (r"/var/lib/private", "place of services without a user of their own"),
)
# While a planned package is installed, upgraded or removed.
PACKAGES = _habits(
    (
        r"/var/lib/dpkg/(available|status|lock|lock-frontend|diversions|statoverride|triggers/.+)(-old|-new)?",
        "what it says is listed by package",
    ),
    (r"/var/lib/dpkg/(alternatives/[^/]+|info/format|cmethopt|updates)", "dpkg's notes"),
    (r"/var/lib/apt/(extended_states|periodic.*|lists.*|mirrors.*)", "apt's notes"),
    (r"/var/cache/(apt|ldconfig|debconf|fontconfig|man)(/.+)?", "cache that is made anew when it is gone"),
    (r"/var/log/(dpkg|alternatives|apt/.+|fontconfig)\.log|/var/log/apt(/.+)?", "log of package tools"),
    (r"/etc/ld\.so\.cache", "index of libraries, made by ldconfig"),
    (r"/var/lib/systemd/deb-systemd-(helper|user-helper)-(enabled|masked)(/.+)?", "notes on enabled units"),
    (r"/var/lib/ucf(/.+)?", "notes on configuration files"),
)
