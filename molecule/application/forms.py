"""The install checklist and the yearly maintenance of a server, by the commands that an engineer gives.

forms.py HOST WEB RELEASE FOLDER: the web server's role, and the release that is there; FOLDER is made anew. Two things
were changed on HOST before, which a maintenance must find.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

HOST, WEB, RELEASE = sys.argv[1:4]
FOLDER = Path(sys.argv[4])
KEYS, CASE = FOLDER / "sample/keys", FOLDER / "sample/cases/default-offer"


def koor(*arguments: object) -> str:
    """Run the tool as an engineer would, whose answers lie in a file."""
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "KOOR_PROVISION_"))}
    done = subprocess.run(
        ["koor-provision", *map(str, arguments)], stdin=subprocess.DEVNULL, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**elsewhere, "HOME": str(FOLDER)},
    )  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{arguments}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def edited(name: str, signer: str, **changes: object) -> str:
    """Change a document of the case and have it signed; returns its digest."""
    file = CASE / name
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text("utf-8")) | changes), "utf-8")
    file.with_name(f"{name}.sig").unlink()
    koor("sign", file, "--key", KEYS / signer)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def order() -> None:
    """Order what the scenario installed."""
    koor("sample", FOLDER / "sample")
    archive = hashlib.sha256((FOLDER.parent / f"{RELEASE}.tar").read_bytes()).hexdigest()
    entries = {
        "units": ["West"],
        "departments": [{"name": "Einkäufe & Lager", "unit": "West"}, {"name": "Board"}],
        "positions": [{"name": "Clerk", "department": "Einkäufe & Lager"}],
        "groups": ["Accounting"],
    }
    components = [
        {"component": "php"},
        {"component": WEB, "server_name": "app.example"},
        {"component": "mariadb"},
        {"component": "application", "version": RELEASE, "sha256": archive, **entries},
    ]
    offer = edited("offer.yml", "team-leader", components=components)
    acceptance = edited("acceptance.yml", "customer-authorised", offer_sha256=offer)
    names = [one["component"] for one in components]
    digests = {"offer_sha256": offer, "acceptance_sha256": acceptance}
    edited("confirmation.yml", "sales-manager", components=names, **digests)
    koor("case", "checklist", CASE)
    koor("sign", CASE / "checklist.yml", "--key", KEYS / "engineer-senior")
    reach = {"ansible_connection": "podman", "ansible_host": HOST}
    (FOLDER / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": {"web-1": reach}}}), "utf-8")


def rows(file: Path) -> dict[str, dict[str, str]]:
    """A filled form, by its rows."""
    return {row["item"]: row for row in yaml.safe_load(file.read_text("utf-8"))["rows"]}


def expect(found: object, wanted: object, what: str) -> None:
    """Say what is not as it should be."""
    if found != wanted:
        sys.exit(f"{what}: {found!r}, expected {wanted!r}")


def answers(name: str, **rows: object) -> Path:
    """What people say, in a file."""
    file = FOLDER / name
    file.write_text(yaml.safe_dump({"rows": rows}), "utf-8")
    return file


def checklist(*way: object) -> None:
    """Fill in the install checklist; whoever is asked says that it is not done yet."""
    not_yet = {"done": False, "why_not": "not done yet"}
    koor("checklist", CASE, *way, "--answers", answers("checklist-answers.yml", groups=not_yet))
    found = rows(CASE / "checklist.yml")
    ticked = {"application", "domains", "admin-user", "units", "departments", "positions"}
    expect({name for name, row in found.items() if row["done"]}, ticked, "ticked")
    expect(found["units"]["measured"], "4 in the database, with all 1 that were ordered", "units")
    expect(found["groups"]["measured"], "1 in the database", "groups")
    expect(
        [name for name, row in found.items() if not row["done"] and not row.get("left_open")], [], "without a reason"
    )


def maintenance(*way: object) -> None:
    """Maintain it; each question is answered."""
    form = yaml.safe_load((FOLDER / "sample/company/maintenance_checklist.yml").read_text("utf-8"))
    file = answers("maintenance-answers.yml", **{item["id"]: "as agreed" for item in form["items"]})
    said = koor("maintain", CASE, *way, "--output", FOLDER / "maintenance", "--answers", file)
    expect(said.count("something changed on the server"), 0, "changes by the maintenance")
    found = rows(FOLDER / "maintenance/maintenance.yml")
    changed = {"log-critical", "integrity-framework"}
    beside = {"processor", "storage", "system"}  # as large and as new as this machine happens to be
    bad = {name for name, row in found.items() if row["verdict"] == "attention"}
    expect(bad - beside, changed, "points that need attention")
    expect(found["integrity-framework"]["found"], "changed: Model/Application.php", "changes of files")
    expect({name for name, row in found.items() if row["verdict"] == "open"},
           {"tests-framework", "tests-modules", "tests-applications"}, "open")  # fmt: skip
    expect([name for name, row in found.items() if not row.get("found") and not row.get("said")], [], "without a word")
    expect(found["application-version"]["found"].split(", ")[0], RELEASE, "version")
    for name in ("database-healthy", "database-response", "integrity-modules", "integrity-applications", "unicode"):
        expect(found[name]["verdict"], "good", name)


if FOLDER.exists():
    shutil.rmtree(FOLDER)
FOLDER.mkdir()
order()
look = ("--inventory", FOLDER / "inventory.yml", "--key", KEYS / "engineer-senior")
checklist(*look)
maintenance(*look)
