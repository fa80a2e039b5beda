"""Another shell in a terminal, with histshell's prompt in it, typed at by what all of them have in common."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from histshell.journal import reader
from histshell.journal.file_format import SessionLog
from histshell.setup import install, stub
from tests.environments import with_packages
from tests.prompt.session import STARTUP, environment
from tests.pythons import Python, ends, found
from tests.terminal import Terminal


class Numbered(Terminal):
    """A terminal with our prompt in it, known by `numbered`: its name and its number."""

    numbered = re.compile(r"(_?h)\[(\d+)\] >>> ?\Z")
    _row = -1

    def at_prompt(self) -> bool:
        """A fresh numbered prompt"""
        return self.row > self._row and bool(self.numbered.search(self.before_cursor)) and not self.after_cursor.strip()

    @property
    def prompt(self) -> str:
        """The prompt that the cursor stands behind, as a name and a number: `h[3]`."""
        match = self.numbered.search(self.before_cursor)
        assert match, self.before_cursor
        return f"{match[1]}[{match[2]}]"

    def enter(self, text: str) -> list[str]:
        """Type a line, press Enter, and return what was printed before the next prompt."""
        self._row = first = self.row
        self.type(text)
        self.press("enter")
        self.wait_for(self.at_prompt)
        return [row.rstrip() for row in self.history()[first + 1 : self.row] if row.strip()]


class Shell(Numbered):
    """A shell that runs the start-up file and shows our prompt."""

    def __init__(
        self, python: Python, package: str, home: Path, arguments: Sequence[str] = (), **variables: str
    ) -> None:
        interpreter = with_packages(python, (package,))
        home.mkdir(exist_ok=True)
        env = environment(home, PYTHONSTARTUP=str(STARTUP), **variables)
        words = [str(interpreter), "-m", re.split("[=<\\[]", package)[0], *arguments]
        super().__init__(words, env=env, cwd=str(home), rows=40, columns=100)
        self.wait_for(self.at_prompt)


def set_up(home: Path, shell: str) -> Path:
    """Do what `histshell install` does for a home directory, in this process, which takes a tenth of its time.

    Returns the start-up file.
    """
    home.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        install.install(install.plan(shell, None, os.environ))
        return Path(str(stub.installed()))


def targets(*versions: tuple[tuple[int, int], str]) -> Iterator[object]:
    """Parameters (python, package) for each pair of a Python's version and a package with its version.

    Where not every prompt takes part, the first and the last pair.
    """
    here = []
    for minor, package in versions:
        pythons = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        name = f"{'.'.join(map(str, minor))}-{package.replace('*', 'x')}"
        if not pythons:
            reason = f"no Python {'.'.join(map(str, minor))} on this machine"
            yield pytest.param(None, package, id=name, marks=pytest.mark.skip(reason=reason))
        else:
            here.append(pytest.param(pythons[0], package, id=name))
    yield from ends(here)


def kept(home: Path) -> SessionLog:
    """What the journal has of the one session that was there with this home."""
    (path,) = reader.files(str(home / ".local" / "state" / "histshell" / "journal"))
    (log,) = reader.read(path)
    return log
