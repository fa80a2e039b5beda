"""VS Code's terminal, as a stand-in of its start-up file makes it: its marks are kept and the number is shown."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from histshell.setup import install, stub
from tests.prompt.session import CHECKOUT, STARTUP, environment
from tests.pythons import PYPY, Target, found, numbered_prompts, some_pythons
from tests.shells.vscode import Keeping, Watched, stand_in

BY_HAND = f"import sys; sys.path.append({str(CHECKOUT)!r}); import histshell; histshell.install()"
SCRIPT = ("6 * 7", "1 / 0", "None", "x = 5", "1; 2", "", "x", "nothing_like_it", "'end'")


def has_marks(target: Target) -> bool:
    """Whether the line editor is one where our prompt has the marks: those written in Python write them at each key."""
    return not target.is_pyrepl and target.mode != PYPY


def chained(target: Target, home: Path, **how: object) -> Watched:
    """A session in which our start-up file runs theirs, as where `histshell install` has put its block."""
    home.mkdir(exist_ok=True)
    file = stand_in(home, older=bool(how.pop("older", False)))
    return Watched(target, home, startup=STARTUP, env={"HISTSHELL_CHAIN": str(file)}, **how)  # type: ignore[arg-type]


def by_hand(target: Target, home: Path) -> Watched:
    """A session in which theirs is the start-up file, and histshell is installed at the prompt."""
    home.mkdir(exist_ok=True)
    session = Watched(target, home, startup=stand_in(home))
    session.wait_for_prompt()
    session.enter(BY_HAND)
    return session


@numbered_prompts
@pytest.mark.parametrize("older", [False, True], ids=["now", "older"])
def test_the_number_and_the_marks(target: Target, older: bool, tmp_path: Path) -> None:
    """One record a result; an error is marked as one, once; what comes after it is not."""
    with chained(target, tmp_path / "home", older=older) as session:
        session.wait_for_prompt()
        assert session.number == 1
        assert ("B" in session.marks()) == has_marks(target)
        session.enter("6 * 7")
        assert session.number == 2
        session.statuses()
        session.enter("1 / 0")
        assert session.number == 2
        assert session.statuses()[-1:] == (["D;1"] if has_marks(target) else [])
        session.enter("'a'")
        assert session.number == 3
        assert session.statuses()[-1:] == (["D;0"] if has_marks(target) else [])
        assert session.printed("h[1:], _h is h, h.entry(1).source") == "[42, 'a'] True 6 * 7"
        session.enter("h = 1")
        assert session.prompt == "_h[3] >>> "


@numbered_prompts
def test_histshell_installed_by_hand(target: Target, tmp_path: Path) -> None:
    """Where VS Code's file alone has run, `histshell.install()` numbers its prompt from there on."""
    if target.is_pyrepl and (target.mode == "no-color" or target.minor >= (3, 15)):
        pytest.skip("theirs alone ends the session there, or has the cursor before its prompt")
    with by_hand(target, tmp_path / "home") as session:
        assert session.number == 1
        session.statuses()
        session.enter("6 * 7")
        session.enter("1 / 0")
        assert session.statuses()[-1:] == (["D;1"] if has_marks(target) else [])
        session.enter("h[1] + 1")
        assert session.number == 3
        assert session.printed("h[1:]") == "[42, 43]"


@numbered_prompts
def test_the_marks_are_those_of_their_prompt_alone(target: Target, tmp_path: Path) -> None:
    """The same keys with and without histshell: the same marks, each with the same success and the same input."""
    if not has_marks(target):
        pytest.skip("there theirs is asked at each key, and VS Code switches PyREPL off")
    seen = []
    for numbered in (False, True):
        home = tmp_path / f"home-{numbered}"
        home.mkdir()
        file = stand_in(home)
        env = {"HISTSHELL_CHAIN": str(file)} if numbered else {}
        with Watched(target, home, startup=STARTUP if numbered else file, env=env) as session:
            session.wait_for_prompt()
            marks = []
            for line in SCRIPT:
                session.enter(line)
                marks.append(session.marks())
            assert session.number == (6 if numbered else None)
            assert session.leave() == 0
        seen.append(marks)
    assert seen[0] == seen[1]
    assert [mark for group in seen[0] for mark in group if mark.startswith("D")].count("D;1") == 2


