"""Pik with EVERYTHING is the C loader of the interpreter that runs: the same values, the same exception types.

HISTSHELL_FUZZ=600 looks for differences for 600 seconds more.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import time
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histshell.pik import PikError, loads
from histshell.pik import fast as fast_path
from histshell.pik.budget import Budget
from histshell.pik.machine import Machine
from tests.pik import streams, versions
from tests.pythons import Target, home_pythons


@pytest.mark.parametrize("stream", streams.TELLING, ids=repr)
def test_a_telling_stream_is_as_in_c(stream: bytes) -> None:
    """The known oddities are C's, in this version."""
    assert streams.difference(stream) == ""


@home_pythons
def test_every_python_is_as_its_own_c(target: Target) -> None:
    """The telling streams with several arguments, and random ones: what differs between versions is in one table."""
    words = [target.python.path, "-W", "ignore", versions.__file__, "1500"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) > 2_500


@settings(max_examples=max(400, settings().max_examples), deadline=None)
@given(st.randoms(use_true_random=False))
def test_generated_streams_are_as_in_c(rng: Random) -> None:
    """Random opcodes give C's value or C's exception type."""
    assert streams.difference(streams.generated(rng)) == ""


@settings(max_examples=max(400, settings().max_examples), deadline=None)
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


@settings(max_examples=max(200, settings().max_examples), deadline=None)
@given(values, st.integers(0, 5))
@pytest.mark.slow
def test_plain_values_come_back(value: Any, protocol: int) -> None:
    """Any plain value, pickled at any protocol, loads safely to what C makes of it."""
    stream = pickle.dumps(value, protocol)
    assert streams.portrait(loads(stream)) == streams.portrait(pickle.loads(stream))


@settings(max_examples=max(300, settings().max_examples), deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 5), st.booleans())
def test_the_fast_path_agrees_with_the_machine(rng: Random, protocol: int, mutate: bool) -> None:
    """What is proved to be plain is loaded by C to what the machine makes of it, also after bytes were changed."""
    stream = pickle.dumps([streams.value(rng) for _ in range(3)], protocol)
    if mutate:
        stream = streams.mutated(rng, stream)
    proved, value = fast_path.load_first(stream, "ASCII", "strict", Budget())
    if proved:
        assert streams.portrait(value) == streams.portrait(Machine().run(stream))


@settings(max_examples=max(200, settings().max_examples), deadline=None)
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
