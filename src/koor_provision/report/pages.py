"""The templates of all pages: whatever they show is escaped, and letters that hide or reorder others are told."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from koor_provision.models.text import shown


@cache
def environment() -> Environment:
    """Where the templates are found, made once."""
    return Environment(
        loader=PackageLoader("koor_provision.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _plain(value: object) -> object:
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value
