"""What SQL Server's test wants to know, found out on its host."""

import configparser
from pathlib import Path

from target_tools import ARGUMENTS, answer, listening, unit

SECRET = Path(ARGUMENTS["secrets"], "mssql-sa.cnf")


def access(path: Path) -> str:
    """Return who may read a path."""
    return f"{path.owner()}:{path.group()}:{path.stat().st_mode & 0o777:o}"


configuration = configparser.RawConfigParser(strict=False)
configuration.read("/var/opt/mssql/mssql.conf")
answer(
    {
        "unit": unit("mssql-server.service"),
        "listens": bool(listening(1433)),
        "memory": configuration.get("memory", "memorylimitmb", fallback=""),
        "secrets": [access(SECRET.parent), access(SECRET)],
        "source": Path("/etc/apt/sources.list.d/koor-mssql.sources").read_text(encoding="ascii").splitlines(),
    }
)
