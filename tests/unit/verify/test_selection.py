"""The verification asks for what was ordered, and leaves out what was not: a skipped test would prove nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from koor_provision.load.resources import share

FOLDER = share() / "playbooks" / "verify"


@pytest.mark.parametrize(
    ("components", "files"),
    [
        (["php", "mariadb"], {"test_versions.py"}),
        (["mariadb", "nginx"], {"test_versions.py", "test_web.py"}),
        (["php", "mariadb", "apache"], {"test_versions.py", "test_web.py", "test_stack.py"}),
        (["php", "mariadb", "nginx"], {"test_versions.py", "test_web.py", "test_stack.py"}),
    ],
)
def test_only_tests_of_what_was_ordered_are_chosen(tmp_path: Path, components: list[str], files: set[str]) -> None:
    order = tmp_path / "order.json"
    order.write_text(json.dumps({"components": components}), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(FOLDER),
        "KOOR_VERIFY": str(order),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    options = [
        "-c",
        os.devnull,
        "-p",
        "testinfra.plugin",
        "-p",
        "koor_verify",
        "-p",
        "no:cacheprovider",
        "--strict-markers",
    ]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *options, str(FOLDER)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    chosen = {line.partition("::")[0].rpartition("/")[2] for line in done.stdout.splitlines() if "::" in line}
    assert chosen == files
