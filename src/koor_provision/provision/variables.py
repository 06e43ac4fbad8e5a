"""The only variables that ever reach a playbook: a fixed list of names, filled from a plan.

In Ansible the name of an extra variable can be as dangerous as its value (`ansible_connection` moves the work), and a
value that looks like a template is run. So no name comes from a document, and every string is marked unsafe.
"""

from typing import Any

from koor_provision.models.components import Apache, Component, Mariadb, Php
from koor_provision.models.plan import Plan

DOCUMENT_ROOT = "/var/www/koor"


def variables(plan: Plan, apt_config: str | None) -> dict[str, Any]:
    """The variables of a plan, plain."""
    result: dict[str, Any] = {
        "koor_planned": True,
        "koor_components": [component.component for component in plan.components],
        "koor_packages": [f"{package.name}={package.version}" for package in plan.packages],
        "koor_apt_config": apt_config or "",
        "koor_system": plan.host.system,
        "koor_memory_mb": plan.host.memory_mb,
        "koor_cores": plan.host.cores,
    }
    for component in plan.components:
        result.update(role_variables(component))
    return result


def role_variables(component: Component) -> dict[str, Any]:
    """The public variables of a component's role, from the options of the order."""
    match component:
        case Php():
            return {
                "php_handler": component.handler,
                "php_memory_limit": component.memory_limit,
                "php_upload_max": component.upload_max,
                "php_timezone": component.timezone,
            }
        case Apache():
            site = {"name": "koor", "document_root": DOCUMENT_ROOT}
            return {"apache_sites": [site | {"server_name": component.server_name} if component.server_name else site]}
        case Mariadb():
            name = component.database
            return {
                "mariadb_databases": [{"name": name}],
                "mariadb_accounts": [
                    {"name": name, "database": name, "privileges": ["SELECT", "INSERT", "UPDATE", "DELETE"]},
                    {
                        "name": f"{name}_schema",
                        "database": name,
                        "privileges": ["CREATE", "ALTER", "DROP", "INDEX", "REFERENCES"],
                    },
                ],
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
