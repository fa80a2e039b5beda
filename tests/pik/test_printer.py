"""The printer: as `repr` for small ordinary values, bounded for all others, and it calls nothing foreign."""

# ruff: noqa: E501 - a table row that is a stream and its meaning stays on one line

from __future__ import annotations

import collections
import datetime
import decimal
import math
import pickle
import subprocess
import sys
import uuid
from array import array
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from histshell.pik.placeholders import Placeholder
from histshell.preview import call, show

LOOP: list[Any] = ["zoom"]
LOOP.append(LOOP)
KNOT: dict[str, Any] = {}
KNOT["self"] = (KNOT, [KNOT])

ORDINARY = [
    None, True, 0, -5, 1.5, math.inf, 1j, "a'b\n", "\ud800", b"x\xff", bytearray(b"x"), [], [1, [2]], (), (1,), (1, 2), {}, {"red": False, "blue": True},
    set(), {1}, frozenset(), frozenset({1}), LOOP, KNOT, collections.OrderedDict(a=1), collections.OrderedDict(), collections.Counter("aab"),
    collections.Counter(), collections.defaultdict(list, {1: [2]}), collections.deque([1], 3), collections.deque(), datetime.date(2020, 1, 1),
    datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), datetime.timedelta(1), decimal.Decimal("1.5"), uuid.UUID(int=1), range(3), slice(1, 2),
    int, math.sqrt, collections.OrderedDict, object(), ...,
]  # fmt: skip


@pytest.mark.parametrize("value", ORDINARY, ids=lambda value: type(value).__name__)
def test_ordinary_values_print_as_repr_does(value: Any) -> None:
    """Small plain values look as in Python."""
    assert show(value) == repr(value)


class Hostile:
    """Raises whatever is asked of it."""

    def __repr__(self) -> str:
        raise SystemExit

    __str__ = __hash__ = __len__ = __eq__ = __getattr__ = __repr__  # type: ignore[assignment, misc]


class Forged:
    """Says it is a date."""

    __module__ = "datetime"
    __qualname__ = "date"

    def __repr__(self) -> str:
        raise SystemExit


def test_nothing_foreign_is_called() -> None:
    """An unknown object prints as a bare one; a name that is borrowed does not help."""
    assert show(Hostile()).startswith("<tests.pik.test_printer.Hostile object at 0x")
    assert show([Forged()]).startswith("[<datetime.date object at 0x")


@pytest.mark.parametrize(
    "make", [lambda x: [x, x], lambda x: (x, x), lambda x: {1: x, 2: x}], ids=["list", "tuple", "dict"]
)
def test_shared_parts_print_in_bounded_size(make: Any) -> None:
    """A value of 2**60 parts, made of 60, prints in the size that was asked for."""
    value: Any = 0
    for _ in range(60):
        value = make(value)
    assert len(show(value, total=5000)) == 5001
    assert show(value, total=5000).endswith("…")


@pytest.mark.slow
def test_depth_and_width_are_bounded() -> None:
    """What is left out is marked."""
    deep: Any = []
    for _ in range(1_000_000):
        deep = [deep]
    assert show(deep, depth=3) == "[[[…]]]"
    assert show(list(range(10)), width=3) == "[0, 1, 2, … 7 more]"
    assert show(10**10_000) == "<int of 33220 bits>"
    assert show("x" * 10_000).endswith("… 8,000 more")


def test_a_call_prints_as_in_python() -> None:
    """A placeholder shows the call that did not happen."""
    assert show(Placeholder("os.system", ("xclock",))) == "<not called: os.system('xclock')>"
    assert show(Placeholder("os.system")) == "<not imported: os.system>"
    assert call("f", (1, "a"), {"key": [2]}) == "f(1, 'a', key=[2])"


_FRESH = """
import sys
from histshell.pik import loads
from histshell.preview import show
print(show(loads(bytes.fromhex(sys.argv[1]))))
print(*sorted({"decimal", "fractions", "pathlib", "uuid", "datetime", "array"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1.5"), Fraction(3, 4), PurePosixPath("a/b"), uuid.UUID(int=7, is_safe=uuid.SafeUUID.safe), date(2020, 1, 2), timedelta(1),
        {Decimal(1): 1, Fraction(1, 2): 2, PurePosixPath("a"): 3, date(2020, 1, 2): 4}, array("h", [1, 2]),
    ],
    ids=repr,
)  # fmt: skip
def test_what_nobody_has_imported_prints_as_itself(value: Any) -> None:
    """The classes of the list are known where the user has not loaded their modules, and stay out of `sys.modules`."""
    data = pickle.dumps(value)
    ran = subprocess.run(
        [sys.executable, "-S", "-c", _FRESH, data.hex()], cwd=Path(__file__).parents[2], capture_output=True, text=True
    )
    assert ran.stdout == f"{value!r}\n\n", ran.stderr
