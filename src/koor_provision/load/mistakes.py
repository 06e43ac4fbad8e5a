"""What is wrong with a value, in words for whoever wrote the document: pydantic's are for whoever writes programs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from koor_provision.models.application import EntryName
from koor_provision.models.base import Email, Fingerprint, PublicKey, Reference, Sha256, Slug
from koor_provision.models.components import DatabaseName, ExtensionName, MemorySize, Role, TimeZone
from koor_provision.models.text import TO_FILL_IN

_NAME = re.compile(r"[a-z][a-z0-9-]{0,47}", re.ASCII)
_FORMS: dict[str, str] = {
    next(one.pattern for one in get_args(kind) if getattr(one, "pattern", None)): f"must be {form}"
    for kind, form in (
        (Slug, "lower-case letters, digits and -, first a letter, 48 at most: web-1"),
        (Reference, "letters, digits and . _ / -, first a letter or digit, 64 at most, without spaces: O-2026-0815"),
        (Email, "one plain mail address: anna@bakery.example"),
        (Sha256, "the 64 digits and letters that this prints: sha256sum FILE"),
        (Fingerprint, "a fingerprint that this prints: ssh-keygen -lf KEY.pub"),
        (PublicKey, "the type and the key from a .pub file, without the comment behind them"),
        (DatabaseName, "lower-case letters, digits and _, first a letter, 32 at most: koor"),
        (ExtensionName, "lower-case letters, digits and _, first a letter, 32 at most: mbstring"),
        (MemorySize, "a number of megabytes or gigabytes: 256M"),
        (TimeZone, "a time zone: Europe/Berlin"),
        (EntryName, "letters of any language, digits, spaces and & ( ) , . / + @ - _: Bäcker & Söhne"),
    )
}
_KNOWN = {
    "extra_forbidden": "no such field",
    "missing": "is missing",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list: below it `- VALUE` for each",
    "dict_type": "must have keys: below it `KEY: VALUE` for each",
    "int_parsing": "must be a whole number",
    "string_type": "must be one value, not a list and without keys of its own",
    "too_long": "must have {max_length} entries at most",
    "too_short": "must have {min_length} or more entries",
    "date_from_datetime_parsing": "is no day of the calendar",
    "date_parsing": "is no day of the calendar",
}


_NO_VALUE = {"model_type", "model_attributes_type", "string_type", "tuple_type", "dict_type"}


def problem(item: Mapping[str, Any]) -> str:
    """One mistake of `pydantic.ValidationError.errors()`; a value is quoted only where it can be no secret."""
    value, kind = item["input"], item["type"]
    if isinstance(value, str) and TO_FILL_IN in value:
        return "is still to be filled in"
    if value is None and kind in _NO_VALUE:
        return "has no value"
    if kind in {"model_type", "model_attributes_type"}:
        return _keys(value, item["loc"])
    if kind == "string_pattern_mismatch":
        return _FORMS.get(item["ctx"]["pattern"], "is not written as it must be there")
    known = _KNOWN.get(kind)
    message = known.format_map(item.get("ctx", {})) if known else str(item["msg"]).removeprefix("Value error, ")
    return message.replace("Input should ", "must ").replace("String should ", "must ")


def place(location: Sequence[str | int]) -> str:
    """Where it stands; without the name of a variant that no document has."""
    return ".".join(str(part) for part in location if part != Role.FURTHER)


def _keys(value: object, location: Sequence[str | int]) -> str:
    """What stands where an entry with keys must: most often its bare name."""
    key = "component" if {"components", "removals"} & {str(part) for part in location} else "KEY"
    name = value if isinstance(value, str) and _NAME.fullmatch(value) and key == "component" else "VALUE"
    return f"must have keys: write `{key}: {name}`"
