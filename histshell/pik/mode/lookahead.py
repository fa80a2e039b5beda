"""Looking at a line of the pickle mode while it is typed: its opcodes, the stack it would leave, what may come next.

Nothing is run for it. Opcodes that build plain data are tried on the machine and taken back; at the first one that would
import, call or change anything, looking stops and says so.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Iterator, NamedTuple

from histshell.errors import HistshellError
from histshell.pik.errors import PikError
from histshell.pik.lexer import Lexer, Token
from histshell.pik.machine import Machine
from histshell.pik.mode import notation, opcode_help
from histshell.pik.mode.commands import LEAVING, said
from histshell.pik.mode.stream import Stream
from histshell.pik.opcodes import BY_CODE, OPCODES, STOP, Opcode
from histshell.pik.stack_depth import StackDepth
from histshell.preview import Kinds, show
from histshell.views import fit

LONGEST = 10_000
"""A line longer than this, in characters, is only looked at when it is entered."""

#: What the names in an opcode's row stand for, where a value of another type cannot be taken instead.
_KINDS: dict[str, type] = {"list": list, "dict": dict, "set": set, "tuple": tuple, "str": str}
_ATOMS = Kinds(str, bytes, int, float, complex, bool, type(None))
_NESTED = Kinds(tuple, frozenset)
_PLAIN = Kinds(list, dict, set, tuple, str, bytes, int, float, bool, type(None), frozenset)
_LAST = 100  # how many values of the stack are shown at most
_MOST_KEYS = 1000  # to be looked at for each key that is pressed
_VALUE = 40
"""The length of one value in the bar, in characters."""


class Seen(NamedTuple):
    """What a line would leave: `stack` and `memo` as texts, the top last, `(` for a mark; `note` what is to be said."""

    stack: list[str]
    memo: list[str]
    note: str

    def lines(self, columns: int) -> list[str]:
        """Return two lines for a bar, each at most `columns` wide; the top of the stack is always in it."""
        return [
            _last_ones("stack", self.stack, columns, self.note),
            _last_ones("memo ", self.memo, columns, ""),
        ]


class Offer(NamedTuple):
    """An opcode that may come next: what to type for it, its name and its card in a line."""

    text: str
    name: str
    card: str


def pieces(stream: Stream, text: str) -> list[tuple[str, str]]:
    """Return the line cut into (kind, text): `opcode`, `argument`, `wrong`, or empty for a command."""
    if text.startswith(":") or not text.isascii() or len(text) > LONGEST:
        return [("", text)]
    if notation.is_literal(text) and not stream.in_line:
        return [("argument", text)]
    units = [found.group() for found in notation.UNIT.finditer(text)]
    tokens, lexer, base = _tokens(stream, notation.plain(text))
    starts = {offset - base for offset, _, _ in tokens}
    end = lexer.offset - base
    if end < len(units) and not lexer.error:
        starts.add(end)
    kinds = []
    for place, _unit in enumerate(units):
        wrong = lexer.error is not None and place >= end
        kinds.append("wrong" if wrong else "opcode" if place in starts else "argument")
    return list(zip(kinds, units))


def look(stream: Stream, text: str) -> Seen:
    """Return the stack and the memo as they would be after the line."""
    machine = stream.machine
    if stream.failed is not None:
        return Seen([], [], "the stream has failed: :undo or :clear")
    if machine.complete:
        machine = stream.fresh_machine()
    parts, note = _parts(stream, text)
    place = machine.save()
    try:
        for opcode, data in parts:
            if opcode is not None and not _can_be_tried(machine, opcode):
                note = f"then {opcode.name}, when the line is entered"
                break
            machine.feed(data)
    except PikError as error:
        note = str(error)
    except Exception as error:
        note = said(error)
    try:
        if machine.complete:
            return Seen([show(machine.value, total=_VALUE * 4)], _memo(machine), "complete")
        return Seen(_stack(machine), _memo(machine), note or str(machine.awaiting))
    finally:
        machine.undo(place)


def legal(stream: Stream, text: str) -> Iterator[Offer]:
    """Yield the opcodes that may come after what has been typed, as far as the stack alone can say."""
    if stream.failed is not None or len(text) > LONGEST:
        return
    try:
        data = notation.plain(text)
    except HistshellError:
        return
    tokens, lexer, _ = _tokens(stream, data)
    if lexer.error is not None or lexer.awaiting:
        return
    machine = stream.machine
    fresh = machine.complete
    depth = StackDepth() if fresh else StackDepth(len(machine.stack), machine.marks)
    stored = not fresh and bool(machine.newest_memo(1))
    for _, code, _ in tokens:
        opcode = BY_CODE[code]
        if not depth.allows(opcode):
            return  # nothing comes after what fails
        depth.take(opcode)
        stored = stored or opcode.stores
        if code == STOP:
            depth, stored = StackDepth(), False
    stack = list(machine.stack) if not tokens and not fresh else None
    # What works on the stack first: of what only pushes there is always the same long list.
    for opcode in sorted(OPCODES, key=lambda opcode: not opcode.before):
        if opcode.buffers or opcode.reads and not stored:  # the mode has no buffers
            continue
        if depth.allows(opcode) and _fits(opcode, stack, depth):
            yield _offer(opcode)


def _fits(opcode: Opcode, stack: list[Any] | None, depth: StackDepth) -> bool:
    """Return whether the values that an opcode works on are of the kinds it wants, where they are known."""
    if stack is None:
        return True
    # Placeholders and instances take some of these as well: only plain data of another kind is ruled out.
    found = (
        (stack[at] if 0 <= at < len(stack) else None, kind) for at, kind in _wanted(opcode, depth.marks, len(stack))
    )
    return all(type(value) is kind or type(value) not in _PLAIN for value, kind in found)


def _wanted(opcode: Opcode, marks: list[int], size: int) -> Iterator[tuple[int, type]]:
    """Yield where what an opcode works on lies in a stack of *size*, and of which kind it should be; the place may not exist."""
    if opcode.takes_mark and not marks:
        return
    top = marks[-1] if opcode.takes_mark else size
    for place, name in enumerate(opcode.before[: opcode.needs], top - opcode.needs):
        if name in _KINDS:
            yield place, _KINDS[name]


def _offer(opcode: Opcode) -> Offer:
    card = f"{opcode_help.stack(opcode.before)} -> {opcode_help.stack(opcode.after)}   {opcode.doc}"
    return Offer(opcode_help.code(opcode), opcode.name, card)


def _tokens(stream: Stream, data: bytes) -> tuple[list[Token], Lexer, int]:
    """Return the tokens that `data` completes, the lexer after it, and the offset in the stream at which `data` begins.

    A newline is added where the line ends inside an argument that waits for one, as entering the line does.
    """
    lexer, base = Lexer(), 0
    if not stream.machine.complete and stream.failed is None:
        lexer.restore(stream.machine.lexer.snapshot())
        base = len(stream.data)
    lexer.feed(data)
    found: list[Token] = []
    try:
        while batch := lexer.tokens():
            found += batch
    except PikError:
        pass
    return found, lexer, base


def _parts(stream: Stream, text: str) -> tuple[list[tuple[Opcode | None, bytes]], str]:
    """Return the line's bytes, cut before each opcode, with it; the last part may have no whole one. And what is wrong with it."""
    if text.startswith(":") or text.strip() in ("?", *LEAVING) or len(text) > LONGEST:
        return [], ""
    try:
        data = notation.literal(text) if notation.is_literal(text) and not stream.in_line else notation.plain(text)
    except HistshellError as error:
        return [], str(error)
    tokens, lexer, base = _tokens(stream, data)
    found: list[tuple[int, Opcode | None]] = [(max(offset - base, 0), BY_CODE[code]) for offset, code, _ in tokens]
    last = lexer.offset - base
    if 0 <= last < len(data) and (not found or last > found[-1][0]):
        found.append((last, BY_CODE.get(data[last])))
    if not found:
        return [(None, data)], ""
    ends = [start for start, _ in found[1:]] + [len(data)]
    first = [(None, data[: found[0][0]])] if found[0][0] else []  # the rest of an argument begun in an earlier line
    return [*first, *((opcode, data[start:end]) for (start, opcode), end in zip(found, ends))], ""


