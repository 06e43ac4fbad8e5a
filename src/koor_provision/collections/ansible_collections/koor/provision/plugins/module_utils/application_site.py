# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One installation of the application on this server: where it is, what is known of it, and a backup of it."""

from __future__ import annotations

import grp
import json
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.koor.provision.plugins.module_utils import application_tree as tree
from ansible_collections.koor.provision.plugins.module_utils.application_database import Database
from ansible_collections.koor.provision.plugins.module_utils.application_structure import ENTERED
from ansible_collections.koor.provision.plugins.module_utils.application_tree import Refused

USER = "www-data"
BACKUPS_KEPT = 5
ROOM = 256 << 20
"""For the database's dump and everybody else, in bytes."""


@dataclass
class Site:
    """One installation: where it is, and what is known of it.

    Attributes:
        parameters: those of the module.
        notes: what the run should say, such as where a backup lies.
    """

    parameters: dict[str, Any]
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Name the places."""
        self.root = Path(self.parameters["document_root"])
        self.state = Path(self.parameters["state"])
        self.record = self.state / "deployed.json"
        self.files = self.state / "manifest.json"
        self.entered = self.state / ENTERED
        self.base = Database(self.parameters["database"])

    def deployed(self) -> dict[str, Any]:
        """Return what we know that we installed; nothing where we did not."""
        return dict(json.loads(self.record.read_text(encoding="utf-8"))) if self.record.is_file() else {}

    def beside(self, name: str) -> Path:
        """Return a place beside the site, on its file system."""
        return self.root.with_name(f"{self.root.name}.{name}")

    def verified(self) -> Path:
        """Return the archive, after its digest was compared with the order's.

        Raises:
            Refused: it is another one, or none.
        """
        archive = Path(self.parameters["archive"])
        if not archive.is_file():
            raise Refused(f"the archive is not there: {archive}")
        found = tree.digest(archive)
        if found != self.parameters["sha256"]:
            archive.unlink()
            raise Refused(
                f"the archive is not the ordered one: its SHA-256 is {found}, ordered is {self.parameters['sha256']}"
            )
        return archive

    def staged(self) -> Path:
        """Return the new version's files, unpacked beside the site."""
        stage = self.beside("new")
        shutil.rmtree(stage, ignore_errors=True)
        tree.unpack(self.verified(), stage)
        if not (stage / "index.php").is_file():
            raise Refused("the archive holds no index.php at its top")
        return stage

    def owner(self) -> tuple[int, int]:
        """Return the numbers of the user and group that PHP runs as."""
        return pwd.getpwnam(USER).pw_uid, grp.getgrnam(USER).gr_gid

    def remember(self, manifest: dict[str, str], word: str) -> None:
        """Write down what is deployed now."""
        self.state.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.files.write_text(json.dumps(manifest, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        record = {
            "sha256": self.parameters["sha256"],
            "version": self.parameters["version"],
            "deployed": now(),
            "reinstalled": word,
        }
        self.record.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def now() -> str:
    """Return the moment, for a name of a file or a record."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H%M%SZ")  # noqa: UP017 - Debian 12's Python knows both


def situation(site: Site) -> str:
    """Return what is to be done: nothing, `install`, `update` or `reinstall`.

    Raises:
        Refused: there is something that an installation would destroy.
    """
    deployed, word = site.deployed(), site.parameters["reinstall"]
    tables = len(site.base.tables())
    configured = (site.root / "config.php").exists()
    if word and word != deployed.get("reinstalled") and (configured or tables):
        return "reinstall"
    if configured and tables and deployed:
        return "" if deployed["sha256"] == site.parameters["sha256"] else "update"
    if configured or tables:
        there = [f"{site.root}/config.php"] if configured else []
        there += [f"{tables} tables in the database {site.base.name}"] if tables else []
        raise Refused(
            f"there is an application that was not installed from here: {' and '.join(there)}. Its installer would "
            "drop the database, remove the crontab and make a new key. Nothing was changed. Keep it, or, if all of it "
            "may go, set application_reinstall to a word of your own: then everything is backed up first"
        )
    strangers = [name for name in _there(site.root) if name != "index.html"]
    if strangers:
        raise Refused(f"{site.root} is not empty: {', '.join(strangers[:5])}. Move it away; nothing was changed")
    return "install"


def _there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def backup(site: Site) -> Path:
    """Write the database and everything below the site into a new folder that only root can enter.

    Raises:
        Refused: there is no room for it.
    """
    size = sum(path.lstat().st_size for _, path in tree.walk(site.root))
    site.state.mkdir(mode=0o755, parents=True, exist_ok=True)
    if shutil.disk_usage(site.state).free < 2 * size + ROOM:
        raise Refused(f"there is no room for a backup below {site.state}: {(2 * size + ROOM) >> 20} MiB are needed")
    folder = site.state / "backups" / now()
    folder.mkdir(mode=0o700, parents=True)
    folder.parent.chmod(0o700)
    site.base.dump(folder / "database.sql.gz")
    if site.root.is_dir():
        shutil.copytree(site.root, folder / "files", symlinks=True)
    crontab = crontab_of_user()
    (folder / "crontab").write_text(crontab, encoding="utf-8")
    site.notes.append(f"backed up to {folder}")
    for old in sorted(folder.parent.iterdir())[:-BACKUPS_KEPT]:
        shutil.rmtree(old)
    return folder


def crontab_of_user() -> str:
    """Return the crontab of the web user; nothing where there is none."""
    done = subprocess.run(["crontab", "-u", USER, "-l"], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def put_back_crontab(before: str) -> None:
    """Bring back the lines that the installer took away, beside those that it made."""
    after = crontab_of_user()
    lost = [line for line in before.splitlines() if line not in after.splitlines()]
    if lost:
        text = before + "".join(f"{line}\n" for line in after.splitlines() if line not in before.splitlines())
        subprocess.run(["crontab", "-u", USER, "-"], input=text, text=True, check=True)
