"""A stream skimmed for joblib's wrappers: a small stack machine that keeps names, short text, numbers and what is made of them.

After the state of a wrapper has been given to it, the bytes of its array stand in the file. Where they end is written in that
state, so that nobody who only cuts opcodes can tell; to build the values for it would be too much. Nothing is called here.
"""

from __future__ import annotations

from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any, Callable

from histshell.pik.arguments import int_line, long_line, memo_number, quoted_line
from histshell.pik.opcodes import BY_CODE, BY_NAME, FRAME, LENGTHS, WIDTHS, Opcode

if TYPE_CHECKING:
    from histshell.pik.files.sources import Source

_PIECE = 1 << 20
_SHORT = 1 << 10  # longer texts, tuples and dicts are only things
_LINE = 1 << 16


class Thing:
    """Any value that nobody here asks about."""


THING = Thing()


class Name:
    """A class or function that the stream names."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class Made:
    """What calling a name would give, with the state that it was given."""

    def __init__(self, name: Name, arguments: Any) -> None:
        self.name, self.arguments = name, arguments
        self.state: Any = None


class Failed(Exception):
    """The stream cannot be followed (inside the package only); the text says why, `offset` where."""

    def __init__(self, why: str, offset: int) -> None:
        super().__init__(why)
        self.offset = offset


class Skimmer:
    """Skims one stream. *built* is told of each object with a state, and where the file stands then; it gives where it stands
    afterwards. `parts` are the ranges of the source that are opcodes.

    A frame is read whole before its opcodes are run, so that what is read from the file meanwhile lies after the frame.
    """

    def __init__(
        self,
        source: Source,
        start: int,
        built: Callable[[Made, int], int],
        asked: Callable[[Any], None] = lambda _: None,
        most: int = 1 << 62,
    ) -> None:
        """Begin at *start*; *asked* is told of each persistent id. *most* is how many opcodes are followed."""
        self._most = most
        self._source = source
        self._asked = asked
        self._built = built
        self._piece, self._base = b"", start  # bytes at hand, and where they lie
        self.at = start
        self._frame_end = -1
        self._resume = -1  # where the file stands while a frame's opcodes are still run
        self.parts: list[tuple[int, int]] = []
        self._from = start
        self._before = 0  # bytes in `parts`
        self.place = 0  # where the object stands that is being told of, in the opcodes alone
        self.stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> int:
        """Skim up to STOP, and return the offset after it. Raises `Failed`."""
        while self._most > 0:
            self._quickly()
            if self.at >= self._frame_end >= 0:
                self._leave_frame()
            at = self.at
            code = self._bytes(1)[0]
            op = BY_CODE.get(code)
            if op is None:
                raise Failed("no opcode", at)
            self._most -= 1
            argument = self._argument(op) if op.argument else None
            act = _ACTS.get(code)
            if act is not None:
                act(self, argument)
            elif code == _STOP:
                self._part(self.at)
                return max(self.at, self._resume)
            else:
                self._plainly(op)
        raise Failed("it is too long to be followed", self.at)

    def _quickly(self) -> None:
        """Do the commonest opcodes as long as they are far from the end of a piece and of a frame."""
        piece, base, stack, memo = self._piece, self._base, self.stack, self._memo
        push, constants = stack.append, _CONSTANTS
        start = at = self.at - base
        end = len(piece) - _MARGIN
        if self._frame_end >= 0:
            end = min(end, self._frame_end - base - _MARGIN)
        floor = self._marks[-1] if self._marks else 0
        while 0 <= at < end:
            code = piece[at]
            if code in constants:
                push(constants[code])
                at += 1
            elif code == _BININT1:
                push(piece[at + 1])
                at += 2
            elif code == _MEMOIZE and stack:
                memo[len(memo)] = stack[-1]
                at += 1
            elif code == _BINGET:
                push(memo.get(piece[at + 1], THING))
                at += 2
            elif code == _SHORT_TEXT:
                after = at + 2 + piece[at + 1]
                push(piece[at + 2 : after].decode("utf-8", "replace"))
                at = after
            elif code == _POP and len(stack) > floor:
                stack.pop()
                at += 1
            else:
                break
        if at > start:
            self.at = base + at
            self._most -= at - start

    def _leave_frame(self) -> None:
        """Go on in the file after a frame."""
        if self.at > self._frame_end:
            raise Failed("an argument crosses the end of a frame", self._frame_end)
        if self._resume > self._frame_end:
            self._part(self._frame_end)
            self.at = self._from = self._resume
        self._frame_end = self._resume = -1

    def _part(self, end: int) -> None:
        if end > self._from:
            self.parts.append((self._from, end))
            self._before += end - self._from
        self._from = end

    def _bytes(self, count: int) -> bytes:
        """Take the next bytes."""
        start = self.at - self._base
        if start < 0 or start + count > len(self._piece):
            self._base, start = self.at, 0
            self._piece = self._source.read(self.at, max(count, _PIECE))
            if len(self._piece) < count:
                raise Failed("it ends within its opcodes", self.at + len(self._piece))
        self.at += count
        return self._piece[start : start + count]

    def _line(self) -> bytes:
        start = self.at - self._base
        end = self._piece.find(b"\n", start) if start >= 0 else -1
        if end < 0:
            self._base, start = self.at, 0
            self._piece = self._source.read(self.at, _PIECE)
            end = self._piece.find(b"\n")
            while end < 0 and len(self._piece) >= _PIECE:  # a long number: it need not be looked at
                self._base += len(self._piece)
                self._piece = self._source.read(self._base, _PIECE)
                end = self._piece.find(b"\n")
            if end < 0:
                raise Failed("it ends within a line", self._base + len(self._piece))
        line = self._piece[start:end]
        self.at = self._base + end + 1
        return line if len(line) < _LINE else b""

    def _argument(self, op: Opcode) -> Any:
        """Take an opcode's argument: what is counted or a number of bytes as bytes, what is long as None."""
        width = _WIDE.get(op.code)
        if width is not None:
            return self._bytes(width)
        if op.argument == "line":
            return self._line()
        if op.argument == "lines":
            return self._line(), self._line()
        if op.argument in LENGTHS:
            count = int.from_bytes(self._bytes(LENGTHS[op.argument]), "little")
            if count <= _SHORT:
                return self._bytes(count)
            if self._source.size is not None and self.at + count > self._source.size:
                raise Failed("it ends within an argument", self._source.size)
            self.at += count
            return None
        length = int.from_bytes(self._bytes(8), "little")
        if self.at < self._frame_end:
            raise Failed("a frame begins within a frame", self.at)
        self._frame_end = self.at + length
        return None

    def _pop(self) -> Any:
        if len(self.stack) <= (self._marks[-1] if self._marks else 0):
            raise Failed("there are too few values on its stack", self.at)
        return self.stack.pop()

    def _above(self) -> list[Any]:
        """Take everything above the topmost mark."""
        if not self._marks:
            raise Failed("there is no mark on its stack", self.at)
        mark = self._marks.pop()
        items = self.stack[mark:]
        del self.stack[mark:]
        return items

    def _plainly(self, op: Opcode) -> None:
        """Do what an opcode does to the depth of the stack."""
        if op.takes_mark:
            self._above()
        for _ in range(op.needs):
            self._pop()
        self.stack.extend([THING] * len(op.after))

    def _text(self, argument: bytes | None) -> None:
        self.stack.append(THING if argument is None else argument.decode("utf-8", "replace"))

    def _number(self, argument: bytes) -> None:
        self.stack.append(int.from_bytes(argument, "little"))

    def _signed(self, argument: bytes | None) -> None:
        self.stack.append(THING if argument is None else int.from_bytes(argument, "little", signed=True))

    def _written(self, argument: bytes) -> None:
        """A number in text, of protocol 0."""
        self._read(int_line, argument)

    def _long(self, argument: bytes) -> None:
        self._read(long_line, argument)

    def _read(self, how: Callable[[bytes], Any], argument: bytes) -> None:
        try:
            self.stack.append(how(argument + b"\n") if len(argument) < _SHORT else THING)
        except (ValueError, UnpicklingError):
            self.stack.append(THING)

    def _string(self, argument: bytes) -> None:
        self._read(lambda line: quoted_line(line).decode("latin-1"), argument)

    def _escaped(self, argument: bytes) -> None:
        """A text of UNICODE, which has escapes."""
        self._read(lambda line: line[:-1].decode("raw-unicode-escape"), argument)

    def _old_text(self, argument: bytes | None) -> None:
        self.stack.append(THING if argument is None else argument.decode("latin-1"))

    def tupled(self, count: int) -> None:
        """Make a tuple of so many values, or of all above the mark."""
        items = [self._pop() for _ in range(count)][::-1] if count >= 0 else self._above()
        self.stack.append((*items,) if len(items) <= _SHORT else THING)

    def _set_items(self, pairs: list[Any]) -> None:
        target = self.stack[-1] if self.stack else THING
        if isinstance(target, dict):
            for key, value in zip(pairs[::2], pairs[1::2]):
                if type(key) is not str:
                    target[THING] = THING  # it may be any key
                elif key in target or len(target) < _SHORT:
                    target[key] = value

    def _global(self, argument: tuple[bytes, bytes]) -> None:
        self.stack.append(Name(*(part.decode("utf-8", "replace") for part in argument)))

    def _stack_global(self, _: Any) -> None:
        name, module = self._pop(), self._pop()
        self.stack.append(Name(module, name) if type(name) is type(module) is str else THING)

    def _call(self, _: Any) -> None:
        arguments, called = self._pop(), self._pop()
        self.stack.append(Made(called, arguments) if isinstance(called, Name) else THING)

    def _call_named(self, _: Any) -> None:
        self._pop()
        self._call(None)

    def _instance(self, argument: tuple[bytes, bytes]) -> None:
        arguments = (*self._above(),)
        self.stack.append(Made(Name(*(part.decode("utf-8", "replace") for part in argument)), arguments))

    def _object(self, _: Any) -> None:
        items = self._above()
        named = isinstance(items[0], Name) if items else False
        self.stack.append(Made(items[0], (*items[1:],)) if named else THING)

    def _build(self, _: Any) -> None:
        state = self._pop()
        made = self.stack[-1] if self.stack else THING
        if not isinstance(made, Made):
            return
        made.state = state if made.state is None else THING  # what two states make is not known here
        framed = self.at <= self._frame_end
        stands = max(self._frame_end, self._resume) if framed else self.at
        self.place = self._before + (self._frame_end if framed else self.at) - self._from
        after = self._built(made, stands)
        if framed:
            self._resume = after
        elif after > stands:
            self._part(stands)
            self.at = self._from = after

    def _ask(self, _: Any) -> None:
        self._asked(self._pop())
        self.stack.append(THING)

    def _put(self, argument: bytes) -> None:
        self._memo[int.from_bytes(argument, "little")] = self.stack[-1] if self.stack else THING

    def _get(self, argument: bytes) -> None:
        self.stack.append(self._memo.get(int.from_bytes(argument, "little"), THING))

    def _named_place(self, argument: bytes) -> int:
        try:
            return memo_number(argument + b"\n")
        except (ValueError, OverflowError, UnpicklingError):
            return -1

    def _put_text(self, argument: bytes) -> None:
        self._memo[self._named_place(argument)] = self.stack[-1] if self.stack else THING

    def _get_text(self, argument: bytes) -> None:
        self.stack.append(self._memo.get(self._named_place(argument), THING))

    def _memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self.stack[-1] if self.stack else THING

    def _again(self, _: Any) -> None:
        self.stack.append(self.stack[-1] if self.stack else THING)

    def _drop(self, _: Any) -> None:
        if self._marks and self._marks[-1] == len(self.stack):
            self._marks.pop()
        else:
            self._pop()

    def _set_item(self, _: Any) -> None:
        self._set_items([self._pop(), self._pop()][::-1])

    def _set_above(self, _: Any) -> None:
        self._set_items(self._above())

    def _append(self, _: Any) -> None:
        self._pop()

    def _append_above(self, _: Any) -> None:
        self._above()

    def _dict(self, _: Any) -> None:
        pairs = self._above()
        self.stack.append({})
        self._set_items(pairs)

    def _mark(self, _: Any) -> None:
        self._marks.append(len(self.stack))