def _can_be_tried(machine: Machine, opcode: Opcode) -> bool:
    """Return whether an opcode can be taken back, and runs no code of anybody's."""
    if opcode.acts:
        return False
    return (not opcode.fills or _is_plain(machine, opcode)) and (not opcode.hashes or _hashes_plainly(machine, opcode))


def _filled(machine: Machine, opcode: Opcode) -> Any:
    """Return what an opcode fills, if it is exactly of the built-in type; else None."""
    for place, kind in _wanted(opcode, machine.marks, len(machine.stack)):
        if 0 <= place < len(machine.stack) and type(machine.stack[place]) is kind:
            return machine.stack[place]
    return None


def _is_plain(machine: Machine, opcode: Opcode) -> bool:
    """Return whether what an opcode fills is exactly of the built-in type, so that it can be taken back."""
    return _filled(machine, opcode) is not None


def _hashes_plainly(machine: Machine, opcode: Opcode) -> bool:
    """Return whether what an opcode would hash, and compare with what is there, is plain data: others' `__hash__` is code."""
    if opcode.takes_mark:
        base = machine.marks[-1] if machine.marks else 0
    else:
        base = max(len(machine.stack) - opcode.needs + 1, 0)
    keys = machine.stack[base :: 2 if opcode.made == "dict" else 1]
    there = (_filled(machine, opcode) if opcode.fills else None) or ()
    return len(keys) + len(there) <= _MOST_KEYS and all(_is_plain_key(key, 0) for part in (keys, there) for key in part)


def _is_plain_key(key: Any, depth: int) -> bool:
    """Return whether a key is of a built-in type whose hash runs no code of anybody's."""
    if type(key) in _NESTED:
        return depth < 10 and len(key) <= _MOST_KEYS and all(_is_plain_key(item, depth + 1) for item in key)
    return type(key) in _ATOMS


def _stack(machine: Machine) -> list[str]:
    """Return the top of the stack with its marks, as texts."""
    size = len(machine.stack)
    first = max(0, size - _LAST)
    below = Counter(mark for mark in machine.marks[-_LAST:] if mark >= first)
    shown = ["…"] if first else []
    for position in range(first, size):
        shown += ["("] * below[position]
        shown.append(show(machine.stack[position], width=20, total=_VALUE))
    return shown + ["("] * below[size]


def _memo(machine: Machine) -> list[str]:
    return [f"{number}: {show(value, width=20, total=_VALUE)}" for number, value in machine.newest_memo(20).items()]


def _last_ones(title: str, items: list[str], columns: int, note: str) -> str:
    """Return a title and as many of the last items as there is room for; a note at the end."""
    tail = f"   {note}" if note else ""
    room = columns - len(title) - 3 - min(len(tail), columns // 2)
    shown = "  ".join(items) or "empty"
    if len(shown) > room:
        shown = "…" + shown[-(room - 1) :]
    return fit(f" {title}  {shown}{tail}", columns)
