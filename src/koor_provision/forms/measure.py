"""Looks at a server for a form, by a program that is read from standard input and writes nothing there."""

import json
from importlib.resources import files
from typing import NamedTuple

from pydantic import ValidationError

from koor_provision.errors import RunError
from koor_provision.models.components import Apache, Component, Mariadb, Nginx
from koor_provision.models.measured import Measured
from koor_provision.preflight.reach import Reach

LOOK_SECONDS = 600
_PACKAGE = "koor_provision.forms.target"
_MODULES = ("asking", "application", "server")
_BOOT = """\
import json, sys, types
for name in ("koor_provision", "koor_provision.forms", {package!r}):
    sys.modules[name] = types.ModuleType(name)
for name, text in json.loads({modules!r}):
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name, "exec"), module.__dict__)
found = {{"application": sys.modules[{package!r} + ".application"].application(*json.loads({place!r}))}}
if {whole!r}:
    found["server"] = sys.modules[{package!r} + ".server"].server(json.loads({place!r})[2])
print(json.dumps(found))
"""


class Place(NamedTuple):
    """Where the application is on a server: its folder, the site's name if it has one, and its database."""

    root: str = "/var/www/koor"
    name: str = ""
    database: str = "koor"


def place_of(components: tuple[Component, ...]) -> Place:
    """Where an order has the application."""
    site = next((one for one in components if isinstance(one, Apache | Nginx)), None)
    database = next((one for one in components if isinstance(one, Mariadb)), None)
    place = Place(name=(site.server_name if site else None) or "")
    return place._replace(database=database.database) if database else place


def measure(way: Reach, place: Place, *, whole: bool) -> Measured:
    """Look at the application, and with `whole` at the server and its database too. Changes nothing.

    Raises:
        RunError: the host cannot be reached, or its answer makes no sense.
    """
    modules = [[f"{_PACKAGE}.{name}", _source(name)] for name in _MODULES]
    program = _BOOT.format(package=_PACKAGE, modules=json.dumps(modules), place=json.dumps(place), whole=whole)
    answer = way.python(program, timeout=LOOK_SECONDS)
    try:
        return Measured.model_validate_json(answer)
    except ValidationError as error:
        raise RunError(
            "the host's answer makes no sense",
            where=way.name,
            hint="look at the host by hand: is its python3 its own?",
        ) from error


def _source(name: str) -> str:
    return files("koor_provision.forms").joinpath("target", f"{name}.py").read_text(encoding="utf-8")
