"""The stack of a stream that is skimmed: what its opcodes leave there of names, short texts, numbers, tuples and dicts."""

from __future__ import annotations

from pickle import UnpicklingError
from typing import Any, Callable

from histshell.pik.arguments import int_line, long_line, memo_number, quoted_line
from histshell.pik.files.skimmed_values import SHORT, THING, Failed, Made, Name
from histshell.pik.opcodes import BY_NAME, Opcode


class SkimmedStack:
    """Values, marks and memo. *asked* is told of each persistent id. Nothing is called."""

    def __init__(self, asked: Callable[[Any], None]) -> None:
        """Begin empty."""
        self._asked = asked
        self.values: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self, op: Opcode, argument: Any) -> None:
        """Do what an opcode does, as far as it is kept here. Raises `Failed`, without saying where."""
        act = _ACTS.get(op.code)
        if act is not None:
            act(self, argument)
        else:
            self._plainly(op)

    def pop(self) -> Any:
        """Take the topmost value."""
        if len(self.values) <= (self.marks[-1] if self.marks else 0):
            raise Failed("there are too few values on its stack")
        return self.values.pop()

    def _above(self) -> list[Any]:
        """Take everything above the topmost mark."""
        if not self.marks:
            raise Failed("there is no mark on its stack")
        mark = self.marks.pop()
        items = self.values[mark:]
        del self.values[mark:]
        return items

    def _plainly(self, op: Opcode) -> None:
        """Do what an opcode does to the depth of the stack."""
        if op.takes_mark:
            self._above()
        for _ in range(op.needs):
            self.pop()
        self.values.extend([THING] * len(op.after))

    def _text(self, argument: bytes | None) -> None:
        self.values.append(THING if argument is None else argument.decode("utf-8", "replace"))

    def _number(self, argument: bytes) -> None:
        self.values.append(int.from_bytes(argument, "little"))

    def _signed(self, argument: bytes | None) -> None:
        self.values.append(THING if argument is None else int.from_bytes(argument, "little", signed=True))

    def _written(self, argument: bytes) -> None:
        """A number in text, of protocol 0."""
        self._read(int_line, argument)

    def _long(self, argument: bytes) -> None:
        self._read(long_line, argument)

    def _read(self, how: Callable[[bytes], Any], argument: bytes) -> None:
        try:
            self.values.append(how(argument + b"\n") if len(argument) < SHORT else THING)
        except (ValueError, UnpicklingError):
            self.values.append(THING)

    def _string(self, argument: bytes) -> None:
        self._read(lambda line: quoted_line(line).decode("latin-1"), argument)

    def _escaped(self, argument: bytes) -> None:
        """A text of UNICODE, which has escapes."""
        self._read(lambda line: line[:-1].decode("raw-unicode-escape"), argument)

    def _old_text(self, argument: bytes | None) -> None:
        self.values.append(THING if argument is None else argument.decode("latin-1"))

    def tupled(self, count: int) -> None:
        """Make a tuple of so many values, or of all above the mark."""
        items = [self.pop() for _ in range(count)][::-1] if count >= 0 else self._above()
        self.values.append((*items,) if len(items) <= SHORT else THING)

    def _set_items(self, pairs: list[Any]) -> None:
        target = self.values[-1] if self.values else THING
        if isinstance(target, dict):
            for key, value in zip(pairs[::2], pairs[1::2]):
                if type(key) is not str:
                    target[THING] = THING  # it may be any key
                elif key in target or len(target) < SHORT:
                    target[key] = value

    def _global(self, argument: tuple[bytes, bytes]) -> None:
        self.values.append(Name(*(part.decode("utf-8", "replace") for part in argument)))

    def _stack_global(self, _: Any) -> None:
        name, module = self.pop(), self.pop()
        self.values.append(Name(module, name) if type(name) is type(module) is str else THING)

    def _call(self, _: Any) -> None:
        arguments, called = self.pop(), self.pop()
        self.values.append(Made(called, arguments) if isinstance(called, Name) else THING)

    def _call_named(self, _: Any) -> None:
        self.pop()
        self._call(None)

    def _instance(self, argument: tuple[bytes, bytes]) -> None:
        arguments = (*self._above(),)
        self.values.append(Made(Name(*(part.decode("utf-8", "replace") for part in argument)), arguments))

    def _object(self, _: Any) -> None:
        items = self._above()
        named = isinstance(items[0], Name) if items else False
        self.values.append(Made(items[0], (*items[1:],)) if named else THING)

    def _ask(self, _: Any) -> None:
        self._asked(self.pop())
        self.values.append(THING)

    def _put(self, argument: bytes) -> None:
        self.memo[int.from_bytes(argument, "little")] = self.values[-1] if self.values else THING

    def _get(self, argument: bytes) -> None:
        self.values.append(self.memo.get(int.from_bytes(argument, "little"), THING))

    def _named_place(self, argument: bytes) -> int:
        try:
            return memo_number(argument + b"\n")
        except (ValueError, OverflowError, UnpicklingError):
            return -1

    def _put_text(self, argument: bytes) -> None:
        self.memo[self._named_place(argument)] = self.values[-1] if self.values else THING

    def _get_text(self, argument: bytes) -> None:
        self.values.append(self.memo.get(self._named_place(argument), THING))

    def _memoize(self, _: Any) -> None:
        self.memo[len(self.memo)] = self.values[-1] if self.values else THING

    def _again(self, _: Any) -> None:
        self.values.append(self.values[-1] if self.values else THING)

    def _drop(self, _: Any) -> None:
        if self.marks and self.marks[-1] == len(self.values):
            self.marks.pop()
        else:
            self.pop()

    def _set_item(self, _: Any) -> None:
        self._set_items([self.pop(), self.pop()][::-1])

    def _set_above(self, _: Any) -> None:
        self._set_items(self._above())

    def _append(self, _: Any) -> None:
        self.pop()

    def _append_above(self, _: Any) -> None:
        self._above()

    def _dict(self, _: Any) -> None:
        pairs = self._above()
        self.values.append({})
        self._set_items(pairs)

    def _mark(self, _: Any) -> None:
        self.marks.append(len(self.values))


