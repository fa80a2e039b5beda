"""The table of opcodes agrees with `pickletools`, and its facts with what the machine does."""

from __future__ import annotations

import pickle
import pickletools
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from histshell.pik import EVERYTHING, Machine, PikError, assemble, disassemble
from histshell.pik.opcodes import LENGTHS, OPCODES, Opcode
from histshell.pik.operations import groups
from histshell.pik.policy.play import PLAY

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


def example(op: Opcode) -> bytes:
    """The stream that the help card says to type."""
    return op.example.encode("latin-1").decode("unicode-escape").encode("latin-1")


@pytest.mark.parametrize("op", OPCODES, ids=lambda op: op.name)
def test_the_example_runs(op: Opcode) -> None:
    """What the help card says to type uses the opcode and loads, with placeholders where it must."""
    stream = example(op)
    assert op.name in [line.opcode.name for line in disassemble(stream)]
    machine = Machine(trust=PLAY, on_refused="show", buffers=[bytearray(b"x")], persistent_load=lambda pid: pid)
    assert machine.feed(stream)
    assert assemble("\n".join(map(str, disassemble(stream)))) == stream


def test_each_opcode_is_done_by_one_group() -> None:
    """What only pushes its argument needs no method, FRAME and STOP are the machine's own; each other has a method in one group."""
    methods = Counter(code for rows in groups._METHODS.values() for code, _name in rows)
    assert methods == {op.code: 1 for op in OPCODES if not op.pushes and op.name not in ("FRAME", "STOP")}
    assert all(Machine()._ops[op.code] is not None for op in OPCODES)


class Counted(int):
    """An int that counts how often it is hashed."""

    hashed = 0

    def __hash__(self) -> int:
        Counted.hashed += 1
        return int.__hash__(self)


def machine_before(op: Opcode, **options: Any) -> tuple[Machine, bytes]:
    """A machine that has run the example up to the opcode, and the bytes from there on."""
    options = {"trust": PLAY, "on_refused": "show", "persistent_load": lambda pid: pid, **options}
    machine = Machine(buffers=[bytearray(b"x")], **options)
    at = next(line.offset for line in disassemble(example(op)) if line.opcode is op)
    machine.feed(example(op)[:at])
    return machine, example(op)[at:]


def step(machine: Machine, rest: bytes) -> None:
    """Run one opcode."""
    machine.lexer.feed(rest)
    machine.step()


@pytest.mark.parametrize("op", OPCODES, ids=lambda op: op.name)
def test_it_asks_for_what_the_table_says(op: Opcode) -> None:
    """What an opcode imports, calls or changes, and which persistent id it asks for, is in the machine's list; buffers are not."""
    machine, rest = machine_before(op)
    known = len(machine.effects)
    step(machine, rest)
    facts = {"import": op.imports, "call": op.calls, "set": op.changes, "persistent id": op.asks}
    assert {effect.kind for effect in machine.effects[known:]} == {kind for kind, fact in facts.items() if fact}
    bare = Machine()
    with suppress(PikError):
        bare.feed(example(op))
    assert op.buffers == (bare.error is not None and "buffer" in str(bare.error))
    assert op.acts == (op.buffers or any(facts.values()))


@pytest.mark.parametrize("op", OPCODES, ids=lambda op: op.name)
def test_it_pushes_and_fills_what_the_table_says(op: Opcode) -> None:
    """What only pushes leaves its very argument; what fills makes a container of the stack longer, and leaves it there."""
    machine, rest = machine_before(op)
    below = list(machine.stack)
    lengths = [len(item) if isinstance(item, (list, dict, set)) else 0 for item in below]
    machine.lexer.feed(rest)
    token = machine.step()
    assert token is not None
    left = machine.stack
    pushed = len(left) == len(below) + 1 and type(left[-1]) is type(token[2]) and left[-1] == token[2]
    assert op.pushes == (pushed and not op.before)
    place = len(left) - 1
    filled = bool(left) and place < len(below) and left[-1] is below[place] and isinstance(left[-1], (list, dict, set))
    assert op.fills == (filled and len(left[-1]) > lengths[place])
    if op.pushes:
        assert left[-1] == pickle.loads(example(op))


@pytest.mark.parametrize("op", OPCODES, ids=lambda op: op.name)
def test_it_decodes_what_the_table_says(op: Opcode) -> None:
    """Counted text is UTF-8 where the table says so, and else whatever the caller of `loads` says."""
    machine = Machine(encoding="latin-1")
    counted = op.argument in LENGTHS and op.made == "str"
    if counted:
        machine.feed(bytes((op.code,)) + (2).to_bytes(LENGTHS[op.argument], "little") + "é".encode())
    assert op.utf8 == (machine.stack == ["é"])


@pytest.mark.parametrize("op", OPCODES, ids=lambda op: op.name)
def test_it_hashes_what_the_table_says(op: Opcode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where ints and texts of the stack are replaced by what counts, one is hashed by the opcodes that say so, and no other."""
    monkeypatch.setattr("__main__.Point", type("Point", (), {}), raising=False)  # of BUILD's example
    machine, rest = machine_before(op, trust=EVERYTHING)
    machine.stack[:] = [Counted(1) if type(item) in (int, str) else item for item in machine.stack]
    Counted.hashed = 0
    with suppress(PikError):  # STACK_GLOBAL wants texts
        step(machine, rest)
    assert op.hashes == (Counted.hashed > 0)


@pytest.mark.parametrize("op", OPCODES, ids=lambda op: op.name)
def test_it_stores_and_reads_what_the_table_says(op: Opcode) -> None:
    """What stores leaves one more entry in the memo; what reads fails where nothing was stored, and nothing else needs that."""
    machine, rest = machine_before(op)
    stored = len(machine.memo)
    step(machine, rest)
    assert op.stores == (len(machine.memo) > stored)
    lines = [str(line) for line in disassemble(example(op)) if not line.opcode.stores]
    bare = Machine(trust=PLAY, on_refused="show", buffers=[bytearray(b"x")], persistent_load=lambda pid: pid)
    with suppress(PikError):
        bare.feed(assemble("\n".join(lines)))
    assert op.reads == ("Memo value not found" in str(bare.error or ""))
