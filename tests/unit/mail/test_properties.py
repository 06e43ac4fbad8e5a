"""A valid signed mail, changed in any way: never taken for what it was not, never a traceback."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.amount import examples
from tests.mails import TAKEN, Letter

from koor_provision.errors import InputError
from koor_provision.mail.read import read_mail
from koor_provision.mail.words import understood
from koor_provision.models.mail import Message, Statement
from koor_provision.sample.mail import MailKey

Read = Callable[[bytes], tuple[Message, Statement] | None]
PIECES = [b"\r\n", b"\r\n\r\n", b"\n ", b";", b"From: x@y.example\r\n", b"l=5; "]
FIELDS = ["From", "To", "Subject", "Date", "Message-ID", "Content-Type", "X-Other", "DKIM-Signature"]
WORDS = [
    *[
        "I",
        "accept",
        "your",
        "offer",
        "O-1,",
        "revision",
        "1",
        "not",
        "if",
        ".",
        "(",
        ",",
        "SHA-256",
        "Ich",
        "nehme",
        "Ihr",
        "Angebot",
        "an",
        "hiermit",
    ],
    "\n",
    "a" * 64,
]
many = settings(
    max_examples=examples(400), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def raw(key_of_the_customer: MailKey) -> bytes:
    return Letter(key_of_the_customer).sent()


@pytest.fixture(scope="module")
def read(key_of_the_customer: MailKey) -> Read:
    def attempt(data: bytes) -> tuple[Message, Statement] | None:
        try:
            return read_mail(data, lambda _: key_of_the_customer.record, TAKEN, "mail.eml")
        except InputError as error:
            return None if error.hint else pytest.fail("refused without saying what to do")

    return attempt


def holds(read: Read, raw: bytes, changed: bytes) -> None:
    """Refused; or the very same said by the very same person, where the canonical form allows for the change."""
    result, before = read(changed), read(raw)
    assert before
    if result is not None:
        assert result[1] == before[1]
        assert (result[0].sender, result[0].sent, result[0].identity) == (
            before[0].sender, before[0].sent, before[0].identity,
        )  # fmt: skip
        assert result[0].text.split() == before[0].text.split()


@many
@given(data=st.data())
def test_one_byte_changed(raw: bytes, read: Read, data: st.DataObject):
    at = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255))

    holds(read, raw, raw[:at] + bytes([byte]) + raw[at + 1 :])


@many
@given(data=st.data())
def test_bytes_put_in_or_taken_out(raw: bytes, read: Read, data: st.DataObject):
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    put_in = data.draw(st.binary(max_size=20) | st.sampled_from(PIECES))

    holds(read, raw, raw[:start] + put_in + raw[end:])


@many
@given(data=st.data())
def test_lines_dropped_repeated_or_moved(raw: bytes, read: Read, data: st.DataObject):
    lines = raw.split(b"\r\n")
    at, to = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["drop", "repeat", "move"]))
    line = lines[at]
    if how != "repeat":
        del lines[at]
    if how != "drop":
        lines.insert(to, line)

    holds(read, raw, b"\r\n".join(lines))


@many
@given(name=st.sampled_from(FIELDS), value=st.text(max_size=60), data=st.data())
def test_a_field_added_anywhere(raw: bytes, read: Read, name: str, value: str, data: st.DataObject):
    lines = raw.split(b"\r\n")
    at = data.draw(st.integers(0, lines.index(b"")))
    lines.insert(at, f"{name}: {value}".encode())

    holds(read, raw, b"\r\n".join(lines))


@settings(many, max_examples=examples(200))
@given(text=st.binary(min_size=1, max_size=200))
def test_text_appended(raw: bytes, read: Read, text: bytes):
    holds(read, raw, raw + text)


@many
@given(data=st.binary(max_size=2000))
def test_anything_is_no_mail(read: Read, data: bytes):
    assert read(data) is None


@many
@given(text=st.text(max_size=400))
def test_any_text_is_understood_or_refused(text: str):
    try:
        statement = understood(text, "mail.eml")
    except InputError:
        return
    assert statement.says


@settings(max_examples=examples(60))
@given(words=st.lists(st.sampled_from(WORDS), max_size=4000))
def test_patterns_do_not_run_away(words: list[str]):
    """Nested repetition in a pattern would take for ever on such texts; the runner's limit would show it."""
    with suppress(InputError):
        understood(" ".join(words), "mail.eml")
