"""Estimates of how much a value holds: near the truth, bounded in time and work, with nothing of the value run."""

from __future__ import annotations

import gc
import sys
from collections import OrderedDict, deque
from typing import Any

import pytest

from histshell.holding import sizes
from histshell.holding.sizes import estimate
from tests.completion.hooks import CALLS, values


class Plain:
    """An instance with a dict."""

    def __init__(self) -> None:
        self.text = "x" * 50_000


class Slotted:
    """An instance without one."""

    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text = "x" * 50_000


class Rows(list[Any]):
    """A list with attributes."""


def rows_with_more() -> Rows:
    """A list with an attribute."""
    rows = Rows(["y" * 1000 + str(index) for index in range(100)])
    rows.more = "z" * 100_000  # type: ignore[attr-defined]
    return rows


#: name -> a value, and the bytes that it holds at least and at most
KNOWN: dict[str, tuple[Any, int, int]] = {
    "a number": (5, 24, 40),
    "bytes": (b"x" * 10**6, 10**6, 10**6 + 100),
    "different numbers": (list(range(10**5, 2 * 10**5)), 3_000_000, 4_000_000),
    "one text many times": (["x" * 1000] * 10**5, 800_000, 900_000),
    "different texts": ([str(index) * 100 for index in range(1000, 2000)], 400_000, 500_000),
    "a dict": ({index: str(index) * 10 for index in range(10_000)}, 700_000, 1_700_000),
    "lists in a list": ([[index] * 10 for index in range(10_000)], 1_000_000, 2_000_000),
    "a set": ({str(index) * 10 for index in range(10_000)}, 700_000, 1_700_000),
    "an instance": (Plain(), 50_000, 52_000),
    "slots": (Slotted(), 50_000, 51_000),
    "a list with attributes": (rows_with_more(), 200_000, 220_000),
    "an ordered dict": (OrderedDict((index, b"x" * 1000 + bytes(index)) for index in range(100)), 100_000, 130_000),
    "a deque": (deque([b"x" * 1000 + bytes([index]) for index in range(200)]), 200_000, 240_000),
    "a module": (sys, 0, 0),
    "a class": (Plain, 0, 0),
    "a function": (rows_with_more, 0, 0),
}


@pytest.mark.parametrize("name", KNOWN)
def test_an_estimate_is_near_the_truth(name: str) -> None:
    """Between bounds that are known of values made for it."""
    value, least, most = KNOWN[name]
    size = estimate(value, seconds=1)
    assert size.whole
    assert least <= size.bytes <= most


def test_what_two_share_counts_once() -> None:
    """As a cycle does."""
    shared = b"x" * 100_000
    cycle: list[object] = [shared]
    cycle.append(cycle)
    assert estimate([shared], [shared], cycle).bytes < 101_000


@pytest.mark.slow
def test_the_time_is_bounded_by_work() -> None:
    """A chain that never ends, a million lists in one another, a huge container: few objects are looked at."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert not estimate(deep, seconds=0).whole
    seen: dict[int, object] = {}
    estimate([[index] for index in range(10**6)], seen=seen)
    assert len(seen) <= 4 * sizes.SAMPLE


def test_nothing_of_a_value_is_run() -> None:
    """No special method of a class, a metaclass or an item is called."""
    made = list(values().values())
    CALLS.clear()
    assert estimate(*made, seconds=10).whole
    for value in made:
        estimate(value)
    assert CALLS == []


def test_nothing_is_left_behind() -> None:
    """An estimate keeps nothing of what it has seen."""
    value = Plain()
    before = sys.getrefcount(value)
    estimate([value])
    gc.collect()
    assert sys.getrefcount(value) == before


def test_arrays_are_read_past_their_methods() -> None:
    """A view holds what it is a view of; of an array of objects some stand for all."""
    numpy = pytest.importorskip("numpy")
    whole = numpy.zeros(10**6)
    assert 8_000_000 <= estimate(whole, seconds=1).bytes < 8_001_000
    assert 8_000_000 <= estimate(whole[:10], seconds=1).bytes < 8_001_000
    objects = numpy.array([str(index) * 20 for index in range(10_000)], dtype=object)
    assert 1_000_000 <= estimate(objects, seconds=1).bytes < 2_000_000
