"""The file in which the rich prompt keeps what was typed there, for forgetting: `ui/input_history` reads and writes it.

Each input is a comment that says when, and a line for each of its own, which begins with a plus.
"""

from __future__ import annotations

import os
from typing import Callable, List

from histshell import places

from . import forgetting, reader


def path() -> str:
    """Return the file."""
    return os.path.join(places.data_dir(), "inputs")


def count(gone: Callable[[str], bool]) -> int:
    """Return how many inputs in it are to be forgotten, 0 where it cannot be read."""
    try:
        with reader.opened(path()) as file:
            return sum(gone(text) for text in map(_source, _entries(file.readlines())) if text)
    except OSError:
        return 0


def forget(gone: Callable[[str], bool]) -> int:
    """Take inputs out of it; return how many. The file is written anew beside itself and renamed. Raises OSError."""
    try:
        file = reader.opened(path())
    except FileNotFoundError:
        return 0
    with file:
        entries = _entries(file.readlines())
        left = [entry for entry in entries if not gone(_source(entry))]
        if len(left) == len(entries):
            return 0
        forgetting.replace(path(), [line for entry in left for line in entry])
        late = file.read()  # a prompt was quicker
        if late:
            with open(path(), "ab") as new:
                new.write(late)
    return len(entries) - len(left)


def _entries(lines: List[bytes]) -> List[List[bytes]]:
    """Return the lines of each input, with what stands before it."""
    entries: List[List[bytes]] = []
    before = b""
    for line in lines:
        if not entries or (before.startswith(b"+") and not line.startswith(b"+")):
            entries.append([])
        entries[-1].append(line)
        before = line
    return entries


def _source(entry: List[bytes]) -> str:
    text = b"".join(line[1:] for line in entry if line.startswith(b"+"))
    return text.decode("utf-8", "replace").rstrip("\n")
