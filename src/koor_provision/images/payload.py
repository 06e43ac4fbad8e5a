"""The program of the first boot, in one file: our own part, and the roles' modules with what of Ansible they need.

So an image makes its certificates, databases and accounts with the very code that makes them on a customer's server.
"""

import io
import json
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from koor_provision.errors import RunError

MODULES = ("certificates", "mariadb_accounts", "postgresql_accounts", "redis_password", "sqlite_databases")
_NOT_NEEDED = {"__pycache__", "powershell", "csharp", "facts", "urls.py", "connection.py", "yumdnf.py"}
_MAIN = (
    b"import sys\n\nfrom koor_provision.images.target.main import main\n\n"
    b"sys.dont_write_bytecode = True\nsys.exit(main())\n"
)
_TIME = (1980, 1, 1, 0, 0, 0)


def payload(collections: Path) -> bytes:
    """The archive that Python runs; the same sources give the same bytes.

    Args:
        collections: the folder with our Ansible collection.
    """
    files = {"__main__.py": _MAIN, "koor_provision/__init__.py": b"", "koor_provision/images/__init__.py": b""}
    target = Path(__file__).parent / "target"
    files |= {f"koor_provision/images/target/{file.name}": file.read_bytes() for file in target.glob("*.py")}
    files |= _ansible()
    plugins = "ansible_collections/koor/provision/plugins"
    for folder, names in (("modules", MODULES), ("module_utils", None)):
        for file in (collections / plugins / folder).glob("*.py"):
            if names is None or file.stem in names:
                files[f"{plugins}/{folder}/{file.name}"] = file.read_bytes()
    for package in {str(parent) for name in files for parent in Path(name).parents if str(parent) != "."}:
        files.setdefault(f"{package}/__init__.py", b"")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 6)
    return packed.getvalue()


def _ansible() -> dict[str, bytes]:
    spec = find_spec("ansible")
    if spec is None or spec.origin is None:
        raise RunError("ansible-core is not installed", hint="reinstall koor-provision")
    home = Path(spec.origin).parent
    names = (file.relative_to(home) for file in (home / "module_utils").rglob("*.py"))
    found = {f"ansible/{name}": (home / name).read_bytes() for name in names if not _NOT_NEEDED & set(name.parts)}
    return {**found, "ansible/release.py": (home / "release.py").read_bytes()}


def jobs(components: list[str], variables: dict[str, Any]) -> bytes:
    """What is to be done at first boot: before the databases run, and after.

    Args:
        variables: those that the roles were run with.
    """
    before: list[tuple[str, dict[str, Any]]] = []
    after: list[tuple[str, dict[str, Any]]] = []
    for web in {"apache", "nginx"} & set(components):
        sites = variables[f"{web}_sites"]
        certificates = [
            {
                "certificate": f"/etc/ssl/koor/{site['name']}.crt",
                "key": f"/etc/ssl/koor/{site['name']}.key",
                "names": [site["server_name"]] if site.get("server_name") else [],
            }
            for site in sites
        ]
        before.append(("certificates", {"certificates": certificates, "within": ["/etc/ssl/koor/"]}))
    if "redis" in components:
        before.append(("redis_password", {}))
    for database in ("mariadb", "postgresql"):
        if database in components:
            wanted = {name: variables[f"{database}_{name}"] for name in ("databases", "accounts")}
            after.append((f"{database}_accounts", wanted))
    ordered = [cache for cache in ("redis", "memcached") if f"{cache}_memory_mb" in variables]
    todo = {"components": components, "ordered_sizes": ordered, "before": before, "after": after}
    return json.dumps(todo, indent=1, sort_keys=True).encode() + b"\n"
