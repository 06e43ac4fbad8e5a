"""What the HTML part of a mail shows: its words must be those of the plain text, and all that is said.

Only elements that set text are let through. What can draw words (CSS `content`), strike them out or bring them from
elsewhere is refused: nobody could hold that against the plain text.
"""

import re
from html.parser import HTMLParser

_SHOWN = frozenset({
    "html", "head", "title", "meta", "link", "base", "style", "body", "div", "p", "span", "br", "hr", "b", "strong",
    "i", "em", "u", "a", "font", "center", "big", "small", "sub", "sup", "tt", "pre", "code", "h1", "h2", "h3",
    "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup", "caption", "ul",
    "ol", "li", "dl", "dt", "dd", "blockquote", "cite", "address", "section", "article", "header", "footer", "main",
    "img", "o:p", "w:sdt", "w:sdtpr",
})  # fmt: skip
_WITHIN_WORDS = frozenset({
    "span", "b", "strong", "i", "em", "u", "a", "font", "big", "small", "sub", "sup", "tt", "code", "o:p",
})  # fmt: skip
_SILENT = frozenset({"style", "title", "xml"})
_TRICKS = re.compile(r"\\|(?<![\w-])content\s*:|line-through|@import", re.IGNORECASE)
_COMMENTS = re.compile(r"<!--(?:-?>)|--!>")
"""Ends of comments that browsers see and others do not."""
_WORD = re.compile(r"\w+")
_NOT_WORDS = re.compile(r"<(?:https?://|mailto:)[^<>\s]*>|\[(?:image|cid|bild):[^\[\]]*\]", re.IGNORECASE)
"""What programs put into the plain text for a link or a picture."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.trick = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = [value or "" for name, value in attrs if name == "style"]
        self.trick = self.trick or (f"<{tag}>" if tag not in _SHOWN and not self._silent else "")
        if any(_TRICKS.search(value) for value in values) or any(name.startswith("on") for name, _ in attrs):
            self.trick = self.trick or f"the style of <{tag}>"
        self._silent += tag in _SILENT
        self._gap(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        self._gap(tag)

    def _gap(self, tag: str) -> None:
        if tag not in _WITHIN_WORDS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
        elif _TRICKS.search(data) and self.lasttag == "style":
            self.trick = self.trick or "<style>"

    def handle_comment(self, data: str) -> None:
        if not data.startswith("[if "):
            return
        if "<!--" in data:
            self.trick = self.trick or "an odd comment"
            return
        # Outlook shows what stands in such a comment: settings are usual there, words are not.
        inside = _Reader()
        inside.feed(data.partition(">")[2].removesuffix("<![endif]"))
        inside.close()
        if _WORD.search("".join(inside.parts)):
            self.trick = self.trick or "a text for one mail program only"

    def unknown_decl(self, data: str) -> None:
        if not data.startswith(("if ", "endif")):
            self.trick = self.trick or "a marked section"


def difference(html: str, text: str) -> str | None:
    """Why an HTML part cannot be taken for the plain text; None if it says the same.

    Args:
        html: all HTML parts of the mail, one after the other.
        text: the whole plain text, with what it quotes.
    """
    if html.rfind("<") > html.rfind(">") or html.rfind("<!--") > html.rfind("-->"):
        return "its HTML part is not well formed"  # the parser would search for the end again and again
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):  # what the parser raises on declarations that it does not know
        return "its HTML part is not well formed"
    if _COMMENTS.search(html):
        reader.trick = "an odd comment"
    if reader.trick:
        return f"its HTML part uses {reader.trick}, which may show something else than its plain text"
    if _words("".join(reader.parts)) != _words(_NOT_WORDS.sub(" ", text)):
        return "its HTML part says something else than its plain text"
    return None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
