"""Shelves and other dbm files, a row a key: Python's own ("dumb") pair of files, and SQLite's, both read by ourselves."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Iterator

from histshell.pik.errors import PikError
from histshell.pik.files import sqlite
from histshell.pik.files.bounds import Look, counted, shown
from histshell.pik.files.guessing import HEAD, is_pickle
from histshell.pik.files.literals import literal
from histshell.pik.files.model import Member
from histshell.pik.files.sources import Part, opened

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source

_LINE = re.compile(rb"b?(?:'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"), \([0-9]{1,18}, [0-9]{1,18}\)\s*")
_LARGEST = 1 << 26  # of a directory, in bytes


def beside(path: str) -> str | None:
    """Return the directory of the shelf that a path without an ending means, if no file has that path itself."""
    if not os.path.lexists(path) and os.path.isfile(path + ".dir") and os.path.lexists(path + ".dat"):
        return path + ".dir"
    return None


def look(source: Source, context: Context) -> Look | None:
    """Look whether a file is one of the two that such a shelf has; None if not."""
    stem, ending = os.path.splitext(context.name)
    if ending in (".dat", ".bak"):
        try:
            index: Source = _sibling(context, f"{stem}.dir")
        except PikError:
            return None
        return _dumb(index, source, context) if ending == ".dat" and _is_index(index) else None
    if not _is_index(source):
        return None
    try:
        data = _sibling(context, f"{stem}.dat")
    except PikError as error:
        context.find(f"the directory of a shelf, and its {shown(stem + '.dat')} cannot be read: {error.problem}")
        return Look("dbm (dumb)", iter(()))
    return _dumb(source, data, context)


def _sibling(context: Context, name: str) -> Source:
    """Open a file of the same folder. Raises `PikError`."""
    source = opened(os.path.join(context.folder or "", name), follow=False)
    close = getattr(source, "close", None)
    if close is not None:
        context.closing.append(close)
    return source


def _is_index(source: Source) -> bool:
    """Tell whether a file begins as a directory does: a key, and where its value lies."""
    return _LINE.match(source.read(0, 1 << 12)) is not None


def _dumb(index: Source, data: Source, context: Context) -> Look:
    """Look at a shelf of two files."""
    context.size = max(context.size, index.size or 0) + (data.size or 0)
    return _rows(_dumb_rows(index, data, context), "dumb", context)


def _dumb_rows(index: Source, data: Source, context: Context) -> Iterator[tuple[str, Source, int]]:
    """Give key, value and where that lies. As `dbm.dumb` has it, a key's last line counts."""
    if (index.size or 0) > _LARGEST:
        context.find(f"the directory has {counted(index.size or 0)}, and at most {_LARGEST:,} are read")
    rows: dict[str, tuple[int, int]] = {}
    offset = 0
    for line in index.read(0, _LARGEST).splitlines(True):
        if line.strip():
            try:
                if _LINE.fullmatch(line) is None:
                    raise ValueError("it is not written as Python writes it")
                key, place = literal(line.decode("latin-1"))
            except ValueError as error:
                context.find(f"a line of the directory cannot be read: {error}", offset)
                break
            raw = key if isinstance(key, bytes) else key.encode("latin-1", "replace")
            key = raw.decode("utf-8", "backslashreplace")
            if key in rows:
                context.find(
                    f"two lines of the directory have the key {shown(key)}; the last one counts", offset, False
                )
            rows[key] = place
        offset += len(line)
    end = 0
    for key, (start, size) in sorted(rows.items(), key=lambda row: row[1]):
        if start + size > (data.size or 0):
            text = f"{shown(key)}: {counted(size)} are announced, and {max((data.size or 0) - start, 0):,} are there"
            context.find(text, start)
        if start < end and size:
            context.find(f"{shown(key)}: its value overlaps another's", start, False)
        end = max(end, start + size)
        yield key, Part(data, start, min(size, max((data.size or 0) - start, 0))), start


def look_sqlite(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Look at an SQLite database, which is a shelf where it has the table that `dbm.sqlite3` makes."""
    database = sqlite.Database(source, context)
    root = database.table("Dict")
    if root is None:
        return Look("SQLite database", iter(()), False)
    if context.folder is not None and not inside and _waits(context):
        context.find("a file with -wal at its end lies beside it: what was written last may be there, and is not read")
    return _rows(database.rows(root), "sqlite3", context, name, inside)


def _waits(context: Context) -> bool:
    try:
        return os.lstat(os.path.join(context.folder or "", context.name + "-wal")).st_size > 0
    except (OSError, ValueError):
        return False


def _rows(
    rows: Iterator[tuple[str, Source, int]], word: str, context: Context, name: str = "", inside: tuple[str, ...] = ()
) -> Look:
    """Look at the first rows: a shelf's values are pickles."""
    first = [row for _, row in zip(range(3), rows)]
    shelf = not first or any(is_pickle(value.read(0, HEAD), True) for _, value, _ in first)
    kind = f"{'shelve' if shelf else 'dbm'} ({word})"
    return Look(kind, _members(first, rows, (*inside, kind), name, context))


def _members(
    first: list[tuple[str, Source, int]],
    rows: Iterator[tuple[str, Source, int]],
    inside: tuple[str, ...],
    name: str,
    context: Context,
) -> Iterator[Member]:
    """Give a member a row, or what stands in it."""
    number = 0
    for some in (first, rows):
        for key, value, offset in some:
            if number >= context.bounds.members:
                context.find(f"more than {number:,} rows: the others are not looked at", offset)
                return
            number += 1
            for member in context.look(value, f"{name}/{key}" if name else key, inside).members:
                member.offset += offset
                yield member
