"""Shell integration: the marks around prompt, input and output, in the bytes that reach the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from histshell.shells import integration
from histshell.shells.stock import detect
from tests.prompt.session import Session, Start, without_our_frames
from tests.prompt.test_like_bare import GROUPS, NOT_ON_PYPY
from tests.pythons import (
    NO_COLOR,
    PYPY,
    PYREPL,
    READLINE,
    Target,
    by_turns,
    home_prompts,
    numbered_prompts,
    some_pythons,
)
from tests.test_imports import ROOT

KNOWN = {"TERM_PROGRAM": "iTerm.app"}
_MARK = re.compile(rb"\x1b\]133;([^\x07]*)\x07")
_CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z@]|\x1b[=>]")
PROMPT = ["A;redraw=0", "B"]


def marked(start: Start, target: Target, **how: Any) -> Session:
    """A session in a terminal that is known, with its bytes."""
    how["env"] = {**KNOWN, **how.get("env", {})}
    session = start(target, **how)
    session.written = b""
    return session.wait_for_prompt()


def seen(session: Session) -> list[str]:
    """The marks that were written, in their order; forgets them."""
    found = [mark.decode() for mark in _MARK.findall(session.written or b"")]
    session.written = b""
    return found


def between(written: bytes, first: bytes, last: bytes) -> str:
    """The text between two marks, without other control sequences."""
    found = re.search(rb"\x1b\]133;" + first + rb"\x07(.*?)\x1b\]133;" + last, written, re.DOTALL)
    assert found, written
    return _CONTROL.sub(b"", found[1]).replace(b"\r", b"").decode()


def settled(session: Session, *wanted: str) -> None:
    """Wait for the marks, since the last of them comes behind the text of the prompt."""

    def all_there() -> bool:
        return [mark.decode() for mark in _MARK.findall(session.written or b"")] == list(wanted)

    session.wait_for(all_there)
    session.written = b""


@numbered_prompts
def test_the_order(start: Start, target: Target) -> None:
    """Prompt, input, output, status, prompt; each mark once, whatever is typed, and exactly where its part begins."""
    session = marked(start, target)
    settled(session, *PROMPT)
    session.type("print('out' + 'put')")
    session.press("left", "right", "backspace")
    session.type(")")
    session.press("enter")
    session.wait_for_prompt()
    session.wait_for(lambda: session.written is not None and session.written.count(b"\x1b]133;B") == 1)
    written = session.written or b""
    assert seen(session) == ["C", "D;0", *PROMPT]
    assert between(written, b"C", b"D") == "output\n"
    assert between(written, rb"A;redraw=0", b"B").strip(" \n") == "h[1] >>>"
    session.enter("'a'")
    settled(session, "C", "D;0", *PROMPT)
    session.enter("")
    settled(session, "C", "D;0", *PROMPT)


@numbered_prompts
def test_the_status(start: Start, target: Target) -> None:
    """1 after an exception that was shown, the same one twice too; 0 after all else."""
    session = marked(start, target)
    settled(session, *PROMPT)
    for line, status in (
        ("1/0", 1),
        ("5", 0),
        ("error = ValueError('mine')", 0),
        ("raise error", 1),
        ("raise error", 1),
        ("raise error.with_traceback(None)", 1),
        ("print(1)", 0),
        ("1 +* 2", 1),
        ("1 +* 2", 1),
        ("import sys; del sys.last_value", 0),
        ("undefined", 1),
        ("raise KeyboardInterrupt", 1),
        ("None", 0),
    ):
        session.enter(line)
        settled(session, "C", f"D;{status}", *PROMPT)


@some_pythons
def test_no_exception_is_kept(start: Start, target: Target) -> None:
    """What was shown is gone when the user has let go of it."""
    session = marked(start, target)
    session.enter("import gc, sys, weakref; E = type('E', (Exception,), {}); e = E(); w = weakref.ref(e)")
    session.enter("raise e")
    session.enter("1")
    session.enter("del e; x = [delattr(sys, name) for name in dir(sys) if name.startswith('last_')]")
    session.enter("h.errors.clear()")
    session.enter("None")
    session.enter("1; 2")  # the display hook's `_`
    assert session.printed("(gc.collect(), w())[1]") == "None"


@numbered_prompts
def test_ctrl_c(start: Start, target: Target) -> None:
    """A line that is given up ends without success, and the next prompt is marked."""
    session = marked(start, target)
    session.type("abc")
    session.wait_for(lambda: session.before_cursor.endswith("abc"))
    settled(session, *PROMPT)
    session.interrupt()
    session.wait_for(lambda: b"B" in b"".join(_MARK.findall(session.written or b"")))
    found = seen(session)
    assert found[-2:] == PROMPT
    assert found[:-2] in (["D"], ["C", "D;1"])
    session.enter("import time")
    settled(session, "C", "D;0", *PROMPT)
    session.type("print('now'), time.sleep(60)")
    session.press("enter")
    session.wait_for(lambda: session.history()[-1] == "now")
    session.interrupt()
    settled(session, "C", "D;1", *PROMPT)


@numbered_prompts
def test_a_block(start: Start, target: Target) -> None:
    """Its further lines are part of the input; a terminal that would take their mark for a prompt gets none."""
    session = marked(start, target)
    settled(session, *PROMPT)
    session.block("for i in range(2):", "    i")
    settled(session, "C", "D;0", *PROMPT)


@pytest.mark.parametrize(
    ("variables", "mark"), [({"TERM": "xterm-kitty"}, "A;k=s;redraw=0"), ({"TERM_PROGRAM": "WezTerm"}, "P;k=s")]
)
@some_pythons
def test_continuation_prompts(start: Start, target: Target, variables: dict[str, str], mark: str) -> None:
    """They have a mark of their own where the terminal has one and readline draws them."""
    if target.mode != READLINE and "TERM" in variables:
        pytest.skip("this PyREPL needs the terminal in the machine's data base")
    session = marked(start, target, env={"TERM_PROGRAM": "", **variables})
    settled(session, *PROMPT)
    session.block("if 1:", "    5")
    middle = [mark, "B"] * 2 if target.mode == READLINE else []
    settled(session, *middle, "C", "D;0", *PROMPT)


@numbered_prompts
def test_input_has_no_marks(start: Start, target: Target) -> None:
    """A program that asks for a line is all output."""
    session = marked(start, target)
    settled(session, *PROMPT)
    session.enter("print(input('Who? ') * 2)", until=lambda: session.before_cursor == "Who? ")
    session.wait_for_sleep()
    session.type("you")
    session.press("enter")
    session.wait_for_prompt()
    settled(session, "C", "D;0", *PROMPT)


@some_pythons
def test_a_prompt_within_the_prompt(start: Start, target: Target) -> None:
    """`code.interact()` asks with `input()`: where readline draws that, the status is told, and PyREPL draws no marks."""
    session = marked(start, target)
    session.enter("import code")
    settled(session, *PROMPT, "C", "D;0", *PROMPT)
    session.enter("code.interact('in', exitmsg='out')")
    session.enter("1/0")
    session.press("ctrl-d")
    session.wait_for_prompt()
    if target.mode == READLINE:
        settled(session, "C", "D;0", *PROMPT, "C", "D;1", *PROMPT, "C", "D;0", *PROMPT)
    else:
        settled(session, "C", "D;1", *PROMPT)


@home_prompts
def test_asyncio(start: Start, target: Target) -> None:
    """Its prompts are marked from 3.13 on, where it runs the start-up file; readline's learn of the output at its end."""
    if target.minor < (3, 13):
        pytest.skip("this one does not run the start-up file")
    session = marked(start, target, args=["-m", "asyncio"])
    settled(session, *PROMPT)
    for line, status in (("print(5)", 0), ("1/0", 1), ("6", 0), ("await asyncio.sleep(0)", 0)):
        session.enter(line)
        settled(session, "C", f"D;{status}", *PROMPT)


