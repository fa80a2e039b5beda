"""A Python prompt in a terminal, bare or numbered, typed at and read like a person would.

`same_as_bare` is the strongest test here: it presses the same keys in both and compares all that was shown.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.prompt.bare import Kept
from tests.pythons import PYPY, Target
from tests.terminal import PATIENCE, Terminal

CHECKOUT = Path(__file__).parents[2]
STARTUP = CHECKOUT / "startup" / "pythonstartup.py"
#: The directory that sessions start in: `hostile.py` in it can be imported at the prompt.
SCENE = Path(__file__).parent / "scene"

# PyPy's own prompts have four signs.
_PRIMARY = re.compile(r"(?:_?h\[(\d+)\] >>>|>>>>?) \Z")
_CONTINUATION = re.compile(r" *\.{3,4} +\Z")
_PICKLE_MODE = re.compile(r"(?:pik|\.\.\.)> \Z")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_SHOWN_PRIMARY = re.compile(r"\A(?:_?h\[\d+\] >>>|>>>>)(?= |\Z)")
_SHOWN_CONTINUATION = re.compile(r"\A(?: +\.\.\.|\.\.\.\.)(?= |\Z)")
_FRAME = re.compile(r'\A  File "(?P<file>.*)", line \d+(?:, in \S.*)?\Z')


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a session: of this process's own `PATH` and what `make coverage` sets, and a home of its own."""
    return {
        **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "TERM": "xterm-256color",
        **more,
    }


class Session(Terminal):
    """An interpreter in a terminal, with an eye for its prompts."""

    def __init__(
        self,
        target: Target,
        home: Path,
        *,
        startup: Path | str | None,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        cwd: Path = SCENE,
        python: Path | str | None = None,
        rows: int = 50,
        columns: int = 120,
        first: bool = False,
    ) -> None:
        """Start it. `startup` is what PYTHONSTARTUP says, None for a bare prompt; `env` comes on top and wins.

        `python` is another interpreter of the target's version, such as one of a virtual environment.
        """
        variables = environment(home, **target.environment)
        if startup is not None:
            variables["PYTHONSTARTUP"] = str(startup)
        variables.update(env or {})
        self.target = target
        self._typed_at = -1
        if not first and "-q" not in args:  # a line says what there is on the first day
            (home / ".local" / "state" / "histshell").mkdir(parents=True, exist_ok=True)
        super().__init__(
            [str(python or target.python.path), *args], env=variables, cwd=str(cwd), rows=rows, columns=columns
        )

    # -- where we are --------------------------------------------------------------------------------------------------

    def at_prompt(self, since: int | None = None) -> bool:
        """A fresh primary prompt: below the row of the last key, or below row `since`."""
        return self.row > (self._typed_at if since is None else since) and self._is_blank_after(_PRIMARY)

    def at_continuation(self) -> bool:
        """A fresh continuation prompt"""
        return self.row > self._typed_at and self._is_blank_after(_CONTINUATION)

    def at_pik(self) -> bool:
        """A fresh prompt of the pickle mode"""
        return self.row > self._typed_at and self._is_blank_after(_PICKLE_MODE)

    def at_any_prompt(self) -> bool:
        """A fresh prompt of Python or of the pickle mode, primary or not"""
        return self.at_prompt() or self.at_continuation() or self.at_pik()

    def at_debugger(self) -> bool:
        """A fresh prompt of pdb"""
        return self.row > self._typed_at and self.line.rstrip() == "(Pdb)" and self.column == len("(Pdb) ")

    def _is_blank_after(self, prompt: re.Pattern[str]) -> bool:
        return bool(prompt.match(self.before_cursor)) and not self.after_cursor.strip()

    @property
    def prompt(self) -> str:
        """The prompt that the cursor stands behind."""
        return self.before_cursor

    @property
    def number(self) -> int | None:
        """The number in the prompt that the cursor stands behind; None at a bare prompt."""
        match = _PRIMARY.match(self.before_cursor)
        assert match, f"no prompt: {self.before_cursor!r}"
        return int(match[1]) if match[1] else None

    def wait_for_prompt(self, *, timeout: float = PATIENCE) -> Session:
        """Wait for a primary prompt that came after the last key."""
        self.wait_for(self.at_prompt, timeout=timeout)
        return self

    # -- typing --------------------------------------------------------------------------------------------------------

    def type(self, text: str) -> None:
        """Type, and remember where, so that the next prompt is told from this one."""
        self._typed_at = self.row
        super().type(text)

    def enter(self, text: str, *, until: Callable[[], bool] | str | None = None) -> list[str]:
        """Type a line, press Enter, wait for the next prompt (or for `until`); return the rows in between."""
        first = self.row + 1
        self.type(text)
        self.press("enter")
        self.wait_for(until or self.at_prompt)
        return self.history()[first : self.row]

    def block(self, *lines: str) -> list[str]:
        """Type a statement of several lines and the empty line that ends it; return what it printed.

        Each line is typed with the indentation that the prompt has not typed by itself already.
        """
        for line in lines:
            typed = _CONTINUATION.match(self.before_cursor)
            auto = len(self.before_cursor) - len(self.before_cursor.rstrip()) - 1 if typed else 0
            wanted = len(line) - len(line.lstrip())
            for _ in range(0, auto - wanted, 4):
                self.press("backspace")
            self.type(line[min(auto, wanted) :])
            self.press("enter")
            self.wait_for(self.at_continuation)
        first = self.row + 1
        if self.before_cursor.endswith("    "):
            self.press("backspace")
        self.press("enter")
        self.wait_for(self.at_prompt)
        return self.history()[first : self.row]

    def printed(self, expression: str) -> str:
        """Return what `print(expression)` prints: a look at a value that records nothing."""
        return "\n".join(self.enter(f"print({expression})"))

    def interrupt(self) -> None:
        """Press Ctrl-C and wait for the prompt.

        Only once the interpreter sleeps: a signal that comes just before readline's select() is seen with the next key.
        """
        self.wait_for_sleep()
        self.press("ctrl-c")
        self.wait_for(self.at_prompt)

    def leave(self) -> int:
        """Press Ctrl-D until the interpreter is gone, and return its exit status.

        After a script, PyREPL of 3.13 asks once more.
        """
        while not self.ended:
            self.press("ctrl-d")
            self.wait_for(lambda: self.ended or self.at_prompt())
        return self.wait_for_end()

    # -- comparing -----------------------------------------------------------------------------------------------------

    def transcript(self) -> list[str]:
        """Return all that was shown, with plain prompts and without addresses."""
        return [_plain(row) for row in self.history()]


