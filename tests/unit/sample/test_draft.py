from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koor_provision.errors import InputError
from koor_provision.load.strict_yaml import parse
from koor_provision.models.text import hidden
from koor_provision.sample.draft import DOCUMENTS, Order, Person, fill, scalar, values_of, write_draft

LETTERS = st.characters(exclude_categories=("C", "Zl", "Zp"), include_characters="\n\t").filter(
    lambda one: not hidden(one)
)
TEXT = st.text(LETTERS, min_size=1, max_size=40).filter(lambda text: not hidden(text))


def read(order: Order) -> dict[str, Any]:
    """Every document of a draft, as the loader reads it."""
    values = values_of(order)
    return {name: parse(fill(f"case/{name}", values).encode(), name) for name in DOCUMENTS}


@given(TEXT)
def test_any_text_comes_out_as_it_went_in(text):
    assert parse(f"- {scalar(text)}\n- a: {scalar(text)}\n".encode(), "test") == [text, {"a": text}]


@given(goals=st.lists(TEXT, min_size=1, max_size=3), name=TEXT, number=TEXT)
def test_whatever_is_given_stands_in_its_place(goals, name, number):
    drafts = read(Order(customer=number, customer_name=name, goals=tuple(goals), components=("php",)))

    assert [drafts[document]["customer"] for document in DOCUMENTS] == [number] * 5
    assert drafts["agreement.yml"]["name"] == name
    assert drafts["offer.yml"]["goals"] == goals


def test_names_are_plain_where_they_can_be():
    assert scalar("Example Bakery") == "Example Bakery"
    assert scalar("2026-01-31") == "2026-01-31"
    for text in ("4711", "no", "Null", "1.2", "a: b", "a #b", "-", "2026-01-31x", ""):
        assert scalar(text).startswith('"')


def test_the_first_authorised_person_signed_the_papers():
    person = Person("anna", "Anna", "anna@bakery.example")
    agreement = read(Order(authorised=(person,), responsible=(person,), components=("php",)))["agreement.yml"]

    assert agreement["service_agreement"]["signed_by"] == "anna"
    assert agreement["authorised_persons"] == agreement["responsible_for_it"]
    assert "key" not in agreement["authorised_persons"][0]


def test_what_is_not_known_is_a_blank_everywhere():
    blanks = [text for text in values_of(Order()).values() if "<fill in" in text]

    assert len(blanks) >= 24
    assert not any("$" in text for document in DOCUMENTS for text in fill(f"case/{document}", values_of(Order())))


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_cannot_be_made(tmp_path, place):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError):
        write_draft(tmp_path / place, Order())
