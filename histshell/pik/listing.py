"""The listing of a stream: what each byte means, without running any of it.

Stack depth is counted, not computed: nothing is imported, made or hashed. `histshell.pik.assembler` reads what is written
here back into the same bytes.
"""

from __future__ import annotations

import re
from pickle import encode_long
from struct import pack
from typing import Any, Iterator, NamedTuple

from histshell.pik.lexer import Lexer
from histshell.pik.opcodes import OPCODES, Opcode

_PRINTABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_WORD = re.compile(r"[!-~]+")


class Line(NamedTuple):
    """One opcode of a listing.

    ``offset`` is its position in bytes, ``opcode`` its record in the table, ``argument`` what the lexer gives (None, int,
    float, bytes, or two lines), ``depth`` the number of values on the stack after it, ``marks`` the number of open marks before
    it, ``note`` a remark.
    """

    offset: int
    opcode: Opcode
    argument: Any
    depth: int
    marks: int
    note: str

    @property
    def spelled(self) -> str:
        """Give the argument as the assembler reads it, empty where there is none."""
        return spell(self.opcode, self.argument)

    def text(self, width: int | None = None) -> str:
        """Give the line; an argument longer than *width* characters is cut (and can then not be assembled)."""
        argument = self.spelled
        if width is not None and len(argument) > width:
            argument = argument[:width] + "…"
        left = f"{self.offset:6d}: {'  ' * min(self.marks, 20)}{self.opcode.name} {argument}".rstrip()
        return f"{left:<48}  # {self.depth} on the stack{', ' if self.note else ''}{self.note}"

    def __str__(self) -> str:
        """Give the whole line."""
        return self.text()


def spell(op: Opcode, argument: Any) -> str:
    """Write an opcode's argument as the assembler reads it back, byte for byte."""
    kind = op.argument
    if kind == "":
        return ""
    if kind == "line":
        return _raw(argument[:-1], _PRINTABLE)
    if kind == "lines":
        return " ".join(_raw(line[:-1], _WORD) for line in argument)
    if kind == "float8":
        packed = pack(">d", argument)
        return repr(argument) if argument == argument else f"0x{packed.hex()}"
    if not kind.startswith("count"):
        return str(argument)
    if op.after == ("int",):
        value = int.from_bytes(argument, "little", signed=True)
        return str(value) if len(argument) < 1000 and encode_long(value) == argument else repr(argument)
    if "UNICODE" in op.name:
        try:
            text = argument.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return repr(argument)
        return repr(text)
    return repr(bytes(argument))


def _raw(line: bytes, plain: re.Pattern[str]) -> str:
    """Write a line's text as it stands where nothing about it can be misread, else as a bytes literal."""
    text = line.decode("latin-1")
    if plain.fullmatch(text) and "#" not in text and text[:2] not in ("b'", 'b"'):
        return text
    return repr(line).replace("#", "\\x23")


_EFFECTS = {op.code: (op, op.needs, len([x for x in op.after if x != "mark"])) for op in OPCODES}
_MARK, _POP, _STACK_GLOBAL, _MEMOIZE = 0x28, 0x30, 0x93, 0x94
_TEXTS = frozenset(op.code for op in OPCODES if "UNICODE" in op.name)
_PUTS = frozenset(op.code for op in OPCODES if op.name in ("PUT", "BINPUT", "LONG_BINPUT"))
_GETS = frozenset(op.code for op in OPCODES if op.name in ("GET", "BINGET", "LONG_BINGET"))


class _Counter:
    """What is known of the stack without running anything: depth, marks, and the last texts (for STACK_GLOBAL)."""

    def __init__(self) -> None:
        self.depth = 0
        self.marks: list[tuple[int, int]] = []  # depth and offset of each open mark
        self.memoized = 0
        self.texts: list[str | None] = []
        self.memo: dict[int, str | None] = {}

    def line(self, offset: int, code: int, argument: Any) -> Line:
        """Count one opcode."""
        op, needs, pushes = _EFFECTS[code]
        marks = len(self.marks)
        if op.takes_mark:
            note = self._take_mark(op, needs, pushes)
        elif code == _MARK:
            self.marks.append((self.depth, offset))
            return Line(offset, op, argument, self.depth, marks, "")
        elif code == _POP and self.marks and self.marks[-1][0] == self.depth:
            note = f"the mark at {self.marks.pop()[1]}"
        else:
            fence = self.marks[-1][0] if self.marks else 0
            note = ""
            if needs > self.depth - fence:
                note = f"needs {needs}, has {self.depth - fence}"
            self.depth = max(self.depth - needs, fence) + pushes
            if code in _NOTED:
                note = note or self._note(code, argument)
            elif pushes:
                self.texts.append(None)
        return Line(offset, op, argument, self.depth, marks, note)

    def _take_mark(self, op: Opcode, needs: int, pushes: int) -> str:
        """Take the topmost mark."""
        if not self.marks:
            return "no open mark"
        below, at = self.marks.pop()
        self.depth = max(below - needs, 0) + pushes
        self.texts.clear()
        return f"the mark at {at}"

    def _note(self, code: int, argument: Any) -> str:
        """Follow texts through the memo, so that STACK_GLOBAL can say what it imports."""
        texts = self.texts
        if code in _TEXTS:
            texts.append(None if len(argument) > 200 else argument.decode("utf-8", "replace").rstrip("\n"))
            del texts[:-2]
            return ""
        if code == _MEMOIZE or code in _PUTS:
            number = self.memoized if code == _MEMOIZE else _number(argument)
            self.memoized += 1
            if texts and texts[-1] is not None:
                self.memo[number] = texts[-1]
            return f"memo {number}"
        if code in _GETS:
            number = _number(argument)
            texts.append(self.memo.get(number))
            del texts[:-2]
            return f"memo {number}"
        names = [text for text in texts[-2:] if text]
        texts.clear()
        texts.append(None)
        return f"import {'.'.join(names)}" if len(names) == 2 else ""


def _number(argument: Any) -> int:
    """Give a memo number; -1 where its text is none."""
    if type(argument) is int:
        return argument
    try:
        return int(argument)
    except ValueError:
        return -1


_NOTED = _TEXTS | _PUTS | _GETS | {_MEMOIZE, _STACK_GLOBAL}


def disassemble(data: bytes, partial: bool = False) -> Iterator[Line]:
    """Give the lines of the listing of *data*, up to STOP.

    Raises `PikError` after the last good line where the stream is no pickle, and, unless *partial*, where it ends too soon.
    """
    lexer = Lexer(bytes(data))
    counter = _Counter()
    line = counter.line
    while True:
        batch = lexer.tokens()
        if not batch:
            break
        for offset, code, argument in batch:
            yield line(offset, code, argument)
    if lexer.state != "complete" and not partial:
        raise lexer.truncated()
