"""What the tests of jedi's process have in common: a cache that is kept between them, questions, and looking at processes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from histshell import home
from histshell.completion.inference.client import Client, Question, Scope

#: Generous: only ever used up by a test that fails.
PATIENCE = 60.0

PATH = [folder for folder in sys.path if folder]
SCOPE: Scope = {"path": PATH, "python": list(sys.version_info[:2])}


def client(cache: Path, **how: Any) -> Client:
    """A client whose process is this Python."""
    return Client(sys.executable, str(cache), home.SITE, **how)


def question(marked: str, **more: Any) -> Question:
    """The question for a source with a `|` where the cursor is."""
    before, _, after = marked.partition("|")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n") - 1
    asked: dict[str, Any] = {"do": "complete", "bare": False, "source": before + after, "line": line, "column": column}
    whole: Any = {**asked, **SCOPE, **more}
    made: Question = whole
    return made


def names(answer: dict[str, Any] | None) -> list[str]:
    """The names in an answer."""
    assert answer is not None, "no answer"
    assert "names" in answer, answer
    return [entry[0] for entry in answer["names"]]


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, condition
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether there is such a process; one that has ended and that nobody has waited for is none."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        pass
    if os.path.exists("/proc/self"):
        return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
