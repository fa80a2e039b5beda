"""Histories that are texts: Python's own, ptpython's, bpython's, and that of our rich prompt."""

from __future__ import annotations

import os
import re
from datetime import datetime, timezone
from typing import Iterator, List, NamedTuple, Tuple

from . import blocks
from .foreign import LONGEST, ForeignHistory

LARGEST = 128 << 20
"""Bytes of a file that are read: its end."""

STAMPED = ("ptpython", "histshell")
"""Whose histories say when each input was typed."""

_LIBEDIT = b"_HiStOrY_V2_"
_ESCAPE = re.compile(rb"\\([0-7]{3}|\^[?-_]|M-.|M\^[?-_]|\\)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


class ListedInput(NamedTuple):
    """One input of a list, and when it was typed, where the file says so."""

    source: str
    when: float | None = None


def read(source: ForeignHistory) -> Tuple[List[ListedInput], int, float]:
    """Return the inputs of a file, oldest first, how many could not be read, and when the file was changed. Raises OSError."""
    with open(source.path, "rb") as file:
        about = os.fstat(file.fileno())
        cut = about.st_size > LARGEST
        if cut:
            file.seek(about.st_size - LARGEST)
            file.readline()
        data = file.read(LARGEST)
    if source.kind in STAMPED:
        entries = list(_stamped(data))
    else:
        entries = [ListedInput(text) for text in blocks.joined(_lines(data))]
    whole = [entry._replace(source=entry.source.rstrip()) for entry in entries if _is_text(entry.source)]
    return [entry for entry in whole if entry.source], len(entries) - len(whole), about.st_mtime


def _lines(data: bytes) -> Iterator[str]:
    """Yield the entries of a line editor's file: a line each, but CR LF stands for a line's end within one (PyREPL)."""
    escaped = data.startswith(_LIBEDIT)
    if escaped:
        data = data.partition(b"\n")[2]
    elif b"\r\n" in data and b"\n" not in data.replace(b"\r\n", b""):
        data = data.replace(b"\r\n", b"\n")  # a file that Windows' editors or git have been at: no entry would ever end
    lines: List[bytes] = []
    for line in data.split(b"\n"):
        lines.append(_unescaped(line) if escaped else line.rstrip(b"\r"))
        if not line.endswith(b"\r") or escaped:
            text = b"\n".join(lines).replace(b"\0", b"").decode("utf-8", "replace")  # NULs: a crash of the machine
            lines = []
            if text.strip():
                yield text.rstrip() if "\n" in text else text
    if lines:
        yield b"\n".join(lines).replace(b"\0", b"").decode("utf-8", "replace")


def _unescaped(line: bytes) -> bytes:
    """Return a line of libedit's as it was typed; it writes blanks, ends of lines and backslashes as three octal digits."""
    return _ESCAPE.sub(_byte, line)


def _byte(found: "re.Match[bytes]") -> bytes:
    what = found[1]
    if what[:1].isdigit():
        return bytes([int(what, 8) & 0xFF])
    if what == b"\\":
        return what
    code = what[-1] ^ 0x40 if b"^" in what[:2] else what[-1]
    return bytes([code | 0x80 if what[:1] == b"M" else code])


def _stamped(data: bytes) -> Iterator[ListedInput]:
    """Yield the inputs of prompt_toolkit's form: a comment with the time, then each line behind a `+`."""
    lines: List[str] = []
    when: float | None = None
    for raw in [*data.replace(b"\0", b"").split(b"\n"), b""]:
        line = raw.decode("utf-8", "replace")
        if line.startswith("+"):
            lines.append(line[1:])
            continue
        if lines:
            yield ListedInput("\n".join(lines), when)
            lines, when = [], None
        if line.startswith("#"):
            when = moment(line[1:].strip())


def moment(text: object, utc: bool = False) -> float | None:
    """Return the time that a text says, in seconds since the epoch; one without a zone is local, or UTC. None for anything else."""
    if type(text) is not str:
        return None
    try:
        said = datetime.fromisoformat(text[:40].strip())
        if utc and said.tzinfo is None:
            said = said.replace(tzinfo=timezone.utc)
        found = said.timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return found if 0 <= found < 1e11 else None


def _is_text(text: str) -> bool:
    """Return whether a text may have been typed: it is not too long, and no piece of something binary."""
    return len(text) <= LONGEST and not _CONTROL.search(text) and text.count("\ufffd") * 4 <= len(text)