_S = SkimmedStack


def _push(make: Callable[[], Any]) -> Callable[[SkimmedStack, Any], None]:
    return lambda stack, _: stack.values.append(make())


def _tuple(count: int) -> Callable[[SkimmedStack, Any], None]:
    return lambda stack, _: stack.tupled(count)


_BY_NAMES: dict[str, Callable[[SkimmedStack, Any], None]] = {
        "BININT1 BININT2": _S._number, "BININT LONG1 LONG4": _S._signed, "INT": _S._written, "LONG": _S._long,
        "SHORT_BINUNICODE BINUNICODE BINUNICODE8": _S._text, "UNICODE": _S._escaped, "STRING": _S._string,
        "SHORT_BINSTRING BINSTRING SHORT_BINBYTES BINBYTES": _S._old_text,
        "NONE": _push(lambda: None), "NEWTRUE": _push(lambda: True), "NEWFALSE": _push(lambda: False),
        "EMPTY_TUPLE": _push(tuple), "EMPTY_DICT": _push(dict), "DICT": _S._dict,
        "TUPLE": _tuple(-1), "TUPLE1": _tuple(1), "TUPLE2": _tuple(2), "TUPLE3": _tuple(3),
        "SETITEM": _S._set_item, "SETITEMS": _S._set_above, "APPEND": _S._append, "APPENDS ADDITEMS": _S._append_above,
        "GLOBAL": _S._global, "STACK_GLOBAL": _S._stack_global, "REDUCE NEWOBJ": _S._call, "NEWOBJ_EX": _S._call_named,
        "INST": _S._instance, "OBJ": _S._object, "MARK": _S._mark, "POP": _S._drop, "DUP": _S._again,
        "BINPUT LONG_BINPUT": _S._put, "BINGET LONG_BINGET": _S._get, "PUT": _S._put_text, "GET": _S._get_text,
        "MEMOIZE": _S._memoize, "BINPERSID": _S._ask,
}  # fmt: skip
_ACTS = {BY_NAME[name].code: act for names, act in _BY_NAMES.items() for name in names.split()}
