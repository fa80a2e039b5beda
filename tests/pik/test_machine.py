"""The machine, one opcode at a time: what it shows, what it awaits, and the way back."""

# ruff: noqa: E501 - a table row that is a stream and its meaning stays on one line

from __future__ import annotations

import pickle
import time
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histshell.pik import LimitError, Machine, PikError
from histshell.pik.lexer import Awaits, Lexer
from histshell.pik.policy.play import PLAY
from histshell.preview import show
from tests.pik import streams


@pytest.mark.parametrize(
    ("typed", "awaited"),
    [
        (b"", ""), (b"N", "STOP"), (b"(", "1 open mark"), (b"((", "2 open marks"), (b"S'abc", "in STRING"), (b"cos\n", "in GLOBAL"),
        (b"X\x0a\x00\x00\x00abc", "BINUNICODE: 3 of 10 bytes"), (b"X\x0a", "BINUNICODE: 1 of 4 length bytes"), (b"J\x01", "BININT: 1 of 4 bytes"),
        (b"K", "BININT1: 0 of 1 bytes"), (b"N.", ""), (b"\x95\x05\x00\x00\x00\x00\x00\x00\x00N", "FRAME: 1 of 5 bytes"),
    ],
)  # fmt: skip
def test_it_says_what_it_awaits(typed: bytes, awaited: str) -> None:
    """What is missing of an opcode, else the open marks, else STOP."""
    machine = Machine()
    machine.feed(typed)
    assert str(machine.awaiting) == awaited
    assert (machine.awaiting.what is Awaits.LINE) == awaited.startswith("in ")
    assert bool(machine.awaiting) == bool(awaited)


def test_a_full_stop_inside_an_argument_is_text() -> None:
    """Only STOP ends a stream."""
    machine = Machine()
    assert not machine.feed(b"Vabc.\n")
    assert machine.feed(b".")
    assert machine.value == "abc."


def test_undo_takes_back_lines_and_errors() -> None:
    """After an error the machine stays failed until `undo`, and then goes on as if nothing had happened."""
    machine = Machine()
    machine.feed(b"]p0\n")
    place = machine.save()
    with pytest.raises(PikError, match="REDUCE at byte 6: 1 item on the stack, needs 2"):
        machine.feed(b"Na" + b"R")
    assert machine.stack == [[None]]
    with pytest.raises(PikError, match="REDUCE"):
        machine.feed(b"N")
    machine.undo(place)
    assert (machine.stack, machine.memo, machine.offset) == ([[]], {0: []}, 4)
    machine.feed(b"K\x05a.")
    assert machine.value == [5]


def _look(machine: Machine) -> Any:
    """Everything that can be seen of a machine."""
    return (
        show(machine.stack),
        machine.marks[:],
        machine.fence,
        show(machine.memo),
        machine.offset,
        machine.awaiting,
        len(machine.effects),
    )


@pytest.mark.slow
@settings(max_examples=max(200, settings().max_examples), deadline=None)
@given(st.randoms(use_true_random=False))
def test_undo_goes_back_to_any_place(rng: Random) -> None:
    """Random streams fed in pieces: undoing them one after another shows each earlier state again."""
    stream = streams.generated(rng) if rng.random() < 0.5 else pickle.dumps(streams.value(rng), rng.randrange(6))
    machine = Machine(trust=PLAY, on_refused="show", persistent_load=lambda pid: pid)
    places = []
    at = 0
    while at < len(stream) and not machine.complete:
        places.append((machine.save(), _look(machine)))
        step = rng.randrange(1, 9)
        try:
            machine.feed(stream[at : at + step])
        except Exception:  # the machine is then undone as well
            break
        at += step
    for place, look in reversed(places):
        machine.undo(place)
        assert _look(machine) == look


def test_a_step_costs_the_same_on_a_deep_stack() -> None:
    """Stepping and undoing one opcode does not depend on the size of the stack."""

    def cost(depth: int) -> float:
        machine = Machine()
        machine.run(b"N" * depth + b"NN.")
        machine.complete = False
        machine.lexer = Lexer()
        best = 1.0
        for _ in range(5):
            began = time.perf_counter()
            for _ in range(200):
                place = machine.save()
                machine.feed(b"K\x01\x86")
                machine.undo(place)
            best = min(best, time.perf_counter() - began)
        return best

    assert cost(1_000_000) < 10 * cost(10)


TRANSCRIPTS = [
    (
        b"c__builtin__\nmap\n(cmath\nsqrt\nc__builtin__\nrange\n(I1\nI4\ntRtR.",
        "[1.0, 1.4142135623730951, 1.7320508075688772]",
    ),
    (b"c__builtin__\nfilter\n(N(I1\nI0\nltR.", "[1]"),
    (b"c__builtin__\nzip\n((I1\nl(I2\nltR.", "[(1, 2)]"),
    (b"cbuiltins\nsorted\n((I3\nI1\nltR.", "[1, 3]"),
    (b"cbuiltins\nlen\n(VABC\ntR.", "3"),
    (b"cbuiltins\nmax\n(I1\nI2\ntR.", "2"),
    (b"cbuiltins\nsum\n((I1\nI2\nltR.", "3"),
    (b"cbuiltins\nlist\n(cbuiltins\nmap\n(cmath\nsqrt\n(I1\nI4\nltRtR.", "[1.0, 2.0]"),
    (b"cmath\nfactorial\n(I5\ntR.", "120"),
    (b"cmath\npi\n.", "3.141592653589793"),
    (b"cos\nsystem\n(S'xclock'\ntR.", "<not called: os.system('xclock')>"),
    (
        b"c__builtin__\nmap\n(cos\nsystem\n(Vls\nltR.",
        "<not called: __builtin__.map(<not imported: os.system>, ['ls'])>",
    ),
    (b"cmath\nfactorial\n(I100000\ntR.", "<not called: math.factorial(100000)>"),
    (b"(Vzoom\nlp0\ng0\na.", "['zoom', [...]]"),
]


@pytest.mark.parametrize(("stream", "printed"), TRANSCRIPTS, ids=lambda value: value if isinstance(value, str) else "")
def test_the_list_to_play_with(stream: bytes, printed: str) -> None:
    """Pure functions over bounded data work, Python 2's give lists, and what is refused shows."""
    machine = Machine(trust=PLAY, on_refused="show")
    assert machine.feed(stream)
    assert show(machine.value) == printed


@pytest.mark.slow
def test_play_has_a_limit_on_work() -> None:
    """Functions over long lists, applied to long lists, are stopped."""
    numbers = b"(" + b"K\x01" * 50_000 + b"lp0\n0"
    many = b"(" + b"g0\n" * 10_000 + b"lp1\n0"
    machine = Machine(trust=PLAY, on_refused="show")
    with pytest.raises(LimitError):
        machine.feed(numbers + many + b"c__builtin__\nmap\n(cbuiltins\nsum\ng1\ntR.")


def test_marks_upon_marks_take_the_room_of_one_number() -> None:
    """A stream of nothing but marks may not take 40 bytes for each of its own."""
    machine = Machine()
    machine.feed_at_once(b"N" * 300 + b"(" * 1000)
    assert machine.marks == [300] * 1000
    assert len(set(map(id, machine.marks))) == 1
