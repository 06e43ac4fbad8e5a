# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One installation of the application on this server: where it is, what is known of it, and a backup of it."""

from __future__ import annotations

import grp
import json
import pwd
import re
import shutil
import subprocess
import tarfile
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
FAILED = "-failed"
"""Ends the name of the backup from before the last update that failed: what it holds is in place again."""
FOR_GOOD = "-kept"
"""Ends the name of a backup that holds what is nowhere else: it never makes room for a newer one."""
MOMENT = re.compile(r"[0-9-]{10}T[0-9]{6}Z")
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
        self.mark = self.state / "updating.json"
        self.consent = self.state / "take-back"
        self.base = Database(self.parameters["database"])

    def deployed(self) -> dict[str, Any]:
        """Return what we know that we installed; nothing where we did not."""
        found = self.read(self.record)
        if found and "sha256" not in found:
            raise Refused(f"{self.record} does not say what was deployed: {self.from_backup(self.record.name)}")
        return found

    def read(self, path: Path) -> dict[str, Any]:
        """Return what a file of ours holds; nothing where there is none.

        Raises:
            Refused: it cannot be read.
        """
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as problem:
            raise Refused(f"{path} is damaged: {self.from_backup(path.name)}. Nothing was changed") from problem
        if not isinstance(found, dict):
            raise Refused(f"{path} is damaged: {self.from_backup(path.name)}. Nothing was changed")
        return found

    def from_backup(self, name: str) -> str:
        """Return where a file of ours can be had again."""
        newest = max((self.state / "backups").glob(f"*/{name}"), default=None)
        return f"bring it back from {newest or 'a backup of the server'}"

    def known(self, *, keep: bool = True) -> dict[str, str]:
        """Return the digests of the files that were deployed; found out anew from their archive where they are lost.

        Raises:
            Refused: that archive is not here either.
        """
        found = {str(name): str(value) for name, value in self.read(self.files).items()}
        if found:
            return found
        deployed = self.deployed()
        archive = Path(self.parameters["archive"]).with_name(f"{deployed['sha256']}.tar")
        if not archive.is_file() or tree.digest(archive) != deployed["sha256"]:
            raise Refused(
                f"{self.files} is missing, so nobody knows which files were deployed: "
                f"{self.from_backup(self.files.name)}, or put the archive of version "
                f"{deployed.get('version')} there as {archive}. Nothing was changed"
            )
        was = self.beside("was")
        shutil.rmtree(was, ignore_errors=True)
        tree.unpack(archive, was)
        found = dict(tree.manifest(was))
        shutil.rmtree(was)
        if keep:
            write(self.files, found)
            self.notes.append(f"{self.files} was missing, and was made anew from the deployed archive")
        return found

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
            shutil.rmtree(stage)
            raise Refused("the archive holds no index.php at its top")
        return stage

    def owner(self) -> tuple[int, int]:
        """Return the numbers of the user and group that PHP runs as."""
        return pwd.getpwnam(USER).pw_uid, grp.getgrnam(USER).gr_gid

    def remember(self, manifest: dict[str, str], word: str, what: dict[str, Any] | None = None) -> None:
        """Write down what is deployed now: what was ordered, or what another run had begun to deploy."""
        what = what or self.parameters
        self.state.mkdir(mode=0o755, parents=True, exist_ok=True)
        write(self.files, manifest)
        record = {"sha256": what["sha256"], "version": what["version"], "deployed": now(), "reinstalled": word}
        write(self.record, record)


def write(path: Path, content: dict[str, Any]) -> None:
    """Write a file of ours whole, or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    new.replace(path)


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
        if site.files.is_file() and not deployed:
            raise Refused(
                f"the record of what was installed from here, {site.record}, is missing: "
                f"{site.from_backup(site.record.name)}. There are {' and '.join(there)}. Nothing was changed"
            )
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


def backup(site: Site, *, for_good: bool = False) -> Path:
    """Write the database and everything below the site into a new folder that only root can enter.

    The files are in one archive, with their owners: the site's links would lead elsewhere from a second place too.

    Args:
        site: the installation.
        for_good: never to make room for another one.

    Raises:
        Refused: there is no room for it.
    """
    size = sum(path.lstat().st_size for _, path in tree.walk(site.root))
    site.state.mkdir(mode=0o755, parents=True, exist_ok=True)
    if shutil.disk_usage(site.state).free < 2 * size + ROOM:
        raise Refused(f"there is no room for a backup below {site.state}: {(2 * size + ROOM) >> 20} MiB are needed")
    folder = site.state / "backups" / f"{now()}{FOR_GOOD if for_good else ''}"
    folder.mkdir(mode=0o700, parents=True)
    folder.parent.chmod(0o700)
    if site.root.is_dir():
        files = folder / "files.tar"
        files.touch(mode=0o600)
        with tarfile.open(files, "w") as tar:
            tar.add(site.root, arcname=".")
    (folder / "crontab").write_text(crontab_of_user(), encoding="utf-8")
    for path in (site.record, site.files, site.entered):
        if path.is_file():
            shutil.copy2(path, folder / path.name)
    # Last, so that whoever brings another one back at once loses nothing that was written meanwhile.
    site.base.dump(folder / "database.sql.gz")
    site.notes.append(f"backed up to {folder}")
    return folder


def make_room(site: Site) -> None:
    """Delete old backups, but the last five; after an update that worked, so that further tries delete none."""
    backups = (path for path in (site.state / "backups").iterdir() if MOMENT.fullmatch(path.name))
    for old in sorted(backups)[:-BACKUPS_KEPT]:
        shutil.rmtree(old)


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
