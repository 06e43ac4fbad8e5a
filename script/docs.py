#!/usr/bin/env python3
"""Collects the pages of the documentation site, and generates its reference: commands, documents, roles.

usage: docs.py PAGES CONFIG: writes the pages into the folder PAGES, and MkDocs' settings to CONFIG.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import yaml
from pydantic import BaseModel, TypeAdapter

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 86  # what the theme's column holds
_ABOUT_DOCUMENTS = """\
Every document is YAML, read strictly: unknown keys, anchors, tags and doubled keys are refused.
`koor-provision sample DIR` writes an example of each, with comments. A signature lies beside the file, made in the
namespace that stands with the kind."""
_NOT_SIGNED = "Not signed itself: the approved list holds a record's digest, and a contract travels with its role."
_LINK = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+)([^)#]+)(#[^)]*)?\)")


def commands() -> str:
    """Return the help of every command, as a terminal shows it."""
    from koor_provision.cli.main import main  # noqa: PLC0415  # tests of the rest load none of it

    lines = ["# Commands", "", "What `--help` says of each command.", ""]
    for path, command in _walk(main, ("koor-provision",)):
        name = " ".join(path)
        lines += [f"{'#' * min(len(path) + 1, 3)} {name}", "", "```text", help_of(path, command), "```", ""]
    return "\n".join(lines)


def _walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found:
                yield from _walk(found, (*path, name))


def help_of(path: tuple[str, ...], command: click.Command) -> str:
    """Return a command's help."""
    settings = {"help_option_names": ["-h", "--help"], "max_content_width": WIDTH, "terminal_width": WIDTH}
    context: click.Context | None = None
    for name in path[:-1]:
        context = click.Context(click.Command(name), info_name=name, parent=context)
    with click.Context(command, info_name=path[-1], parent=context, **settings) as context:  # type: ignore[arg-type]
        return command.get_help(context)


def documents() -> str:
    """Return each kind of document with its fields, from the models."""
    from koor_provision.models.kinds import KINDS  # noqa: PLC0415
    from koor_provision.models.scope import Scope  # noqa: PLC0415
    from koor_provision.models.software import ValidationRecord  # noqa: PLC0415

    lines = ["# Documents", "", _ABOUT_DOCUMENTS, ""]
    for kind, model in sorted(KINDS.items()):
        lines += [f"## {kind}", "", f"Signed as `{model.namespace()}`.", "", *_described(model)]
    for title, other in (("validation record", ValidationRecord), ("scope contract", Scope)):
        lines += [f"## {title}", "", _NOT_SIGNED, "", *_described(other)]
    return "\n".join(lines)


def _described(model: type[BaseModel]) -> list[str]:
    """Return what a model says of itself: a table of fields, and one for each model inside it."""
    schema = model.model_json_schema(mode="validation")
    inner = schema.pop("$defs", {})
    lines = _table(model.__doc__ or "", schema, schema)
    for name, part in inner.items():
        if "properties" in part:
            lines += [
                f"#### {name} {{ #{model.__name__}-{name} }}",
                "",
                *_table(part.get("description", ""), part, schema),
            ]
        elif "enum" in part:
            words = ", ".join(f"`{value}`" for value in part["enum"])
            lines += [f"#### {name} {{ #{model.__name__}-{name} }}", "", f"One of {words}.", ""]
    return [line.replace("(#", f"(#{model.__name__}-") for line in lines]


def _table(text: str, part: dict[str, Any], whole: dict[str, Any]) -> list[str]:
    del whole
    about, _, attributes = text.partition("Attributes:")
    said = dict(re.findall(r"^\s*(\w+): (.+?)(?=^\s*\w+: |\Z)", attributes, re.MULTILINE | re.DOTALL))
    lines = [" ".join(about.split()).replace("<", "&lt;"), "", "| field | value | notes |", "| --- | --- | --- |"]
    for name, field in part.get("properties", {}).items():
        needed = "required" if name in part.get("required", ()) else _default(field)
        meaning = " ".join(said.get(name, "").split())
        lines.append(f"| `{name}` | {_kind(field)} | {'; '.join(one for one in (needed, meaning) if one)} |")
    return [*lines, ""]


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    return "" if value in (None, [], {}, ()) else f"default `{value}`"


