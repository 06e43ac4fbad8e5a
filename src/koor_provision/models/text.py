"""What no text of a document may hold: letters that a reader cannot see, and blanks that nobody filled in.

Hidden letters hide text or reorder it: a page then says what it does not say.
"""

TO_FILL_IN = "<fill in"
"""How a value begins that is still to be entered, as `koor-provision case new` leaves it. No document may hold it."""

_SPACES = "\u00a0\u202f"  # no-break spaces, which word processors put into ordinary text


def hidden(text: str, allowed: str = "") -> str | None:
    """The first letter that does not show: a control, invisible or reordering one, an unusual line end, unassigned."""
    if text.isprintable():
        return None
    return next((letter for letter in text if not letter.isprintable() and letter not in allowed + _SPACES), None)


def shown(text: str) -> str:
    """The text with such letters spelled out, safe to print: what a terminal is told stays in its line."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter in _SPACES else f"\\u{ord(letter):04x}" for letter in text)
