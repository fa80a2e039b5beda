"""Journals that tests write: a session by what was typed in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from histshell.journal import about
from histshell.values.saving import Saver


class Written:
    """A session that is written record by record, with times of the test's choice."""

    def __init__(self, folder: Path, name: str, when: float, **more: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.jsonl"
        self.values = folder / f"{name}.values"
        self.when = when
        self.number = 0
        self.seq = 0
        self.put("session", v=1, id=name, **{**about.about("python"), "pid": 0, **more})

    def put(self, kind: str, **fields: Any) -> None:
        """Write a record."""
        record = {"kind": kind, "seq": self.seq, "when": self.when, **fields}
        with self.path.open("a") as file:
            file.write(json.dumps(record) + "\n")
        os.utime(self.path, (self.when, self.when))
        self.seq += 1

    def result(self, source: str, value: object, saved: bool = True, **more: Any) -> None:
        """Write an input that gave a result."""
        self.number += 1
        seq = self.seq
        self.put("input", source=source)
        row: dict[str, Any] = {
            "n": self.number,
            "type": f"builtins.{type(value).__name__}",
            "preview": repr(value)[:80],
        }
        data = Saver().save(value) if saved else None
        if data is not None:
            at = self.values.stat().st_size if self.values.exists() else 0
            with self.values.open("ab") as file:
                file.write(data)
            row.update(at=at, size=len(data))
        self.put("outcome", of=seq, seconds=0.01, results=[{**row, **more}])

    def typed(self, source: str, over: bool = True) -> None:
        """Write an input without a result; without an end if it is not over."""
        seq = self.seq
        self.put("input", source=source)
        if over:
            self.put("outcome", of=seq, seconds=0.01)
