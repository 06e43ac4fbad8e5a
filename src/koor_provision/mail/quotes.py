"""What a reply quotes, as mail programs set it: it is not its sender's word.

Only two forms count as a quotation: lines that begin with `>`, and everything below a header of the quoted mail as
Outlook writes it. Whatever merely looks like one stays among the sender's own words, and is not understood there.
"""

import re

from koor_provision.mail.courtesy import denial

_SEPARATOR = re.compile(r"-{2,}\s*(original message|urspr.ngliche nachricht)\s*-{2,}|_{10,}", re.IGNORECASE)
_WROTE = re.compile(r"(on|am)\b(?=.*[0-9]).{5,300}\b(wrote|schrieb)\b.{0,200}:", re.IGNORECASE)
_FIELD = re.compile(
    r"\*?(from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff):\*?\s\S[^\n]{0,300}", re.IGNORECASE
)
_LEAST_FIELDS = 3
_WRAPPED = 3
"""Over so many lines a program may break the line that says who wrote."""


def unquoted(text: str) -> str:
    """The text without its quotations."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    lines = lines[: _below(lines)]
    kept: list[str] = []
    for line in lines:
        if not line.startswith(">"):
            kept.append(line)
            continue
        _drop_who_wrote(kept)
    return "\n".join(kept).strip("\n")


def _below(lines: list[str]) -> int:
    """The line from which on a whole mail is quoted: its header, and the line that sets it off."""
    for number in range(len(lines)):
        fields = 0
        while (
            fields < _LEAST_FIELDS and number + fields < len(lines) and _FIELD.fullmatch(lines[number + fields].strip())
        ):
            fields += 1
        names = {one.partition(":")[0].strip("*").lower() for one in lines[number : number + fields]}
        if fields >= _LEAST_FIELDS and names & {"from", "von"}:
            above = number
            while above and (not lines[above - 1].strip() or _SEPARATOR.fullmatch(lines[above - 1].strip())):
                above -= 1
            return above
    return len(lines)


def _drop_who_wrote(kept: list[str]) -> None:
    """Take the lines that introduce a marked quotation off the end: `On ... wrote:`, perhaps broken in lines."""
    end = len(kept)
    while end and not kept[end - 1]:
        end -= 1
    for lines in range(1, _WRAPPED + 1):
        start = end - lines
        if start < 0 or not kept[start]:
            return
        said = " ".join(kept[start:end])
        if _WROTE.fullmatch(said) and not denial(said):
            del kept[start:]
            return