def _kind(field: dict[str, Any]) -> str:  # noqa: PLR0911  # one for each way to say what a value is
    """Return a field's type in words, with links to models on the same page."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return "one of " + ", ".join(f"`{value}`" for value in field["enum"])
    for key in ("anyOf", "oneOf"):
        if key in field:
            return " or ".join(dict.fromkeys(_kind(one) for one in field[key] if one.get("type") != "null"))
    if field.get("type") == "array":
        return "list of " + _kind(field.get("items") or {"type": "values"})
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
        return "mapping to " + _kind(field["additionalProperties"])
    if named := _patterns().get(str(field.get("pattern"))):
        return named
    words = {"string": "text", "integer": "whole number", "boolean": "`true` or `false`"}
    if field.get("format") in {"date", "date-time"}:
        return "day" if field["format"] == "date" else "moment"
    return words.get(str(field.get("type")), str(field.get("type", "value")))


@cache
def _patterns() -> dict[str, str]:
    """Return what texts of a form are called, by the form."""
    from koor_provision.models import base  # noqa: PLC0415

    names = {
        "SHA-256": base.Sha256, "name, such as `web-1`": base.Slug, "number of the business": base.Reference,
        "mail address": base.Email, "fingerprint of a key": base.Fingerprint, "public key": base.PublicKey,
    }  # fmt: skip
    return {TypeAdapter(kind).json_schema()["pattern"]: name for name, kind in names.items()}


def roles(pages: Path) -> list[str]:
    """Write a page for each role, from its README, which is itself generated; returns their names."""
    names = sorted(path.parent.name for path in (ROOT / "roles").glob("*/README.md"))
    lines = ["# Roles", "", "Variables and contract of each, from its `argument_specs.yml` and `scope.yml`.", ""]
    for name in names:
        text = (ROOT / "roles" / name / "README.md").read_text(encoding="utf-8")
        write(pages / "reference" / "roles" / f"{name}.md", adapted(text, Path("reference/roles"), f"roles/{name}"))
        lines.append(f"- [{name}]({name}.md)")
    write(pages / "reference" / "roles" / "index.md", "\n".join(lines) + "\n")
    return names


def adapted(text: str, place: Path, source: str) -> str:
    """Return a page for its place in the site: what leads to a file that is no page there becomes plain text."""

    def link(match: re.Match[str]) -> str:
        words, up, path, anchor = match[1], match[2], match[3], match[4] or ""
        target = os.path.normpath(os.path.join(source, up, path))  # noqa: PTH118  # as text, not on the disk
        if target.startswith("docs/"):
            there = target.removeprefix("docs/")
        elif re.fullmatch(r"roles/\w+/README\.md", target):
            there = f"reference/roles/{target.split('/')[1]}.md"
        elif target == "CHANGELOG.md":
            there = "reference/changelog.md"
        else:
            return words
        return f"[{words}]({os.path.relpath(there, place)}{anchor})"

    return _LINK.sub(link, text)


def write(file: Path, text: str) -> None:
    """Write a page; one that says the same as before stays as it is, so that a watching server is not woken."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def settings(names: list[str], pages: Path) -> str:
    """Return MkDocs' settings with the generated pages in the navigation."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    rules = sorted(path.name for path in (ROOT / "docs" / "rules").glob("r*.md"))
    reference = next(part["Reference"] for part in data["nav"] if "Reference" in part)
    for entry in reference:
        if "Rules" in entry:
            entry["Rules"] += [f"rules/{name}" for name in rules]
        if "Roles" in entry:
            entry["Roles"] += [f"reference/roles/{name}.md" for name in names]
    # A page that nobody has put anywhere explains something.
    named = set(re.findall(r"[\w/-]+\.md", text))
    others = [str(page.relative_to(ROOT / "docs")) for page in sorted((ROOT / "docs").rglob("*.md"))]
    explained = next(part["Explanation"] for part in data["nav"] if "Explanation" in part)
    explained += [page for page in others if page not in named and not page.startswith("rules/")]
    data |= {"docs_dir": str(pages.resolve()), "site_dir": str(ROOT / "site")}
    return yaml.safe_dump(data, sort_keys=False)


def main(pages: Path, config: Path) -> None:
    """Write everything."""
    made: set[Path] = set()
    for source in sorted((ROOT / "docs").rglob("*")):
        if source.is_file():
            place = source.relative_to(ROOT / "docs")
            made.add(pages / place)
            if source.suffix == ".md":
                text = source.read_text(encoding="utf-8")
                write(pages / place, adapted(text, place.parent, f"docs/{place.parent}"))
            else:
                shutil.copy2(source, pages / place)
    write(pages / "reference" / "commands.md", commands())
    write(pages / "reference" / "documents.md", documents())
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    write(pages / "reference" / "changelog.md", changes.replace("](docs/", "](../"))
    names = roles(pages)
    made |= {pages / "reference" / f"{name}.md" for name in ("commands", "documents", "changelog", "roles/index")}
    made |= {pages / "reference" / "roles" / f"{name}.md" for name in names}
    for old in set(pages.rglob("*.md")) - made:  # of a page that is gone
        old.unlink()
    write(config, settings(names, pages))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
