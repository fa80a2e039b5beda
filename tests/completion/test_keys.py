"""Keys: which subscript the cursor is in, and writing a key as source."""

from __future__ import annotations

import ast
import math
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from histshell.completion import complete
from histshell.completion.keys import inside, plain_text

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=8),
    lambda inner: st.tuples(inner) | st.tuples(inner, inner),
    max_leaves=4,
)


@given(plain)
@example('it\'s "both"\\\n')
@example(b'it\'s "both"\\\xff')
@pytest.mark.slow
def test_a_written_key_is_that_key(key: Any) -> None:
    """Read back, the text gives an equal key of the same type; infinity and NaN have no text."""
    text = plain_text(key)
    if text is not None:
        assert repr(ast.literal_eval(text)) == repr(key)


@pytest.mark.parametrize("key", [math.inf, math.nan, complex(math.inf, 1), (1, math.nan), 10**1000])
def test_keys_that_cannot_be_written(key: Any) -> None:
    """They are left out."""
    assert plain_text(key) is None


@given(st.text(max_size=10) | st.binary(max_size=10), st.sampled_from(['"', "'", '"""', "'''"]))
def test_any_text_fits_into_any_quote(key: str | bytes, quote: str) -> None:
    """Escaped for the quote that was typed."""
    prefix = "b" if isinstance(key, bytes) else ""
    body = inside(key, prefix, quote)
    assert body is not None
    assert ast.literal_eval(f"{prefix}{quote}{body}{quote}") == key


def test_a_raw_string_takes_what_needs_no_escape() -> None:
    """The rest cannot be written in it."""
    assert inside("plain", "r", '"') == "plain"
    assert inside("a\\b", "r", '"') is None
    assert inside('a"b', "r", '"') is None


@given(st.dictionaries(plain, st.integers(), max_size=6), st.sampled_from(["d[", 'd["', "d['", 'd[b"', "d[b'''"]))
@pytest.mark.slow
def test_every_completed_subscript_finds_its_value(d: dict[Any, int], opened: str) -> None:
    """The finished line, when run, gives one of the values, and each key that can be written is there."""
    found = complete(opened, namespace={"d": d}, budget_ms=10_000)
    lines = [opened[: one.start] + one.text for one in found if one.kind == "key"]
    for line in lines:
        assert eval(line, {"d": d}) in d.values()
    if opened == "d[":
        assert len(lines) == sum(
            1 for key in d if plain_text(key) is not None and (type(key) is not tuple or len(key) != 1)
        )


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ('d["|', ['one"]', 'two"]']),
        ('d["|"]', ["one", "two"]),
        ('d["|]', ['one"', 'two"']),
        ('d["|")', ['one"]', 'two"]'] and ["one", "two"]),
        ("d[|]", ['"one"', '"two"']),
        ('d[ "|', ['one"]', 'two"]']),
        ('f(d["|', ['one"]', 'two"]']),
        ('d["one"]["|', []),
        ('d.get("|', []),
        ('d["a" + "|', []),
        ('d[f("|', []),
        ('d[{"|', []),
        ('d[x, "|', []),
    ],
)
def test_where_keys_are_completed(line: str, texts: list[str]) -> None:
    """At the top level of a subscript; what is there already is not written again."""
    cursor = line.index("|")
    found = complete(line.replace("|", ""), cursor, namespace={"d": {"one": 1, "two": 2}})
    assert [one.text for one in found if one.kind == "key"] == texts


def test_a_key_shows_its_value() -> None:
    """As a bounded preview, with its type."""
    (found,) = complete('d["', namespace={"d": {"k": list(range(1000))}})
    assert (found.kind, found.type) == ("key", "list")
    assert found.detail.startswith("[0, 1, 2,")
    assert len(found.detail) <= 100