Start = Callable[..., Session]
Script = Callable[[Session], object]


def _plain(row: str) -> str:
    row = _SHOWN_CONTINUATION.sub("...", _SHOWN_PRIMARY.sub(">>>", row))
    return _ADDRESS.sub("0x…", row)


def without_our_frames(rows: list[str], count: int, columns: int = 120) -> list[str]:
    """Return a transcript without the first `count` frames of ours in each traceback, nor the source shown below them.

    A frame is ours by the folder it lies in, whatever that is called, also where the path needs several rows of the terminal.
    """
    kept: list[str] = []
    dropping, seen = False, 0
    rest = iter(rows)
    for row in rest:
        whole, several = row, [row]
        while whole.startswith('  File "') and (len(several[-1]) >= columns or not _FRAME.match(whole)):
            following = next(rest, None)
            if following is None:
                break
            whole, several = whole.ljust(columns * len(several)) + following, [*several, following]
        if row.startswith("Traceback "):
            seen = 0
        frame = _FRAME.match(whole)
        if frame and _is_ours(frame["file"]) and seen < count:
            dropping, seen = True, seen + 1
            continue
        dropping = dropping and row.startswith("    ")
        if not dropping:
            kept += several
    return kept


def _is_ours(file: str) -> bool:
    """Whether a file is one of the package or of the start-up files, of this checkout."""
    return any(Path(file).is_relative_to(CHECKOUT / folder) for folder in ("histshell", "startup"))


def same_as_bare(
    start: Start, target: Target, script: Script, *, our_frame: bool = False, said: str = "", **how: object
) -> Session:
    """Press the same keys at the bare and at the numbered prompt, and compare each line and the exit status.

    `said` is how the one line begins that histshell says besides, empty if it is to say none.
    `our_frame` allows a frame of ours in a traceback: the display hook calls `repr`. On PyPy it is two, since
    whatever calls a function with some arguments fixed is Python code there. Returns the numbered session, ended.
    """
    frames = (2 if target.mode == PYPY else 1) if our_frame else 0

    def play(numbered: bool) -> tuple[Session, list[str]]:
        session = start(target, numbered=numbered, **how).wait_for_prompt()
        assert (session.number is not None) == numbered, session.prompt
        script(session)
        status = session.leave()
        shown = without_our_frames(session.transcript(), frames)
        if numbered and said:
            ours = [row for row in shown if row.startswith(said)]
            assert len(ours) == 1, shown
            shown.remove(ours[0])
        return session, [*shown, f"exit status {status}"]

    kept = Kept(target, script, (how, our_frame))
    bare = kept.lines or play(numbered=False)[1]
    session, ours = play(numbered=True)
    if ours != bare and kept.lines:
        bare = play(numbered=False)[1]
    if ours != bare:
        pytest.fail("\n".join(difflib.unified_diff(bare, ours, "bare", "numbered", n=3, lineterm="")), pytrace=False)
    kept.keep(bare)
    return session


def fresh_home(home: Path) -> Path:
    """Empty a home directory, so that two sessions that use it one after the other start alike."""
    shutil.rmtree(home, ignore_errors=True)
    if home.exists():  # jedi's process of the session before was just writing to its cache
        shutil.rmtree(home)
    home.mkdir(parents=True)
    return home
