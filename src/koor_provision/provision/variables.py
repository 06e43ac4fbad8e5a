"""The only variables that ever reach a playbook: a fixed list of names, filled from a plan.

In Ansible the name of an extra variable can be as dangerous as its value (`ansible_connection` moves the work), and a
value that looks like a template is run. So no name comes from a document, and every string is marked unsafe.
"""

from typing import Any

from koor_provision.models.application import Application
from koor_provision.models.components import (
    OWN,
    Apache,
    Component,
    Mariadb,
    Memcached,
    Nginx,
    Php,
    Postgresql,
    Redis,
    Sqlite,
    Sqlsrv,
    ThirdParty,
)
from koor_provision.models.image import ImagePlan
from koor_provision.models.plan import Plan, Touches
from koor_provision.models.undo import PlannedUndo

DOCUMENT_ROOT = "/var/www/koor"


def variables(
    plan: Plan | ImagePlan, apt_config: str | None, signed: tuple[bytes, bytes] | None = None
) -> dict[str, Any]:
    """The variables of a plan, plain.

    Args:
        signed: the plan's own bytes and the signatures beneath them, for the server to keep.
    """
    result: dict[str, Any] = {
        "koor_planned": True,
        "koor_components": [component.component for component in plan.components],
        "koor_packages": [f"{package.name}={package.version}" for package in plan.packages],
        "koor_dependencies": [package.name for package in plan.packages if package.component is None],
        "koor_apt_config": apt_config or "",
        "koor_system": plan.host.system,
        "koor_memory_mb": plan.host.memory_mb,
        "koor_cores": plan.host.cores,
    }
    if plan.removal:
        result["koor_removal"] = {
            **plan.removal.model_dump(
                mode="json", include={"component", "purge", "services", "files", "restored", "data"}
            ),
            "packages": [package.name for package in plan.removal.packages],
        }
    if plan.undo:
        result["koor_undo"] = _undo(plan, plan.undo)
    if plan.keeps:
        text, signatures = (part.decode() for part in signed or (b"", b""))
        finishes = [one.run for one in plan.finishes]
        result["koor_keep"] = {
            "run": plan.plan, "plan": text, "signatures": signatures, "finishes": finishes, **_may(plan.touches)
        }  # fmt: skip
    for component in plan.components:
        result.update(role_variables(component, plan.components))
    return result


def _may(touches: Touches) -> dict[str, Any]:
    return touches.model_dump(mode="json", include={"paths", "services", "users", "groups"})


def _undo(plan: Plan, undo: PlannedUndo) -> dict[str, Any]:
    """What the role takes back; packages of which configuration was there before are not purged."""
    names = [package.name for package in undo.packages]
    left = any(package.configuration_stays for package in undo.packages)
    fields = {
        "run",
        "automatic",
        "restored",
        "alternatives",
        "choices",
        "users",
        "groups",
        "started",
        "stopped",
        "restarted",
    }
    return {
        **undo.model_dump(mode="json", include=fields),
        "by": plan.plan,
        "removed": names if left else [],
        "purged": [package.name for package in undo.packages if not package.configuration_stays],
        "deleted": list(undo.going),
    }


def role_variables(component: Component, beside: tuple[Component, ...] = ()) -> dict[str, Any]:
    """The public variables of a component's role, from the options of the order and from what is ordered beside it."""
    if isinstance(component, Application):
        return _application(component, beside)
    application = any(isinstance(one, Application) for one in beside)
    match component:
        case Php():
            return {
                "php_handler": component.handler,
                "php_extensions": list(component.extensions),
                "php_jit": component.jit,
                "php_memory_limit": component.memory_limit,
                "php_upload_max": component.upload_max,
                "php_timezone": component.timezone,
            }
        case Apache() | Nginx():
            site = {"name": "koor", "document_root": DOCUMENT_ROOT, **({"rules": OWN} if application else {})}
            named = site | {"server_name": component.server_name} if component.server_name else site
            return {f"{component.component}_sites": [named]}
        case Mariadb() | Postgresql():
            return _server(component, application=application)
        case Sqlite():
            return {
                "sqlite_databases": [{"name": component.database}],
                "sqlite_backup": component.backup,
                "sqlite_backup_keep": component.backup_keep,
            }
        case Redis() | Memcached() | Sqlsrv() | ThirdParty():
            # Which system SQL Server's own host has is for people to know.
            ordered = component.model_dump(exclude={"component", "server_system"}, exclude_none=True)
            return {f"{component.component}_{name}": value for name, value in ordered.items()}


def _application(component: Application, beside: tuple[Component, ...]) -> dict[str, Any]:
    """Where the application finds its site and its database, which are other components of the order."""
    database = next((one for one in beside if isinstance(one, Mariadb)), Mariadb(component="mariadb"))
    site = next((one for one in beside if isinstance(one, Apache | Nginx)), None)
    return {
        "application_version": component.version,
        "application_sha256": component.sha256,
        "application_organisation": component.organisation,
        **{
            f"application_{kind}": entries
            for kind, entries in component.model_dump(mode="json", exclude_none=True).items()
            if kind in component.named()
        },
        "application_document_root": DOCUMENT_ROOT,
        "application_server_name": (site.server_name if site else None) or "",
        "application_web_server": site.component if site else "apache",
        "application_database": database.database,
        "application_accounts": role_variables(database, (component,))["mariadb_accounts"],
    }


def _server(component: Mariadb | Postgresql, *, application: bool) -> dict[str, Any]:
    """One database with the five accounts that the application wants, each for one kind of work on it.

    Both servers ask for SELECT on what a condition reads, so whoever changes or deletes chosen rows has it as well.
    Where the application is ordered too, two may do more, as installing it showed: the one that sets up its modules
    also fills them, and the one that reads also counts the requests.
    """
    role, database = component.component, component.database
    # In PostgreSQL whoever makes a table owns it.
    schema = ["CREATE"] if role == "postgresql" else ["CREATE", "ALTER", "DROP", "INDEX", "REFERENCES"]
    rights = {
        "schema": ["SELECT", "INSERT", "UPDATE", "DELETE", *schema] if application else schema,
        "insert": ["INSERT"],
        "select": ["SELECT"],
        "update": ["SELECT", "UPDATE"],
        "delete": ["SELECT", "DELETE"],
    }
    tables = {"select": {"monitoring_request": ["INSERT"]}} if application else {}
    return {
        f"{role}_databases": [{"name": database}],
        f"{role}_accounts": [
            {
                "name": f"{database}_{work}",
                "database": database,
                "privileges": privileges,
                **({"tables": tables[work]} if work in tables else {}),
            }
            for work, privileges in rights.items()
        ],
        f"{role}_backup": component.backup,
        f"{role}_backup_keep": component.backup_keep,
    }


Data = bool | int | str | list[Any] | dict[str, Any]


def unsafe(value: Data) -> Data:
    """The same data with every string marked as data, in the JSON form that Ansible understands."""
    if isinstance(value, str):
        return {"__ansible_unsafe": value}
    if isinstance(value, list):
        return [unsafe(item) for item in value]
    if isinstance(value, dict):
        return {key: unsafe(item) for key, item in value.items()}
    return value
