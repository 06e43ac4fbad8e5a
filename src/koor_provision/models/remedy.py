"""Commands in remedies, made such that they work where they are printed.

Rules name documents as people do: `offer.yml`, `company/staff.yml`. Whoever is told to sign one of them stands in some
other folder, so the commands that a remedy shows are given the whole path.
"""

import re
import shlex
from pathlib import Path

_COMMAND = re.compile(
    r"(?P<command>koor-provision sign|sha256sum) (?P<file>[a-z][a-z_0-9/-]*\.yml)\b"
    r"|(?P<about>koor-provision (?:case (?:status|add-mail|add-paper|checklist)|install|check)) CASE\b",
    re.ASCII,
)
_COMPANY = ("company/", "validations/")


def located(text: str, case: Path | str, company: Path | str) -> str:
    """A remedy whose commands name files of a case and its company by their paths, quoted for a shell.

    Args:
        case: the case's folder as the user named it.
        company: the company's folder; may be empty where it is not known.
    """

    def whole(match: re.Match[str]) -> str:
        if match["about"]:
            return f"{match['about']} {shlex.quote(str(case))}"
        file = match["file"]
        ours = file.startswith(_COMPANY)
        if ours and not str(company):
            return match[0]
        path = Path(company) / file.removeprefix("company/") if ours else Path(case) / file
        return f"{match['command']} {shlex.quote(str(path))}"

    return _COMMAND.sub(whole, text)
