"""The numbered prompt against the bare one: the same keys, and nothing else may differ on the screen."""

from __future__ import annotations

import pytest

from tests.prompt.session import Script, Session, Start, same_as_bare
from tests.pythons import Target, numbered_prompts

CASES: dict[str, Script] = {}
#: Those in which a traceback may show one frame of ours.
WITH_OUR_FRAME = set[str]()


def case(script: Script) -> Script:
    """Enter a script under its function's name."""
    CASES[script.__name__.strip("_").replace("_", "-")] = script
    return script


def lines(name: str, *typed: str, our_frame: bool = False) -> None:
    """Enter a script that types these lines, each at its own prompt."""

    def script(session: Session) -> None:
        for line in typed:
            session.enter(line, until=lambda: session.at_prompt() or session.at_continuation())
            if session.at_continuation():  # PyPy wants to hear more of what others call an error at once
                session.interrupt()

    CASES[name] = script
    if our_frame:
        WITH_OUR_FRAME.add(name)


lines("arithmetic", "1 + 1", "_ * 21", "None", "_", "x = 5", "x; x + 1", "print('out'); x")
lines("long-output", "import this", "list(range(400))")
lines("errors", "1/0", "undefined", "raise ValueError('mine')", "1 +", "def f(:", "print 'x'", "(]", "'open", "1; 2/0; 3", "_")
lines("imports", "import nothing_of_this_name", "from os import nothing", "import hostile; hostile.SPECIAL_NAMES and None")
lines("repr-raises", "'before'", "from hostile import *", "Broken()", "Broken(), 1", "Numeric()", "_", our_frame=True)
lines("untouchable", "from hostile import *", "Untouchable()", "_", our_frame=True)
lines("warnings", "import warnings; warnings.warn('mine')", "1 is 1", "'a' is 'a'")
lines("last-value", "'shown'", "_", "exec('1', {})", "exec(compile('2', '', 'single'))", "_", "import builtins; builtins._")
lines("its-own-frame", "import sys; sys._getframe().f_code.co_name, sys._getframe().f_back and sys._getframe().f_back.f_code.co_name")


@case
def block(session: Session) -> None:
    session.block("for i in range(3):", "    i", "    str(i)")
    session.block("def f(x):", "    if x:", "        return x", "    return 0")
    session.enter("f(3), f(0)")
    session.block("class A:", "    x = 1")
    session.block("try:", "    1/0", "except ArithmeticError as error:", "    error")


@case
def error_in_a_block(session: Session) -> None:
    session.block("for i in (1, 0):", "    1 // i")
    session.block("def f():", "    return 1/0")
    session.enter("f()")


@case
def exit_4(session: Session) -> None:
    session.type("exit(4)")
    session.press("enter")
    session.wait_for_end()


@case
def exit_without_a_call(session: Session) -> None:
    session.type("exit")
    session.press("enter")
    session.wait_for(lambda: session.ended or session.at_prompt())  # from 3.13 on it does end


@case
def quit_in_a_function(session: Session) -> None:
    session.type("import sys; sys.exit('a message')")
    session.press("enter")
    session.wait_for_end()


@case
def repr_that_exits(session: Session) -> None:
    session.enter("from hostile import *")
    session.type("Quitter()")
    session.press("enter")
    session.wait_for_end()


@case
def ctrl_d_at_once(session: Session) -> None:
    session.press("ctrl-d")


@case
def ctrl_d_in_a_line(session: Session) -> None:
    session.type("'ab'")
    session.press("home", "ctrl-d", "ctrl-d", "enter")
    session.wait_for(session.at_prompt)


@case
def ctrl_c_at_an_empty_prompt(session: Session) -> None:
    session.interrupt()
    session.enter("'still here'")
    session.interrupt()
    session.interrupt()


@case
def ctrl_c_in_a_line(session: Session) -> None:
    session.type("'never run'")
    session.wait_for(lambda: "never run'" in session.before_cursor)
    session.interrupt()
    session.enter("'run'")


@case
def ctrl_c_in_a_block(session: Session) -> None:
    session.type("if 1:")
    session.press("enter")
    session.wait_for(session.at_continuation)
    session.interrupt()
    session.enter("'run'")


@case
def ctrl_c_in_running_code(session: Session) -> None:
    session.enter("import time")
    session.type("print('napping'); time.sleep(60)")
    session.press("enter")
    session.wait_for(lambda: session.history()[-1] == "napping")
    session.wait_for_sleep()
    session.interrupt()
    session.enter("'still here'")


@case
def editing(session: Session) -> None:
    session.type("bc + 1")
    session.press("home")
    session.type("a")
    session.press("end", "backspace")
    session.type("2")
    session.press("home", "ctrl-k")
    session.type("'xyz'")
    session.press("left", "left", "backspace", "right", "backspace")
    session.type("w'")
    session.press("enter")
    session.wait_for(session.at_prompt)
    session.press("up", "enter")
    session.wait_for(session.at_prompt)
    session.type("'gone'")
    session.press("ctrl-u")
    session.enter("'typed instead'")


