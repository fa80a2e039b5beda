"""Journals for tests, as the prompt writes them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from histshell.journal import records

KINDS = ["builtins.int"] * 3 + ["builtins.str", "numpy.ndarray", "pandas.core.frame.DataFrame", "__main__.Ünï", 'a"b']
WORDS = [
    "alpha",
    "beta",
    "Gamma",
    "delta",
    "straße",
    "İstanbul",
    "x",
    "df",
    "np",
    "plot",
    "e",
    "print",
    "ünï",
    "�",
    "ß",
]


def name(number: int) -> str:
    """Return the name of a session."""
    return f"20261101-{number // 3600:02}{number // 60 % 60:02}{number % 60:02}-{number:010x}"


def head(number: int, **fields: Any) -> str:
    """Return the first record of a session."""
    about = {
        "v": 1, "id": name(number), "when": 1.7e9 + number, "host": "lab", "user": "me", "pid": 1, "python": "3.13.1",
        "implementation": "cpython", "venv": "", "shell": "python", "cwd": "/home/me", "author": "person", "boot": "",
    }  # fmt: skip
    return records.line("session", 0, {**about, **fields})


def typed(seq: int, source: str, when: float = 1.7e9, **fields: Any) -> str:
    """Return the record of an input."""
    return records.line("input", seq, {"when": when, "source": source, **fields})


def over(seq: int, number: int = 0, kind: str = "builtins.int", preview: str = "1", error: str = "") -> str:
    """Return the record of the end of the input before."""
    end = f'{{"kind": "outcome", "seq": {seq}, "of": {seq - 1}, "seconds": 0.001000'
    if error:
        end += f', "error": {json.dumps({"type": error, "message": "no " + preview})}'
    if number:
        end += f', "results": [{json.dumps({"n": number, "type": kind, "preview": preview})}]'
    return end + "}\n"


def session(number: int, sources: list[str], when: float = 0.0, **fields: Any) -> str:
    """Return the journal of a session in which each input has a result."""
    when = when or 1.7e9 + number
    lines = [head(number, **fields)]
    for at, source in enumerate(sources):
        lines += [typed(2 * at + 1, source, when + at), over(2 * at + 2, at + 1)]
    return "".join(lines)


def put(folder: Path, number: int, text: str) -> Path:
    """Write a journal."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name(number)}.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


def some(folder: Path, sessions: int, each: int, seed: int) -> None:
    """Write journals of all sorts of inputs."""
    chosen = random.Random(seed)
    for number in range(sessions):
        lines = [head(number, host=chosen.choice(["lab", "laptop.local"]), python=chosen.choice(["3.8.1", "3.13.1"]))]
        when = 1.7e9 + chosen.random() * 1e5
        for at in range(each):
            when += chosen.random() * 50
            source = " ".join(chosen.choice(WORDS) for _ in range(chosen.randint(1, 4)))
            source += chosen.choice(["", "(1)", '["a\\"b"]', "\n    x", f"_{chosen.randint(0, 99)}", "**2", "\t\r\n"])
            more: dict[str, Any] = {"cwd": f"/home/me/{chosen.randint(1, 3)}"} if chosen.random() < 0.2 else {}
            if chosen.random() < 0.1:
                more["language"] = "pik"
            lines.append(typed(2 * at + 1, source, when, **more))
            if chosen.random() < 0.95:
                error = chosen.choice(["", "", "", "KeyError", "pkg.Odd Error"])
                number_of = 0 if error or chosen.random() < 0.3 else at + 1
                lines.append(over(2 * at + 2, number_of, chosen.choice(KINDS), 'a "quoted" \\ text', error))
        put(folder, number, "".join(lines))
