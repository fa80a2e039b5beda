"""Values as text: on one line what `repr` says, over lines the same parts, and never more rows than there are."""

from __future__ import annotations

import array
import ast
import collections
import dataclasses
import decimal
import enum
import types
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from histshell.display import whole, within
from histshell.display.layout import Layout
from histshell.display.node import Node

Point = collections.namedtuple("Point", "x y")
Colour = enum.Enum("Colour", "RED GREEN")


@dataclasses.dataclass
class Run:
    """Has a field that is not shown."""

    name: str
    losses: list[float]
    hidden: int = dataclasses.field(default=3, repr=False)


class Plain(list[int]):
    """Shows itself as a list does."""


class Proud(dict[str, int]):
    """Has a way of its own."""

    def __repr__(self) -> str:
        return "Proud!"


class Quiet(Run):
    """Inherits how it is shown."""


class Asked:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __repr__(self) -> str:
        self.times += 1
        return "<asked>"


class Raising:
    """Cannot be shown."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __repr__(self) -> str:
        raise self.error


class Rich:
    """Says its parts by rich's protocol."""

    def __rich_repr__(self) -> Any:
        yield "first"
        yield "size", 3
        yield "colour", "red", "red"  # a default


RECURSIVE: list[Any] = [1]
RECURSIVE.append(RECURSIVE)
NAMED: dict[str, Any] = {}
NAMED["me"] = NAMED

KINDS = [
    None, True, 3, -1.5, float("nan"), 1j, "it's", 'a "b"', b"\x00'", ..., int, len, [], [1], (), (1,), (1, 2), {}, {1:
    "a"}, {1, 2}, set(), frozenset(), frozenset({1}), range(3), slice(1), Point(1, [2]), Colour.RED, [Colour.RED],
    Run("a", [1.5]), Quiet("b", []), Plain([1, 2]), [Proud(a=1)], RECURSIVE, NAMED, [[RECURSIVE]], {(1, "a"): {"b":
    (None,)}}, bytearray(b"ab"), {"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items(), types.MappingProxyType({"a": 1}),
    types.SimpleNamespace(a=1, b="c"), array.array("d", [1, 2]), array.array("i"), collections.OrderedDict(a=1),
    collections.OrderedDict(), collections.Counter("abca"), collections.Counter(), collections.defaultdict(list, {1:
    [2]}), collections.deque([1, 2]), collections.deque([1], maxlen=3), collections.ChainMap({"a": 1}, {}),
    collections.UserDict(a=1), collections.UserList([1]), decimal.Decimal("1.5"), memoryview(b"a"), "\ud800\u202e",
    [10**300], type("Named", (set,), {})([1]), type("Text", (str,), {})("a" * 10),
]  # fmt: skip


@pytest.mark.parametrize("value", KINDS, ids=lambda value: type(value).__name__)
def test_on_one_line_is_what_repr_says(value: object) -> None:
    """Whatever the kind; and so is the beginning that is kept as the preview."""
    assert within(value, 1000, 24) == repr(value)
    assert "".join(whole(value, 1000)) == repr(value)
    beginning = Layout(80).beginning(Node(value), 20)
    assert beginning == (repr(value) if len(repr(value)) <= 20 else repr(value)[:19] + "…")


plain = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=60) | some.binary(max_size=40),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(max_size=9), inner) | some.tuples(inner, inner),
    max_leaves=40,
)


@given(plain, some.integers(20, 100))
def test_over_lines_it_is_the_same_value(value: object, columns: int) -> None:
    """All lines together are Python, and make an equal value."""
    assert ast.literal_eval("\n".join(whole(value, columns))) == value


@given(plain, some.integers(20, 100), some.integers(5, 40))
def test_no_more_rows_than_there_are(value: object, columns: int, rows: int) -> None:
    """However the value is made; what fits is whole."""
    text = within(value, columns, rows, "h[7]")
    layout = Layout(columns)
    assert sum(map(layout.rows, text.split("\n"))) <= rows
    all_of_it = list(whole(value, columns))
    if sum(map(layout.rows, all_of_it)) <= rows and "…" not in repr(value) and text.count("    " * 6) == 0:
        assert text == "\n".join(all_of_it)


