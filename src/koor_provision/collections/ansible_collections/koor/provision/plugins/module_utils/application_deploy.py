# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The application is installed by its own installer, once, and never over anything.

That installer drops the database, takes the crontab of its user and makes a new key, asks nothing, and ends with 0. So
it runs only where there is nothing to lose, or after everything was backed up because somebody said so.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

from ansible_collections.koor.provision.plugins.module_utils import application_config as config
from ansible_collections.koor.provision.plugins.module_utils import application_tree as tree
from ansible_collections.koor.provision.plugins.module_utils.application_database import Database, Failed
from ansible_collections.koor.provision.plugins.module_utils.application_site import (
    USER,
    Site,
    backup,
    crontab_of_user,
    put_back_crontab,
)
from ansible_collections.koor.provision.plugins.module_utils.application_tree import Refused
from ansible_collections.koor.provision.plugins.module_utils.kept_password import (
    new_password,
    parse_option_file,
    write_secret,
)

SECONDS = 1800


def install(site: Site, word: str = "") -> None:
    """Install where there is nothing."""
    stage = site.staged()
    manifest = tree.manifest(stage)
    site.entered.unlink(missing_ok=True)  # what a former one had entered is not in this one
    crontab = crontab_of_user()
    swap(site, stage)
    try:
        run_installer(site)
        settle(site)
        site.remember(manifest, word)
    except (Failed, Refused):
        # Nothing was there before this run, so nothing is lost; what is half there would only be in the way.
        recreate(site)
        site.base.clear()
        shutil.rmtree(site.root)
        raise
    finally:
        put_back_crontab(crontab)


def recreate(site: Site) -> None:
    """Bring the database back where the installer dropped it and made none."""
    Database("mysql").sql(f"CREATE DATABASE IF NOT EXISTS `{site.base.name}` CHARACTER SET utf8mb4")


def swap(site: Site, stage: Path) -> None:
    """Put a folder in the site's place, and what was there away."""
    tree.give(stage, site.owner())
    old = site.beside("old")
    shutil.rmtree(old, ignore_errors=True)
    if site.root.exists():
        site.root.rename(old)
    stage.rename(site.root)
    shutil.rmtree(old, ignore_errors=True)


def run_installer(site: Site) -> None:
    """Run the application's own installer as the web user, with an account that goes afterwards."""
    folder = site.root / tree.INSTALLER
    secret = Path(site.parameters["secrets"], "application-admin.cnf")
    password = parse_option_file(secret.read_text(encoding="ascii")) if secret.is_file() else ""
    password = password or new_password()
    values = {"orgname": site.parameters["organisation"], "adminname": "admin", "adminpassword": password}
    values |= {"adminemail": site.parameters["admin_email"], "domain": site.parameters["domain"] or "127.0.0.1"}
    write_secret(
        secret,
        "# The application's first administrator. Hand it over, and have it changed.\n"
        f"[client]\nuser=admin\npassword={password}\n",
    )
    with site.base.installer() as account:
        edit(folder / "config.php", lambda text: config.set_masters(text, dict.fromkeys(config.WORKS, account)))
        edit(folder / "cli.php", lambda text: config.set_variables(text, values))
        done = subprocess.run(
            ["runuser", "-u", USER, "--", "php", "cli.php"],
            cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    recreate(site)
    # It says 0 whatever happened: only what is there now counts.
    if not (site.root / "config.php").is_file() or len(site.base.tables()) < site.parameters["minimum"]["tables"]:
        said = (done.stdout + done.stderr).replace(password, "***").replace(account["password"], "***").strip()[-600:]
        raise Failed(f"the application's installer made {len(site.base.tables())} tables and said: {said or 'nothing'}")


def edit(path: Path, change: Callable[[str], str]) -> None:
    """Change a text file of the application."""
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def settle(site: Site, only: Collection[str] | None = None, *, pretend: bool = False) -> list[str]:
    """Bring settings, rules and rights to what they should be; return what was not so.

    Args:
        site: the installation.
        only: the files whose rights count; without them all do.
        pretend: only say so.
    """
    changed = []
    changes: dict[str, Callable[[str], str]] = {
        "config.php": lambda text: str(config.set_masters(text, logins(site))),
        ".htaccess": lambda text: str(config.adapt_rules(text, site.parameters["handler"])),
    }
    for name, change in changes.items():
        path = site.root / name
        had = path.read_text(encoding="utf-8") if path.is_file() else ""
        wanted = change(had) if had else ""
        if had != wanted:
            changed.append(path.name)
            if not pretend:
                path.write_text(wanted, encoding="utf-8")
    if (site.root / tree.INSTALLER).exists():
        changed.append(tree.INSTALLER)
        if not pretend:
            shutil.rmtree(site.root / tree.INSTALLER)
    if not pretend:
        for account in site.parameters["accounts"]:
            for table, rights in (account.get("tables") or {}).items():
                site.base.allow(account["name"], table, rights)
    given = tree.give(site.root, site.owner(), only, pretend=pretend)
    return [*changed, *given, *keep_key(site, pretend=pretend)]


def logins(site: Site) -> dict[str, dict[str, str]]:
    """Return what each connection signs in with: the account for its work, with the password that lies here."""
    found = {}
    for account in site.parameters["accounts"]:
        option_file = Path(site.parameters["secrets"], f"mariadb-{account['name']}.cnf")
        password = parse_option_file(option_file.read_text(encoding="ascii")) if option_file.is_file() else ""
        if not password:
            raise Refused(f"{option_file} holds no password: make the account first")
        found[account["name"].rpartition("_")[2]] = {"login": account["name"], "password": password}
    if missing := sorted(set(config.WORKS.values()) - found.keys()):
        raise Refused(f"there is no account for: {', '.join(missing)}")
    return {name: found[work] for name, work in config.WORKS.items()}


def keep_key(site: Site, *, pretend: bool) -> list[str]:
    """Give the key to a web server that does not read `.htaccess`."""
    place = site.parameters["key_file"]
    rules = site.root / ".htaccess"
    key = config.private_key(rules.read_text(encoding="utf-8")) if rules.is_file() else ""
    if not place or not key:
        return []
    path, text = Path(place), f'fastcgi_param OMS_PRIVATE_KEY_I "{key}";\n'
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return []
    if not pretend:
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(text, encoding="utf-8")
    return [place]


def reinstall(site: Site, word: str) -> None:
    """Install anew over what is there, after it was backed up."""
    backup(site, for_good=True)
    shutil.rmtree(site.root, ignore_errors=True)
    site.base.clear()
    install(site, word)
