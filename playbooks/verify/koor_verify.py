"""What the verification of all components shares; a pytest plugin, loaded by `-p koor_verify`.

The tests run on the controller and ask the target little and rarely: a probe is a small Python program that runs there
once, looks at everything one test file wants to know, and answers in JSON. So secrets of the target stay on it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROLES = HERE.parent.parent / "roles"
DEFAULT_OFFER = ["php", "apache", "mariadb"]
WEB_SERVERS = {"apache", "nginx"}
PHP_SOCKET = "/run/php/koor.sock"

# Gives a probe its tools as a module, without a file on the target.
START = """
import sys, types
sys.modules["target_tools"] = tools = types.ModuleType("target_tools")
exec(sys.argv[2], tools.__dict__)
exec(sys.argv[3])
"""

Facts = dict[str, Any]
Probe = Callable[..., Facts]


def read_order() -> Facts:
    """Return what was planned: the JSON file that KOOR_VERIFY names, or nothing.

    It holds `system`, `components`, `packages` (the pinned version of each) and `options` (each role's variables).
    """
    path = os.environ.get("KOOR_VERIFY")
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else {}


def ordered(order: Facts) -> list[str]:
    """Return the components of an order."""
    return order.get("components") or DEFAULT_OFFER


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "needs(*names): only for orders with these components; 'web' is any web server")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of what was not ordered: a skipped test would count as one that proved nothing."""
    there = set(ordered(read_order()))
    there |= {"web"} if there & WEB_SERVERS else set()
    needless = [
        item for item in items if not {name for mark in item.iter_markers("needs") for name in mark.args} <= there
    ]
    if needless:
        config.hook.pytest_deselected(items=needless)
        items[:] = [item for item in items if item not in needless]


@pytest.fixture(scope="session")
def order() -> Facts:
    """Return what was planned; see `read_order`."""
    return read_order()


@pytest.fixture(scope="session")
def components(order: Facts) -> list[str]:
    """Return the components that must be there."""
    return ordered(order)


@pytest.fixture(scope="session")
def options(order: Facts) -> Callable[[str], Facts]:
    """Return a role's public variables: its defaults, then what the order says; none that follow from the host."""

    def of(role: str) -> Facts:
        text = (ROLES / role / "defaults" / "main.yml").read_text(encoding="utf-8")
        fixed = {name: value for name, value in yaml.safe_load(text).items() if "{{" not in str(value)}
        return fixed | order.get("options", {}).get(role, {})

    return of


@pytest.fixture(scope="session")
def handler(options: Callable[[str], Facts], components: list[str]) -> str:
    """Return who runs PHP for the web: fpm, mod_php, or none."""
    return str(options("php")["php_handler"]) if "php" in components else "none"


@pytest.fixture(scope="session")
def web_server(components: list[str]) -> str:
    """Return the role of the web server; Apache's where the order has none, for the place of the site."""
    return "nginx" if "nginx" in components else "apache"


@pytest.fixture(scope="session")
def sites(options: Callable[[str], Facts], web_server: str) -> list[Facts]:
    """Return the sites, as the roles of the web servers understand them."""
    found = []
    for one in options(web_server)[f"{web_server}_sites"]:
        https = one.get("https", True)
        redirect = https and one.get("https_redirect", bool(one.get("server_name")))
        found.append({"server_name": "", "php_socket": PHP_SOCKET, **one, "https": https, "https_redirect": redirect})
    return found


@pytest.fixture(scope="session")
def site(sites: list[Facts]) -> Facts:
    """Return the first site, which also answers for names that no site has."""
    return sites[0]


@pytest.fixture(scope="module")
def probe(host: Any, request: pytest.FixtureRequest) -> Probe:
    """Return a function that runs a probe beside the test file on the target, with the tools before it."""

    def run(name: str, **arguments: object) -> Facts:
        tools, program = (HERE / "target_tools.py").read_text("utf-8"), request.path.with_name(name).read_text("utf-8")
        result = host.run("python3 -c %s %s %s %s", START, json.dumps(arguments), tools, program)
        said = result.stderr.strip().splitlines() or ["no answer"]
        assert result.rc == 0, f"{name} on the target: {said[-1]}"  # of a traceback the last line says what is wrong
        return json.loads(result.stdout)

    return run
