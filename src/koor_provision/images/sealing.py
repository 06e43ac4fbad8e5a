"""What leaves the tree before it becomes an image: secrets, traces of the build, what a machine makes anew.

Pure: names in, an answer out. `tree` carries it out. Paths have no leading slash, as in an archive.
"""

import re
from fnmatch import fnmatchcase

EMPTY_FOLDERS = (
    "boot/efi",
    "dev",
    "etc/koor-provision/secrets",
    "etc/ssl/koor",
    "etc/ssl/private",
    "home",
    "media",
    "mnt",
    "proc",
    "root",
    "run",
    "srv",
    "sys",
    "tmp",
    "var/backups",
    "var/cache/apt",
    "var/lib/apt/lists",
    "var/lib/memcached",
    "var/lib/mysql",
    "var/lib/php/sessions",
    "var/lib/postgresql",
    "var/lib/private",
    "var/lib/redis",
    "var/lib/systemd/timers",
    "var/lib/systemd/timesync",
    "var/log/journal",
    "var/mail",
    "var/spool/cron/crontabs",
    "var/tmp",
)
"""Folders that stay, with nothing in them: databases, secrets, lists, mails, what lives in memory."""

KEPT_INSIDE = ("home/koor", "home/koor/.bashrc", "home/koor/.profile", "home/koor/.bash_logout",
               "root/.bashrc", "root/.profile", "var/lib/apt/lists/partial", "var/cache/apt/archives",
               "var/cache/apt/archives/partial", "var/lib/postgresql/*", "var/backups/koor-provision")  # fmt: skip
"""What nevertheless stays in them; of a name with an asterisk only the folder."""

LEFT_OUT = (
    ".dockerenv",
    "etc/*-",  # the account files as they were before the last change
    "etc/.pwd.lock",
    "etc/.resolv.conf.*",
    "etc/dpkg/dpkg.cfg.d/koor-build",
    "etc/apt/auth.conf",
    "etc/apt/auth.conf.d/*",
    "etc/apt/preferences.d/koor-lock",
    "etc/apt/sources.list",  # the build's mirror; the machine gets Debian's own
    "etc/apt/sources.list.d/[0-9][0-9][0-9][0-9]*",  # further ones of the build, as mmdebstrap calls them
    "etc/hostname",
    "etc/hosts",
    "etc/machine-id",
    "etc/mtab",
    "etc/redis/koor-account.conf",
    "etc/resolv.conf",
    "etc/ssh/ssh_host_*",
    "etc/ssl/certs/ssl-cert-snakeoil.pem",
    "run/.containerenv",
    "var/cache/debconf/*-old",
    "var/cache/ldconfig/aux-cache",
    "var/cache/man/*",
    "var/lib/dbus/machine-id",
    "var/lib/dpkg/*-old",
    "var/lib/dpkg/*[lL]ock*",
    "var/lib/lastlog/*",
    "var/lib/wtmpdb/*",
    "var/lib/apt/daily_lock",
    "var/lib/apt/periodic/*",
    "var/lib/logrotate/*",
    "var/lib/systemd/credential.secret",
    "var/lib/systemd/linger/*",
    "var/lib/systemd/random-seed",
    "var/lib/ucf/*.*[0-9]",  # ucf's own copies of what it had before
)

ACCOUNTS = "etc/shadow"
_LOCKED = re.compile(r"[!*]+")
_DAY = 86_400


def stays(path: str, *, is_folder: bool) -> bool:
    """Whether something of the tree belongs into the image.

    Args:
        path: relative, without a slash at either end.
    """
    if any(fnmatchcase(path, pattern) for pattern in LEFT_OUT):
        return False
    if path.startswith("var/log/") and not is_folder:
        return False
    if any(path.startswith(f"{folder}/") for folder in EMPTY_FOLDERS):
        return any(path == kept or (is_folder and _one_level(path, kept)) for kept in KEPT_INSIDE)
    return True


def _one_level(path: str, pattern: str) -> bool:
    return "*" in pattern and path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)


def sealed_accounts(text: str, epoch: int) -> str:
    """The shadow file without the day of the build.

    Raises:
        ValueError: an account has a password, or something that could be one.
    """
    lines = []
    for line in text.splitlines():
        name, password, changed, *rest = line.split(":")
        if not _LOCKED.fullmatch(password):
            raise ValueError(f"the account '{name}' has a password")
        lines.append(":".join((name, password, str(epoch // _DAY) if changed else "", *rest)))
    return "\n".join(lines) + "\n"
