"""Histories for the tests, in the form that the programs write; what these do themselves is in test_import_programs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from histshell.journal import reader
from histshell.journal.imports import importing, locations
from histshell.journal.imports.foreign import ForeignHistory, ImportReport

IPYTHON = """
CREATE TABLE IF NOT EXISTS sessions (session integer primary key autoincrement, start timestamp, end timestamp,
    num_cmds integer, remark text);
CREATE TABLE IF NOT EXISTS history (session integer, line integer, source text, source_raw text, PRIMARY KEY (session, line));
CREATE TABLE IF NOT EXISTS output_history (session integer, line integer, output text, PRIMARY KEY (session, line));
"""
XONSH = """
CREATE TABLE IF NOT EXISTS xonsh_history (inp TEXT, rtn INTEGER, tsb REAL, tse REAL, sessionid TEXT, out TEXT, info TEXT,
    frequency INTEGER default 1, cwd TEXT)
"""


def ipython(
    path: Path, sessions: Iterable[tuple[int, Sequence[str]]], *, end: str | None = None, wal: bool = False
) -> Path:
    """Add sessions, each with its number and its inputs, to a database of IPython's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as database:
        if wal:
            database.execute("PRAGMA journal_mode=WAL")
        database.executescript(IPYTHON)
        for number, inputs in sessions:
            start = f"2025-03-{number:02} 10:11:12.131415"
            database.execute("INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, NULL, '')", (number, start, end))
            for line, source in enumerate(inputs, 1):
                database.execute("INSERT OR IGNORE INTO history VALUES (?, ?, ?, ?)", (number, line, source, source))
    database.close()
    return path


def xonsh_json(folder: Path, session: str, inputs: Sequence[str], start: float = 1.7e9, **more: object) -> Path:
    """Write a file of xonsh's, with one command a second, each of which took half of one."""
    commands = [
        {"cwd": "/home/me", "inp": f"{source}\n", "rtn": 0, "ts": [start + number, start + number + 0.5]}
        for number, source in enumerate(inputs, 1)
    ]
    data = {
        "cmds": commands,
        "env": {"PASSWORD": "env-of-xonsh"},
        "locked": True,
        "sessionid": session,
        "ts": [start, None],
        **more,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"xonsh-{session}.json"
    text = json.dumps(data, sort_keys=True).replace("}, {", "}\n, {")
    path.write_text(
        f'{{"locs": [        69,          2,         80,          9],\n "index": {{}},\n "data": {text}\n}}\n'
    )
    return path


def bring(kind: str, path: Path, folder: Path, *, dry: bool = False) -> ImportReport:
    """Import the one history in a file or folder."""
    [source] = locations.named(kind, str(path))
    return importing.bring(source, str(folder), dry)


def written(folder: Path) -> list[str]:
    """Return all inputs in the journals of a folder."""
    return [one.source for file in reader.files(str(folder)) for log in reader.read(file) for one in log.inputs]


def text_source(kind: str, path: Path) -> ForeignHistory:
    """Return the history that a text is."""
    return ForeignHistory(kind, str(path), "text")
