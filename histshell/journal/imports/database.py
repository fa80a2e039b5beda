"""Reading another program's SQLite database: from a copy, so that nothing is written or locked where it lies, whoever has it open.

The copy has the file of the last transactions with it (`-wal`, or a `-journal` that is to be taken back), and is made anew when
somebody has written meanwhile. What is damaged is stepped over (`pages`).
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Iterator, List, Optional, Tuple

from histshell import places
from histshell.errors import HistshellError

from . import pages
from .foreign import LONGEST

if TYPE_CHECKING:
    import sqlite3

_BESIDE = ("", "-wal", "-journal")
_FOLDER = "import-"  # in the cache's folder; then the process
_TRIES = 5
_PATIENCE = 30.0  # seconds that a database may take for one row

Shape = Callable[[int, List[Any]], Optional[Tuple[Any, ...]]]


class DatabaseError(HistshellError):
    """A database cannot be read at all."""


@contextmanager
def opened(path: str) -> Iterator[DatabaseCopy]:
    """Give the database as it is now. Raises DatabaseError, OSError."""
    try:
        import sqlite3
    except ImportError as error:
        raise DatabaseError(
            "this Python was built without sqlite3, which this history takes; any other has it"
        ) from error
    with open(path, "rb") as file:
        start = file.read(16)
    if start != b"SQLite format 3\0":
        raise DatabaseError("this is no SQLite database" if start else "this file is empty")
    folder = os.path.join(places.cache_dir(), f"{_FOLDER}{os.getpid()}")
    try:
        copy = _copied(path, folder)
        try:
            connection = sqlite3.connect(f"file:{_quoted(copy)}{'' if copy != path else '?immutable=1'}", uri=True)
        except sqlite3.Error as error:
            raise DatabaseError(f"the database cannot be opened: {error}") from error
        try:
            yield DatabaseCopy(connection, copy)
        finally:
            connection.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(path: str, folder: str) -> str:
    """Return the path of a copy in `folder`, or the path itself where there is no room for one."""
    _tidy(os.path.dirname(folder))
    copy = os.path.join(folder, "history")
    try:
        os.makedirs(os.path.dirname(folder), mode=0o700, exist_ok=True)
        os.mkdir(folder, 0o700)
        for _ in range(_TRIES):
            before = _state(path)
            for ending in _BESIDE:
                _copy(path + ending, copy + ending)
            if _state(path) == before:
                break
            time.sleep(0.05)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        return path
    return copy


def _copy(path: str, to: str) -> None:
    try:
        source = open(path, "rb")  # noqa: SIM115  # what is not there is no error, what cannot be copied is
    except FileNotFoundError:
        if os.path.exists(to):
            os.unlink(to)
        return
    with source, open(to, "wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def _state(path: str) -> Tuple[Any, ...]:
    """Return what changes when somebody writes to the database."""
    found = []
    for ending in _BESIDE:
        try:
            about = os.stat(path + ending)
            found.append((about.st_size, about.st_mtime_ns, about.st_ino))
        except OSError:
            found.append((-1, 0, 0))
    return tuple(found)


def _tidy(folder: str) -> None:
    """Remove the copies of imports that were killed, after an hour."""
    try:
        with os.scandir(folder) as entries:
            old = [
                one.path for one in entries if one.name.startswith(_FOLDER) and one.stat().st_mtime < time.time() - 3600
            ]
    except OSError:
        return
    for path in old:
        shutil.rmtree(path, ignore_errors=True)


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(os.fsencode(os.path.abspath(path)))


class DatabaseCopy:
    """An open copy. Texts that are no UTF-8 are read as well as can be."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.connection = connection
        self.path = path
        self.damage = ""
        self._since = 0.0
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        connection.set_progress_handler(self._late, 100_000)
        try:
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA cell_size_check=ON")
        except _error():
            pass

    def _late(self) -> int:
        return int(time.monotonic() - self._since > _PATIENCE)

    def columns(self, table: str) -> Tuple[str, ...] | None:
        """Return the names of a table's columns; none where there is no such table, None where that cannot be said."""
        self._since = time.monotonic()
        try:
            kind = self.connection.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (table,)).fetchall()
            if not any(row[0] == "table" and "VIRTUAL" not in str(row[1]).upper()[:20] for row in kind):
                return ()
            return tuple(str(row[1]) for row in self.connection.execute(f"PRAGMA table_info({table})"))
        except _error() as error:
            self.damage = str(error)
            return None

    def rows(self, query: str, shape: Shape) -> Iterator[Tuple[Any, ...]]:
        """Yield what a query finds. After damage all that lies on whole pages comes, again as far as it has come: `shape` makes
        the same of a row id and the values of a row, and None of rows of other tables.
        """
        if not self.damage:
            try:
                yield from self._fetched(query)
                return
            except _error() as error:
                self.damage = str(error)
        with open(self.path, "rb") as file:
            for rowid, values in pages.rows(file):
                row = shape(rowid, values)
                if row is not None:
                    yield row

    def _fetched(self, query: str) -> Iterator[Tuple[Any, ...]]:
        self._since = time.monotonic()
        cursor = self.connection.execute(query)
        while True:
            self._since = time.monotonic()
            rows = cursor.fetchmany(500)
            if not rows:
                return
            yield from rows


def text(column: str) -> str:
    """Return the expression for a text that is cut where it is too long to be one."""
    return f"substr({column}, 1, {LONGEST + 1})"


def _error() -> Any:
    import sqlite3

    return (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeError)
