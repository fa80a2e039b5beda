"""What an exception says, told without asking it: its `__str__` may be anybody's code."""

from __future__ import annotations

from histshell.errors import NoSuchResult

from .printer import Printer
from .text import clip, printable, type_title

_args = BaseException.__dict__["args"].__get__
_errno, _strerror, _file = (OSError.__dict__[name].__get__ for name in ("errno", "strerror", "filename"))

_DEPTH = 6


def message(error: BaseException, limit: int = 500) -> str:
    """Return an exception's message, as far as it is plain, in at most `limit` characters. Raises nothing."""
    kind = type(error)
    try:
        args = _args(error)
        if type(args) is not tuple:
            return ""
        if issubclass(kind, OSError):
            number, text, file = _errno(error), _strerror(error), _file(error)
            if type(number) is int and type(text) is str:
                return clip(
                    f"[Errno {number}] {text}" + (f": {_written(file, limit)}" if file is not None else ""), limit
                )
        if kind is NoSuchResult:  # ours, which knows its sentence
            return clip(str(error), limit)
        if issubclass(kind, SyntaxError) and args:
            args = args[:1]
        if len(args) == 1 and type(args[0]) is str and not issubclass(kind, KeyError):
            return clip(args[0], limit)
        return _written(args[0] if len(args) == 1 else args, limit) if args else ""
    except Exception:  # an exception that is half made
        return ""


def _written(value: object, limit: int) -> str:
    return clip(Printer(limit, _DEPTH, limit).run(iter([(value,)])), limit)


def told(error: BaseException, limit: int = 200) -> str:
    """Return an exception's type and message on one line, escaped."""
    text = printable(message(error, limit))
    return f"{type_title(type(error))}: {text}" if text else type_title(type(error))
