"""Values that are saved, and a program that saves or loads them under any Python: `python plain.py save|load FILE`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from histshell.pik import loads  # first of all, as at a prompt
from histshell.values.saving import Saver

import array  # isort: skip
import collections  # isort: skip
import datetime  # isort: skip
import decimal  # isort: skip
import fractions  # isort: skip
import pathlib  # isort: skip
import struct  # isort: skip
import uuid  # isort: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


POWERS = (0, 7, 8, 15, 31, 63, 64, 2047, 17_000)


def nan(bits: "int") -> "float":
    """Return the nan of these bits."""
    value: "float" = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return value


def values() -> "list[object]":
    """Return a value of each kind, and what is special of some."""
    circle: "list[object]" = [1]
    circle.append((circle, {"itself": circle}))
    ring: "collections.deque[object]" = collections.deque([1, 2], 5)
    ring.append(ring)
    ordered = collections.OrderedDict([(1, 2), (("b", (None,)), 3), (datetime.date(2020, 1, 1), 4)])
    ordered.move_to_end(1)
    shared = ["part"]
    east = datetime.timezone(datetime.timedelta(hours=2), "east")
    moment = datetime.datetime(2020, 2, 29, 1, 2, 3, 4)
    return [
        None,
        True,
        False,
        *(sign * 2**power + more for power in POWERS for sign in (1, -1) for more in (-1, 0, 1)),
        0.0,
        -0.0,
        1e308,
        float("inf"),
        nan(0x7FF8000000000123),
        nan(0xFFF8000000000001),
        "",
        "é\0\ud800\U0001f600",
        "x" * 300,
        "é" * 70_000,
        b"",
        bytes(range(256)),
        b"y" * 70_000,
        complex(-0.0, float("inf")),
        bytearray(b"abc"),
        range(3),
        range(10, -(2**70), -3),
        slice(None, 3),
        slice("a", "b", 2),
        [],
        (),
        {},
        set(),
        frozenset(),
        [1, 2.5, "x", None],
        (1, (2, (3,))),
        {1: [2], "k": {}},
        {1, "a"},
        frozenset([(1, 2), frozenset()]),
        circle,
        ring,
        [shared, shared],
        [bytearray(b"x")] * 2,
        ordered,
        collections.Counter("hello"),
        collections.defaultdict(list, {"a": [1]}),
        collections.defaultdict(None, {1: 2}),
        collections.defaultdict(collections.Counter),
        moment,
        moment.replace(fold=1),
        moment.replace(tzinfo=datetime.timezone.utc),
        moment.replace(tzinfo=east),
        moment.date(),
        moment.time(),
        moment.timetz().replace(tzinfo=east, fold=1),
        datetime.timedelta(-1, 2, 3),
        datetime.timezone.utc,
        east,
        decimal.Decimal("1.50"),
        decimal.Decimal("-0E-7"),
        decimal.Decimal("-sNaN12"),
        decimal.Decimal("Infinity"),
        fractions.Fraction(-3, 4),
        uuid.UUID(int=5),
        uuid.uuid1(),
        pathlib.PurePosixPath("a", "../b//c"),
        pathlib.PureWindowsPath("c:/x", "y"),
        pathlib.PurePosixPath(),
        *(array.array(code, [1, 0, 100]) for code in "bBhHiIlLqQfd"),
    ]


def same(one: "Any", other: "Any", seen: "tuple[int, ...]" = ()) -> "bool":
    """Return whether two values are equal, of the same types all through, bits of floats included."""
    if type(one) is not type(other):
        return False
    if id(one) in seen:
        return True
    seen = (*seen, id(one))
    if type(one) is float:
        return struct.pack("<d", one) == struct.pack("<d", other)
    if type(one) is complex:
        return same((one.real, one.imag), (other.real, other.imag))
    if isinstance(one, (list, tuple, collections.deque)):
        return len(one) == len(other) and all(same(a, b, seen) for a, b in zip(one, other))
    if isinstance(one, dict):
        if getattr(one, "default_factory", None) is not getattr(other, "default_factory", None):
            return False
        return same(list(one.items()), list(other.items()), seen)
    if isinstance(one, (set, frozenset)):
        return same(sorted(one, key=repr), sorted(other, key=repr), seen)
    if isinstance(one, (decimal.Decimal, slice)):
        return repr(one) == repr(other)
    if isinstance(one, (datetime.datetime, datetime.time)) and (one.tzinfo, one.fold) != (other.tzinfo, other.fold):
        return False
    return bool(one == other)


def main(what: "str", path: "str") -> "None":
    """Save all values into a file, or say which of those in it are others."""
    saver = Saver()
    if what == "save":
        with open(path, "wb") as file:
            for value in values():
                data = saver.save(value)
                assert data is not None, saver.why
                file.write(len(data).to_bytes(4, "big") + data)
        return
    with open(path, "rb") as file:
        for value in values():
            data = file.read(int.from_bytes(file.read(4), "big"))
            found = loads(data)
            if not same(found, value) and not isinstance(value, uuid.UUID):
                print(repr(value)[:100], repr(found)[:100])


if __name__ == "__main__":
    main(*sys.argv[1:])
