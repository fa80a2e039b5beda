"""Where Python's own prompts keep the text of the input that is running.

PyREPL, and the basic prompt from 3.13 on, put it into `linecache` under the code's file name;
`code.InteractiveConsole` has it in a frame; the C prompt before 3.13 only in readline's history.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from histshell import libraries, quiet

if TYPE_CHECKING:
    from histshell.line_editor import LineEditor

_DONT_IMPLY_DEDENT = 0x200
"""A flag of codeop's: without its closing line, an indented block is not complete."""


def find(start: FrameType, editor: LineEditor | None) -> tuple[str, CodeType, int]:
    """Return the text of the input that displays in `start`, and the code object and instruction that belong to it.

    They are those of `start` or, for code that the input executes, of a frame that called it. `editor` has
    the lines of the C prompt, None where that is not used. The text is empty if unknown.
    """
    if editor is not None and editor.history_length is None:
        editor = None
    if editor is not None and start.f_back is None and start.f_code.co_filename == "<stdin>":
        return _readline(editor), start.f_code, start.f_lasti  # the usual case, without the detours below
    frame: FrameType | None = start
    module = start
    linecache: Any = libraries.present("linecache")
    cache = linecache.cache if linecache is not None else ()
    by_code = getattr(linecache, "_getlines_from_code", None)  # the basic prompt of 3.13.18, 3.14 and 3.15
    while frame is not None:
        code = frame.f_code
        if code.co_name == "<module>":
            module = frame
            if by_code is not None and (lines := by_code(code)):
                return "".join(lines).rstrip("\n"), code, frame.f_lasti
            if code.co_filename in cache and code.co_filename[0] == "<":
                text = "".join(linecache.getlines(code.co_filename)).rstrip("\n")
                if text:
                    return text, code, frame.f_lasti
        elif code.co_name == "runsource":
            source = frame.f_locals.get("source")
            if type(source) is str:
                return source.rstrip("\n"), module.f_code, module.f_lasti
        frame = frame.f_back
    text = ""
    if module.f_code.co_filename != "<stdin>":
        text = _asyncio()
    elif editor is not None:
        text = _readline(editor)
    return text, module.f_code, module.f_lasti


def _asyncio() -> str:
    """Return the lines that the console of `python -m asyncio` before 3.13 is running."""
    console = getattr(sys.modules.get("__main__"), "console", None)
    buffer = getattr(console, "buffer", None) if type(console).__name__ == "AsyncIOInteractiveConsole" else None
    return "\n".join(buffer) if type(buffer) is list else ""


def _readline(editor: LineEditor) -> str:
    """Return what was added to readline's history since the prompt was shown, less what the input itself has read."""
    lines = editor.since()
    if len(lines) <= 1:  # one line, or one like the line before, which is not added again
        return editor.last()
    for count in range(1, len(lines)):  # `x = input()` leaves its answer in the history as well
        text = "\n".join(lines[:count])
        try:
            quiet.compiled(text, "single", _DONT_IMPLY_DEDENT)
        except (SyntaxError, ValueError, OverflowError, MemoryError):
            continue
        return text
    return "\n".join(lines)