@numbered_prompts
def test_a_cleared_screen(start: Start, target: Target) -> None:
    """The prompt that Ctrl-L draws anew is marked anew; the status of before is not told again."""
    session = marked(start, target)
    session.enter("1/0")
    session.wait_for(lambda: session.written is not None and session.written.endswith(b"\x1b]133;B\x07"))
    session.written = b""
    session.press("ctrl-l")
    session.wait_for(lambda: session.line.startswith("h[1] >>>") and session.screen()[0].startswith("h[1] >>>"))
    settled(session, *PROMPT)


def shown(start: Start, target: Target, script: Callable[[Session], None], **how: Any) -> list[list[str]]:
    """What a terminal shows of the same keys without and with marks."""
    transcripts = []
    for setting in ("off", "on"):
        how["env"] = {**how.get("env", {}), "HISTSHELL_SHELL_INTEGRATION": setting}
        session = start(target, **how)
        session.written = b""
        script(session.wait_for_prompt())
        assert (b"\x1b]133;" in session.written) == (setting == "on")
        transcripts.append(without_our_frames(session.transcript(), 2))
    return transcripts


@pytest.mark.parametrize("style", ["", "bold green"])
@numbered_prompts
def test_a_long_line_wraps_where_it_does(start: Start, target: Target, style: str) -> None:
    """Two hundred characters, edited at both ends, compared at each step: a mark takes no column."""
    steps: list[list[tuple[int, int, list[str]]]] = []
    # These paint wrong what is inserted before a wrap, at the bare prompt too.
    broken = target.is_pyrepl and target.minor < ((3, 15) if target.mode == NO_COLOR else (3, 14))

    def script(session: Session) -> None:
        steps.append([])
        first = session.row
        text = "'" + "".join(chr(ord("a") + i % 26) for i in range(200)) + "'"

        def step(typed: str, at_end: bool) -> None:
            def is_shown() -> bool:
                rows = [row.rstrip("\\") for row in session.history()[first:]]
                there = "".join(rows) == "h[1] >>> " + typed
                begins = session.row == first and session.column == len("h[1] >>> ")
                return there and (session.before_cursor.endswith("'") if at_end else begins)

            session.wait_for(is_shown)
            steps[-1].append((session.row, session.column, session.history()))

        session.type(text)
        step(text, at_end=True)
        session.press("home")
        step(text, at_end=False)
        session.press("right")
        session.type("0")
        session.press("end")
        if not broken:
            step("'0" + text[1:], at_end=True)
        session.press("enter")
        session.wait_for_prompt()
        assert session.printed("len(h[1])") == "201"

    variables = {"HISTSHELL_STYLE": style} if style else {}
    shown(start, target, script, columns=41, env=variables)
    assert steps[1] == steps[0]


