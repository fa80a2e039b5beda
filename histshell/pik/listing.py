"""The listing of a stream: what each byte means, without running any of it.

Stack depth is counted, not computed: nothing is imported, made or hashed. `histshell.pik.assembler` reads what is written
here back into the same bytes.
"""

from __future__ import annotations

import re
from pickle import UnpicklingError, encode_long
from struct import pack
from typing import Any, Iterator, NamedTuple

from histshell.pik.arguments import memo_number, quoted_line
from histshell.pik.lexer import Lexer
from histshell.pik.opcodes import BY_CODE, DUP, FRAME, MARK, OPCODES, Opcode
from histshell.pik.reading import loses
from histshell.pik.stack_depth import StackDepth
from histshell.pik.versions import SPARSE_MEMO
from histshell.preview import printable, quoted

_PRINTABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_LOST = "crosses the end of its frame: load(file) reads other bytes"
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
        """The argument as the assembler reads it, empty where there is none."""
        return spell(self.opcode, self.argument)

    def text(self, width: int | None = None) -> str:
        """Return the line; an argument longer than *width* characters is cut (and can then not be assembled)."""
        argument = self.spelled if width is None else spell(self.opcode, _shortened(self.argument, 4 * width + 1000))
        if width is not None and len(argument) > width:
            argument = argument[:width] + "…"
        left = f"{self.offset:6d}: {'  ' * min(self.marks, 20)}{self.opcode.name} {argument}".rstrip()
        return f"{left:<48}  # {self.depth} on the stack{', ' if self.note else ''}{self.note}"

    def __str__(self) -> str:
        """Return the whole line."""
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
    if op.made == "int":
        value = int.from_bytes(argument, "little", signed=True)
        return str(value) if len(argument) < 1000 and encode_long(value) == argument else repr(argument)
    if op.utf8:
        try:
            text = argument.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return repr(argument)
        return printable(repr(text))  # within quotes an escape is the character
    return repr(bytes(argument))


def _shortened(argument: Any, most: int) -> Any:
    """Cut what is longer than *most* bytes, so that no more than a line of it is written out; never within a character."""
    if type(argument) is tuple:
        return tuple(_shortened(line, most) for line in argument)
    if type(argument) is not bytes or len(argument) <= most:
        return argument
    cut = argument[:most]
    while cut[-1] & 0xC0 == 0x80 and len(cut) > most - 4:
        cut = cut[:-1]
    return (cut[:-1] if cut[-1] >= 0xC0 else cut) + (b"\n" if argument[-1:] == b"\n" else b"")


def _raw(line: bytes, plain: re.Pattern[str]) -> str:
    """Write a line's text as it stands where nothing about it can be misread, else as a bytes literal."""
    text = line.decode("latin-1")
    if plain.fullmatch(text) and "#" not in text and text[:2] not in ("b'", 'b"'):
        return text
    return repr(line).replace("#", "\\x23")


#: What the text on top of the stack depends on.
_NOTED = frozenset(
    op.code for op in OPCODES if op.made == "str" or op.stores or op.reads or op.name in ("DUP", "STACK_GLOBAL")
)
_FOLLOWED = 16  # values on top of the stack that are followed
_LONGEST = 200  # bytes of a text that is followed


class _Memo:
    """Which memo numbers are in use, as C counts them for MEMOIZE, and the texts that are stored."""

    def __init__(self) -> None:
        self.texts: dict[int, str | None] = {}
        self.filled = 0  # entries in C's table
        self._apart: set[int] = set()  # numbers that are not in it
        self._size = 0  # the highest number in it, and one
        self._room = 32

    def store(self, number: int, text: str | None) -> None:
        """Store under *number*, which may be stored already: only a new entry counts."""
        if number < 0:
            return
        in_table = not SPARSE_MEMO or number < self._size or self._reaches(number)
        if in_table:
            self.filled += number not in self.texts or number in self._apart
            self._apart.discard(number)
            self._size = max(self._size, number + 1)
        else:
            self._apart.add(number)
        self.texts[number] = text

    def _reaches(self, number: int) -> bool:
        """Return whether C's table grows for *number*, or keeps it apart (see `Memo._is_far`)."""
        while self._room < self._size:
            self._room *= 2
        if number < self._room:
            return True
        if number > 2 * self.filled:
            return False
        self._room = 2 * number
        return True


