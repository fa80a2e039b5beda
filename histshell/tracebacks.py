"""Showing what the user's code raised, as Python's own prompt does, and without a frame of ours."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Callable, Optional

if TYPE_CHECKING:
    from types import FrameType


Format = Callable[[BaseException, Any], Optional[str]]
"""Gives the text of an exception and its traceback, None for Python's own."""


def show(error: BaseException, is_ours: Callable[[FrameType], bool], text: Format | None = None) -> None:
    """Show an exception by the user's hook, or by `text`, or as Python does; the frames at its beginning that `is_ours` are
    left out.

    Keeps it where Python keeps the last one. Only `SystemExit` from the user's own hook leaves this: whatever else goes
    wrong, with hostile exceptions, hooks and streams, is said in a line, or not at all.
    """
    try:
        trace = error.__traceback__
        while trace is not None and is_ours(trace.tb_frame):
            trace = trace.tb_next
        BaseException.with_traceback(error, trace)  # an exception's own method, or attributes, may refuse it
        sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
        if sys.version_info >= (3, 12):
            sys.last_exc = error
        _by_hook(error, trace, text)
    except SystemExit:
        raise
    except KeyboardInterrupt:
        say("\nKeyboardInterrupt\n")
    except BaseException as other:
        say(f"{type(error).__name__} was raised, and showing it failed ({type(other).__name__})\n")


def say(text: str) -> None:
    """Write to the standard error, or where that is gone to the terminal itself. Raises nothing."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
        return
    except KeyboardInterrupt:
        text = "\nKeyboardInterrupt\n"
    except BaseException:  # closed, missing, or the user's own
        pass
    data = text.encode(errors="backslashreplace")
    for name in (None, "/dev/tty"):
        try:
            descriptor = os.dup(2) if name is None else os.open(name, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
        except OSError:
            continue
        try:
            os.write(descriptor, data)
            return
        except OSError:
            pass
        finally:
            os.close(descriptor)


def _by_hook(error: BaseException, trace: Any, text: Format | None) -> None:
    hook = getattr(sys, "excepthook", None)
    if hook is sys.__excepthook__ and text is not None:
        shown = _made(text, error, trace)
        if shown is not None:
            say(shown)
            return
    if hook is None:
        say("sys.excepthook is missing\n")
    elif hook is not sys.__excepthook__ or sys.version_info >= (3, 13):
        try:
            hook(type(error), error, trace)
            return
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as other:
            say("Error in sys.excepthook:\n")
            _plainly(other, other.__traceback__.tb_next if other.__traceback__ is not None else None)
            say("\nOriginal exception was:\n")
    _plainly(error, trace)  # C's hook, up to 3.12, would not find the text of the input


def _made(text: Format, error: BaseException, trace: Any) -> str | None:
    try:
        return text(error, trace)
    except Exception:  # of a hostile exception: Python's own way copes with it, or says that it does not
        return None


def _plainly(error: BaseException, trace: Any) -> None:
    import traceback

    say("".join(traceback.format_exception(type(error), error, trace)))
