"""What a customer's words say. Whole sentences of fixed form, in English or German: nothing is guessed.

    I accept your offer O-2026-0815, revision 1.          Ich nehme Ihr Angebot O-2026-0815, Revision 1, an.
    I approve the document with the SHA-256 digest ...    Ich bestätige das Dokument mit der SHA-256-Prüfsumme ...
    I herewith request the additional setup and           Hiermit beantrage ich die zusätzliche Einrichtung und
    configuration of the software Redis during the        Konfiguration der Software Redis während der Installation
    installation and configuration.                       und Konfiguration.

An acceptance may name the offer's digest as well: `... (SHA-256: ...)`. Greeting, thanks, closing, name and address may
stand around it (see `mail.courtesy`). A mail that says anything else, two such sentences or none is not understood.
"""

import re

from koor_provision.errors import InputError
from koor_provision.mail import courtesy
from koor_provision.mail.names import component_called
from koor_provision.models.mail import Says, Statement

_I = r"(?:i|we)(?:,? the undersigned,?)?"
_HEREBY = r"(?: (?:hereby|herewith))?"
_REF = r"(?P<offer>[A-Za-z0-9][A-Za-z0-9._/-]{0,63}?)"
_DIGEST = r"(?P<digest>[0-9a-f]{64})"
_OFFER = rf"{_REF},?(?: in)? revision (?P<revision>[0-9]{{1,6}}),?(?: \(?(?:mit )?sha-?256:? {_DIGEST}\)?,?)?"
_SOFTWARE = r"(?P<software>[A-Za-z0-9][A-Za-z0-9 .,&+-]{0,200}?)"
_DURING = r"(?: during the (?:installation|setup)(?: and configuration)?)?"
_WHILE = r"(?: (?:während|bei) der (?:installation|einrichtung)(?: und konfiguration)?)?"

_ACCEPT = rf"{_I}{_HEREBY}(?: bindingly)? accept(?: (?:your|the))? offer(?: number| no\.?)? {_OFFER}(?: bindingly)?"
_NEHME_AN = (
    r"(?:hiermit )?(?:ich nehme|wir nehmen|nehme ich|nehmen wir)(?: hiermit)?(?: (?:ihr|das))? angebot(?: nr\.?)? "
    rf"{_OFFER}(?: verbindlich)? an"
)
_APPROVE = (
    rf"{_I}{_HEREBY} approve the (?:document|agreement|targets)(?: [a-z]+\.yml)?,?(?: with the)?"
    rf" sha-?256(?: digest)?:? {_DIGEST}"
)
_BESTAETIGE = (
    r"(?:hiermit )?(?:ich bestätige|wir bestätigen|bestätige ich|bestätigen wir)(?: hiermit)? "
    r"(?:das dokument|die vereinbarung|die ziele)(?: [a-z]+\.yml)?,?(?: mit der)?"
    rf" sha-?256(?:-prüfsumme)?:? {_DIGEST}"
)
_REQUEST = (
    rf"{_I}{_HEREBY} request the additional (?:setup|installation)(?: and configuration)? of(?: the)?(?: software)? "
    rf"{_SOFTWARE}{_DURING}"
)
_BEANTRAGE = (
    r"(?:hiermit )?(?:ich beantrage|wir beantragen|beantrage ich|beantragen wir)(?: hiermit)? die zusätzliche "
    rf"(?:einrichtung|installation)(?: und konfiguration)? (?:der software|von) {_SOFTWARE}{_WHILE}"
)
_FORMS = (
    (Says.ACCEPTANCE, (_ACCEPT, _NEHME_AN)),
    (Says.APPROVAL, (_APPROVE, _BESTAETIGE)),
    (Says.REQUEST, (_REQUEST, _BEANTRAGE)),
)
_PATTERNS = [(says, re.compile(form, re.IGNORECASE)) for says, forms in _FORMS for form in forms]
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\bno\.)(?<!\bnr\.)\s+", re.IGNORECASE)  # but not in `no. 5`
_LIST = re.compile(r"\s*(?:,|&|\band\b|\bund\b)\s*", re.IGNORECASE)
ASK = (
    "ask for one of these sentences: 'I accept your offer NUMBER, revision N.' / 'I herewith request the additional "
    "setup and configuration of the software NAME.' / 'I approve the document with the SHA-256 digest DIGEST.' (or in "
    "German, see docs/customers-word.md)"
)