@case
def completion(session: Session) -> None:
    session.enter("import keyword; unmistakable = 1")
    session.type("unmis")
    session.press("tab")
    session.wait_for(lambda: "unmistakable" in session.before_cursor)
    session.press("enter")
    session.wait_for(session.at_prompt)
    session.type("keyword.iskey")
    session.press("tab")
    session.wait_for(lambda: "keyword.iskeyword(" in session.before_cursor)
    session.type("'if')" if session.before_cursor.endswith("(") else "")
    session.press("enter")
    session.wait_for(session.at_prompt)


@case
def asks_for_input(session: Session) -> None:
    session.enter("name = input('Who? ')", until=lambda: session.before_cursor == "Who? ")
    session.type("nobody")
    session.press("enter")
    session.wait_for(session.at_prompt)
    session.enter("name")
    session.enter("input()", until=lambda: session.column == 0 and session.line.strip() == "")
    session.type("x")
    session.press("enter")
    session.wait_for(session.at_prompt)


@case
def pasted_in_brackets(session: Session) -> None:
    session.paste("def f(x):\n    return x + 1\n")
    session.press("enter")
    session.wait_for(lambda: session.at_prompt() or session.at_continuation())
    session.enter("")
    session.enter("f(41)")


@case
def pasted_without_brackets(session: Session) -> None:
    session.type("a = 1\rb = 2\ra + b\rprint('the ' + 'end')\r")
    session.wait_for("the end")
    session.wait_for(session.at_prompt)


@case
def debugger_by_breakpoint(session: Session) -> None:
    session.enter("x = [1, 2]")
    _debug(session, "breakpoint()")


@case
def debugger_by_set_trace(session: Session) -> None:
    session.enter("x = [1, 2]; import pdb")
    _debug(session, "pdb.set_trace()")


@case
def debugger_in_a_function(session: Session) -> None:
    session.block("def f(x):", "    breakpoint()", "    return x")
    _debug(session, "f([1, 2])")


@case
def debugger_run(session: Session) -> None:
    session.enter("import pdb; x = 3")
    _debug(session, "pdb.run('x + 1')")


def _debug(session: Session, line: str) -> None:
    session.enter(line, until=session.at_debugger)
    for command in ("p x", "x", "len(x) if isinstance(x, list) else x", "1/0", "w", "!x = 6", "p x, 1"):
        session.enter(command, until=session.at_debugger)
    session.enter("c")
    session.enter("'after'")


@case
def debugger_steps(session: Session) -> None:
    session.block("def f(x):", "    y = x", "    return y")
    session.enter("breakpoint(); f(1)", until=session.at_debugger)
    for _ in range(3):
        session.enter("s", until=lambda: session.at_debugger() or session.at_prompt())
    if not session.at_prompt():
        session.enter("c", until=lambda: session.at_prompt() or session.at_debugger())
    if session.at_debugger():
        session.enter("c")
    session.enter("'after'")


@case
def debugger_quit(session: Session) -> None:
    session.enter("breakpoint()", until=session.at_debugger)
    session.enter("q", until=lambda: session.at_prompt() or session.at_debugger() or "y/n" in session.line)
    if "y/n" in session.line:
        session.type("y")
        session.press("enter")
        session.wait_for_end()


@case
def post_mortem(session: Session) -> None:
    session.enter("1/0")
    session.enter("import pdb; pdb.pm()", until=session.at_debugger)
    session.enter("w", until=session.at_debugger)
    session.enter("q")


@case
def interact(session: Session) -> None:
    session.enter("x = 5; import code")
    session.enter("code.interact(local=dict(x=6))")
    session.enter("x")
    session.enter("1/0")
    session.press("ctrl-d")
    session.wait_for(session.at_prompt)
    session.enter("x")


@case
def interact_with_a_banner(session: Session) -> None:
    session.enter("import code")
    session.enter("code.interact('in', exitmsg='out')")
    session.enter("'inside'")
    session.press("ctrl-d")
    session.wait_for(session.at_prompt)
    session.enter("'outside'")


@case
def a_child_with_a_prompt(session: Session) -> None:
    session.enter("import subprocess, sys")
    session.enter("subprocess.run([sys.executable, '-c', 'print(1); 2']).returncode")


@pytest.mark.parametrize("name", sorted(CASES))
@numbered_prompts
def test_the_same_keys_show_the_same(start: Start, target: Target, name: str) -> None:
    """Line by line and with the same exit status, but for the number in the prompt."""
    same_as_bare(start, target, CASES[name], our_frame=name in WITH_OUR_FRAME)
