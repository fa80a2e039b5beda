"""A shell of the matrix that runs and is asked things: in a terminal, or a kernel through its client."""

from __future__ import annotations

import json
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from tests.matrix.shells import NUMBERED, XONSH, Row, variables_of
from tests.prompt.session import CHECKOUT, environment
from tests.terminal import PATIENCE, Terminal, TerminalError

#: Seconds that a whole session may take.
LIMIT = 120.0
#: Seconds that one answer may take.
ANSWER = 20.0

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_CONTINUATION = re.compile(r"\s*\.\.\.:? *\Z")


class Driven(Protocol):
    """What the checks ask of a shell."""

    def enter(self, text: str) -> list[str]:
        """Give it an input of one or more lines and return the rows that it shows, without blank ones."""

    def shown_number(self) -> int | None:
        """The number in the prompt; None if there is none."""

    def answer(self, text: str, answers: Sequence[tuple[str, str]]) -> list[str]:
        """Give it an input that asks back: pairs of a prompt to wait for and what to type there. Return the rows."""

    def leave(self, text: str) -> int | None:
        """Give it an input that should end it; return its exit status, None if it goes on."""

    def recover(self) -> None:
        """Get back to the prompt after something went wrong, if that is possible."""

    def close(self) -> None:
        """End it."""


class InTerminal(Terminal):
    """A shell in a pseudo-terminal."""

    def __init__(self, row: Row, interpreter: Path, home: Path) -> None:
        self._prompt = row.prompt
        self._row = -1
        self._deadline = time.monotonic() + LIMIT
        env = environment(home, **variables_of(row))
        super().__init__(row.argv(interpreter), env=env, cwd=str(home), rows=50, columns=100)
        self.wait_for(self.at_prompt)
        if row.typed:
            self.enter(row.typed)

    def wait_for(self, what: str | Callable[[], bool], *, timeout: float = ANSWER) -> None:
        """Wait as a terminal does, but never beyond the time of the session."""
        super().wait_for(what, timeout=min(timeout, self._deadline - time.monotonic()))

    def at_prompt(self) -> bool:
        """A fresh prompt"""
        return self.row > self._row and bool(self._prompt.search(self.before_cursor)) and not self.after_cursor.strip()

    def at_continuation(self) -> bool:
        """A fresh continuation prompt"""
        return self.row > self._row and bool(_CONTINUATION.match(self.before_cursor))

    def enter(self, text: str) -> list[str]:
        """Type lines, and Enter on blank ones for as long as the shell wants more."""
        for line in text.split("\n"):
            self._press_enter(line)
        while not self.at_prompt():
            self._press_enter("")
        return self._shown()

    def _press_enter(self, line: str) -> None:
        self._row = self.row
        self.type(line)
        self.press("enter")
        self.wait_for(lambda: self.at_prompt() or self.at_continuation())

    def _shown(self) -> list[str]:
        """The rows between the one where Enter was pressed last and the cursor's."""
        return [row.rstrip() for row in self.history()[self._row + 1 : self.row] if row.strip()]

    def shown_number(self) -> int | None:
        """The number in the prompt."""
        match = NUMBERED.search(self.before_cursor) or XONSH.search(self.before_cursor)
        return int(match[1]) if match else None

    def answer(self, text: str, answers: Sequence[tuple[str, str]]) -> list[str]:
        """Type a line, wait for each prompt that it brings, and type what is to stand there."""
        first = self._row = self.row
        self.type(text)
        self.press("enter")
        for prompt, line in answers:
            self.wait_for(lambda: self.row > self._row and self.before_cursor == prompt)  # noqa: B023  # waited for here
            self._row = self.row
            self._type_until_seen(line, prompt + line)
            self.press("enter")
        self.wait_for(self.at_prompt)
        return [row.rstrip() for row in self.history()[first + 1 : self.row] if row.strip()]

    def _type_until_seen(self, line: str, wanted: str) -> None:
        """Type a line until it is shown, from its beginning each time.

        bpython shows the prompt of `input()` before it takes keys for it, and drops those that come in between; Enter
        would end it then, bare too. So Enter is pressed only behind an answer that is there to be seen.
        """
        for seconds in (1, 2, 4):
            self.type(line)
            try:
                self.wait_for(lambda: self.before_cursor == wanted, timeout=seconds)
            except TerminalError:
                self.press("ctrl-u")
                continue
            return
        raise self._error(f"{wanted!r} is not shown")

    def leave(self, text: str) -> int | None:
        """Type what should end the shell."""
        self._row = self.row
        self.type(text)
        self.press("enter")
        self.wait_for(lambda: self.ended or self.at_prompt())
        return self.wait_for_end() if self.ended else None

    def recover(self) -> None:
        """Press Ctrl-C, unless there is a prompt."""
        if self.ended or self.at_prompt():
            return
        self._row = self.row
        try:
            self.press("ctrl-c")
            self.wait_for(self.at_prompt, timeout=3)
        except (OSError, TerminalError):
            pass


class Kernel:
    """A Jupyter kernel: no terminal, a client that sends cells."""

    def __init__(self, row: Row, interpreter: Path, home: Path) -> None:
        share = interpreter.parents[1] / "share" / "jupyter"
        env = environment(home, JUPYTER_PATH=str(share), JUPYTER_PLATFORM_DIRS="1", **variables_of(row))
        words = [str(interpreter), "-W", "ignore", *row.argv(interpreter)[1:]]
        self._process = subprocess.Popen(
            words,
            env=env,
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._alive = True
        self._read()

    def _read(self) -> str:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
            raise TerminalError(f"the kernel's client says nothing for {PATIENCE:g} s")
        return self._process.stdout.readline()

    def _ask(self, code: str, answers: Sequence[str] = ()) -> list[str]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([code, list(answers)]) + "\n")
        self._process.stdin.flush()
        line = self._read()
        if not line:
            raise TerminalError("the kernel's client has ended")
        shown, self._alive = json.loads(line)
        return [_ANSI.sub("", row).rstrip() for row in shown if row.strip()]

    def enter(self, text: str) -> list[str]:
        """Run a cell."""
        return self._ask(text)

    def shown_number(self) -> int | None:
        """None: a kernel has no prompt."""
        return None

    def answer(self, text: str, answers: Sequence[tuple[str, str]]) -> list[str]:
        """Run a cell that asks for lines of input, as a notebook does."""
        return self._ask(text, [line for _, line in answers])

    def leave(self, text: str) -> int | None:
        """Run a cell that should end the kernel; its status is its client's affair."""
        self._ask(text)
        return None if self._alive else 0

    def recover(self) -> None:
        """Nothing to do: each cell is by itself."""

    def close(self) -> None:
        """Let the client shut its kernel down."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def start(row: Row, interpreter: Path, home: Path) -> Driven:
    """Start the shell of a row, and wait for its first prompt."""
    home.mkdir(parents=True, exist_ok=True)
    if row.installed_for:
        code = "from histshell.cli import main; main(prog_name='histshell')"
        words = [sys.executable, "-c", code, "install", "--shell", row.installed_for]
        env = environment(home, PYTHONPATH=str(CHECKOUT))
        subprocess.run(words, env=env, cwd=home, check=True, capture_output=True, timeout=LIMIT)
    return Kernel(row, interpreter, home) if row.kernel else InTerminal(row, interpreter, home)