ALONE = (
    "ask for a mail with just the sentence, a greeting and a name; or have it printed, signed and attested: "
    "koor-provision case add-paper"
)
_QUOTED = 80


def understood(text: str, file: str) -> Statement:
    """The one statement in a mail's own words.

    Raises:
        InputError: none or several, anything besides that is not mere courtesy, or software that we do not know.
    """
    paragraphs = _paragraphs(text)
    sentences = [_sentences(lines) for lines in paragraphs]
    found = [
        (at, position, says, match)
        for at, several in enumerate(sentences)
        for position, sentence in enumerate(several)
        for says, pattern in _PATTERNS
        if (match := pattern.fullmatch(sentence))
    ]
    if not found:
        raise InputError("says nothing that is understood without guessing", where=file, hint=ASK)
    if len(found) > 1:
        raise InputError("says more than one thing", where=file, hint=f"one mail for each; {ASK}")
    at, position, says, match = found[0]
    before = [*sentences[:at], sentences[at][:position]]
    behind = [sentences[at][position + 1 :], *paragraphs[at + 1 :]]
    if (more := _more_before(before) or _more_behind(behind)) is not None:
        raise InputError(f"says more than is understood without guessing: '{more[:_QUOTED]}'", where=file, hint=ALONE)
    parts = match.groupdict()
    digest = parts["digest"].lower() if parts.get("digest") else None
    if says is Says.ACCEPTANCE:
        return Statement(says, (parts["offer"], int(parts["revision"])), digest)
    if says is Says.APPROVAL:
        return Statement(says, digest=digest)
    return Statement(says, components=_components(parts["software"], file))


def _paragraphs(text: str) -> list[list[str]]:
    """Lines that belong together; a line of greeting, thanks or closing stands alone."""
    paragraphs: list[list[str]] = [[]]
    for line in text.split("\n"):
        words = " ".join(line.split())
        alone = words == "--" or courtesy.greeting(words) or courtesy.thanks(words) or courtesy.closing(words)
        if not words or alone:
            paragraphs += [[words], []] if words else [[]]
        else:
            paragraphs[-1].append(words)
    return [lines for lines in paragraphs if lines]


def _sentences(lines: list[str]) -> list[str]:
    if lines and courtesy.greeting(lines[0]):  # stands alone; the stop in `Dr. Example` ends no sentence
        return lines
    return [part.rstrip(" .!") for part in _SENTENCE_END.split(" ".join(lines))]


def _more_before(parts: list[list[str]]) -> str | None:
    """The first sentence before the statement that neither greets nor thanks."""
    return next(
        (one for part in parts for one in part if not courtesy.greeting(one) and not courtesy.thanks(one)),
        None,
    )


def _more_behind(parts: list[list[str]]) -> str | None:
    """The first line behind the statement that is not courtesy, name or address."""
    said = [part for part in parts if part and not all(map(courtesy.thanks, _sentences(part)))]
    return courtesy.after([line for part in said for line in part])


def _components(software: str, file: str) -> tuple[str, ...]:
    names = _LIST.split(software.strip(" .,"))
    components = []
    for name in names:
        component = component_called(name)
        if component is None:
            raise InputError(
                f"asks for '{name}', which is not software that we know",
                where=file,
                hint="ask the customer what is meant; what can be ordered stands in the approved list",
            )
        components.append(component)
    if len(set(components)) != len(components):
        raise InputError("asks for the same software twice", where=file, hint="ask the customer what is meant")
    return tuple(components)
