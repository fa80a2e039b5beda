"""Reading the buffer up to the cursor: what the cursor stands in."""

from __future__ import annotations

import keyword

import hypothesis.strategies as st
import pytest
from hypothesis import given

from histshell.completion.context import WINDOW, Context, read


def at(line: str) -> Context:
    """Read a line in cursor notation."""
    cursor = line.index("|")
    return read(line[:cursor] + line[cursor + 1 :], cursor)


@pytest.mark.parametrize(
    ("line", "stem", "last"),
    [
        ("os.pa|", "pa", "."),
        ("os.|", "", "."),
        ("x = na|", "na", "="),
        ("x +|", "", "+"),
        ("os . pa|th", "pa", "."),
        ("f(a, b|", "b", ","),
        ("naïve|", "naïve", ""),
        ("|", "", ""),
        ("a\nb|", "b", "\n"),
        ("a \\\n  .b|", "b", "."),
        ("5|", "", "5"),
        ("0x1f|", "", "0x1f"),
        ("1e5.re|", "re", "."),
    ],
)
def test_the_stem_and_what_is_before_it(line: str, stem: str, last: str) -> None:
    """The stem is the identifier that ends at the cursor."""
    context = at(line)
    assert (context.stem, context.last) == (stem, last)


@pytest.mark.parametrize(
    ("line", "prefix", "quote", "content"),
    [
        ('d["ke|', "", '"', "ke"),
        ("d['|']", "", "'", ""),
        ('open(r"C:\\da|', "r", '"', "C:\\da"),
        ('Rb"by|', "rb", '"', "by"),
        ('"a\\"b|', "", '"', 'a\\"b'),
        ('"""a "quoted" wo|', "", '"""', 'a "quoted" wo'),
        ("'''a\nb|", "", "'''", "a\nb"),
        ('f"text|', "f", '"', "text"),
        ('f"{x} and te|', "f", '"', "{x} and te"),
        ('f"{{not a field|', "f", '"', "{{not a field"),
        ('f"{x:>1|', "f", '"', "{x:>1"),
        ("f\"{d['ke|", "", "'", "ke"),
        ('f"{d["ke|', "", '"', "ke"),
        ('"ends\\|', "", '"', "ends\\"),
        ('"# no comment|', "", '"', "# no comment"),
    ],
)
def test_the_string_that_the_cursor_is_in(line: str, prefix: str, quote: str, content: str) -> None:
    """Its prefix, its quote and what has been typed of it; a field of an f-string is code."""
    context = at(line)
    assert context.string is not None
    assert (context.string.prefix, context.string.quote, context.content) == (prefix, quote, content)


@pytest.mark.parametrize(
    "line", ['"a" |', '"a"|', "'a\nb|", 'f"{x|', 'f"{x:{y|', 'f"{x}" |', '"""a""" |', "# '|", "''|"]
)
def test_where_the_cursor_is_in_no_string(line: str) -> None:
    """A string that has ended, a field, a comment, the line after a string that was not closed."""
    assert at(line).string is None


def test_a_comment() -> None:
    """Only while the cursor is in it."""
    assert at("x  # com|").comment
    assert not at("x  # com\ny|").comment


@pytest.mark.parametrize(
    ("line", "brackets"),
    [("f(|", "("), ("f(a)|", ""), ("f([{|", "([{"), ("f(a, [b])|", ""), ('f"{a[|', "f{["), ('f"{a}|', ""), ("f)|", ""),
     ('f"{a:|', "f{"), ('f"{f\'{|', "f{f{"), ('x = f"{a + (|', "f{("), ('x = f"{a" + (|', "f{")],
)  # fmt: skip
def test_the_open_brackets(line: str, brackets: str) -> None:
    """The ones that the cursor is in, outermost first; the field of an f-string is one."""
    assert "".join(bracket.char for bracket in at(line).brackets) == brackets


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a = 1; import o|", ["import"]),
        ("a = 1\nimport o|", ["import"]),
        ("if x: import o|", ["import"]),
        ("else: import o|", ["import"]),
        ("f(a,\n  b|", ["f", "(", "a", ","]),
        ("x = lambda: o|", ["x", "=", "lambda", ":"]),
        ("d = {1: o|", ["d", "=", "{", "1", ":"]),
        ("x: in|", ["x", ":"]),
        ("with a as b: from o|", ["from"]),
    ],
)
def test_the_statement(line: str, words: list[str]) -> None:
    """A new one begins after a line, a semicolon, and the colon that ends a header."""
    assert at(line).words == words


@pytest.mark.parametrize(
    ("line", "expression"),
    [
        ("a.b.|", "a.b"),
        ("x + a.b.|", "a.b"),
        ("f(a)[1].b.|", "f(a)[1].b"),
        ('"a" "b".|', '"a" "b"'),
        ("[1, 2].|", "[1, 2]"),
        ("x = {1: 2}.|", "{1: 2}"),
        ("return a.|", "a"),
        ("(a + b).|", "(a + b)"),
        ("not a.|", "a"),
        ("print(a.|", "a"),
        ("None.|", "None"),
    ],
)
def test_the_expression_before_a_dot(line: str, expression: str) -> None:
    """All that the dot belongs to, and no more."""
    context = at(line)
    start = context.primary(len(context.tokens) - 1)
    assert start is not None
    assert context.buffer[context.tokens[start].start : context.tokens[-1].start] == expression


@pytest.mark.parametrize("line", ["from .|", ". .|", "x = .|", ").|", "if.|", "].|"])
def test_a_dot_after_nothing(line: str) -> None:
    """There is no expression before it."""
    context = at(line)
    assert context.primary(len(context.tokens) - 1) is None


def test_only_the_last_part_of_a_long_buffer_is_read() -> None:
    """So that a pasted file costs no more than a page of it."""
    context = read("x = 1\n" * WINDOW + "os.pa", 6 * WINDOW + 5)
    assert context.stem == "pa"
    assert len(context.tokens) < WINDOW


pieces = st.sampled_from([*"ab1.([{}])\"'\\#\n ,:;=f!r", "lambda ", "import ", "for "])


@given(st.lists(pieces, max_size=60).map("".join))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever stands in the buffer, and wherever it ends."""
    context = read(text, len(text))
    assert text[context.start :] == context.stem
    assert not keyword.iskeyword(context.stem) or context.stem in text
    assert all(text[token.start : token.end] == token.text for token in context.tokens)
    for end in range(len(context.tokens) + 1):
        start = context.primary(end)
        assert start is None or 0 <= start < end
