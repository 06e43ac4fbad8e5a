# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A new version of the application in the old one's place, with a way back."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NoReturn

from ansible_collections.koor.provision.plugins.module_utils import application_tree as tree
from ansible_collections.koor.provision.plugins.module_utils.application_check import complaints
from ansible_collections.koor.provision.plugins.module_utils.application_database import Failed
from ansible_collections.koor.provision.plugins.module_utils.application_deploy import settle
from ansible_collections.koor.provision.plugins.module_utils.application_site import (
    FAILED,
    Site,
    backup,
    make_room,
    now,
    write,
)
from ansible_collections.koor.provision.plugins.module_utils.application_tree import Refused

MAINTENANCE = """<?php
http_response_code(503);
header('Retry-After: 120');
header('Content-Type: text/html; charset=utf-8');
echo '<!doctype html><html lang="en"><title>Maintenance</title>';
echo '<p>The application is being updated. Please come back in a few minutes.</p></html>';
"""
MAINTENANCE_RULES = "RewriteEngine On\nRewriteRule !^index\\.php$ /index.php [L]\n"


def recover(site: Site) -> None:
    """Finish with an update that was cut off: keep the new version where it is in place and works, or take it back.

    While the maintenance page was shown nobody could write anything, so the old files come back and no more. Once the
    new version was in place people may have worked with it for as long as nobody looked: then it is taken back only
    where the database is as it was before, or somebody said so on this server; and everything is backed up first.

    Raises:
        Refused: the new version is in place, does not work, and what was written since would be lost.
    """
    working = site.beside("working")
    for name in ("old", "was", "maintenance"):  # what another run had no time to clear away
        shutil.rmtree(site.beside(name), ignore_errors=True)
    if not working.exists():
        _forget(site)
        return
    mark = site.read(site.mark)
    began = f"an update{_version(mark)} had been cut off{_moment(mark)}"
    if not (site.root / "config.php").exists():
        back(site, working)
        site.notes.append(f"{began} before the new version was in place, and the old one is back")
    elif _finished(site, mark) or not (wrong := complaints(site.root, site.base, site.parameters)):
        _keep(site, mark)
        site.notes.append(f"{began} after the new version was in place, which works and is kept")
    else:
        _take_back(
            site, working, mark, f"{began} with the new version in place, which does not work: {'; '.join(wrong)}"
        )
    _forget(site)


def _forget(site: Site) -> None:
    """Nothing is cut off any more; what root said of it counts for no other one."""
    site.mark.unlink(missing_ok=True)
    site.consent.unlink(missing_ok=True)


def _version(mark: dict[str, Any]) -> str:
    return f" to version {mark['version']}" if mark else ""


def _moment(mark: dict[str, Any]) -> str:
    return f" (begun {mark['began']})" if mark else ""


def _finished(site: Site, mark: dict[str, Any]) -> bool:
    """Whether it was checked and written down already, and only the old version was still to go."""
    return bool(mark) and site.deployed().get("sha256") == mark["sha256"]


def _keep(site: Site, mark: dict[str, Any]) -> None:
    if mark and not _finished(site, mark):
        site.remember(mark["manifest"], site.deployed().get("reinstalled", ""), mark)
    _put_away(site, site.beside("working"))


def _take_back(site: Site, working: Path, mark: dict[str, Any], what: str) -> None:
    backups = sorted((site.state / "backups").glob("*"))
    before = Path(mark["backup"]) if mark.get("backup") else backups[-1] if backups else None
    dump = before / "database.sql.gz" if before else None
    if dump is None or not dump.is_file():
        raise Refused(f"{what}. The backup from before it is gone, so nothing was changed. Mend it by hand")
    same = site.base.same_as(dump)
    made = tree.made(site.root, working, mark.get("manifest", {}))
    if (made or not same) and not site.consent.exists():
        written = "Files were made" if made else "The database was written to"
        raise Refused(
            f"{what}. {written} since the backup {before}, perhaps by people at work, so nothing was changed. Mend "
            "what is wrong and run this again: then the new version is kept. Or, if all that was written since may go, "
            f"have root on the server run: touch {site.consent}, and run this again: then everything is backed up, "
            "and the old version comes back with its data"
        )
    later = backup(site, for_good=True)
    if not same:
        site.base.restore(dump)
    back(site, working)
    data = "the database was the same" if same else f"the database is the one of {before}, and what came since is gone"
    site.notes.append(f"{what}. It was taken back: {data}; everything as it was before that lies in {later}")


def update(site: Site) -> None:
    """Put a new version in the old one's place; where it does not work afterwards, the old one comes back whole.

    Raises:
        Failed: it did not work, and the old version is back.
    """
    before = site.known()
    stage = site.staged()
    manifest = tree.manifest(stage)
    mark = {name: site.parameters[name] for name in ("sha256", "version")} | {"began": now(), "manifest": manifest}
    write(site.mark, mark)
    page = site.beside("maintenance")
    shutil.rmtree(page, ignore_errors=True)
    page.mkdir()
    (page / "index.php").write_text(MAINTENANCE, encoding="utf-8")
    (page / ".htaccess").write_text(MAINTENANCE_RULES, encoding="utf-8")
    tree.give(page, site.owner())
    working = site.beside("working")
    shutil.rmtree(working, ignore_errors=True)
    site.root.rename(working)
    page.rename(site.root)
    folder = None
    try:
        folder = backup_of(site, working)
        write(site.mark, {**mark, "backup": str(folder)})
        site.notes += tree.carry_over(working, stage, before, manifest).notes()
        shutil.rmtree(site.root)
        tree.give(stage, site.owner())
        stage.rename(site.root)
        settle(site)
        wrong = complaints(site.root, site.base, site.parameters)
        if wrong:
            raise Failed("; ".join(wrong))
    except BaseException as problem:  # noqa: BLE001 - raised again, or as one of ours
        _failed(site, working, folder, problem)
    # Written down before the old version goes: from here on a run that is cut off is one that is done.
    site.remember(manifest, site.deployed().get("reinstalled", ""))
    _put_away(site, working)
    site.mark.unlink()
    make_room(site)


def _failed(site: Site, working: Path, folder: Path | None, problem: BaseException) -> NoReturn:
    """Bring the old version back, its database too where anything was written to it, and say so."""
    if folder is not None and not site.base.same_as(folder / "database.sql.gz"):
        site.base.dump(folder / "database-of-the-new-version.sql.gz")
        site.base.restore(folder / "database.sql.gz")
    back(site, working)
    site.mark.unlink(missing_ok=True)
    if folder is not None:
        for old in folder.parent.glob(f"*{FAILED}"):
            shutil.rmtree(old)
        folder = folder.rename(f"{folder}{FAILED}")
    if not isinstance(problem, (Failed, Refused, OSError)):
        raise problem
    raise Failed(
        f"the new version did not pass its check, and the old one is back: {problem}"
        + (f" (the backup is in {folder})" if folder else "")
    ) from problem


def backup_of(site: Site, working: Path) -> Path:
    """Back up while the site shows the maintenance page."""
    moved = Site({**site.parameters, "document_root": str(working)}, site.notes)
    return Path(backup(moved))


def back(site: Site, working: Path) -> None:
    """Bring the old version's files back. Half of them are never in place, whenever this is cut off."""
    if site.root.exists():
        _put_away(site, site.root)
    working.rename(site.root)
    shutil.rmtree(site.beside("new"), ignore_errors=True)


def _put_away(site: Site, folder: Path) -> None:
    """Delete a version such that half of it is never taken for a whole one."""
    old = site.beside("old")
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    shutil.rmtree(old)
