"""The listing and the assembler: two directions of the same text."""

# ruff: noqa: E501 - a table row that is a stream and its meaning stays on one line

from __future__ import annotations

import pickle
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histshell.pik import PikError, assemble, disassemble
from tests.pik import streams


def test_a_listing_shows_offset_opcode_depth_and_note() -> None:
    """Each line says where, what, how deep the stack is, and which mark or memo number it is about."""
    lines = [str(line).split() for line in disassemble(b"(I1\nVa\np0\nl.")]
    assert [line[:3] for line in lines] == [
        ["0:", "MARK", "#"], ["1:", "INT", "1"], ["4:", "UNICODE", "a"], ["7:", "PUT", "0"], ["10:", "LIST", "#"], ["11:", "STOP", "#"],
    ]  # fmt: skip
    assert [line.depth for line in disassemble(b"(I1\nVa\np0\nl.")] == [0, 1, 2, 2, 1, 0]
    assert [line.note for line in disassemble(b"(I1\nVa\np0\nl.")] == ["", "", "", "memo 0", "the mark at 0", ""]


def test_imports_are_named() -> None:
    """STACK_GLOBAL says what it imports, also where the names come from the memo."""
    notes = [line.note for line in disassemble(pickle.dumps([len, max], 4)) if line.opcode.name == "STACK_GLOBAL"]
    assert notes == ["import builtins.len", "import builtins.max"]


@settings(max_examples=max(200, settings().max_examples), deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_assembler_reads_a_listing_back(rng: Random) -> None:
    """The same bytes come back, odd spellings included."""
    stream = streams.generated(rng) if rng.random() < 0.7 else pickle.dumps(streams.value(rng), rng.randrange(6))
    lines = []
    try:
        for line in disassemble(stream, partial=True):
            lines.append(line)
    except PikError:
        return
    end = lines[-1].offset if lines else 0
    listed = "\n".join(map(str, lines))
    assert stream.startswith(assemble(listed))
    assert len(assemble(listed)) > end or not lines


def test_opcodes_written_by_hand_are_assembled() -> None:
    """Names in any case, remarks and blank lines are fine."""
    assert assemble("# a list\nempty_list\n\nBININT1 5  # five\nAPPEND\nSTOP") == b"]K\x05a."


@pytest.mark.parametrize("text", ["NOSUCH", "BININT1 300", "NONE 1", "GLOBAL os", "BINUNICODE 5", "BININT1 x", "12"])
def test_a_bad_line_is_named(text: str) -> None:
    """The error says which line it is."""
    with pytest.raises(PikError, match="line 2"):
        assemble("NONE\n" + text)


def test_a_listing_ends_where_the_stream_is_bad() -> None:
    """The good lines come first, then the error."""
    lines = disassemble(b"NN\xff")
    assert [next(lines).opcode.name, next(lines).opcode.name] == ["NONE", "NONE"]
    with pytest.raises(PikError, match="byte 2"):
        next(lines)
    assert len(list(disassemble(b"NNX", partial=True))) == 2
