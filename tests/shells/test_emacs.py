"""Programs that know the prompt by its text: Emacs itself, which asks Python all the time, pexpect's wrapper, the setting."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pexpect
import pexpect.replwrap
import pytest

from histshell.shells.stock import detect
from tests.prompt.session import STARTUP, Session, Start, environment
from tests.pythons import BASIC, PYPY, Target, numbered_prompts, some_pythons

DRIVER = Path(__file__).with_name("emacs.el")
#: What python.el of Emacs 28.2 puts into the environment of the Python that it starts.
PYTHON_EL = {"INSIDE_EMACS": "28.2,comint", "PYTHONUNBUFFERED": "1", "TERM": "dumb"}
needs_emacs = pytest.mark.skipif(shutil.which("emacs") is None, reason="no Emacs on this machine")


def emacs(home: Path, target: Target, function: str) -> dict[str, Any]:
    """What Emacs answers, with our start-up file in the environment."""
    home.mkdir()
    env = environment(home, PYTHONSTARTUP=str(STARTUP), PYTHON=target.python.path, INPUTRC="/dev/null")
    command = ["emacs", "-Q", "--batch", "--load", str(DRIVER), "--funcall", function]
    done = subprocess.run(command, env=env, cwd=home, capture_output=True, text=True, timeout=120, check=False)
    rows = [line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line]
    answers = {name: json.loads(value) for name, value in rows}
    assert done.returncode == 0, (answers, done.stderr)
    return answers


@needs_emacs
@some_pythons
def test_what_emacs_asks_is_answered_as_by_bare_python(target: Target, tmp_path: Path) -> None:
    """No prompt stays in what Emacs reads; every result is in `h` all the same, and TAB, its own and ours, works."""
    said = emacs(tmp_path / "home", target, "try-run-python")
    first, more = (">>>> ", ".... ") if target.mode == PYPY else (">>> ", "... ")
    assert said["detected"] == [first, more]
    assert (said["sum"], said["text"], said["several"], said["long"]) == ("42", "a\n'b'", "0\n1", "3000")
    assert said["eldoc"] == "Join two or more pathname components, inserting '/' as needed."
    shown = said["buffer"]
    assert "h[" not in shown
    assert shown.endswith(f"{first}40 + 2\n42\n{first}for i in range(2):\n{more}  i + 10\n{more}\n10\n11\n{first}")
    for how in ("completed", "asked"):
        names = {name.rstrip("(") for name in said[how]}
        assert names > {"system.path.isdir", "system.path.isfile"}, how
    native = None if target.mode == PYPY else ["system.path.islink"]  # Emacs has it switched off there
    assert said["native"] == native
    assert said["numbers"] == "[42, 'b', 3000, 42, 10, 11]"
    assert said["input"] == "40 + 2"


@needs_emacs
@some_pythons
def test_a_person_who_reads_in_emacs_sees_the_number(target: Target, tmp_path: Path) -> None:
    """In `M-x shell` nothing depends on the prompt."""
    shown = emacs(tmp_path / "home", target, "try-shell")["buffer"]
    assert shown.endswith("h[1] >>> 40 + 2\n42\nh[2] >>> ")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"INSIDE_EMACS": "28.2,comint", "PYTHONUNBUFFERED": "1"}, True),
        ({"INSIDE_EMACS": "28.2,tramp:2.5.2,comint", "PYTHONUNBUFFERED": "1"}, True),
        ({"INSIDE_EMACS": "28.2,term:0.96", "PYTHONUNBUFFERED": "1"}, False),
        ({"INSIDE_EMACS": "28.2,eshell"}, False),
        ({"INSIDE_EMACS": "vterm"}, False),
        ({"INSIDE_EMACS": "30.1,eat"}, False),
        ({"INSIDE_EMACS": ""}, False),
        ({"PYTHONUNBUFFERED": "1", "TERM": "dumb"}, False),
    ],
)
def test_which_environments_are_a_program_s(variables: dict[str, str], expected: bool) -> None:
    """Emacs' comint with python.el's own variable; not its terminals, where a person reads."""
    assert detect.is_read_by_program(variables) is expected


def test_a_terminal_in_emacs_is_not_the_one_around_it() -> None:
    """What the terminal around Emacs has left in the environment says nothing about the terminals in it."""
    assert detect.marking_terminal({"TERM_PROGRAM": "iTerm.app", "INSIDE_EMACS": "28.2,term:0.96"}) == ""


def typed(session: Session) -> list[str]:
    """All that is shown for a few inputs, prompts as they are."""
    session.wait_for_prompt()
    for line in ("40 + 2", "'a'", "None", "1/0"):
        session.enter(line)
    session.block("for i in range(2):", "    i + 10")
    return session.history()


@numbered_prompts
@pytest.mark.parametrize("how", ["emacs", "setting"])
def test_the_plain_prompt_is_python_s_own(start: Start, target: Target, how: str) -> None:
    """Each row is as bare Python shows it, continuation prompts and colour too, and the results are recorded."""
    env = {**PYTHON_EL, "TERM": "xterm"} if how == "emacs" else {"HISTSHELL_PLAIN_PROMPT": "on"}
    bare = typed(start(target, numbered=False))
    session = start(target, env=env)
    assert typed(session) == bare
    row, column = session.row, session.column - 3
    assert session.cell(row, column).fg == ("magenta" if target.mode == "pyrepl" else "default")
    assert session.printed("h[1:], h.entry(1).source, h is _h") == "[42, 'a', 10, 11] 40 + 2 True"
    session.enter("h = 5")
    assert session.number is None
    assert session.printed("_h[2]") == "a"


@some_pythons
def test_the_number_can_be_asked_for_in_emacs(start: Start, target: Target) -> None:
    """`plain_prompt = off` has the last word; the template is then the user's."""
    session = start(target, env={**PYTHON_EL, "TERM": "xterm", "HISTSHELL_PLAIN_PROMPT": "off"})
    session.wait_for_prompt()
    assert session.number == 1


