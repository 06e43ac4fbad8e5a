# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules that install and remove packages share: how apt is called, and what is installed."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "APT_LISTCHANGES_FRONTEND": "none",
    "NEEDRESTART_MODE": "l",
}

TORN = {"H", "U", "F", "W", "t"}
"""Second letters of dpkg's states: half-installed, unpacked, half-configured, and what waits for triggers."""

MARK = [
    "apt-mark", "--option=Dir::Etc::SourceList=/dev/null", "--option=Dir::Etc::SourceParts=/dev/null",
    "--option=Dir::Cache::pkgcache=", "--option=Dir::Cache::srcpkgcache=",
]  # fmt: skip
"""apt-mark for what is installed: it needs no repository for that, and to read their lists is what takes it time."""

FULL = "No space left on device"
"""dpkg's own words, which apt shows and does not count among its errors."""

Versions = dict[str, str]


def parse_status(text: str) -> Versions:
    """Return the version of each fully installed package, under its name and under name:architecture."""
    versions: Versions = {}
    for line in text.splitlines():
        name, architecture, status, version = line.split("\t")
        if status[1:2] == "i" and status[2:3] in {"", " "}:
            versions[name] = versions[f"{name}:{architecture}"] = version
    return versions


def unfinished(text: str) -> list[str]:
    """Return the packages that the package manager was torn from."""
    lines = (line.split("\t") for line in text.splitlines())
    return [name for name, _, status, _ in lines if status[1:2] in TORN]


def run(module: AnsibleModule, *argv: str, apt_config: str | None = None) -> str:
    """Run a command of apt or dpkg; fail with its own words if it fails."""
    environment = {**ENVIRONMENT, "APT_CONFIG": apt_config} if apt_config else ENVIRONMENT
    rc, out, err = module.run_command(list(argv), environ_update=environment)
    if rc != 0:
        full = [line.strip() for line in out.splitlines() if FULL in line][:1]
        said = full + [line for line in err.splitlines() if line.startswith(("E:", "W:"))] or err.splitlines()[-5:]
        module.fail_json(
            msg=f"{argv[3] if argv[0] == '/bin/sh' else argv[0]} failed: {' '.join(said) or out[-500:]}",
            rc=rc, stdout=out[-4000:], stderr=err[-4000:],
        )  # fmt: skip
    return str(out)


def status(module: AnsibleModule) -> str:
    """Return what dpkg knows: a line for each package, with name, architecture, state and version."""
    field = "${Package}\t${Architecture}\t${db:Status-Abbrev}\t${Version}\n"
    return run(module, "dpkg-query", "--show", "--showformat", field)
