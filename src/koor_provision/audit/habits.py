"""What the system and the scripts of packages write beside what they are shipped with; each with the reason.

Whatever an entry covers is a place to hide in. So the list is short, each pattern is as narrow as it can be, and none
is for a program: `files.py` lets no entry cover anything executable, writable by everybody or lending rights. None of
the system's entries covers a file in /etc but the backups and the lock that are named.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Habit:
    """One place.

    Attributes:
        path: the whole path.
        why: who writes there, and why that changes nothing on the server.
        target: where it leads, if it is a link; unless it says so, nowhere but to its neighbours.
        closed: permissions that it must not give; those that it gave before are not the run's.
        new: whether it may be there for the first time.
        shared: whether those who make it give others rights by an access control list.
    """

    path: str
    why: str
    target: str = r"|(?!\.\.?$)[^/]+"
    closed: int = 0
    new: bool = True
    shared: bool = False

    def covers(self, path: str, target: str, mode: int) -> bool:
        """Whether this is such a place, and what lies there is as closed as it should be."""
        here = re.fullmatch(self.path, path) and re.fullmatch(self.target, target)
        return bool(here) and not mode & self.closed


# In /run, what is read as configuration as soon as somebody asks for it lies beside what is only state.
_STATE_OF_SYSTEMD = (
    r"ask-password(-block)?|cgroups-agent|container|credentials|default-hostname|dissect-root|dynamic-uid|ephemeral-trees"
    r"|first-boot|fsck(\.progress)?|home|import|inaccessible|incoming|inhibit|io\.[A-Za-z.]+|journal(\.[^/.]+)?|logind"
    r"|machines|mount-rootfs|mute-console|netif|notify|nsresource|oom|pcrlock|private|propagate|quotacheck|report|resolve"
    r"|seats|sessions|show-status|shutdown|systemd-units-load|temporary-credentials|timesync|tpm2-[a-z-]+|unit-root|units"
    r"|userdb|users"
)
_CONFIGURATION = (
    rf"systemd/(?!({_STATE_OF_SYSTEMD})(/|$))|systemd$|(?!koor-provision/|sendsigs\.omit\.d(/|$))([^/]+/)*[^/]+\.d(/|$)"
    r"|(userdb|sudo|polkit-1|initramfs|netplan|NetworkManager/(conf|system-connections)[^/]*|dbus-1|host)(/|$)"
    r"|user/\d+/systemd/(user[^/]*|transient)(/|$)"
)
_LOGS = (
    r"(syslog|messages|debug|dmesg|boot|(auth|boot|cloud-init(-output)?|cron|daemon|kern|lpr|mail|sudo|ufw|user)\.log"
    r"|mail\.(err|info|warn))"
)

# Whoever works on the server, and also when nobody does.
SYSTEM = (
    Habit(
        r"/var/log/(journal(/.+)?|lastlog|faillog|[wb]tmp(\.db)?|wtmpdb.*)",
        "log of the system and of logins",
        shared=True,
    ),
    Habit(rf"/var/log/{_LOGS}", "log file", closed=0o137),
    Habit(rf"/run/(?!{_CONFIGURATION}).+", "state of what runs, gone with a restart", target=".*", shared=True),
    Habit(r"/run/sudo/ts/[^/]+", "when somebody gave his password to sudo", new=False, closed=0o177),
    Habit(r"/run/systemd/transient/(session-[^/]+\.scope|user-\d+\.slice)(\.d(/.+)?)?", "a login"),
    Habit(r"/var/lib/systemd/(timers/stamp-.+|random-seed|timesync/clock|catalog/database)", "state of systemd"),
    Habit(r"/etc/(passwd|group|subuid|subgid)-", "copy that tools for accounts make before they write"),
    Habit(r"/etc/g?shadow-", "copy that tools for accounts make before they write", closed=0o137),
    Habit(r"/etc/\.pwd\.lock", "lock of the tools for accounts"),
    Habit(r"/var/lib/php/sessions/sess_[A-Za-z0-9,-]+", "a visitor's session", closed=0o177),
    Habit(r"/var/lib/private", "place of services without a user of their own"),
)
# While a planned package is installed, upgraded or removed.
PACKAGES = (
    Habit(
        r"/var/lib/dpkg/(available|status|lock|lock-frontend|diversions|statoverride|triggers/.+)(-old|-new)?",
        "what it says is listed by package",
    ),
    Habit(r"/var/lib/dpkg/(alternatives/[^/]+|info/format|cmethopt|updates)", "dpkg's notes"),
    Habit(r"/var/lib/apt/(extended_states|periodic.*|lists.*|mirrors.*)", "apt's notes"),
    Habit(r"/var/cache/(apt|ldconfig|debconf|fontconfig|man)(/.+)?", "cache that is made anew when it is gone"),
    Habit(r"/var/log/(dpkg|alternatives|apt/.+|fontconfig)\.log|/var/log/apt(/.+)?", "log of package tools"),
    Habit(r"/etc/ld\.so\.cache", "index of libraries, made by ldconfig"),
    Habit(r"/var/lib/systemd/deb-systemd-(helper|user-helper)-(enabled|masked)(/.+)?", "notes on enabled units"),
    Habit(r"/var/lib/ucf(/.+)?", "notes on configuration files"),
    Habit(
        r"/var/lib/php/modules/\d\.\d/([a-z0-9]+(/(en|dis)abled_by_(maint|admin)(/[a-z0-9_-]+)?)?|registry/[a-z0-9_-]+)",
        "PHP's notes on enabled modules; what enables one is a link in /etc, which is listed",
        target="",
    ),
    Habit(
        r"/(etc/systemd/system|run/systemd/generator(\.late)?)/[^/]+\.(wants|requires)",
        "folder for links that start units; each of these is listed",
        target="",
    ),
    Habit(r"/etc/ssl/certs/[0-9a-f]{8}\.\d", "name by which OpenSSL finds a certificate", r"ssl-cert-snakeoil\.pem"),
    Habit(
        r"/etc/alternatives/php-fpm\.sock",
        "which version's socket is PHP's",
        r"/run/php/php\d\.\d-fpm\.sock",
    ),
)
# Where the package manager was asked to do something, and did nothing.
ASKED = tuple(
    Habit(path, "the package manager was asked, and came to nothing")
    for path in (
        r"/var/lib/dpkg/((status|lock|lock-frontend|triggers/(Lock|Unincorp))(-old)?|updates)",
        r"/var/(lib/apt/extended_states|cache/apt(/archives)?(/lock|/partial|/[^/]+\.deb)?)",
        r"/var/log/(dpkg\.log|apt(/(history|term|eipp)\.log(\.xz)?)?)",
    )
)
# What may go, and only that, while a planned package is installed: dpkg clears it away when it takes up its work again.
TORN = (
    Habit(r"/.+\.dpkg-(new|tmp)", "laid aside by dpkg when it was torn from its work", target=""),
    Habit(
        r"/var/lib/dpkg/(tmp\.ci(/[^/]+)?|updates/(\d{4}|tmp\.i))", "laid aside by dpkg when it was torn from its work"
    ),
)
