"""Pik with EVERYTHING is the C loader of the interpreter that runs: the same values, the same exception types.

HISTSHELL_FUZZ=600 looks for differences for 600 seconds more.
"""

# ruff: noqa: E501 - a table row that is a stream and its meaning stays on one line

from __future__ import annotations

import os
import pickle
import time
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histshell.pik import PikError, loads
from histshell.pik import fast as fast_path
from histshell.pik.limits import Limits
from histshell.pik.machine import Machine
from tests.pik import streams

#: The telling rows of what was found to set loaders apart; the oracle is C, so no expectations stand here.
TELLING = [
    *(b"I" + number + b"\n." for number in streams.NUMBERS),
    *(b"L" + number + b"\n." for number in streams.NUMBERS),
    *(b"F" + number + b"\n." for number in streams.FLOATS),
    *(b"S" + text + b"\n." for text in streams.QUOTED),
    *(b"V" + text + b"\n." for text in streams.TEXTS),
    *(b"Np" + number + b"\n0g1\n." for number in streams.MEMO),
    *(b"c" + module + b"\n" + name + b"\n." for module, name in streams.NAMES),
    b"(0N.", b"(2.", b"N(.", b"N(p0\n.", b"(\x85.", b"K\x01(e.", b"K\x01(\x90.", b"}(K\x01u.", b"(K\x01d.", b"cbuiltins\nlen\n]R.",
    b"cbuiltins\nlen\nVab\nR.", b"cbuiltins\nlist\n]\x81.", b"K\x01]b.", b"K\x01}b.", b"\x80\x06N.", b"Np0\np0\nN.", b"NN.", b"N(N.",
    b"\x95\x01\x00\x00\x00\x00\x00\x00\x00I1\n.", b"\x95\x02\x00\x00\x00\x00\x00\x00\x00I1\n.", b"\x95\xff\x00\x00\x00\x00\x00\x00\x00N.",
    b"\x95\x03\x00\x00\x00\x00\x00\x00\x00C\x03abc.", b"Nq\xc8\x94h\x00.", b"Nq\xc8\x94h\x01.", b"c\n", b"cos\n", b"i\n", b"(i\xff\n", b"C\x00",
]  # fmt: skip


@pytest.mark.parametrize("stream", TELLING, ids=repr)
def test_a_telling_stream_is_as_in_c(stream: bytes) -> None:
    """The known oddities are C's, in this version."""
    assert streams.difference(stream) == ""


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False))
def test_generated_streams_are_as_in_c(rng: Random) -> None:
    """Random opcodes give C's value or C's exception type."""
    assert streams.difference(streams.generated(rng)) == ""


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_mutated_streams_are_as_in_c(rng: Random, protocol: int) -> None:
    """A few changed bytes in a valid stream give C's value or C's exception type."""
    assert streams.difference(streams.mutated(rng, pickle.dumps(streams.value(rng), protocol))) == ""


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.sets(st.integers() | st.text())
    ),
)


@settings(max_examples=200, deadline=None)
@given(values, st.integers(0, 5))
def test_plain_values_come_back(value: Any, protocol: int) -> None:
    """Any plain value, pickled at any protocol, loads safely to what C makes of it."""
    stream = pickle.dumps(value, protocol)
    assert streams.portrait(loads(stream)) == streams.portrait(pickle.loads(stream))


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 5), st.booleans())
def test_the_fast_path_agrees_with_the_machine(rng: Random, protocol: int, mutate: bool) -> None:
    """What is proved to be plain is loaded by C to what the machine makes of it, also after bytes were changed."""
    stream = pickle.dumps([streams.value(rng) for _ in range(3)], protocol)
    if mutate:
        stream = streams.mutated(rng, stream)
    proved, value = fast_path.load_plain(stream, "ASCII", "strict", Limits())
    if proved:
        assert streams.portrait(value) == streams.portrait(Machine().run(stream))


@settings(max_examples=200, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_stream_may_arrive_in_any_pieces(rng: Random) -> None:
    """Fed in random pieces, a machine ends where it ends with the whole; the lexer asks for nothing that is there."""
    stream = streams.generated(rng) if rng.random() < 0.5 else pickle.dumps(streams.value(rng), rng.randrange(6))
    whole = _fed([stream])
    cuts = sorted(rng.randrange(len(stream) + 1) for _ in range(rng.randrange(8)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)])]
    assert _fed(pieces) == whole


def _fed(pieces: list[bytes]) -> Any:
    """Feed *pieces*: where it ended, and how."""
    machine = Machine(on_refused="show", persistent_load=str)
    try:
        for piece in pieces:
            if machine.feed(piece):
                break
    except PikError as error:
        return type(error).__mro__[2:], error.offset, error.opcode, len(machine.stack)
    except (TypeError, AttributeError, ValueError) as error:  # of a class that refused to be derived from
        return type(error)
    return machine.complete, machine.offset, len(machine.stack), machine.marks, machine.awaiting


@pytest.mark.skipif("HISTSHELL_FUZZ" not in os.environ, reason="HISTSHELL_FUZZ (seconds) is not set")
def test_fuzzing_finds_no_difference() -> None:
    """A long search finds no stream on which Pik and C differ."""
    until = time.monotonic() + float(os.environ["HISTSHELL_FUZZ"])
    seed = time.time_ns()
    while time.monotonic() < until:
        seed += 1
        rng = Random(seed)
        if seed % 2:
            stream = streams.generated(rng)
        else:
            stream = streams.mutated(rng, pickle.dumps(streams.value(rng), rng.randrange(6)))
        assert streams.difference(stream) == "", f"seed {seed}"