@numbered_prompts
def test_a_resized_window(start: Start, target: Target) -> None:
    """Made narrower and wider at the prompt, the window shows what it does without marks."""

    def script(session: Session) -> None:
        session.enter("'wide'")
        session.type("'" + "x" * 70 + "'")
        session.wait_for(lambda: "x'" in session.before_cursor)
        session.resize(20, 60)
        session.wait_for_sleep()
        session.press("enter")
        session.wait_for_prompt()
        session.resize(20, 100)
        session.wait_for_sleep()
        session.enter("'again'")
        assert session.prompt == "h[4] >>> "

    without, with_marks = shown(start, target, script, columns=100)
    assert with_marks[-1:] == without[-1:]
    assert [row for row in with_marks if "again" in row] == [row for row in without if "again" in row]


def _is_compared(target: Target, group: str) -> bool:
    return target.mode != PYPY or group not in NOT_ON_PYPY


@by_turns("group", ["keys", "errors", "interact", "interrupts", "debugger", "paste"], some_pythons, where=_is_compared)
def test_the_same_keys_show_the_same(start: Start, target: Target, group: str) -> None:
    """Editing, errors, Ctrl-C, nested prompts and the debugger look as they do without marks."""

    def script(session: Session) -> None:
        for play in GROUPS[group]:
            play(session)

    without, with_marks = shown(start, target, script)
    assert with_marks == without


