from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.amount import examples

from koor_provision.errors import InputError
from koor_provision.load.strict_yaml import MAX_DEPTH, MAX_NODES, parse


def leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        assert all(type(key) is str for key in tree)
        return [leaf for value in tree.values() for leaf in leaves(value)]
    if isinstance(tree, list):
        return [leaf for value in tree for leaf in leaves(value)]
    return [tree]


@settings(max_examples=examples(300))
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.text(alphabet="ab:-[]{}&*!|>'\"%@`?,#<~ \n\t\r\x85\u2028", max_size=60).map(str.encode),
    )
)
def test_any_bytes_give_texts_or_one_clear_error(data):
    try:
        tree = parse(data, "test.yml")
    except InputError as error:
        where, hint, tree = error.where, error.hint, None
    else:
        where, hint = "test.yml", "none"

    assert where.startswith("test.yml")
    assert hint
    assert all(leaf is None or type(leaf) is str for leaf in leaves(tree))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (
            "a: 1.10\nb: no\nc: 0x10\nd: 2026-01-31\ne: 1_000",
            {"a": "1.10", "b": "no", "c": "0x10", "d": "2026-01-31", "e": "1_000"},
        ),
        ("a: null\nb: ~\nc:\nd: Null", {"a": None, "b": None, "c": None, "d": "Null"}),
        ("a: 'null'\nb: \"~\"\nc: ''\nd: |\n  null", {"a": "null", "b": "~", "c": "", "d": "null"}),
        ("a: {b: [c, d: e]}", {"a": {"b": ["c", {"d": "e"}]}}),
        ("? a\n: b", {"a": "b"}),
        ("a: 1\r\nb: 2\r\n", {"a": "1", "b": "2"}),
        ("a: |\r\n  x\r\n  y\r\n", {"a": "x\ny\n"}),
        ("a: <<", {"a": "<<"}),
        ("a: größe", {"a": "größe"}),
        ("", None),
        ("# only a comment", None),
        ("---\na: 1\n...\n", {"a": "1"}),
    ],
)
def test_values_stay_as_they_are_written(text, tree):
    assert parse(text.encode(), "test.yml") == tree


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\na: 2", "line 2, column 1: the key 'a' stands there twice"),
        ("'a': 1\n\"a\": 2", "the key 'a' stands there twice"),
        ("a: {b: 1, b: 2}", "the key 'b' stands there twice"),
        ("a: &x 1", "anchors and aliases"),
        ("a: *x", "anchors and aliases"),
        ("a: &x [1]\nb: *x", "anchors and aliases"),
        ("a: !!str 1", "tags are not allowed"),
        ("a: ! 1", "tags are not allowed"),
        ("!!map {a: 1}", "tags are not allowed"),
        ("a: !!python/object/apply:os.system [ls]", "tags are not allowed"),
        ("%TAG ! tag:x,2000:\n---\na: !y 1", "tags are not allowed"),
        ("<<: {a: 1}", "merge keys"),
        ("a: 1\n'<<': {a: 2}", "merge keys"),
        ("a: 1\n---\nb: 2", "a second document"),
        ("---\n---\n", "a second document"),
        ("a: 1\n...\nb: 2", "not valid YAML"),
        ("a: 1\n...\n---\nb: 2", "a second document"),
        ("? [a]\n: b", "a key must be a word"),
        ("? {a: b}\n: c", "a key must be a word"),
        (": a", "not valid YAML"),
        ("? \n: a", "a key must be a word"),
        ("~: a", "a key must be a word"),
        ("a: b: c", "line 1, column 5: not valid YAML: mapping values are not allowed"),
        ("a: [", "not valid YAML"),
        ("\ta: b", "not valid YAML"),
        ("[" * 14 + "]" * 14, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("[" + "1," * MAX_NODES + "]", "too many values"),
        ("# note\rbinding: true", "line 1, column 7: the invisible character U+000D"),
        ("a: 1\n# note\u2028binding: true", "line 2, column 7: the invisible character U+2028"),
        ("# note\x85binding: true", "U+0085"),
        ("# \u202eeurt :gnidnib", "U+202E"),
        ("a: b\u200bc", "U+200B"),
        ("\ufeffa: b", "U+FEFF"),
        ("a: \x1b[31m", "U+001B"),
        ("a: b\x00", "U+0000"),
    ],
)
def test_what_a_careful_reader_does_not_expect(text, problem):
    with pytest.raises(InputError) as caught:
        parse(text.encode(), "test.yml")
    assert problem in str(caught.value)
    assert caught.value.hint


def test_what_is_just_not_too_much():
    assert parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "test.yml")
    assert len(parse(b"[" + b"1," * (MAX_NODES - 1) + b"]", "test.yml") or "") == MAX_NODES - 1
    with pytest.raises(InputError, match="too many values"):
        parse(b"[" + b"1," * MAX_NODES + b"]", "test.yml")
    with pytest.raises(InputError, match="nested too deeply"):
        parse(b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2), "test.yml")


def test_escapes_are_left_to_the_models():
    """An escape shows in the file; whether the letter may stand in a field, the field's type says."""
    assert parse(b'a: "\\e\\u200b"', "test.yml") == {"a": "\x1b\u200b"}


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", "ä".encode("latin-1"), "a: 1".encode("utf-16"), b"\xed\xa0\x80", b"\xc0\xaf"]
)
def test_other_encodings(data):
    with pytest.raises(InputError, match="is not UTF-8 text"):
        parse(data, "test.yml")
