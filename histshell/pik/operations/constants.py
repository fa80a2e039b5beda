"""Opcodes that push what stands in the stream itself or beside it: numbers, text, bytes, buffers."""

from __future__ import annotations

from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from histshell.pik import arguments
from histshell.pik.placeholders import Placeholder

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.operations.stack import Stack

_MISSING = object()


class Constants:
    """Decode arguments; *encoding* and *errors* are for Python 2's strings, *buffers* are those that lie out of band."""

    def __init__(self, stack: Stack, budget: Budget, encoding: str, errors: str, buffers: Any) -> None:
        """Push on *stack*."""
        self._stack = stack
        self._values = stack.values
        self._budget = budget
        self._encoding = encoding
        self._errors = errors
        self._buffers = iter(buffers) if buffers is not None else None

    # numbers

    def _int(self, line: bytes) -> None:
        self._values.append(arguments.int_line(line))

    def _long(self, line: bytes) -> None:
        self._values.append(arguments.long_line(line))

    def _long1(self, raw: bytes) -> None:
        self._values.append(int.from_bytes(raw, "little", signed=True))

    _long4 = _long1

    def _float(self, line: bytes) -> None:
        self._values.append(arguments.float_line(line))

    def _newtrue(self, _: None) -> None:
        self._values.append(True)

    def _newfalse(self, _: None) -> None:
        self._values.append(False)

    # text and bytes

    def _string(self, line: bytes) -> None:
        self._values.append(arguments.old_string(arguments.quoted_line(line), self._encoding, self._errors))

    def _short_binstring(self, raw: bytes) -> None:
        self._values.append(arguments.old_string(raw, self._encoding, self._errors))

    _binstring = _short_binstring

    def _unicode(self, line: bytes) -> None:
        self._values.append(str(line[:-1], "raw-unicode-escape"))

    def _short_binunicode(self, raw: bytes) -> None:
        self._values.append(str(raw, "utf-8", "surrogatepass"))

    _binunicode = _binunicode8 = _short_binunicode

    def _bytearray8(self, raw: bytes) -> None:
        self._budget.charge(len(raw))
        self._values.append(bytearray(raw))

    # out-of-band buffers

    def _next_buffer(self, _: None) -> None:
        if self._buffers is None:
            raise UnpicklingError("pickle stream refers to out-of-band data but no *buffers* argument was given")
        item = next(self._buffers, _MISSING)
        if item is _MISSING:
            raise UnpicklingError("not enough out-of-band buffers")
        self._values.append(item)

    def _readonly_buffer(self, _: None) -> None:
        values = self._stack.values
        if len(values) <= self._stack.fence:
            raise self._stack.short(1)
        if type(values[-1]) is Placeholder:  # of a buffer, or of a call that would have made one
            return
        view = memoryview(values[-1])
        if not view.readonly:
            values[-1] = view.toreadonly()