LARGE = {
    "list": (list(range(100_000)), ["[", "    0, 1, 2,", "… 99,980 more: h[7]", "]"]),
    "text": ("word " * 10_000, ["('word word", "… ", "more characters: h[7])"]),
    "one word": ("x" * 100_000, ["'xxx", "more"]),
    "bytes": (bytes(100_000), ["(b'\\x00", "more bytes: h[7])"]),
    "dict": ({n: n for n in range(1000)}, ["{", "    18: 18,", "… 981 more: h[7]", "}"]),
    "nested": (
        {"a": [{"b": list(range(999))}] * 50},
        ["{", "    'a': [", "… 979 more: h[7]['a'][0]['b']", "more: h[7]['a']"],
    ),
    "deep": ([[[[[[[[[list(range(99))] * 3] * 3] * 3] * 3] * 3] * 3] * 3] * 3], ["… 2 more"]),
    "number": (7**4000, ["…", "more characters: h[7]"]),
    "huge number": (1 << 20_000, ["<int of 20,001 bits>"]),
    "fields": (Run("n" * 10, list(range(999))), ["Run(", "    name='nnnnnnnnnn',", "… 979 more: h[7].losses", ")"]),
    "own": (type("Own", (), {"__repr__": lambda _self: "line\n" * 500})(), ["line", "… 480 more lines: h[7]"]),
    "one long line": (type("Own", (), {"__repr__": lambda _self: "ab" * 5000})(), ["abab", "more characters: h[7]"]),
    "colours": ([["\x1b[31m"] * 20] * 200, [r"'\x1b[31m'", "more: h[7]"]),
    "set": (set(range(5000)), ["{", "more: h[7]", "}"]),
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_left_out_is_counted(name: str) -> None:
    """In its place, with what gets at it; within the rows."""
    value, wanted = LARGE[name]
    text = within(value, 80, 22, "h[7]")
    assert sum(map(Layout(80).rows, text.split("\n"))) <= 22
    at = 0
    for piece in wanted:
        assert piece in text[at:], text
        at = text.index(piece, at)


def test_a_part_is_asked_once_and_none_that_is_not_shown() -> None:
    """Of a million items some are looked at; deep inside, too, none is asked again."""
    one = Asked()
    within([one] * 1_000_000, 80, 22)
    assert 20 <= one.times <= 100
    deep = Asked()
    within([[[[[deep, "x" * 60]]], "y" * 60]], 80, 22)
    assert deep.times == 1


def test_a_repr_that_raises() -> None:
    """A part is named, with what it raised; the value's own exception is the caller's, and Ctrl-C is nobody's to keep."""
    shown = within([1, Raising(ValueError("no"))], 200, 24)
    assert shown.startswith("[1, <tests.display.test_layout.Raising object at 0x")
    assert shown.endswith(", its repr raised ValueError>]")
    with pytest.raises(ValueError, match="no"):
        within(Raising(ValueError("no")))
    with pytest.raises(KeyboardInterrupt):
        within([Raising(KeyboardInterrupt())])


def test_named_parts_share_the_rows() -> None:
    """The short ones are whole, whatever the long ones would take."""
    text = within({"a": 1, "b": ["x" * 30] * 99, "c": "w " * 900, "d": None}, 80, 22, "h[7]")
    rows = text.split("\n")
    assert len(rows) <= 22
    assert (rows[1], rows[-2]) == ("    'a': 1,", "    'd': None,")
    assert "more: h[7]['b']" in text
    assert "more characters: h[7]['c']" in text


def test_rich_repr() -> None:
    """Values, named ones, and no default."""
    assert within(Rich()) == "Rich('first', size=3)"


def test_a_list_that_changes_meanwhile() -> None:
    """Another thread, or a `__repr__`, takes items away: what is left is shown."""
    values: list[object] = list(range(300))

    class Taking:
        def __repr__(self) -> str:
            values.clear()
            return "taking"

    values[0] = Taking()
    assert "taking" in within(values, 80, 22)


def test_all_of_it_is_made_line_by_line() -> None:
    """The first lines of a value of any size are there at once, and `limit` ends them."""
    lines = whole(range(10), 80)
    assert next(lines) == "range(0, 10)"
    one = Asked()
    assert len(list(whole([one] * 1_000_000, 80, 3))) == 3
    assert one.times <= 100


def test_a_class_is_compared_with_none() -> None:
    """Comparing and hashing it would run its metaclass."""
    ran: list[str] = []

    class Meta(type):
        def __eq__(cls, other: object) -> bool:
            ran.append("eq")
            return True

        def __hash__(cls) -> int:
            ran.append("hash")
            return 1

    class Key(metaclass=Meta):
        def __repr__(self) -> str:
            return "key"

    assert within([Key(), {Key(): Key()}], 80, 24) == "[key, {key: key}]"
    assert ran == []
