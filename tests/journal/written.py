"""Journals as sessions write them, for tests that need some, and commands run beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from histshell.journal import place, records

ROOT = Path(__file__).resolve().parents[2]
FIRST = 1_700_000_000.0  # when the first session began, in seconds since the epoch


class Written:
    """A journal with a file of values, made by the format; `seq` is of the last record."""

    def __init__(self, folder: Path, when: float = FIRST, name: str = "") -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.id = name or place.new_id(when)
        self.path = folder / (self.id + place.SUFFIX)
        self.values = folder / (self.id + place.VALUES)
        self.when = when
        self.seq = self.number = 0
        fields = {"v": 1, "id": self.id, "when": when, "host": "here", "cwd": "/tmp", "author": "person"}
        self.put(records.line("session", 0, fields).encode())

    def put(self, data: bytes) -> None:
        """Append bytes to the journal."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(descriptor, data)
        os.close(descriptor)

    def input(self, source: str, *previews: str, error: str = "", value: bytes = b"") -> int:
        """Append an input and its outcome; return the number of the input's record."""
        self.seq += 2
        self.when += 60
        self.put(records.line("input", self.seq - 1, {"when": self.when, "source": source}).encode())
        line = records.line("outcome", self.seq, {"of": self.seq - 1, "seconds": 0.1})[:-2]
        rows = []
        for preview in previews:
            self.number += 1
            rows.append({"n": self.number, "type": "builtins.str", "preview": preview, **self._saved(value)})
            value = b""
        if rows:
            line += f', "results": {json.dumps(rows)}'
        if error:
            line += f', "error": {{"type": "ValueError", "message": {records.quoted(error)}}}'
        self.put((line + "}\n").encode())
        return self.seq - 1

    def _saved(self, value: bytes) -> dict[str, int]:
        if not value:
            return {}
        with self.values.open("ab") as file:
            at = file.seek(0, 2)
            file.write(value)
        self.values.chmod(0o600)
        return {"at": at, "size": len(value)}


def holds(folder: Path, text: str) -> bool:
    """Whether any file below a folder has these bytes, in its name or in it."""
    data = text.encode()
    return any(
        data in os.fsencode(path.name) or (path.is_file() and data in path.read_bytes()) for path in folder.rglob("*")
    )


def run(home: Path, *words: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command `histshell` in a home of its own; `answer` is what standard input says."""
    environ = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "150",
    }
    command: Sequence[str] = [sys.executable, "-m", "histshell.command", *words]
    return subprocess.run(command, env=environ, input=answer, capture_output=True, text=True, timeout=120)
