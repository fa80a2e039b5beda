"""Load pickles with numpy in them, honest and hostile; print how many loaded as in C and how many were refused."""

from __future__ import annotations

import itertools
import os
import pickle
import sys
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

import numpy as np  # the environment's own

from histshell.pik import PikError, loads

KINDS = ["i1", "u1", "i4", ">i4", "f8", "f2", "c16", "?", "S5", "U5", ">U3", "S0", "M8[ns]", "m8[D]", "M8", "M8[25s]"]


def value(plain: Any) -> bytes:
    """Write plain data, without PROTO and STOP."""
    return pickle.dumps(plain, 3)[2:-1]


def dtype(name: Any, state: Any) -> bytes:
    """Write a dtype with a state."""
    return b"cnumpy\ndtype\n" + value(name) + b"\x89\x88\x87R" + value(state) + b"b"


def scalar(made: bytes, raw: Any) -> bytes:
    """Write a scalar."""
    return b"\x80\x03cnumpy.core.multiarray\nscalar\n" + made + value(raw) + b"\x86R."


def array(made: bytes, shape: Any, raw: Any) -> bytes:
    """Write an array."""
    empty = b"\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + value(b"b") + b"\x87R"
    return empty + b"(K\x01" + value(shape) + made + b"\x89" + value(raw) + b"tb."


def honest() -> int:
    """Compare arrays, scalars, keys, and what Python 2 wrote with what C makes of them."""
    count = 0
    for kind, shape, protocol in itertools.product(KINDS, [(), (3,), (2, 3), (0, 5)], range(6)):
        for made in (np.zeros(shape, kind), np.asfortranarray(np.ones(shape, "i4").astype(kind)) if shape else None):
            stream = pickle.dumps(made, protocol)
            ours, theirs = loads(stream), pickle.loads(stream)
            assert type(ours) is type(theirs)
            if made is not None:
                assert (ours.dtype, ours.shape, ours.tobytes()) == (theirs.dtype, theirs.shape, theirs.tobytes())
            count += 1
        if not shape:
            stream = pickle.dumps({np.zeros((), kind)[()]: 1}, protocol)
            ours, theirs = ([(type(key), key.tobytes()) for key in load(stream)] for load in (loads, pickle.loads))
            assert ours == theirs
    for encoding, convert in (("latin1", str), ("bytes", lambda raw: raw.encode("latin-1"))):
        old = {"f8": convert("f8"), "<": convert("<"), "raw": convert("\x00" * 7 + "\xf0?")[:8]}
        stream = array(dtype(old["f8"], (3, old["<"], None, None, None, -1, -1, 0)), (1,), old["raw"])
        assert loads(stream, encoding=encoding).tobytes() == pickle.loads(stream, encoding=encoding).tobytes()
        count += 1
    return count


def hostile() -> int:
    """Try sizes, alignments and flags that no kind has, shapes beyond their bytes, units that are none."""
    streams = []
    states = itertools.product((-5, -1, 0, 1, 3, 7, 28, 1 << 20), (-3, -1, 1, 3, 4), (0, 8, 1, 63, 255))
    for size, alignment, flags in states:
        for name in ("i4", "U7", "S5", "M8", "?"):
            made = dtype(name, (3, "<", None, None, None, size, alignment, flags))
            streams += [scalar(made, b"x" * 16), array(made, (2,), b"abcdef"), array(made, (2,), bytes(16))]
    for name, shape, raw in (
        ("i1", (1 << 32, 1 << 32), b""), ("i1", (1 << 62, 4), b""), ("f8", (1 << 61, 8), bytes(16)), ("f8", (-1,), b""),
        ("f8", (3,), bytes(16)), ("f8", (1,), bytes(16)), ("i1", (0, 1 << 62), b""),
    ):  # fmt: skip
        streams.append(array(dtype(name, (3, "|<"[name > "f"], None, None, None, -1, -1, 0)), shape, raw))
    for unit in (
        (b"ns", 0, 1, 1),
        (b"ns", -1, 1, 1),
        (b"zz", 1, 1, 1),
        (b"s", 1, 0, 1),
        (b"s", 1 << 40, 1, 1),
        5,
        None,
    ):
        streams.append(scalar(dtype("M8", (4, "<", None, None, None, -1, -1, 0, ({}, unit))), bytes(8)))
    refused = 0
    for stream in streams:
        try:
            loads(stream).tobytes()
        except PikError:
            refused += 1
    assert len(streams) - refused < 60, "the plain ones among them"
    return refused


print(honest(), hostile())
