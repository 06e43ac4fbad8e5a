# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A new version of the application in the old one's place, with a way back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ansible_collections.koor.provision.plugins.module_utils import application_tree as tree
from ansible_collections.koor.provision.plugins.module_utils.application_check import complaints
from ansible_collections.koor.provision.plugins.module_utils.application_database import Failed
from ansible_collections.koor.provision.plugins.module_utils.application_deploy import settle
from ansible_collections.koor.provision.plugins.module_utils.application_site import Site, backup
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
    """Finish with an update that was cut off: take it back, unless the new version was in place and works.

    While the maintenance page was shown nobody could write into the database, so it is restored only where the new
    version was already asked for something.
    """
    working = site.beside("working")
    if not working.exists():
        return
    in_place = (site.root / "config.php").exists()
    if in_place and not complaints(site.root, site.base, site.parameters):
        shutil.rmtree(working)
        site.notes.append("an update had been cut off after the new version was in place, which works")
        return
    backups = sorted((site.state / "backups").glob("*")) if in_place else []
    back(site, working, backups[-1] if backups else None)
    site.notes.append("an update had been cut off, and was taken back")


def update(site: Site) -> None:
    """Put a new version in the old one's place; where it does not work afterwards, the old one comes back whole.

    Raises:
        Failed: it did not work, and the old version is back.
    """
    stage = site.staged()
    manifest = tree.manifest(stage)
    if not site.files.is_file():
        raise Refused(f"{site.files} is missing, so nobody knows what was deployed: restore it from a backup")
    before = dict(json.loads(site.files.read_text(encoding="utf-8")))
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
        both = tree.carry_over(working, stage, before, manifest)
        if both:
            site.notes.append(f"changed here and by the new version, which counts: {', '.join(both[:10])}")
        shutil.rmtree(site.root)
        tree.give(stage, site.owner())
        stage.rename(site.root)
        settle(site)
        wrong = complaints(site.root, site.base, site.parameters)
        if wrong:
            raise Failed("; ".join(wrong))
    except BaseException as problem:
        back(site, working, folder)
        if isinstance(problem, (Failed, Refused, OSError)):
            raise Failed(
                f"the new version did not pass its check, and the old one is back: {problem}"
                + (f" (the backup is in {folder})" if folder else "")
            ) from problem
        raise
    shutil.rmtree(working)
    site.remember(manifest, site.deployed().get("reinstalled", ""))


def backup_of(site: Site, working: Path) -> Path:
    """Back up while the site shows the maintenance page."""
    moved = Site({**site.parameters, "document_root": str(working)}, site.notes)
    return Path(backup(moved))


def back(site: Site, working: Path, folder: Path | None) -> None:
    """Bring the old version back: its files, and the database where a new version may have written."""
    if folder is not None:
        site.base.restore(folder / "database.sql.gz")
    shutil.rmtree(site.root, ignore_errors=True)
    working.rename(site.root)
    shutil.rmtree(site.beside("new"), ignore_errors=True)
