from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from koor_provision.models import base

GOOD: list[tuple[Any, str, Any]] = [
    (base.Line, "Größe & Maß", "Größe & Maß"),
    (base.Paragraph, "one\ntwo", "one\ntwo"),
    (base.Slug, "web-1", "web-1"),
    (base.Reference, "O-2026/08.15_b", "O-2026/08.15_b"),
    (base.Email, "anna.b+c@bakery.example", "anna.b+c@bakery.example"),
    (base.Flag, "true", True),
    (base.Flag, "false", False),
    (base.Day, "2028-02-29", date(2028, 2, 29)),
    (base.Amount, "2.50", Decimal("2.50")),
    (base.Amount, "0", Decimal(0)),
    (base.Count, "007", 7),
    (base.Moment, "2026-01-31T08:00:00.5Z", datetime(2026, 1, 31, 8, 0, 0, 500000, UTC)),
]
NOTHING: tuple[Any, ...] = (None, [])
BAD: list[tuple[Any, Any]] = [
    *((kind, text) for kind in (base.Line, base.Paragraph) for text in ("", " ", "-", "\u00a0", "...", "\u2800")),
    *(
        (base.Line, text)
        for text in ("a{{b", "a{%b", "a{#b", "a\nb", "a\tb", "a\x1bb", "a\u202eb", "a\u200bb", "x" * 201)
    ),
    *((base.Paragraph, text) for text in ("a{{b", "a\rb", "a\u2028b", "a\u2066b", "x" * 4001)),
    *((base.Slug, text) for text in ("", "Web", "1web", "web_1", "wéb", "web\n", "wеb", "-web", "all:web", "x" * 49)),
    *((base.Reference, text) for text in ("", "-a", "a b", "a\n", "４７１１", "x" * 65)),
    *((base.Email, text) for text in ("", "anna", "a@b", "a@b..c", "A <a@b.c>", "a@b.c\n", "a@ь.c", "a" * 65 + "@b.c")),
    *((base.Flag, text) for text in ("yes", "no", "True", "1", "0", "on", "", *NOTHING)),
    *(
        (base.Day, text)
        for text in ("2026-1-31", "2026-02-29", "2026-01-31T00:00", "1769817600", "٢٠٢٦-01-01", "", "0000-01-01")
    ),
    *(
        (base.Amount, text)
        for text in ("-1", "+1", "1e3", "NaN", "Infinity", "1,5", ".5", "5.", "1_0", "0x1", "１", "1.00000", "")
    ),
    *((base.Count, text) for text in ("-1", "+1", "1.0", "1e3", "1_000", "１", "", " 1", "1234567890")),
    *(
        (base.Moment, text)
        for text in ("2026-01-31", "2026-01-31T08:00:00", "1769817600", "2026-01-31 08:00:00Z", "2026-13-31T08:00:00Z")
    ),
    *((base.Sha256, text) for text in ("", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n")),
    *((base.Fingerprint, text) for text in ("", "SHA256:", "MD5:" + "a" * 43, "SHA256:" + "a" * 44)),
    *(
        (base.PublicKey, text)
        for text in ("ssh-ed25519", "ssh-ed25519 A", "ssh-ed25519 " + "A" * 68 + " name", "x\ny " + "A" * 68)
    ),
]


@pytest.mark.parametrize(("kind", "text", "value"), GOOD)
def test_good_values(kind, text, value):
    assert TypeAdapter(kind).validate_python(text) == value


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_bad_values(kind, text):
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


def test_models_are_frozen_and_closed():
    class Sample(base.Model):
        a: int

    with pytest.raises(ValidationError):
        setattr(Sample(a=1), "a", 2)  # noqa: B010  # what the type checker already refuses
    with pytest.raises(ValidationError):
        Sample.model_validate({"a": 1, "b": 2})


def test_an_error_does_not_repeat_the_value():
    class Sample(base.Model):
        a: base.Slug

    with pytest.raises(ValidationError) as caught:
        Sample.model_validate({"a": "Sommer 2027"})
    assert "Sommer" not in str(caught.value)
