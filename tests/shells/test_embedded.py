"""Prompts within a prompt: `code.interact()`, a console with names of its own, pdb; and a console that a script opens."""

from __future__ import annotations

from pathlib import Path

from tests.prompt.session import CHECKOUT, Session, Start
from tests.pythons import PYPY, Target, numbered_prompts, some_pythons

FUNCTION = "exec('def f(a):\\n  x = [a, 2]\\n  breakpoint()\\n  return x')"


def debug(session: Session, line: str) -> list[str]:
    """Type a line at pdb's prompt, and return what it printed before its next one."""
    return session.enter(line, until=session.at_debugger)


def leave_console(session: Session) -> None:
    """Press Ctrl-D in a console, and wait for the prompt that it was opened at."""
    session.press("ctrl-d")
    session.wait_for_prompt()


@numbered_prompts
def test_a_console_shares_prompt_and_history(start: Start, target: Target) -> None:
    """Opened at the prompt: the numbers go on, and go on again after it."""
    session = start(target).wait_for_prompt()
    session.enter("import code")
    session.enter("'before'")
    session.enter("code.interact('', exitmsg='')")
    assert session.number == 2
    assert session.enter("h[1] + '!'") == ["'before!'"]
    assert session.number == 3
    leave_console(session)
    session.enter("'after'")
    assert session.prompt == "h[4] >>> "
    assert session.printed("h[1:], h.entry(2).source") == "['before', 'before!', 'after'] h[1] + '!'"


@numbered_prompts
def test_a_console_with_names_of_its_own(start: Start, target: Target) -> None:
    """The prompt names what reaches the history there; so does TAB; `pik` is there; outside all is as it was."""
    session = start(target).wait_for_prompt()
    session.enter("import code")
    session.enter("code.InteractiveConsole({'h': 5, 'only_here': [1]}).interact('', '')")
    assert session.prompt == "_h[1] >>> "
    assert session.enter("h") == ["5"]
    assert session.prompt == "_h[2] >>> "
    assert session.enter("_h[1], type(pik).__name__") == ["(5, 'Pik')"]
    if target.mode != PYPY:
        session.type("only_he")
        session.press("tab")
        session.wait_for(lambda: session.before_cursor.endswith("only_here"))
        session.enter("")
    leave_console(session)
    assert session.prompt.startswith("h[")
    session.enter("code.InteractiveConsole({}).interact('', '')")
    assert session.prompt.startswith("h[")
    assert session.enter("len(h) > 2") == ["True"]
    leave_console(session)
    session.enter("h = 0")
    assert session.prompt.startswith("_h[")


@numbered_prompts
def test_the_debugger(start: Start, target: Target) -> None:
    """The debugger displays by a hook of its own, so nothing is recorded; results can be used; its `h` is its help."""
    session = start(target).wait_for_prompt()
    session.enter(FUNCTION)
    session.enter("'first'")
    session.enter("f(1)", until=session.at_debugger)
    debug(session, "next")
    assert debug(session, "p x") == ["[1, 2]"]
    assert debug(session, "x") == ["[1, 2]"]
    for line in ("p h[1]", "!h[1]", "_h[1]"):
        assert debug(session, line) == ["'first'"], line
    assert any("Documented commands" in row for row in debug(session, "h"))
    assert debug(session, "p len(h), type(pik).__name__") == ["(2, 'Pik')"]
    session.enter("continue")
    assert session.prompt == "h[3] >>> "
    assert session.printed("h[1:], h.entry(2).source") == "['first', [1, 2]] f(1)"


@numbered_prompts
def test_the_debuggers_own_console(start: Start, target: Target) -> None:
    """`interact` in pdb opens a numbered console with the names of the function, and gives the debugger back."""
    session = start(target).wait_for_prompt()
    session.enter(FUNCTION)
    session.enter("f(1)", until=session.at_debugger)
    debug(session, "next")
    session.enter("interact")
    assert session.number == 1
    assert session.enter("x") == ["[1, 2]"]
    assert session.enter("h[1] + [3]") == ["[1, 2, 3]"]
    session.type("")
    session.press("ctrl-d")
    session.wait_for(session.at_debugger)
    assert debug(session, "p len(h)") == ["3"]
    session.enter("continue")
    assert session.prompt == "h[4] >>> "


@numbered_prompts
def test_the_debugger_at_the_prompt(start: Start, target: Target) -> None:
    """`breakpoint()` typed by itself; leaving it leaves the prompt as it was."""
    session = start(target).wait_for_prompt()
    session.enter("'first'")
    session.enter("breakpoint()", until=session.at_debugger)
    assert debug(session, "p h[1]") == ["'first'"]
    assert debug(session, "6 * 7") == ["42"]
    session.enter("continue")
    assert session.prompt == "h[2] >>> "
    session.enter("'second'")
    assert session.prompt == "h[3] >>> "
    assert session.printed("h[1:]") == "['first', 'second']"


@some_pythons
def test_a_console_that_a_script_opens(target: Target, tmp_path: Path) -> None:
    """With `histshell.install()` before it: numbered, TAB works, and a long line wraps where it should."""
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.append({str(CHECKOUT)!r})\n"
        "import code, histshell\n"
        "histshell.install()\nimport readline\n"
        "answer = 42\ncode.interact('', local=globals(), exitmsg='')\nsys.exit(3)\n"
    )
    with Session(target, tmp_path, startup=None, args=[str(script)], columns=60) as session:
        session.wait_for_prompt()
        assert session.enter("answer") == ["42"]
        assert session.prompt == "h[2] >>> "
        if target.mode != PYPY:
            session.type("h[1].bit_len")
            session.press("tab")
            session.wait_for(lambda: "h[1].bit_length" in session.before_cursor)
            session.press("ctrl-u")
        row = session.row
        session.type("x" * 70)
        session.wait_for(lambda: session.row == row + 1 and "".join(session.history()[row:]).count("x") == 70)
        assert len(session.history()[row]) == 60, "the first row is full before the second begins"
        session.press("ctrl-u")
        session.wait_for(lambda: session.before_cursor == "h[2] >>> ")
        session.press("ctrl-d")
        assert session.wait_for_end() == 3


@some_pythons
def test_without_a_session_there_is_nothing(target: Target, tmp_path: Path) -> None:
    """A script's own console, in a process where nobody has installed anything, is Python's own."""
    script = tmp_path / "script.py"
    script.write_text("import code\ncode.interact('', exitmsg='')\n")
    with Session(target, tmp_path, startup=CHECKOUT / "startup" / "pythonstartup.py", args=[str(script)]) as session:
        session.wait_for_prompt()
        assert session.prompt == ">>> "
        assert any("NameError" in row for row in session.enter("h"))
