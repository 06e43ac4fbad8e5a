"""Makes the fixture's releases: the first one, two that are newer, and one that does not work.

archives.py FIXTURE FOLDER writes RELEASE.tar and RELEASE.sha256 into the folder.
"""

import hashlib
import io
import sys
import tarfile
from pathlib import Path

FIXTURE, FOLDER = Path(sys.argv[1]), Path(sys.argv[2])


def release(**changes: str | None) -> bytes:
    """Return an archive of the fixture; a change is a file's content, or None for a file that is not there."""
    files = {str(path.relative_to(FIXTURE)): path.read_bytes() for path in FIXTURE.rglob("*") if path.is_file()}
    for name, content in changes.items():
        if content is None:
            del files[name]
        else:
            files[name] = content.encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in sorted(files):
            info = tarfile.TarInfo(f"release/{name}")
            info.size = len(files[name])
            tar.addfile(info, io.BytesIO(files[name]))
    return out.getvalue()


index = (FIXTURE / "index.php").read_text(encoding="utf-8")
newer = index.replace("const VERSION = 1;", "const VERSION = 2;")
latest = index.replace("const VERSION = 1;", "const VERSION = 3;")
# As a bad release does: it has written into the database before anybody sees that it does not work.
broken = newer.replace(
    "require __DIR__ . '/Model/Application.php';",
    "(new PDO('mysql:host=127.0.0.1;dbname=koor', 'koor_schema', (require __DIR__ . '/config.php')"
    "['db']['core']['masters']['schema']['password']))->exec('DELETE FROM unit'); throw new Exception('broken');",
)
releases = {
    "first": release(),
    "newer": release(**{"index.php": newer, "Modules/Monitoring/info.json": None, "Modules/Tasks/info.json": "{}"}),
    "latest": release(**{"index.php": latest}),
    "broken": release(**{"index.php": broken}),
}
for name, data in releases.items():
    (FOLDER / f"{name}.tar").write_bytes(data)
    (FOLDER / f"{name}.sha256").write_text(hashlib.sha256(data).hexdigest(), encoding="ascii")
