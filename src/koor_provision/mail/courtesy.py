"""What may stand around a statement: greeting, thanks, closing, name and address, in English and German.

A list of what is harmless, never of what is harmful: whoever adds a condition, a joke or a question writes something
that stands in no such list. Names and addresses cannot be listed, so they are told by their form, and words that take
something back are refused among them.
"""

import re

_AT_MOST = 15
"""Lines of a signature block."""
_WORDS = 14
_LETTERS = 160
"""Words and letters in one of its lines: a whole address fits in."""

_DENIAL = re.compile(
    r"\b(?:not|never|none|cannot|\w+n['\u2019]t|no(?!\.? ?[\w-]*[0-9])|nay|nicht|kein\w*|nein|nie|niemals|nichts|"
    r"but|however|if|unless|until|except|only|without|aber|nur|erst|wenn|falls|sofern|soweit|bis|ohne|au(?:ß|ss)er|jedoch|"
    r"allerdings|condition\w*|provided|subject to|bedingung\w*|bedingt|vorbehalt\w*|vorbehaltlich|vorausgesetzt|"
    r"(?:non-?)?binding|unverbindlich|verbindlich|draft|entwurf|preliminary|vorl(?:ä|ae)ufig\w*|"
    r"jok(?:e|es|ing)|kidding|scherz|spa(?:ß|ss)|fake|void|invalid|ung(?:ü|ue)ltig\w*|"
    r"withdr[ae]w\w*|revo[ck]\w*|cancel\w*|reject\w*|declin\w*|refus\w*|disregard\w*|ignor\w*|object\w*|retract\w*|"
    r"widerr?uf\w*|widerspr\w+|storn\w+|abgelehnt|ablehn\w*|lehn\w*|zur(?:ü|ue)ck\w*|gegenstandslos|p\.? ?s)\b",
    re.IGNORECASE,
)

_NAME = r"(?:[A-ZÄÖÜ][\w.'\u2019-]*|von|van|de|der|den|du|zu)"
_WHOM = (
    r"(?:sir|madam|sir or madam|madam or sir|sirs|all|team|everybody|everyone|colleagues|together|there|"
    r"damen und herren|alle|alle zusammen|zusammen|liebes team)"
)
_HAIL = (
    r"(?i:dear|hello|hi|good (?:morning|afternoon|evening|day)|to whom it may concern|sehr geehrte[rs]?|hallo|"
    r"guten (?:morgen|tag|abend)|liebe[rs]?|moin(?: moin)?|gr(?:ü|ue)(?:ß|ss) gott|servus)"
)
_HAILED = rf"{_HAIL}(?: (?:(?i:{_WHOM})|{_NAME}(?: (?:(?i:and|und) )?{_NAME}){{0,5}}))?"
_GREETING = re.compile(rf"{_HAILED}(?:, {_HAILED}){{0,2}}[,!:]?")