_S = Skimmer
_WIDE = {op.code: WIDTHS[op.argument] for op in BY_CODE.values() if WIDTHS.get(op.argument) and op.code != FRAME}
_STOP = BY_NAME["STOP"].code
_BININT1, _MEMOIZE, _BINGET, _SHORT_TEXT, _POP = (
    BY_NAME[name].code for name in ("BININT1", "MEMOIZE", "BINGET", "SHORT_BINUNICODE", "POP")
)
_MARGIN = 300  # more than what any of these takes
_CONSTANTS: dict[int, Any] = {
    BY_NAME[name].code: value
    for name, value in {
        "NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": (), "EMPTY_LIST": THING, "EMPTY_SET": THING,
    }.items()
}  # fmt: skip


def _push(make: Callable[[], Any]) -> Callable[[Skimmer, Any], None]:
    return lambda skimmer, _: skimmer.stack.append(make())


def _tuple(count: int) -> Callable[[Skimmer, Any], None]:
    return lambda skimmer, _: skimmer.tupled(count)


_BY_NAMES: dict[str, Callable[[Skimmer, Any], None]] = {
        "BININT1 BININT2": _S._number, "BININT LONG1 LONG4": _S._signed, "INT": _S._written, "LONG": _S._long,
        "SHORT_BINUNICODE BINUNICODE BINUNICODE8": _S._text, "UNICODE": _S._escaped, "STRING": _S._string,
        "SHORT_BINSTRING BINSTRING SHORT_BINBYTES BINBYTES": _S._old_text,
        "NONE": _push(lambda: None), "NEWTRUE": _push(lambda: True), "NEWFALSE": _push(lambda: False),
        "EMPTY_TUPLE": _push(tuple), "EMPTY_DICT": _push(dict), "DICT": _S._dict,
        "TUPLE": _tuple(-1), "TUPLE1": _tuple(1), "TUPLE2": _tuple(2), "TUPLE3": _tuple(3),
        "SETITEM": _S._set_item, "SETITEMS": _S._set_above, "APPEND": _S._append, "APPENDS ADDITEMS": _S._append_above,
        "GLOBAL": _S._global, "STACK_GLOBAL": _S._stack_global, "REDUCE NEWOBJ": _S._call, "NEWOBJ_EX": _S._call_named,
        "INST": _S._instance, "OBJ": _S._object, "BUILD": _S._build, "MARK": _S._mark, "POP": _S._drop, "DUP": _S._again,
        "BINPUT LONG_BINPUT": _S._put, "BINGET LONG_BINGET": _S._get, "PUT": _S._put_text, "GET": _S._get_text,
        "MEMOIZE": _S._memoize, "BINPERSID": _S._ask,
}  # fmt: skip
_ACTS = {BY_NAME[name].code: act for names, act in _BY_NAMES.items() for name in names.split()}
