"""Looking at a line of the pickle mode while it is typed: its opcodes, the stack it would leave, what may come next.

Nothing is run for it. Opcodes that build plain data are tried on the machine and taken back; at the first one that would
import, call or change anything, looking stops and says so.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Iterator, NamedTuple

from histshell.errors import HistshellError
from histshell.pik import cards, typed
from histshell.pik.commands import LEAVING
from histshell.pik.desk import Desk
from histshell.pik.errors import PikError
from histshell.pik.lexer import Lexer, Token
from histshell.pik.opcodes import BY_CODE, OPCODES, Opcode
from histshell.pik.printer import show
from histshell.views import fit

LONGEST = 10_000
"""A line longer than this, in characters, is only looked at when it is entered."""

#: What imports, calls or changes something, so that trying it could not be taken back.
_ACTS = frozenset(
    [
        "REDUCE", "BUILD", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "GLOBAL", "STACK_GLOBAL", "EXT1", "EXT2", "EXT4",
        "PERSID", "BINPERSID", "NEXT_BUFFER", "READONLY_BUFFER",
    ]
)  # fmt: skip
_FILLS = frozenset(("APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS"))
_GETS = frozenset(("GET", "BINGET", "LONG_BINGET"))
#: What some opcodes want at a place below the top, or of what lies below the mark (place 0).
_WANTS: dict[str, tuple[int, type]] = {
    "APPEND": (-2, list), "APPENDS": (0, list), "SETITEM": (-3, dict), "SETITEMS": (0, dict), "ADDITEMS": (0, set),
    "REDUCE": (-1, tuple), "NEWOBJ": (-1, tuple), "NEWOBJ_EX": (-1, dict), "STACK_GLOBAL": (-1, str),
}  # fmt: skip
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
        """Two lines for a bar, each at most `columns` wide; the top of the stack is always in it."""
        return [
            _last_ones("stack", self.stack, columns, self.note),
            _last_ones("memo ", self.memo, columns, ""),
        ]


class Offer(NamedTuple):
    """An opcode that may come next: what to type for it, its name and its card in a line."""

    text: str
    name: str
    card: str


def pieces(desk: Desk, text: str) -> list[tuple[str, str]]:
    """The line cut into (kind, text): `opcode`, `argument`, `wrong`, or empty for a command."""
    if text.startswith(":") or not text.isascii() or len(text) > LONGEST:
        return [("", text)]
    if typed.is_literal(text) and not _in_argument(desk):
        return [("argument", text)]
    units = [found.group() for found in typed.UNIT.finditer(text)]
    tokens, lexer, base = _tokens(desk, typed.plain(text))
    starts = {offset - base for offset, _, _ in tokens}
    end = lexer.offset - base
    if end < len(units) and not lexer.error:
        starts.add(end)
    kinds = []
    for place, _unit in enumerate(units):
        wrong = lexer.error is not None and place >= end
        kinds.append("wrong" if wrong else "opcode" if place in starts else "argument")
    return list(zip(kinds, units))


def look(desk: Desk, text: str) -> Seen:
    """The stack and the memo as they would be after the line."""
    machine = desk.machine
    if desk.failed is not None:
        return Seen([], [], "the stream has failed: :undo or :clear")
    if machine.complete:
        machine = desk.fresh_machine()
    parts, note = _parts(desk, text)
    place = machine.save()
    try:
        for name, data in parts:
            if name in _ACTS or (name in _FILLS and not _is_plain(machine, name)) or not _hashes_plainly(machine, name):
                note = f"then {name}, when the line is entered"
                break
            machine.feed(data)
    except PikError as error:
        note = str(error)
    except Exception as error:
        note = f"{type(error).__name__}: {error}"
    try:
        if machine.complete:
            return Seen([show(machine.value, total=_VALUE * 4)], _memo(machine), "complete")
        return Seen(_stack(machine), _memo(machine), note or machine.awaiting)
    finally:
        machine.undo(place)


def legal(desk: Desk, text: str) -> Iterator[Offer]:
    """The opcodes that may come after what has been typed, as far as the stack alone can say."""
    if desk.failed is not None or len(text) > LONGEST:
        return
    try:
        data = typed.plain(text)
    except HistshellError:
        return
    tokens, lexer, _ = _tokens(desk, data)
    if lexer.error is not None or lexer.awaiting:
        return
    complete = desk.machine.complete or any(code == 0x2E for _, code, _ in tokens)
    machine = desk.machine
    fresh = machine.complete
    depth = _Depth(0 if fresh else len(machine.stack), [] if fresh else list(machine.marks))
    stored = not fresh and bool(machine.newest_memo(1))
    if complete and not fresh:
        depth, stored = _Depth(0, []), False
    for _, code, _ in tokens:
        name = BY_CODE[code].name
        stored = stored or name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE")
        depth.take(BY_CODE[code])
    stack = list(machine.stack) if not tokens and not fresh else None
    # What works on the stack first: of what only pushes there is always the same long list.
    for opcode in sorted(OPCODES, key=lambda opcode: not opcode.before):
        if depth.allows(opcode) and (stored or opcode.name not in _GETS) and _fits(opcode, stack, depth):
            yield _offer(opcode)


class _Depth:
    """How many values lie on the stack, and below each mark."""

    def __init__(self, size: int, marks: list[int]) -> None:
        self.size = size
        self.marks = marks

    def allows(self, opcode: Opcode) -> bool:
        """Whether there is enough on the stack."""
        if opcode.name in ("NEXT_BUFFER", "READONLY_BUFFER"):
            return False  # the mode has no buffers
        if opcode.takes_mark:
            below = self.marks[-2] if len(self.marks) > 1 else 0
            return bool(self.marks) and self.marks[-1] - below >= opcode.needs
        if opcode.name == "POP" and self.marks:
            return True
        return self.size - (self.marks[-1] if self.marks else 0) >= opcode.needs

    def take(self, opcode: Opcode) -> None:
        """Do what the opcode does to the depth."""
        if opcode.name == "MARK":
            self.marks.append(self.size)
        elif opcode.name == "POP" and self.marks and self.marks[-1] == self.size:
            self.marks.pop()
        elif opcode.name == "STOP":
            self.size, self.marks = 0, []
        elif opcode.takes_mark and self.marks:
            self.size = self.marks.pop() - opcode.needs + len(opcode.after)
        else:
            self.size += len(opcode.after) - opcode.needs


def _fits(opcode: Opcode, stack: list[Any] | None, depth: _Depth) -> bool:
    """Whether the value that an opcode works on is of the kind it wants, where that is known."""
    if opcode.name not in _WANTS or stack is None:
        return True
    index, kind = _place(opcode.name, depth.marks, len(stack))
    found = stack[index] if 0 <= index < len(stack) else None
    # Placeholders and instances take some of these as well: only plain data of another kind is ruled out.
    plain = (list, dict, set, tuple, str, bytes, int, float, bool, type(None), frozenset)
    return type(found) is kind or type(found) not in plain


def _place(name: str, marks: list[int], size: int) -> tuple[int, type]:
    """Where what an opcode works on lies in a stack of that size, and of which kind it should be; the place may not exist."""
    place, kind = _WANTS[name]
    return (marks[-1] - 1 if place == 0 and marks else size + place), kind


def _offer(opcode: Opcode) -> Offer:
    card = f"{cards.stack(opcode.before)} -> {cards.stack(opcode.after)}   {opcode.doc}"
    return Offer(cards.code(opcode), opcode.name, card)


def _in_argument(desk: Desk) -> bool:
    return not desk.machine.complete and desk.failed is None and desk.machine.awaiting.startswith("in ")


def _tokens(desk: Desk, data: bytes) -> tuple[list[Token], Lexer, int]:
    """The tokens that `data` completes, the lexer after it, and the offset in the stream at which `data` begins.

    A newline is added where the line ends inside an argument that waits for one, as entering the line does.
    """
    lexer, base = Lexer(), 0
    if not desk.machine.complete and desk.failed is None:
        lexer.restore(desk.machine.lexer.snapshot())
        base = len(desk.data)
    lexer.feed(data)
    found: list[Token] = []
    try:
        while batch := lexer.tokens():
            found += batch
    except PikError:
        pass
    return found, lexer, base


def _parts(desk: Desk, text: str) -> tuple[list[tuple[str, bytes]], str]:
    """The line's bytes, cut before each opcode, with its name; the last part may have no whole one. And what is wrong with it."""
    if text.startswith(":") or text.strip() in ("?", *LEAVING) or len(text) > LONGEST:
        return [], ""
    try:
        data = typed.literal(text) if typed.is_literal(text) and not _in_argument(desk) else typed.plain(text)
    except HistshellError as error:
        return [], str(error)
    tokens, lexer, base = _tokens(desk, data)
    names = [(max(offset - base, 0), BY_CODE[code].name) for offset, code, _ in tokens]
    last = lexer.offset - base
    if 0 <= last < len(data) and (not names or last > names[-1][0]):
        begun = BY_CODE.get(data[last])
        names.append((last, begun.name if begun is not None else ""))
    if not names:
        return [("", data)], ""
    ends = [start for start, _ in names[1:]] + [len(data)]
    first = [("", data[: names[0][0]])] if names[0][0] else []  # the rest of an argument begun in an earlier line
    return first + [(name, data[start:end]) for (start, name), end in zip(names, ends)], ""


