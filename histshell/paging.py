"""`h.page(n)`: all of a result, a screen at a time, by the user's pager, by `less`, or by ours."""

from __future__ import annotations

import os
import sys
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List

from histshell.display import whole
from histshell.display.showing import screen
from histshell.history import KEPT
from histshell.views import entry

if TYPE_CHECKING:
    from histshell.history import History

_PAGERS = ("less", "more")


def page(self: History, n: int = -1) -> None:
    """Show all of result `n`, by default the last: in the pager that `PAGER` names, else in `less`; what fits is just printed.

    Where output does not go to a terminal, all of it is printed.
    """
    if n == -1 and len(self) == 1:
        _print([f"no results yet: {KEPT}"])
        return
    columns, rows = screen()
    show(whole(entry(self, n).value, columns), rows)


def show(lines: Iterable[str], rows: int) -> None:
    """Page some lines, which are made while they are looked at."""
    lines = iter(lines)
    out = sys.stdout
    if not (_is_terminal(0, sys.stdin) and _is_terminal(1, out)):
        _print(lines)
        return
    first = list(islice(lines, rows - 1))
    if len(first) < rows - 1:
        _print(first)
        return
    command: Any = os.environ.get("PAGER", "").strip() or _pager()
    if command:
        out.flush()
        _pipe(command, chain(first, lines))
    else:
        _by_hand(chain(first, lines), rows)


def _is_terminal(descriptor: int, stream: Any) -> bool:
    """Return whether a stream is the process's own, and a terminal: what a pager reads its keys from, and writes to."""
    try:
        return os.isatty(descriptor) and bool(stream.fileno() == descriptor)
    except Exception:  # closed, or of the user's own making
        return False


def _print(lines: Iterable[str]) -> None:
    out: Any = sys.stdout
    for line in lines:
        out.write(_encodable(line, out) + "\n")


def _encodable(text: str, out: Any) -> str:
    """Return a text with escapes for what a stream cannot encode."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def _pager() -> List[str]:
    """Return the command of a pager that is in a folder of PATH; entries that depend on the working directory are passed over."""
    for name in _PAGERS if os.name == "posix" else ():
        for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
            path = os.path.join(folder, name)
            if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
                return [path]
    return []


def _pipe(command: Any, lines: Iterator[str]) -> None:
    """Give the lines to a pager, until that has had enough. What `PAGER` says is for the system's shell, as everywhere."""
    import subprocess

    environ = {"LESS": "-RS", **os.environ}  # wide tables are not folded; arrows move sideways
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=environ, shell=isinstance(command, str))  # noqa: S603
    pipe: Any = pager.stdin
    try:
        for line in lines:
            pipe.write(line.encode(encoding, "backslashreplace") + b"\n")
    except (OSError, KeyboardInterrupt):  # it was left
        pass
    try:
        pipe.close()
    except OSError:
        pass
    while True:
        try:
            pager.wait()
            break
        except KeyboardInterrupt:  # the pager has it too, and goes on
            pass


def _by_hand(lines: Iterator[str], rows: int) -> None:
    """Show a screen, and wait for Enter, until `q` or the end."""
    while True:
        some = list(islice(lines, rows - 1))
        _print(some)
        if len(some) < rows - 1:
            return
        try:
            if input("Enter: more, q: enough ").strip().lower().startswith("q"):
                return
        except EOFError:
            return
