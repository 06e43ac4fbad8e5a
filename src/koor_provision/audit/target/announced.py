"""What repositories announce of packages: the digests of their archives, from the lists that the plan was made by.

Read before the run, so that an archive that is written anew during it, with all that is held against it, is known.
"""

from __future__ import annotations

import glob

# Where our own look lays the lists that the run installs from; see `preflight.probe.places`.
LISTS = ("/run/koor-provision/apt-*/lists/*_Packages", "/var/tmp/koor-provision-apt-*/lists/*_Packages")  # noqa: S108


def digests(names: list[str], lists: tuple[str, ...] = LISTS) -> dict[str, list[str]]:
    """SHA-256 of the archives of these packages, by NAME_VERSION_ARCHITECTURE; none where the lists say nothing."""
    wanted = {name.partition(":")[0].encode() for name in names}
    found: dict[str, list[str]] = {}
    for path in sorted(file for pattern in lists for file in glob.glob(pattern)) if wanted else ():
        try:
            with open(path, "rb") as file:
                about: list[bytes] = []
                for line in file:
                    # Lists have millions of lines, of which few are of packages that are wanted.
                    if line.startswith(b"Package: "):
                        name = line[9:].strip()
                        about = [name, b"", b""] if name in wanted else []
                    elif about and line.startswith(b"Version: "):
                        about[1] = line[9:].strip()
                    elif about and line.startswith(b"Architecture: "):
                        about[2] = line[14:].strip()
                    elif about and line.startswith(b"SHA256: "):
                        found.setdefault(b"_".join(about).decode("utf-8", "replace"), []).append(
                            line[8:].strip().decode()
                        )
        except OSError:
            continue
    return found