def _is_plain(machine: Any, name: str) -> bool:
    """Whether what an opcode fills is exactly of the built-in type, so that it can be taken back."""
    index, kind = _place(name, machine.marks, len(machine.stack))
    return 0 <= index < len(machine.stack) and type(machine.stack[index]) is kind


def _hashes_plainly(machine: Any, name: str) -> bool:
    """Whether what an opcode would hash, and compare with what is there, is plain data: others' `__hash__` is code."""
    base = machine.marks[-1] if machine.marks else 0
    if name in ("DICT", "SETITEMS"):
        keys = machine.stack[base::2]
    elif name in ("FROZENSET", "ADDITEMS"):
        keys = machine.stack[base:]
    elif name == "SETITEM":
        keys = machine.stack[-2:-1]
    else:
        return True
    there: Any = ()
    if name in _FILLS:
        place, _ = _place(name, machine.marks, len(machine.stack))
        there = machine.stack[place] if 0 <= place < len(machine.stack) else ()
    return len(keys) + len(there) <= _MOST_KEYS and all(_is_plain_key(key, 0) for part in (keys, there) for key in part)


def _is_plain_key(key: Any, depth: int) -> bool:
    """Whether a key is of a built-in type whose hash runs no code of anybody's."""
    if type(key) in (tuple, frozenset):
        return depth < 10 and len(key) <= _MOST_KEYS and all(_is_plain_key(item, depth + 1) for item in key)
    return type(key) in (str, bytes, int, float, complex, bool, type(None))


def _stack(machine: Any) -> list[str]:
    """The top of the stack with its marks, as texts."""
    size = len(machine.stack)
    first = max(0, size - _LAST)
    below = Counter(mark for mark in machine.marks[-_LAST:] if mark >= first)
    shown = ["…"] if first else []
    for position in range(first, size):
        shown += ["("] * below[position]
        shown.append(show(machine.stack[position], width=20, total=_VALUE))
    return shown + ["("] * below[size]


def _memo(machine: Any) -> list[str]:
    return [f"{number}: {show(value, width=20, total=_VALUE)}" for number, value in machine.newest_memo(20).items()]


def _last_ones(title: str, items: list[str], columns: int, note: str) -> str:
    """A title and as many of the last items as there is room for; a note at the end."""
    tail = f"   {note}" if note else ""
    room = columns - len(title) - 3 - min(len(tail), columns // 2)
    shown = "  ".join(items) or "empty"
    if len(shown) > room:
        shown = "…" + shown[-(room - 1) :]
    return fit(f" {title}  {shown}{tail}", columns)
