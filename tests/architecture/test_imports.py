"""Imports run downwards only; read from the source, so that an import inside a function counts too."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "koor_provision"
FILES = sorted(file for file in PACKAGE.rglob("*.py") if "collections" not in file.relative_to(PACKAGE).parts)

GROUND = {"errors", "write"}
GATE = {"gate", "rules", "models", "trust", "load", "mail"}
MAY_IMPORT = {
    "errors": set(),
    "write": {"errors"},
    "models": {"models"},
    "rules": {"rules", "models"},
    "trust": {"trust", "models", "errors"},
    "mail": {"mail", "models", "errors"},
    "load": {"load", "mail", "trust", "models", "errors"},
    "gate": {"gate", "rules", "models"},
    "rolelint": {"rolelint", "load", "models", "errors"},
    "roletest": {"roletest", "load", "models", "errors"},
    "validation": {"validation", "roletest", "rules", "load", "trust", "models", "write", "errors"},
    "pipelines": {"pipelines", "errors"},
    "private": {"private", "errors"},
    "preflight": {"preflight", "models", "trust", "errors"},
    "provision": {"provision", "preflight", "gate", "models", "private", "errors"},
    "verify": {"verify", "preflight", "provision", "models", "errors"},
    "audit": {"audit", "preflight", "models", "errors"},
    "images": {"images", "models", "write", "errors"},
    "memory": {"memory", "models", "write", "errors"},
    "ledger": {"ledger", "trust", "models", "write", "errors"},
    "forms": {"forms", "rules", "preflight", "models", "errors"},
    "evidence": {
        "evidence",
        "load",
        "trust",
        "gate",
        "provision",
        "verify",
        "audit",
        "report",
        "models",
        "write",
        "errors",
    },
    "guide": {"guide", "gate", "rules", "load", "trust", "models", "write", "errors"},
    "report": {"report", "gate", "verify", "provision", "models"},
    "sample": {"sample", "load", "mail", "trust", "models", "write", "errors"},
    "cli": None,  # wiring: may import every room
}
ENGINES = {"ansible", "ansible_runner", "ansible_mitogen", "mitogen", "testinfra", "pytest"}


def room(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(file: Path) -> set[str]:
    """Full names of all modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rooms_imported(file: Path) -> set[str]:
    names = {name for name in imported(file) if name.startswith("koor_provision.")}
    return {name.split(".")[1] for name in names} - {"__version__"}


def test_there_is_something_to_look_at() -> None:
    assert {"cli", "gate", "rules", "models"} <= {room(file) for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_run_downwards(file: Path) -> None:
    if file == PACKAGE / "__init__.py":
        assert not rooms_imported(file)
        return
    assert room(file) in MAY_IMPORT, "a new room: say here what it may import"
    allowed = MAY_IMPORT[room(file)]
    if allowed is not None:
        assert rooms_imported(file) <= allowed


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_engines_stay_where_they_belong(file: Path) -> None:
    tops = {name.split(".")[0] for name in imported(file)}

    if file != PACKAGE / "provision" / "runner.py":
        assert "ansible_runner" not in tops
    if room(file) in GATE | GROUND | {"report", "ledger", "sample", "rolelint"}:
        assert not tops & ENGINES


def test_nothing_is_imported_in_a_circle_of_rooms() -> None:
    graph = {name: (allowed or set()) - {name} for name, allowed in MAY_IMPORT.items()}
    while graph:
        leaves = {name for name, below in graph.items() if not below & graph.keys()}
        assert leaves, f"a circle among {sorted(graph)}"
        graph = {name: below for name, below in graph.items() if name not in leaves}


@pytest.mark.parametrize("file", [file for file in FILES if room(file) == "rules"], ids=lambda file: file.name)
def test_rules_are_pure(file: Path) -> None:
    """No clock, file, network or process: the standard library's modules for those are not imported."""
    pure = {
        "bisect",
        "re",
        "unicodedata",
        "collections",
        "datetime",
        "dataclasses",
        "types",
        "typing",
        "enum",
        "decimal",
        "itertools",
    }
    source = file.read_text(encoding="utf-8")

    assert {name.split(".")[0] for name in imported(file)} <= pure | {"koor_provision"}
    assert not any(clock in source for clock in (".now(", ".today()", "open(", "print("))