@numbered_prompts
def test_a_long_line_wraps_where_it_should(target: Target, tmp_path: Path) -> None:
    """The marks are invisible to the line editor too: the cursor is where it would be without them."""
    with chained(target, tmp_path / "home", columns=60) as session:
        session.wait_for_prompt()
        row = session.row
        session.type("x" * 45)
        session.wait_for(lambda: session.column == len("h[1] >>> ") + 45)
        session.type("y" * 20)
        session.wait_for(lambda: sum(shown.count("y") for shown in session.history()[row : row + 2]) == 20)
        session.wait_for(lambda: session.row == row + 1 and session.before_cursor.endswith("y"))
        session.press("ctrl-u", "ctrl-k")
        session.press("ctrl-c")


@some_pythons
def test_uninstalling_gives_their_prompt_back(target: Target, tmp_path: Path) -> None:
    """Their object, their marks, and nothing is recorded though their display hook still has ours within it."""
    if target.is_pyrepl and target.minor >= (3, 15):
        pytest.skip("theirs alone has the cursor before its prompt there")
    with chained(target, tmp_path / "home") as session:
        session.wait_for_prompt()
        session.enter("kept = h")
        session.enter("import sys; sys.modules['histshell'].uninstall()")
        assert session.number is None
        assert session.printed("type(sys.ps1).__name__, sys.displayhook.__name__") == "Sign show"
        session.statuses()
        session.enter("1 / 0")
        assert "D;1" in session.statuses() or target.is_pyrepl, "3.13.0 asks it more than once a prompt"
        session.enter("6 * 7")
        assert session.printed("len(kept), _") == "1 42"


@some_pythons
@pytest.mark.parametrize("broken", ["1 / 0", "return 'no sign'", "raise KeyboardInterrupt"])
def test_a_prompt_of_theirs_that_breaks(target: Target, broken: str, tmp_path: Path) -> None:
    """An exception in it, or a text without `>>> `, takes the marks away and nothing else."""
    with chained(target, tmp_path / "home") as session:
        session.wait_for_prompt()
        session.enter("import sys")
        session.enter("inner = sys.modules['histshell.session']._session.old['ps1']")
        session.block("def broken(self):", f"    {broken}")
        session.enter("type(inner).__str__ = broken")
        session.enter("'goes on'")
        assert session.number == 2
        assert session.printed("h[1]") == "goes on"


@some_pythons
def test_a_prompt_object_of_the_users_stays(target: Target, tmp_path: Path) -> None:
    """Any other object in `sys.ps1` is somebody's own: it is neither numbered nor taken away."""
    if target.is_pyrepl and target.minor < (3, 14):
        pytest.skip("PyREPL of 3.13 takes any other object at each key")
    mine = tmp_path / "mine.py"
    mine.write_text("import sys\nclass Mine:\n    def __str__(self):\n        return 'mine> '\nsys.ps1 = Mine()\n")
    (tmp_path / "home").mkdir()
    session = Watched(target, tmp_path / "home", startup=STARTUP, env={"HISTSHELL_CHAIN": str(mine)})
    with session:
        session.wait_for(lambda: session.before_cursor == "mine> ")
        session.enter("6 * 7", until=lambda: session.row > 1 and session.before_cursor == "mine> ")
        session.enter("print(h[1])", until=lambda: "42" in session.screen()[-2])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_in_a_shell_that_reads_histshells_block(shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """VS Code sets the variable when it makes the terminal; the block is read later, and keeps what was set."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} on this machine")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in [name for name in os.environ if name.startswith(("XDG_", "ZDOTDIR", "PYTHON", "HISTSHELL"))]:
        monkeypatch.delenv(name)
    install.install(install.plan(shell, None, os.environ))
    python = next(python for python in found() if python.implementation == "cpython" and python.minor >= (3, 8))
    env = environment(home, PYTHONSTARTUP=str(stand_in(home)), TERM_PROGRAM="vscode", SHELL=shell)
    with Keeping([shutil.which(shell) or shell, "-i"], env=env, cwd=str(home)) as terminal:
        terminal.type(
            f"PYTHON_BASIC_REPL=1 {python.path}\r" if shell != "fish" else f"env PYTHON_BASIC_REPL=1 {python.path}\r"
        )
        terminal.wait_for(lambda: terminal.before_cursor == "h[1] >>> ")
        assert "B" in terminal.marks()
        terminal.type("1 / 0\r")
        terminal.wait_for("ZeroDivisionError")
        terminal.wait_for(lambda: terminal.before_cursor == "h[1] >>> ")
        assert "D;1" in terminal.statuses()
        terminal.type("6 * 7\r")
        terminal.wait_for(lambda: terminal.before_cursor == "h[2] >>> ")
        terminal.type("import os; print(os.environ['PYTHONSTARTUP'], len(h))\r")
        terminal.wait_for(f"{stub.installed()} 2")
