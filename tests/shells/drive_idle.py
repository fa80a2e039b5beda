"""A real IDLE with someone at its keyboard: types the lines of a file into the shell, then writes down all that is shown.

Run by the tests as `python drive_idle.py LINES SHOWN [option of idle ...]`, on a display.
"""

from __future__ import annotations

import os
import sys
from idlelib import pyshell  # type: ignore[import-not-found]  # typeshed does not have it
from typing import Any

LINES, SHOWN = sys.argv[1:3]
sys.argv[1:] = sys.argv[3:]
begin = pyshell.PyShell.begin


def begin_and_type(shell: Any) -> Any:
    """Open the shell as IDLE does, and start typing once it waits for input."""
    result = begin(shell)
    with open(LINES) as file:
        lines = file.read().splitlines()
    # The start-up file is run by another process, which has to start first.
    shell.text.after(100, next_line, shell, lines, 0, 5)
    shell.text.after(60_000, leave, shell)
    return result


def rests(shell: Any) -> bool:
    """Whether it waits for input, with nothing behind the place where that begins."""
    return shell.reading or not shell.executing and bool(shell.text.compare("iomark", "==", "end-1c"))


def next_line(shell: Any, lines: list[str], still: int = 0, wanted: int = 2) -> None:
    """Type one line when the shell has been done with the one before for some looks at it; at the end write down what is shown."""
    still = still + 1 if rests(shell) else 0
    if still <= wanted:
        shell.text.after(100, next_line, shell, lines, still, wanted)
    elif lines:
        shell.text.mark_set("insert", "end-1c")
        shell.text.insert("insert", lines[0])
        shell.enter_callback(None)
        shell.text.after(100, next_line, shell, lines[1:])
    else:
        leave(shell)


def leave(shell: Any) -> None:
    """Write down all that the window shows, and end both processes, without the questions that IDLE would ask."""
    with open(SHOWN, "w") as file:
        file.write(shell.text.get("1.0", "end"))
    try:
        shell.interp.kill_subprocess()
    finally:
        os._exit(0)


pyshell.PyShell.begin = begin_and_type
pyshell.main()
