r"""One marked block in the text of a shell's start-up file: find it, put it in, take it out.

Pure functions on bytes; nothing here touches a file. Taking the block out gives back exactly the bytes
that were there before it was put in, so the block itself notes what was added around it:

>>> data = put_in(b"alias ll='ls -l'", b"PYTHONSTARTUP=/x\n", "rc")
>>> print(data.decode(), end="")
alias ll='ls -l'
# >>> histshell >>>
# Numbered results at every Python prompt. "histshell uninstall" takes this block out again.
# The line break before this block belongs to it.
PYTHONSTARTUP=/x
# <<< histshell <<<
>>> take_out(data, "rc")
b"alias ll='ls -l'"
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from histshell.errors import HistshellError

BEGIN = b"# >>> histshell >>>"
END = b"# <<< histshell <<<"
TITLE = b'# Numbered results at every Python prompt. "histshell uninstall" takes this block out again.'
LINE_BREAK_ADDED = b"# The line break before this block belongs to it."
FILE_MADE = b"# This file was made for it."


class BlockError(HistshellError):
    """The marker lines in a file do not make one block, so nothing in it can be changed safely.

    Attributes: `name` of the file; `begins` and `ends`, the numbers (from 1) of the marker lines.
    """

    def __init__(self, name: str, begins: list[int], ends: list[int]) -> None:
        super().__init__(name, begins, ends)
        self.name = name
        self.begins = begins
        self.ends = ends

    def __str__(self) -> str:
        def lines(numbers: list[int]) -> str:
            return ("line " if len(numbers) == 1 else "lines ") + ", ".join(map(str, numbers)) if numbers else "no line"

        return (
            f"{self.name}: its histshell block is damaged: it begins at {lines(self.begins)} and ends at "
            f"{lines(self.ends)}; delete what is left of it, from {BEGIN.decode()!r} to {END.decode()!r}, and try again"
        )


@dataclass(frozen=True)
class MarkedBlock:
    """Where the block stands: bytes `start` to `stop`, its first line being `line` (from 1), its whole `text`."""

    start: int
    stop: int
    line: int
    text: bytes

    def notes(self, note: bytes) -> bool:
        """Return whether `note` is a line of the block."""
        return note in (line.strip() for line in self.text.split(b"\n"))


def find(data: bytes, name: str) -> MarkedBlock | None:
    r"""Find the block, if there is one. Raises `BlockError` unless there is one begin, and one end after it.

    Line ends may be `\r\n`: an editor may have changed them all.
    """
    begins, ends = [], []
    position = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        stop = position + len(line) + 1
        if line.strip() == BEGIN:
            begins.append((number, position))
        elif line.strip() == END:
            ends.append((number, min(stop, len(data))))
        position = stop
    if not begins and not ends:
        return None
    if not (len(begins) == len(ends) == 1 and begins[0] < ends[0]):
        raise BlockError(name, [number for number, _ in begins], [number for number, _ in ends])
    (line_number, start), (_, stop) = begins[0], ends[0]
    return MarkedBlock(start, stop, line_number, data[start:stop])


def put_in(data: bytes | None, body: bytes, name: str) -> bytes:
    r"""Return `data` (None: there is no file) with a block around the lines `body`.

    It takes the place of the old block, else it is the end. Putting in the same body again changes nothing. Its
    lines end in `\n` whatever the rest of the file does: no shell on a Unix understands `fi\r`. Raises `BlockError`.
    """
    before = data or b""
    old = find(before, name)
    notes = [note for note in (LINE_BREAK_ADDED, FILE_MADE) if old is not None and old.notes(note)]
    if old is not None:
        start, stop = old.start, old.stop
    else:
        if data is None:
            notes = [FILE_MADE]
        elif data and not data.endswith(b"\n"):
            notes = [LINE_BREAK_ADDED]
            before += b"\n"
        start = stop = len(before)
    block = b"".join(line + b"\n" for line in [BEGIN, TITLE, *notes]) + body + END + b"\n"
    after = before[:start] + block + before[stop:]
    find(after, name)  # a body that has marker lines in it could not be found again
    return after


def take_out(data: bytes, name: str) -> bytes | None:
    """Return the bytes from before the block was put in, None for "there was no file". Raises `BlockError`."""
    block = find(data, name)
    if block is None:
        return data
    before, after = data[: block.start], data[block.stop :]
    if block.notes(LINE_BREAK_ADDED) and not after and before.endswith(b"\n"):
        before = before[:-1]
    if block.notes(FILE_MADE) and not before + after:
        return None
    return before + after


def diff(before: bytes | None, after: bytes | None, name: str) -> list[str]:
    """Return the change as the lines of a unified diff, without line ends; empty where there is none."""

    def lines(data: bytes | None) -> list[str]:
        return (data or b"").decode("utf-8", "backslashreplace").split("\n")

    old, new = lines(before), lines(after)
    for text in (old, new):
        if text[-1] == "":  # the end of the last line begins no line of its own
            text.pop()
    return list(difflib.unified_diff(old, new, name, name, n=2, lineterm=""))