@some_pythons
def test_uninstalling_leaves_what_python_has(start: Start, target: Target) -> None:
    """The prompt stays as it is, and is a plain string again."""
    session = start(target, env={"HISTSHELL_PLAIN_PROMPT": "on"}).wait_for_prompt()
    kinds = "type(sys.ps1).__name__, type(sys.ps2).__name__, [sys.ps1, sys.ps2]"
    session.enter("import sys, histshell; histshell.uninstall()")
    first, more = (">>>> ", ".... ") if target.mode == PYPY else (">>> ", "... ")
    assert session.printed(kinds) == f"str str {[first, more]}"


@some_pythons
def test_pexpect_s_wrapper_gets_bare_answers(target: Target, tmp_path: Path) -> None:
    """It sets prompts of its own, which stay; where it is told to keep Python's, the setting does."""
    if target.is_pyrepl:
        target = Target(target.python, BASIC)  # with PyREPL it does not work in bare Python
    elif target.mode == PYPY:
        pytest.skip("its line editor draws the input")
    for plain in (False, True):
        env = environment(tmp_path, PYTHONSTARTUP=str(STARTUP), **target.environment)
        if plain:
            env["HISTSHELL_PLAIN_PROMPT"] = "on"
        child = pexpect.spawn(target.python.path, echo=False, encoding="utf-8", env=env, timeout=30)
        change = None if plain else "import sys; sys.ps1={0!r}; sys.ps2={1!r}"
        wrapper = pexpect.replwrap.REPLWrapper(child, ">>> ", change, continuation_prompt="... ")
        answers = [wrapper.run_command(line) for line in ("40 + 2", "'a'", "print(len(h))")]
        child.close(force=True)
        assert [answer.replace("\x1b[?2004l\r", "").replace("\x1b[?2004h", "") for answer in answers] == [
            "42\r\n",
            "'a'\r\n",
            "3\r\n",
        ]


@some_pythons
def test_a_completer_asked_by_a_program_gives_all_it_knows(start: Start, target: Target) -> None:
    """Without a key pressed, and whatever stood in the line of the last one."""
    if target.is_pyrepl:
        target = Target(target.python, BASIC)  # in PyREPL the completer is Python's own, and ours a command beside it
    elif target.mode == PYPY:
        pytest.skip("the completer is Python's own there")
    session = start(target).wait_for_prompt()
    session.enter("import os, readline; ask = readline.get_completer()")
    session.type("os.path.expandu")
    session.press("tab")
    session.wait_for(lambda: "os.path.expanduser" in session.before_cursor)
    session.press("ctrl-u")
    session.enter("found = [ask('os.path.get', number) for number in range(9)]")
    names = ["getatime", "getctime", "getmtime", "getsize"]
    assert session.printed("type(ask.__self__).__name__, sorted(filter(None, found))") == "TabKey " + str(
        [f"os.path.{name}(" for name in names]
    )
