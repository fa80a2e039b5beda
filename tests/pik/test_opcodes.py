"""The table of opcodes agrees with `pickletools`."""

from __future__ import annotations

import pickletools

import pytest

from histshell.pik import Machine, assemble, disassemble
from histshell.pik.opcodes import OPCODES, Opcode
from histshell.pik.play import PLAY

THEIRS = {info.name: info for info in pickletools.opcodes}
#: Their names for arguments -> ours.
KINDS = {
    None: "", "uint1": "uint1", "uint2": "uint2", "int4": "int4", "uint4": "uint4", "uint8": "uint8", "float8": "float8",
    "decimalnl_short": "line", "decimalnl_long": "line", "stringnl": "line", "unicodestringnl": "line", "floatnl": "line",
    "stringnl_noescape": "line", "stringnl_noescape_pair": "lines", "long1": "count1", "long4": "count4",
    "string1": "count1", "string4": "count4", "bytes1": "count1", "bytes4": "count4", "bytes8": "count8", "bytearray8": "count8",
    "unicodestring1": "count1", "unicodestring4": "count4", "unicodestring8": "count8",
}  # fmt: skip


def test_the_table_has_every_opcode_once() -> None:
    """There are 68, with the same names and codes."""
    assert {op.name: chr(op.code) for op in OPCODES} == {name: info.code for name, info in THEIRS.items()}
    assert len(OPCODES) == len({op.code for op in OPCODES}) == 68


@pytest.mark.parametrize("op", OPCODES, ids=lambda op: op.name)
def test_a_row_agrees_with_pickletools(op: Opcode) -> None:
    """Argument, protocol and stack effect are the same."""
    theirs = THEIRS[op.name]
    assert op.argument == KINDS[theirs.arg.name if theirs.arg else None]
    assert op.protocol == theirs.proto
    before = [item.name for item in theirs.stack_before]
    assert op.takes_mark == ("mark" in before)
    if op.name in ("PUT", "BINPUT", "LONG_BINPUT"):  # pickletools leaves out that there must be something to store
        assert (op.before, op.after, before) == (("item",), ("item",), [])
    elif not op.takes_mark:
        assert op.needs == len(before)
        assert len(op.after) == len(theirs.stack_after)


@pytest.mark.parametrize("op", OPCODES, ids=lambda op: op.name)
def test_the_example_runs(op: Opcode) -> None:
    """What the help card says to type uses the opcode and loads, with placeholders where it must."""
    stream = op.example.encode("latin-1").decode("unicode-escape").encode("latin-1")
    assert op.name in [line.opcode.name for line in disassemble(stream)]
    machine = Machine(trust=PLAY, on_refused="show", buffers=[bytearray(b"x")], persistent_load=lambda pid: pid)
    assert machine.feed(stream)
    assert assemble("\n".join(map(str, disassemble(stream)))) == stream
