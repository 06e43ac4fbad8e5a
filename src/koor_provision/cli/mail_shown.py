"""A mail for people: what they compare before they say, or sign, that it was understood."""

from collections.abc import Iterator

from koor_provision.models.mail import Message


def lines(message: Message) -> Iterator[str]:
    """Subject and whole text, line by line, and what of the mail is not in them. Not yet safe for a terminal."""
    yield f"subject: {message.subject}"
    yield "the whole text:"
    for line in message.whole.replace("\r\n", "\n").strip("\n").split("\n"):
        yield f"  | {line}"
    if message.unread:
        yield f"NOT READ, look at the mail itself: {', '.join(message.unread)}"
