"""The sentences of the customer's page in one language, from a file of data."""

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "de")
FORMS = {"one", "other"}


@cache
def texts(language: str) -> dict[str, Any]:
    """Every text of a language by its full name, such as `verdict.install.passed`.

    A text is a string, a list of strings, or two forms of a string, for one and for more.
    """
    file = files("koor_provision.report.customer").joinpath("languages", f"{language}.toml")
    return dict(_flat(tomllib.loads(file.read_text(encoding="utf-8")), ""))


def _flat(table: dict[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in table.items():
        deeper = isinstance(value, dict) and value.keys() != FORMS
        found += _flat(value, f"{prefix}{name}.") if deeper else [(prefix + name, value)]
    return found


class Words:
    """One language.

    Attributes:
        asked: the names that were asked for: a test finds texts by it that nobody needs.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.asked: set[str] = set()
        self._texts = texts(language)

    def __call__(self, name: str, /, **values: object) -> str:
        """A text with its values put in; `count` chooses between the forms.

        Raises:
            KeyError: there is no such text, or a value is missing: our own mistake.
        """
        self.asked.add(name)
        text = self._texts[name]
        if isinstance(text, dict):
            count = values["count"]
            text = text["one" if count == 1 else "other"]
            values["count"] = self.number(count) if isinstance(count, int) else count
        return str(text).format_map(values)

    def known(self, table: str, name: str, otherwise: str = "") -> str:
        """What a table says of a name that comes from elsewhere, such as a component's; else the given text."""
        full = f"{table}.{name}"
        self.asked.add(full)
        return str(self._texts.get(full, otherwise or name))

    def has(self, table: str, name: str) -> bool:
        """Whether a table says something of it, in this language."""
        return f"{table}.{name}" in self._texts

    def number(self, value: int) -> str:
        """A whole number, in groups of three where it has more than four digits."""
        return f"{value:,}".replace(",", self("format.thousand")) if value > 9999 else str(value)  # noqa: PLR2004

    def day(self, value: date) -> str:
        """A day, such as 10 March 2027."""
        return self("format.day", day=value.day, month=self._month(value), year=value.year)

    def moment(self, value: datetime) -> str:
        """A moment to the minute (UTC)."""
        return self(
            "format.moment", day=value.day, month=self._month(value), year=value.year, time=value.strftime("%H:%M")
        )

    def duration(self, seconds: float) -> str:
        """How long something took: tenths below ten seconds, minutes above ninety."""
        if seconds > 90:  # noqa: PLR2004
            minutes, rest = divmod(round(seconds), 60)
            return self("format.minutes", minutes=minutes, seconds=rest)
        shown = f"{seconds:.1f}".replace(".", self("format.point")) if seconds < 9.95 else f"{seconds:.0f}"  # noqa: PLR2004
        return self("format.seconds", seconds=shown)

    def listed(self, items: list[str]) -> str:
        """Several things in a sentence: `R6`, `R6 and R9`, `R4a, R6 and R9`."""
        if len(items) < 2:  # noqa: PLR2004
            return "".join(items)
        return self("format.and", first=", ".join(items[:-1]), last=items[-1])

    def _month(self, value: date) -> str:
        self.asked.add("format.months")
        return str(self._texts["format.months"][value.month - 1])
