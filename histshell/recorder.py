"""From the display hook into the history: record first, then print.

Values of a stock prompt are printed as C's `sys.__displayhook__` prints them, in the same order and with the same
errors, and the text is kept as the result's preview, so that no value is ever asked for its `repr` twice. Any other
hook is called as it is. No method of a value is called for recording it.
"""

import builtins
import os
import sys
import time
from _thread import get_ident

from . import history as history_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Callable, Protocol, TextIO

    from .history import History, Record
    from .hook import Hook

    class ShowsValues(Protocol):
        """Gives texts of values within bounds; raises nothing. See `histshell.display.showing`."""

        def text(self, value: "object", number: "int") -> "tuple[str | None, str, BaseException | None]":
            """Return the text of a value, None for what its `repr` says; its preview; what was raised meanwhile."""

        def cut(self, text: "str", number: "int") -> "str":
            """Return of what a `repr` says as much as there is room for."""


# Bound here, so that recording goes on when a user rebinds them in `builtins`.
_str, _len, _repr, _type, _getattr, _setattr, _hasattr = str, len, repr, type, getattr, setattr, hasattr
_issubclass, _Own, _record = issubclass, history_module.Own, history_module.record
_RuntimeError, _UnicodeEncodeError, _Exception = RuntimeError, UnicodeEncodeError, Exception
_frame, _now, _cwd = sys._getframe, time.time, os.getcwd
_plain = str.__str__

_OF_SITE = ("Quitter", "_Printer", "_Helper")
"""The types of `exit` and `quit`, of `copyright`, `credits` and `license`, and of `help`: typed bare they are no result."""

PREVIEW = 200
"""How many characters of a displayed text are kept."""


class Recorder:
    """Records what the display hook is given.

    `source` tells the input's text and the position in it, given the frame that displays; `refresh` is called after a
    result has its number. Results displayed while another is being displayed, by the same thread, are part of that
    one and get no number of their own; so a chain of hooks records once. Where values are shown within bounds, `showing`
    returns what gives their texts; otherwise it is None, and they are shown as Python does.
    """

    showing: "Callable[[], ShowsValues | None] | None" = None

    def __init__(
        self,
        history: "History",
        source: "Callable[[FrameType], tuple[str, int]]",
        refresh: "Callable[[], object]",
    ) -> "None":
        self.history = history
        self.source = source
        self.refresh = refresh
        self._busy: "set[int]" = set()
        self._directory = ""
        site = sys.modules.get("_sitebuiltins")
        self.of_site = [_getattr(site, name, None) for name in _OF_SITE]

    def display(self, value: "object", inner: "Hook") -> "None":
        """Record a value, not None, then do what C's sys_displayhook does (Python/sysmodule.c), keeping the text.

        All in one function: each is a line in the traceback of a `__repr__` that raises.
        """
        thread = get_ident()
        if thread in self._busy:
            inner(value)
            return
        try:
            self._busy.add(thread)
            record = self.record(value, _frame(1))
            _setattr(builtins, "_", None)
            out = _getattr(sys, "stdout", None)
            if out is None:
                raise _RuntimeError("lost sys.stdout")
            write = out.write
            text = showing = None
            if record is not None and self.showing is not None:
                showing = self.showing()
            if record is not None and showing is not None:
                number = _len(self.history) - 1
                text, record.preview, error = showing.text(value, number)
                if error is not None:
                    raise error
            if text is None:
                text = _repr(value)
                if record is not None:
                    plain = text if _type(text) is _str else _plain(text)
                    record.preview = plain if _len(plain) <= PREVIEW else plain[: PREVIEW - 1] + "…"
                    if showing is not None:
                        text = showing.cut(plain, number)
            try:
                write(text)
            except _UnicodeEncodeError:
                _write_escaped(out, text)
            write("\n")
            _setattr(builtins, "_", value)
        finally:
            self._busy.discard(thread)

    def pass_on(self, inner: "Hook", value: "object") -> "object":
        """Record a value, then hand it to `inner`, a hook that is not the stock one and is given None as well."""
        thread = get_ident()
        if value is None or thread in self._busy:
            return inner(value)
        if self.showing is not None and inner is sys.__displayhook__:  # PyPy's, which is not C's
            self.display(value, inner)
            return None
        try:
            self._busy.add(thread)
            self.record(value, _frame(1))
            return inner(value)
        finally:
            self._busy.discard(thread)

    def record(self, value: "object", frame: "FrameType | None") -> "Record | None":
        """Give the value its number. Nothing that goes wrong here reaches the prompt."""
        history = self.history
        kind = _type(value)
        if _issubclass(kind, _Own) and not _issubclass(kind, _str):
            return None
        for known in self.of_site:
            if kind is known:
                return None
        try:
            record = _record(history, value, _now())  # before all else: Ctrl-C may strike in any of what follows
            self.refresh()
            while frame is not None and frame.f_globals.get("__package__") == "histshell":
                frame = frame.f_back
            if frame is not None:
                record.source, record.where = self.source(frame)
            cwd = _cwd()
            record.cwd = self._directory = self._directory if cwd == self._directory else cwd  # one string for all
        except _Exception:  # the directory may be gone, the frame of an unknown kind; the value is safe
            return None
        return record

    def stop(self) -> "None":
        """Record nothing from now on, for hooks of others that still have ours within them: those go on displaying."""
        self.record = lambda _value, _frame: None  # type: ignore[method-assign, assignment]  # in the method's place


def _write_escaped(out: "TextIO", text: "str") -> "None":
    """Write a text that the stream cannot encode, with escapes for what it lacks."""
    encoded = text.encode(out.encoding, "backslashreplace")
    if _hasattr(out, "buffer"):
        out.buffer.write(encoded)
    else:
        out.write(encoded.decode(out.encoding, "strict"))
