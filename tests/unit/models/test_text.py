import pytest

from koor_provision.models.text import hidden, shown


@pytest.mark.parametrize(
    "letter",
    [
        "\x00",
        "\x1b",
        "\x7f",
        "\x85",
        "\r",
        "\u200b",
        "\u200e",
        "\u202e",
        "\u2066",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\ue000",
        "\U000e0041",
    ],
)
def test_letters_that_do_not_show(letter):
    assert hidden(f"before{letter}after") == letter
    assert letter not in shown(f"before{letter}after")


@pytest.mark.parametrize("text", ["plain", "Größe 10 %", "10\u00a0%", "名前", "„quoted“ — and ‘so’", "émoji 🙂", ""])
def test_ordinary_text(text):
    assert hidden(text) is None
    assert shown(text) == text


def test_what_is_allowed_is_allowed():
    assert hidden("two\nlines", "\n") is None
    assert hidden("two\nlines") == "\n"


def test_a_terminal_cannot_be_steered():
    assert shown("a\x1b[2Kb\nc") == r"a\u001b[2Kb\u000ac"
