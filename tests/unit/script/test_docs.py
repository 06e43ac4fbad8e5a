"""The documentation site's generated pages: everything that there is stands in them."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import click
import pytest

from koor_provision.cli.main import COMMANDS
from koor_provision.models.kinds import KINDS

ROOT = Path(__file__).parents[3]


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("koor_docs", ROOT / "script" / "docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


docs = _load()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("docs")
    docs.main(folder / "pages", folder / "mkdocs.yml")
    return folder / "pages"


def test_every_command_stands_there_with_its_help(pages):
    text = (pages / "reference" / "commands.md").read_text(encoding="utf-8")

    assert all(f"## koor-provision {name}\n" in text for name in COMMANDS)
    assert "### koor-provision software approve\n" in text
    assert "Usage: koor-provision software approve [OPTIONS] RECORD" in text


def test_every_kind_of_document_stands_there_with_its_fields(pages):
    text = (pages / "reference" / "documents.md").read_text(encoding="utf-8")

    assert all(f"\n## {kind}\n" in text for kind in KINDS)
    assert "| `record_sha256` | SHA-256 | required |" in text


def test_every_link_within_a_generated_page_has_its_target(pages):
    text = (pages / "reference" / "documents.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(#([\w-]+)\)", text))

    assert linked
    assert linked <= set(re.findall(r"\{ #([\w-]+) \}", text))


def test_every_page_is_in_the_navigation(pages):
    settings = (pages.parent / "mkdocs.yml").read_text(encoding="utf-8")

    assert [page for page in pages.rglob("*.md") if str(page.relative_to(pages)) not in settings] == []


def test_what_leads_out_of_the_site_becomes_plain_text():
    text = "[a](../audit.md#x) [b](../../roles/php/README.md) [c](../../src/x.py) [d](../../CHANGELOG.md)"

    assert docs.adapted(text, Path("how-to"), "docs/how-to") == (
        "[a](../audit.md#x) [b](../reference/roles/php.md) c [d](../reference/changelog.md)"
    )


def test_a_page_that_is_gone_leaves_the_site(pages):
    old = pages / "reference" / "gone.md"
    old.write_text("old", encoding="utf-8")
    docs.main(pages, pages.parent / "mkdocs.yml")

    assert not old.exists()


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page):
    from koor_provision.cli.main import main  # noqa: PLC0415

    for line in re.findall(r"koor-provision ((?:[a-z-]+ ?)+)", re.sub(r"pip install .*", "", page.read_text("utf-8"))):
        words = line.split()
        if words[0] not in COMMANDS:
            continue
        command = main.get_command(click.Context(main), words[0])
        if isinstance(command, click.Group) and len(words) > 1:
            assert command.get_command(click.Context(command), words[1]), line
