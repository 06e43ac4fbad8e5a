"""What apt on the target would take from a repository with updates and other series; nothing is installed."""

import re
import tempfile
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, run

PACKAGE = """Package: {name}
Version: {version}
Architecture: all
Maintainer: nobody <nobody@repository.example>
Filename: ./{name}.deb
Size: 1
SHA256: 0000000000000000000000000000000000000000000000000000000000000000
Description: not there

"""


def candidates(options: list[str]) -> dict[str, str]:
    """Return the version of each package that apt would take."""
    _, out, _ = run("env", "LC_ALL=C", "apt-cache", *options, "policy", *ARGUMENTS["offered"])
    blocks = re.split(r"^(?=\S)", out, flags=re.MULTILINE)
    return {
        block.partition(":")[0]: match[1]
        for block in blocks
        if (match := re.search(r"^  Candidate: (\S+)", block, re.MULTILINE))
    }


facts: dict[str, Any] = {}
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    folder.chmod(0o755)  # apt fetches as a user of its own
    (folder / "Packages").write_text(
        "".join(
            PACKAGE.format(name=package, version=version)
            for package, versions in ARGUMENTS["offered"].items()
            for version in versions
        ),
        encoding="ascii",
    )
    (folder / "list").write_text(f"deb [trusted=yes] file:{folder} ./\n", encoding="ascii")
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "none").mkdir()
    mine = [
        f"--option=Dir::Etc::SourceList={folder}/list",
        "--option=Dir::Etc::SourceParts=/dev/null",
        f"--option=Dir::State::Lists={folder}/lists",
        f"--option=Dir::Cache={folder}",
    ]
    code, _, complaint = run("apt-get", *mine, "update", "--quiet=2", "--option=APT::Update::Error-Mode=any")
    facts["updated"] = [code, complaint]
    facts["pinned"] = candidates(mine)
    facts["unpinned"] = candidates([*mine, f"--option=Dir::Etc::PreferencesParts={folder}/none"])
_, out, _ = run("dpkg-query", "--show", "--showformat", "${Version}", ARGUMENTS["server"])
facts["installed"] = out
answer(facts)