ELSEWHERE = {
    "unknown": {},
    "another": {"TERM_PROGRAM": "Apple_Terminal"},
    "off": {**KNOWN, "HISTSHELL_SHELL_INTEGRATION": "off"},
    "old-tmux": {"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a", "TMUX": "/tmp/tmux,1,0"},
    "screen": {"KITTY_WINDOW_ID": "1", "STY": "1.pts"},
    "dumb": {"HISTSHELL_SHELL_INTEGRATION": "on", "TERM": "dumb"},
}


@by_turns("name", ELSEWHERE, some_pythons)
def test_not_a_byte_elsewhere(start: Start, target: Target, name: str) -> None:
    """No mark is written, and the module is not even loaded, where they are off or the terminal is not known."""
    variables = ELSEWHERE[name]
    session = start(target, env=variables)
    session.written = b""
    session.wait_for_prompt()
    session.enter("5")
    session.enter("1/0")
    if "on" not in variables.values():
        assert session.printed("'histshell.shells.integration' in __import__('sys').modules") == "False"
    assert b"\x1b]" not in session.written


@some_pythons
def test_taken_out(start: Start, target: Target) -> None:
    """After `uninstall` the line editor has its own methods, and no mark is written."""
    session = marked(start, target)
    settled(session, *PROMPT)
    session.enter("import sys; sys.modules['histshell'].uninstall()")
    session.written = b""
    session.enter("5")
    assert seen(session) == []
    if target.mode in (PYREPL, PYPY):
        module = "pyrepl.readline" if target.mode == PYPY else "_pyrepl.readline"
        session.enter(f"console = vars(sys.modules['{module}']._wrapper.reader.console)")
        assert session.printed("{'refresh', 'prepare', 'restore', 'clear'} & {*console}") == "set()"


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, ""),
        ({"TERM": "xterm-256color"}, ""),
        ({"TERM_PROGRAM": "iTerm.app"}, "iTerm2"),
        ({"TERM_PROGRAM": "WezTerm"}, "WezTerm"),
        ({"TERM_PROGRAM": "ghostty"}, "Ghostty"),
        ({"TERM_PROGRAM": "vscode"}, "VS Code"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, ""),
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "foot"}, "foot"),
        ({"KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"WEZTERM_PANE": "0"}, "WezTerm"),
        ({"WT_SESSION": "0-0"}, "Windows Terminal"),
        ({"LC_TERMINAL": "iTerm2"}, "iTerm2"),
        ({"KITTY_WINDOW_ID": "1", "TMUX": "/tmp/x,1,0", "TERM": "tmux-256color"}, ""),
        ({"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a", "TMUX": "x", "KITTY_WINDOW_ID": "1"}, ""),
        ({"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4", "TMUX": "x"}, "tmux"),
        ({"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "next-3.6", "TMUX": "x"}, "tmux"),
        ({"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "4.0", "TMUX": "x"}, "tmux"),
        ({"TERM_PROGRAM": "tmux"}, ""),
        ({"TERM_PROGRAM": "WezTerm", "STY": "1.x"}, ""),
        ({"TERM_PROGRAM": "WezTerm", "ZELLIJ": "0"}, ""),
    ],
)
def test_which_terminals_are_known(variables: dict[str, str], name: str) -> None:
    """By what they put into the environment; not through another terminal that hides them."""
    assert detect.marking_terminal(variables) == name


def test_every_terminal_that_is_known_is_in_the_documentation() -> None:
    """What a terminal is known by stands in the table of the page about shells."""
    page = (ROOT / "docs" / "shells.md").read_text(encoding="utf-8")
    table = page[page.index("| terminal | known by |") : page.index("In an older tmux")]
    known = [f"TERM_PROGRAM={value}" for value in detect._PROGRAMS] + [*detect._TERMS, *detect._VARIABLES]
    assert [value for value in known if not re.search(rf"[`=]{re.escape(value)}`", table)] == []


def test_the_sequences() -> None:
    """What another prompt puts together for itself."""
    assert (integration.OUTPUT, integration.finished(1)) == ("\033]133;C\a", "\033]133;D;1\a")
    assert integration.secondary("foot") == ""