_FOR = (
    r"(?: for (?:your|the) (?:offer|quotation|quote|e-?mail|message|help|support|time|effort|"
    r"(?:quick )?(?:reply|answer)))?"
)
_FUER = (
    r"(?: für (?:ihr|ihre|das|die|den) (?:angebot|e-?mail|nachricht|hilfe|unterstützung|mühe|"
    r"(?:schnelle )?(?:antwort|rückmeldung)))?"
)
_THANKS = re.compile(
    rf"(?:(?:many|kind) )?thanks(?: a lot| again| very much)?{_FOR}(?: in advance)?"
    rf"|thank you(?: (?:so|very) much| again)?{_FOR}(?: in advance)?"
    rf"|(?:(?:vielen|herzlichen|besten|schönen|recht herzlichen) dank|danke(?: schön| sehr)?|dankeschön)(?: nochmals)?"
    rf"{_FUER}(?: im voraus)?"
    r"|(?:(?:i|we) (?:am |are )?)?look(?:ing)? forward to "
    r"(?:working with you|hearing from you|your (?:reply|answer|confirmation))"
    r"|(?:ich freue mich|wir freuen uns) auf (?:die|eine gute) zusammenarbeit"
    r"|please confirm(?: (?:the )?receipt)?|(?:ich|wir) bitten? um (?:eine )?(?:kurze )?bestätigung"
    r"|have a (?:nice|good|great) (?:day|evening|week|weekend)|(?:einen )?schönen tag(?: noch)?|schönes wochenende",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:with )?(?:(?:kind|kindest|best|warm|warmest|many)(?: and (?:kind|best))? )?(?:regards|wishes|greetings)"
    r"|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|best|cheers|respectfully"
    r"|(?:thanks|thank you|danke|vielen dank) (?:and|und) "
    r"(?:(?:kind|best) regards|(?:viele |beste |liebe )?gr(?:ü|ue)(?:ß|ss)e|gru(?:ß|ss))"
    r"|(?:mit )?(?:(?:freundliche[nmr]?|beste[nmr]?|herzliche[nmr]?|viele[n]?|schöne[nmr]?|liebe[nmr]?) )"
    r"(?:gr(?:ü|ue)(?:ß|ss)en?|gru(?:ß|ss))(?: aus [A-ZÄÖÜ][\w-]{1,40})?"
    r"|gru(?:ß|ss)|gr(?:ü|ue)(?:ß|ss)e|hochachtungsvoll|mfg|vg|lg",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"sent from my (?:iphone|ipad|mobile(?: phone)?|android(?: phone| device)?)"
    r"|von meine[mr] (?:iphone|ipad|handy|mobiltelefon|android(?:-gerät)?) gesendet",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"[^\W\d_a-zßäöü][\w.'\u2019-]*"  # begins with a capital letter: names, streets, German nouns
    r"|[-+(/]*[0-9][\w+()/.-]*|\([^\W\d_a-zßäöü][\w.-]*\)?"  # figures: numbers of houses, telephones and registers
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|<[\w.+-]+@[\w-]+(?:\.[\w-]+)+>"
    r"|(?:https?://)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}(?:/[\w./-]*)?"
    r"|(?:tel|fon|phone|telephone|fax|mobile?|mobil|cell|e-?mail|mail|web|www|t|m|f|e|w)\.?"
    r"|[-|/&,;:\u00b7\u2022\u2013\u2014]+"
    r"|(?:of|and|the|for|at|in|und|für|der|die|das|des|von|van|zu|zum|zur|am|im|an|de|du|la|i\.|v\.|a\.|"
    r"i\.\s?[av]\.|ppa\.|gez\.)"
)


def denial(text: str) -> str | None:
    """The first word that may take something back or put a condition on it."""
    found = _DENIAL.search(text)
    return found[0] if found else None


def greeting(line: str) -> bool:
    """Whether a line greets somebody and says nothing else."""
    return bool(_GREETING.fullmatch(line)) and not denial(line)


def thanks(sentence: str) -> bool:
    """Whether a sentence is mere politeness."""
    return bool(_THANKS.fullmatch(sentence.rstrip(" .!")))


def closing(line: str) -> bool:
    """Whether a line closes a letter."""
    return bool(_CLOSING.fullmatch(line.rstrip(" .,!")))


def after(lines: list[str]) -> str | None:
    """What stands after a statement, apart from it: the first line that is neither courtesy nor name or address.

    Returns:
        the line; None if all are harmless.
    """
    block = [line for line in lines if line and line != "--"]
    if len(block) > _AT_MOST:
        return block[_AT_MOST]
    return next((line for line in block if not _harmless(line)), None)


def _harmless(line: str) -> bool:
    if closing(line) or thanks(line) or _DEVICE.fullmatch(line.rstrip(" .")):
        return True
    words = [word.rstrip(",;:") for word in line.split()]
    return (
        len(words) <= _WORDS
        and len(line) <= _LETTERS
        and not denial(line)
        and not line.endswith(("?", "!"))
        and all(not word or _WORD.fullmatch(word) for word in words)
    )
