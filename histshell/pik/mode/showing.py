"""Files shown one after another, as trees: by the command, and in another Python that was chosen for it."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Callable

from histshell.errors import HistshellError
from histshell.pik import files
from histshell.pik.tree.report import ASKS, BROKEN, FINE, Report
from histshell.pik.tree.wish import Wish
from histshell.preview import sentence

UNREAD = 141  # none of those that say what a file is
Put = Callable[[str, str], None]
"""Prints a line, in a style: ``title``, ``note``, ``problem``, ``runs``; one of the style ``error`` goes to the standard error."""


def show(names: list[str], wish: Wish, put: Put, as_json: bool = False, limit: int | None = None) -> int:
    """Show files (`-`: standard input); return the exit status: of several, one that asks outranks one that is damaged."""
    statuses = []
    for number, name in enumerate(names):
        if number and not as_json:
            put("", "")
        try:
            statuses.append(_show(name, wish, put, as_json, limit))
        except BrokenPipeError:
            return unread()
        except (HistshellError, OSError) as error:
            put(f"{sentence(name, 800)}: {sentence(str(error))}", "error")
            statuses.append(BROKEN)
        except MemoryError:
            put(f"{sentence(name, 800)}: there is not enough memory to show it", "error")
            statuses.append(BROKEN)
        except Exception as error:  # a fault of ours; the files after it are shown all the same
            put(f"{sentence(name, 800)}: histshell failed at it, please report that: {type(error).__name__}", "error")
            statuses.append(BROKEN)
    return ASKS if ASKS in statuses else max(statuses, default=FINE)


def unread() -> int:
    """Let go of an output whose reader has gone away; return the exit status that shells have for it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is flushed at the end
    return UNREAD


def _show(name: str, wish: Wish, put: Put, as_json: bool, limit: int | None) -> int:
    """Show one file; return its status."""
    if name == "-" and sys.stdin is None:
        raise HistshellError("there is no standard input")
    what: Any = sys.stdin.buffer if name == "-" else os.path.expanduser(name) if name.startswith("~") else name
    with files.open(what, limit=limit) as file:
        report = Report(file, wish, "standard input" if name == "-" else "")
        if as_json:
            put(json.dumps(report.as_json(), ensure_ascii=True), "json")
        else:
            for text, style in report.lines():
                put(text, style)
        return report.status