class _Counter:
    """What is known of the stack without running anything: its depth, and which texts lie on top (for STACK_GLOBAL)."""

    def __init__(self) -> None:
        self.stack = StackDepth()
        self.opened: list[int] = []  # the offset of each open mark
        self.texts: list[str | None] = []  # the top of the stack, None for what is no text or not known
        self.memo = _Memo()

    def line(self, offset: int, code: int, argument: Any) -> Line:
        """Count one opcode."""
        op, stack = BY_CODE[code], self.stack
        marks, note = len(stack.marks), ""
        if code == MARK:
            self.opened.append(offset)
        elif stack.closes(op):
            note = f"the mark at {self.opened.pop()}"
            self._push(stack.above + op.needs if op.takes_mark else 0, *[None] * len(op.after))
        elif op.takes_mark:
            note = "no open mark"
        elif op.needs > stack.above:
            note = f"needs {op.needs}, has {stack.above}"
            if code not in _NOTED:
                self._push(op.needs, *[None] * len(op.after))
        elif code in _NOTED:
            note = self._note(op, argument)
        else:
            self._push(op.needs, *[None] * len(op.after))
        stack.take(op)
        return Line(offset, op, argument, stack.values, marks, note)

    def _push(self, needs: int, *texts: str | None) -> None:
        """Take *needs* values from the top, and put *texts* there."""
        if needs:
            del self.texts[-needs:]
        self.texts.extend(texts)
        if len(self.texts) > 2 * _FOLLOWED:
            del self.texts[:-_FOLLOWED]

    def _top(self, count: int) -> list[str | None]:
        """Return the last *count* texts; None where the stack is not known so far down."""
        return [*[None] * (count - len(self.texts[-count:])), *self.texts[-count:]]

    def _note(self, op: Opcode, argument: Any) -> str:
        """Track texts that the memo stores and fetches, so that STACK_GLOBAL's line can name what it imports."""
        if op.made == "str":
            self._push(0, _text(op, argument))
            return ""
        if op.code == DUP:
            self._push(0, *self._top(1))
            return ""
        if op.stores:
            number = self.memo.filled if argument is None else _number(argument)
            self.memo.store(number, self._top(1)[0])
            return f"memo {number}"
        if op.reads:
            number = _number(argument)
            self._push(0, self.memo.texts.get(number))
            return f"memo {number}"
        module, name = self._top(2)
        self._push(2, None)
        return "import " + quoted(f"{module}.{name}") if module is not None and name is not None else ""


def _text(op: Opcode, argument: bytes) -> str | None:
    """Return the text that an opcode pushes; None for one that is long or none."""
    quoted_text = op.name == "STRING"
    if len(argument) > _LONGEST or (quoted_text and b"\\" in argument):  # an odd escape makes Python warn
        return None
    try:
        if op.utf8:
            return argument.decode("utf-8", "surrogatepass")
        if op.name == "UNICODE":
            return argument[:-1].decode("raw-unicode-escape")
        return (quoted_line(argument) if quoted_text else argument).decode("ascii")
    except (ValueError, UnpicklingError):
        return None


def _number(argument: Any) -> int:
    """Return a memo number; -1 where its text is none."""
    if type(argument) is int:
        return argument
    try:
        return memo_number(argument)
    except (ValueError, OverflowError, UnpicklingError):
        return -1


def disassemble(data: bytes, partial: bool = False) -> Iterator[Line]:
    """Yield the lines of the listing of *data*, up to STOP.

    Raises `PikError` after the last good line where the stream is no pickle, and, unless *partial*, where it ends too soon. A
    note stands where `load` of a file with these bytes reads others than `loads`.
    """
    whole = bytes(data)
    lexer = Lexer(whole)
    counter = _Counter()
    line = counter.line
    frame_end = -1
    while True:
        batch = lexer.tokens()
        if not batch:
            break
        for number, (offset, code, argument) in enumerate(batch):
            listed = line(offset, code, argument)
            if frame_end > offset:
                end = batch[number + 1][0] if number + 1 < len(batch) else lexer.offset
                reaches = end + argument if code == FRAME else end  # C reads a frame at once
                if reaches > frame_end and loses(whole, offset, code, end, frame_end):
                    listed = listed._replace(note=", ".join(filter(None, (listed.note, _LOST))))
            if code == FRAME:
                frame_end = offset + 9 + argument
            yield listed
    if lexer.state != "complete" and not partial:
        raise lexer.truncated()
