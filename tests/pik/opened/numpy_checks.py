"""Load numpy's arrays with its names trusted, honest and hostile ones; print how many loaded as in C and how many were refused."""

# ruff: noqa: E501 - a value or stream a line reads better than one in pieces

from __future__ import annotations

import itertools
import pickle
from typing import Any

import numpy as np  # the environment's own

from histshell.pik import PikError, loads

NAMES = [
    "numpy.dtype", "numpy.ndarray", "numpy.matrix", "numpy.record", "numpy.recarray", "numpy.rec.recarray", "numpy.ma.core._mareconstruct",
    "numpy.ma.core.MaskedArray", "numpy.ma.MaskedArray", "numpy.matrixlib.defmatrix.matrix", "numpy._core._internal._convert_to_stringdtype_kwargs",
    *(f"numpy.{core}.{part}" for core in ("core", "_core") for part in ("multiarray._reconstruct", "multiarray.scalar", "numeric._frombuffer")),
]  # fmt: skip

FIELDS = [("a", "<i4"), ("b", "O"), ("c", "U3")]


def made() -> list[Any]:
    """Arrays and scalars that are not plain."""
    fields = np.zeros(2, [("a", "i4"), ("b", "f8")])
    return [
        np.array([1, "a", None, [2], {}], object), np.array([[1, None], ["x", 2.5]], object, order="F"), np.empty((0, 3), object),
        np.array((), object), np.array(5, object), fields, fields[0], np.zeros(2, np.dtype([("a", "i1"), ("b", "f8")], align=True)),
        np.array([(1, [2], "x"), (3, None, "y")], FIELDS), np.zeros(2, [("a", "i4", (2, 2)), ("b", [("c", "M8[s]"), ("d", "O")])]),
        np.zeros(3, "V5"), np.matrix([[1, 2], [3, 4]]), np.rec.array([(1, 2.5)], dtype=[("x", "i4"), ("y", "f8")]),
        np.ma.array([1, 2, 3], mask=[False, True, False]), np.dtype([("a", "i4"), ("b", "O")]), np.dtype("O"), np.dtype("V8"), np.dtype([]),
        np.dtype({"names": ["a", "b"], "formats": ["i4", "i2"], "offsets": [4, 0], "itemsize": 16}), {np.float64(1.5): 1, np.str_("a"): 2},
        {np.dtype("f8"): 1}, {np.datetime64(1, "s"): 1, (np.int8(3), np.bool_(True)): 2}, np.arange(6).reshape(2, 3), [np.float32(1), np.array(["a"])],
    ]  # fmt: skip


def texts() -> list[Any]:
    """Arrays of texts of any length, which numpy has from its version 2 on."""
    kind: Any = getattr(getattr(np, "dtypes", None), "StringDType", None)
    if kind is None:
        return []
    return [
        np.array([["a", "longer than its sixteen bytes"]], kind()), np.array(["a", None], kind(na_object=None)), np.array([], kind()),
        np.array(["a", np.nan], kind(na_object=float("nan"))), np.array(["a", "?"], kind(na_object="?", coerce=False)), kind(),
    ]  # fmt: skip


def honest() -> int:
    """Compare what loads with what C makes of it."""
    count = 0
    for one, protocol in itertools.product(made() + texts(), (0, 2, 4, 5)):
        stream = pickle.dumps(one, protocol)
        ours, theirs = loads(stream, trust=NAMES), pickle.loads(stream)
        assert type(ours) is type(theirs)
        assert repr(ours) == repr(theirs)
        assert pickle.dumps(ours, 4) == pickle.dumps(theirs, 4)
        count += 1
    return count


def value(plain: Any) -> bytes:
    """Write plain data, without PROTO and STOP."""
    return pickle.dumps(plain, 3)[2:-1]


def dtype(name: str, *state: bytes) -> bytes:
    """Write a dtype, with a state whose parts are written already."""
    return b"cnumpy\ndtype\n" + value(name) + b"\x89\x88\x87R" + (b"(" + b"".join(state) + b"tb" if state else b"")


def array(made: bytes, shape: Any, raw: bytes) -> bytes:
    """Write an array of a dtype, with data that is written already."""
    empty = b"\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + value(b"b") + b"\x87R"
    return empty + b"(K\x01" + value(shape) + made + b"\x89" + raw + b"tb."


def hostile() -> int:
    """Try sizes, flags, offsets and lists that numpy believes."""
    none, streams = value(None), []
    if texts():
        strings = b"cnumpy._core._internal\n_convert_to_stringdtype_kwargs\nK\x01N\x86R"
        wrong: list[Any] = [["a"], ["a", "b", "c"], ["a", 5], ["a", 1.5], ["a", ["a"]], b"x" * 16, "xx"]
        streams += [array(strings, (2,), value(raw)) for raw in wrong]
    objects = dtype("O8", value(3), value("|"), none, none, none, value(-1), value(-1), value(63))
    for shape, raw in (
        ((3,), [1]),
        ((1,), [1, 2]),
        ((1 << 40,), [1]),
        ((2, 2), [1, 2, 3]),
        ((-1,), []),
        ((2,), b"x" * 16),
        ((1,), (1,)),
        ((1,), b"\0" * 8),
    ):
        streams.append(array(objects, shape, value(raw)))
    for flags, size, name in itertools.product((0, 1, 16, 27, 62, 64, 255), (-1, 4, 8, 16), ("O8", "V8")):
        bad = dtype(name, value(3), value("|"), none, none, none, value(size), value(-1), value(flags))
        streams.append(array(bad, (2,), value(b"x" * 16)))
    plain, inner = dtype("i4"), dtype("O8")
    for offset, size, flags, part in itertools.product(
        (-4, 0, 4, 1 << 40), (-1, 0, 4, 8), (0, 27, 63, 144), (plain, inner)
    ):
        fields = b"}" + value("a") + part + value(offset) + b"\x86s"
        bad = dtype("V8", value(3), value("|"), none, value(("a",)), fields, value(size), value(1), value(flags))
        streams.append(array(bad, (2,), value(b"x" * 16)))
    for inside in ((3,), (1 << 40,), (-1,), 5, None):
        bad = dtype(
            "V8", value(3), value("|"), plain + value(inside) + b"\x86", none, none, value(8), value(4), value(0)
        )
        streams.append(array(bad, (2,), value(b"x" * 16)))
    twice = (
        b"\x80\x03"
        + objects
        + b"q\x01("
        + value(3)
        + value("|")
        + none * 3
        + value(-1)
        + value(-1)
        + value(63)
        + b"tb."
    )
    streams.append(twice)
    streams.append(b"\x80\x03cnumpy.core.multiarray\nscalar\n" + inner + value(b"x" * 8) + b"\x86R.")
    refused = 0
    for stream in streams:
        try:
            repr(loads(stream, trust=NAMES))
        except PikError:
            refused += 1
    assert len(streams) - refused < 20, "the right ones among them"
    return refused


print(honest(), hostile())
