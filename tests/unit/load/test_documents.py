from typing import Any

import pytest
import yaml

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.models.components import ThirdParty
from koor_provision.models.order import Acceptance, Offer
from koor_provision.models.scope import Scope

ACCEPTANCE = f"""\
kind: acceptance
customer: "4711"
offer: O-1
revision: 1
offer_sha256: {"0" * 64}
accepted: 2027-03-10
binding: true
"""
OFFER = """\
kind: offer
offer: O-1
revision: 1
customer: "4711"
date: 2027-03-10
valid_until: 2027-04-10
components: [{{{}}}]
"""


def read(text: str, model: type = Acceptance):
    return to_model(Content("test.yml", text.encode()), model)


def test_a_document():
    assert read(ACCEPTANCE).binding is True


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: acceptance", "kind: offer", "test.yml, kind: is not a document of kind 'acceptance'"),
        ("kind: acceptance\n", "", "test.yml, kind: is not a document of kind 'acceptance'"),
        ("binding: true\n", "", "test.yml: binding: is missing"),
        ("binding: true", "binding: yes", "binding: must be true or false"),
        ("binding: true", "bindend: true\nbinding: true", "bindend: no such field"),
        ("binding: true", "binding: [true]", "binding: must be true or false"),
        ("binding: true", "binding:", "binding: must be true or false"),
        ("revision: 1", "revision: 1.0", "revision: must be written as a whole number"),
        ("accepted: 2027-03-10", "accepted: 10.03.2027", "accepted: must be written as a day such as 2026-01-31"),
        ('customer: "4711"', "customer: {a: b}", "customer: must be one value, not a list"),
        ('customer: "4711"', "customer:", "customer: has no value"),
        ('customer: "4711"', "customer: Bakery Ltd", "customer: must be letters, digits and . _ / -, first"),
        ("accepted: 2027-03-10", "accepted: 2027-02-30", "accepted: is no day of the calendar"),
        (f"offer_sha256: {'0' * 64}", "offer_sha256: abc", "offer_sha256: must be the 64 digits and letters that"),
    ],
)
def test_each_mistake_has_its_place(old, new, problem):
    assert old in ACCEPTANCE
    with pytest.raises(InputError) as caught:
        read(ACCEPTANCE.replace(old, new))
    assert problem in str(caught.value)


def test_many_mistakes_are_told_in_one_message_of_readable_length():
    with pytest.raises(InputError, match="; and 1 more") as caught:
        read("kind: acceptance\n")
    assert str(caught.value).count("is missing") == 5


def test_five_mistakes_are_told_in_full():
    with pytest.raises(InputError) as caught:
        read("kind: acceptance\nbinding: true\n")
    assert str(caught.value).count("is missing") == 5
    assert "more" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a", "text", "~"])
def test_what_is_no_mapping(text):
    with pytest.raises(InputError, match="must be a mapping"):
        read(text)


def test_thousands_of_mistakes_are_looked_up_at_once(monkeypatch):
    """Each look reads the whole document; a document full of mistakes took minutes."""
    looks: list[str] = []
    compose = yaml.compose

    def look(text: str, loader: Any) -> Any:
        looks.append(text)
        return compose(text, loader)

    monkeypatch.setattr(yaml, "compose", look)

    with pytest.raises(InputError, match="; and 9001 more") as caught:
        read("kind: acceptance\n" + "".join(f"k{number}: 1\n" for number in range(9000)))

    assert len(looks) == 1
    assert "k0" not in str(caught.value)


@pytest.mark.parametrize(
    ("components", "problem"),
    [
        ("php", "components.0: must have keys: write `component: php`"),
        ("Hunter2!", "components.0: must have keys: write `component: VALUE`"),
        ("~", "components.0: has no value"),
        ("{component: PHP 8}", "components.0.component: must be lower-case letters, digits and -"),
        ("{component: php, memory_limit: much}", "components.0.php.memory_limit: must be a number of megabytes"),
        ("{component: php, handler: cgi}", "components.0.php.handler: must be 'fpm'"),
    ],
)
def test_ordinary_slips_are_told_in_ordinary_words(components, problem):
    with pytest.raises(InputError) as caught:
        read(OFFER.replace("[{{{}}}]", f"[{components}]"), Offer)
    assert problem in str(caught.value)
    for jargon in ("Input", "String", "dictionary", "instance", "pattern", "\\z", "Hunter2"):
        assert jargon not in str(caught.value)


def test_what_is_no_list():
    with pytest.raises(InputError, match="components: must be a list"):
        read(OFFER.replace("[{{{}}}]", "php"), Offer)


def test_a_component_without_options_is_further_software():
    offer = read(OFFER.format("component: tesseract"), Offer)
    assert isinstance(offer.components[0], ThirdParty)
    with pytest.raises(InputError, match=r"components\.0\.extension: no such field"):
        read(OFFER.format("component: tesseract, extension: x"), Offer)


@pytest.mark.parametrize(
    "field",
    [
        "memory_limit: 99999999M",
        "memory_limit: 128",
        "timezone: Europe/../etc",
        "timezone: '{{x}}'",
        "handler: cgi",
        "extension: x",
    ],
)
def test_options_hold_nothing_but_what_their_pattern_lets_in(field):
    with pytest.raises(InputError, match=r"components\.0"):
        read(OFFER.format(f"component: php, {field}"), Offer)


def test_a_document_without_a_kind():
    assert read("component: x\nsummary: y\nsystems: {debian12: {}}", Scope).component == "x"
