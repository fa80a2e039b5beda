"""The numbered prompt against the bare one: the same keys, and nothing else may differ on the screen.

A scene is what is typed on one subject; scenes of a group are played one after the other in one session.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.prompt.session import Script, Session, Start, same_as_bare
from tests.pythons import PYPY, Target, by_turns, numbered_prompts

GROUPS: dict[str, list[Script]] = {}


def scene(group: str) -> Callable[[Script], Script]:
    """Enter a scene into its group."""

    def enter(script: Script) -> Script:
        GROUPS.setdefault(group, []).append(script)
        return script

    return enter


def lines(group: str, *typed: str) -> None:
    """Enter a scene of lines that are typed each at its own prompt."""

    @scene(group)
    def script(session: Session) -> None:
        for line in typed:
            session.enter(line, until=lambda: session.at_prompt() or session.at_continuation())
            if session.at_continuation():  # PyPy wants to hear more of what others call an error at once
                session.interrupt()


# -- values ------------------------------------------------------------------------------------------------------------

lines("values", "1 + 1", "_ * 21", "None", "_", "x = 5", "x; x + 1", "print('out'); x", "'tab\\t', '\\x1b[1m', 'é漢'")
lines("values", "exec('1', {})", "exec(compile('2', '', 'single'))", "_", "import builtins; builtins._")
lines("values", "import this", "list(range(400))", "'a' * 300")
lines("values", "import sys; f = sys._getframe(); f.f_code.co_name, f.f_back and f.f_back.f_code.co_name, f.f_lineno")
lines("values", "__name__, __doc__, __package__, __loader__, __spec__, globals() is locals()")


@scene("values")
def _(session: Session) -> None:
    session.block("for i in range(3):", "    i", "    str(i)")
    session.block("def f(x):", "    if x:", "        return x", "    return 0")
    session.enter("f(3), f(0)")
    session.block("class A:", "    x = 1")
    session.block("try:", "    1/0", "except ArithmeticError as error:", "    error")


@scene("values")
def _(session: Session) -> None:
    session.enter("import subprocess, sys")
    session.enter("subprocess.run([sys.executable, '-c', 'print(1); 2']).returncode")
    session.enter("subprocess.run([sys.executable, '-i'], input=b'6 * 7', capture_output=True)")


@scene("values")
def _(session: Session) -> None:
    session.enter("name = input('Who? ')", until=lambda: session.before_cursor == "Who? ")
    session.type("nobody")
    session.press("enter")
    session.wait_for_prompt()
    session.enter("name")
    session.enter("input()", until=lambda: session.column == 0 and session.line.strip() == "")
    session.wait_for_sleep()  # nothing shows when it listens; before that the terminal itself echoes what is typed
    session.type("x")
    session.press("enter")
    session.wait_for_prompt()


# -- errors ------------------------------------------------------------------------------------------------------------

lines(
    "errors", "1/0", "undefined", "raise ValueError('mine')", "1 +", "def f(:", "print 'x'", "(]", "'open", "1; 2/0; 3"
)
lines("errors", "import nothing_of_this_name", "from os import nothing", "import hostile", "hostile.nothing")
lines("errors", "import warnings; warnings.warn('mine')", "1 is 1", "'\\q'", "eval('1 +')", "exec('1/0')")
lines("errors", "raise KeyboardInterrupt", "raise type('Mine', (BaseException,), {})")


@scene("errors")
def _(session: Session) -> None:
    session.block("for i in (1, 0):", "    1 // i")
    session.block("def f():", "    return 1/0")
    session.enter("f()")


# A repr that raises: one frame of ours is in the traceback.
lines("raising", "'before'", "from hostile import *", "Broken()", "Broken(), 1", "Numeric()", "_", "1", "Broken()", "_")
# Nothing is shown after it: a value in the history goes later than one that only `_` holds, and its __del__ speaks.
lines("raising", "Untouchable()")


# -- keys --------------------------------------------------------------------------------------------------------------


@scene("keys")
def _(session: Session) -> None:
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
    session.wait_for_prompt()
    session.press("up", "enter")
    session.wait_for_prompt()
    session.type("'gone'")
    session.press("ctrl-u")
    session.enter("'typed instead'")
    session.press("up", "up", "down", "enter")
    session.wait_for_prompt()


@scene("keys")
def _(session: Session) -> None:
    session.enter("import keyword; unmistakable = 1")
    session.type("unmis")
    session.press("tab")
    session.wait_for(lambda: "unmistakable" in session.before_cursor)
    session.press("enter")
    session.wait_for_prompt()
    session.type("keyword.iskey")
    session.press("tab")
    session.wait_for(lambda: "keyword.iskeyword(" in session.before_cursor)
    session.type("'if')")
    session.press("enter")
    session.wait_for_prompt()


@scene("keys")
def _(session: Session) -> None:
    session.type("'ab'")
    session.press("home", "ctrl-d", "ctrl-d", "enter")
    session.wait_for(lambda: session.at_prompt() or session.at_continuation())
    if session.at_continuation():
        session.interrupt()


@scene("keys")
def _(session: Session) -> None:
    session.type("a = 1\rb = 2\ra + b\rprint('the ' + 'end')\r")
    session.wait_for("the end")
    session.wait_for_prompt()


def _paste(session: Session, text: str) -> None:
    last = session.row + text.count("\n")
    end = text.rpartition("\n")[2]
    session.paste(text)
    session.wait_for(lambda: session.row == last and session.before_cursor.endswith(end))
    session.press("enter")
    # readline goes on in the same row if that is empty
    session.wait_for(lambda: session.at_prompt(since=last - 1) or session.at_continuation())
    if session.at_continuation():
        session.enter("")


@scene("paste")
def _(session: Session) -> None:
    for text in ("6 * 7", "def f(x):\n    return x + 1\n", "x = 1\ny = 2\nx + y\n"):
        _paste(session, text)
    session.enter("'after'")


# -- Ctrl-C ------------------------------------------------------------------------------------------------------------


@scene("interrupts")
def _(session: Session) -> None:
    session.interrupt()
    session.enter("'still here'")
    session.interrupt()
    session.interrupt()


@scene("interrupts")
def _(session: Session) -> None:
    session.type("'never run'")
    session.wait_for(lambda: "never run'" in session.before_cursor)
    session.interrupt()
    session.enter("'run'")


@scene("interrupts")
def _(session: Session) -> None:
    session.type("if 1:")
    session.press("enter")
    session.wait_for(session.at_continuation)
    session.interrupt()
    session.enter("'run'")


@scene("interrupts")
def _(session: Session) -> None:
    session.enter("import time")
    session.type("print('napping'); time.sleep(60)")
    session.press("enter")
    session.wait_for(lambda: session.history()[-1] == "napping")
    session.interrupt()
    session.enter("'still here'")


@scene("interrupted-repr")
def _(session: Session) -> None:
    session.enter("from hostile import *")
    session.enter("'before'")
    session.type("Sleepy()")
    session.press("enter")
    session.wait_for(lambda: session.history()[-1] == "napping")
    session.interrupt()
    session.enter("'after'")
    session.enter("_")


# -- the end -----------------------------------------------------------------------------------------------------------


def _ending(group: str, *typed: str) -> None:
    @scene(group)
    def script(session: Session) -> None:
        for line in typed[:-1]:
            session.enter(line)
        session.type(typed[-1])
        session.press("enter")
        # From 3.13 on `exit` alone does end, before that it says how to.
        session.wait_for(lambda: session.ended or session.at_prompt())


_ending("end-exit-4", "'shown'", "exit(4)")
_ending("end-exit", "'shown'", "exit")
_ending("end-message", "import sys", "sys.exit('a message')")
_ending("end-in-a-repr", "from hostile import *", "Quitter()")
_ending("end-with-threads", "import threading; threading.Thread(target=print, args=('thread',)).run()", "quit()")
_ending("end-finalised", "from hostile import *", "Finalised()", "_.name = 'displayed'", "kept = Finalised()", "exit()")


@scene("end-at-once")
def _(session: Session) -> None:
    session.press("ctrl-d")


# -- debugger and inner prompts ----------------------------------------------------------------------------------------


def _debug(session: Session, line: str) -> None:
    session.enter(line, until=session.at_debugger)
    for command in ("p x", "x", "len(x) if isinstance(x, list) else x", "1/0", "w", "!x = 6", "p x, 1", "None"):
        session.enter(command, until=session.at_debugger)
    session.enter("c")
    session.enter("'after'")


@scene("debugger")
def _(session: Session) -> None:
    session.enter("x = [1, 2]")
    _debug(session, "breakpoint()")
    session.enter("import pdb; x = [1, 2]")
    _debug(session, "pdb.set_trace()")


@scene("debugger")
def _(session: Session) -> None:
    session.block("def f(x):", "    breakpoint()", "    return x")
    _debug(session, "f([1, 2])")


@scene("debugger")
def _(session: Session) -> None:
    session.enter("import pdb; x = 3")
    _debug(session, "pdb.run('x + 1')")


@scene("debugger")
def _(session: Session) -> None:
    session.enter("1/0")
    session.enter("import pdb; pdb.pm()", until=session.at_debugger)
    session.enter("w", until=session.at_debugger)
    session.enter("q")


@scene("stepping")
def _(session: Session) -> None:
    session.block("def f(x):", "    y = x", "    return y")
    session.enter("breakpoint(); f(1)", until=session.at_debugger)
    for _ in range(3):
        session.enter("s", until=lambda: session.at_debugger() or session.at_prompt())
    while not session.at_prompt():
        session.enter("c", until=lambda: session.at_prompt() or session.at_debugger())
    session.enter("'after'")


@scene("leaving-the-debugger")
def _(session: Session) -> None:
    session.enter("breakpoint()", until=session.at_debugger)
    session.enter("q", until=lambda: session.at_prompt() or session.at_debugger() or "y/n" in session.line)
    if "y/n" in session.line:
        session.type("y")
        session.press("enter")
        session.wait_for_end()


@scene("interact")
def _(session: Session) -> None:
    session.enter("x = 5; import code")
    session.enter("code.interact(local=dict(x=6))")
    session.enter("x")
    session.enter("1/0")
    session.press("ctrl-d")
    session.wait_for_prompt()
    session.enter("x")


@scene("interact")
def _(session: Session) -> None:
    session.enter("import code")
    session.enter("code.interact('in', exitmsg='out')")
    session.enter("'inside'")
    session.press("ctrl-d")
    session.wait_for_prompt()
    session.enter("'outside'")


#: One frame of ours is allowed in the tracebacks of these.
WITH_OUR_FRAME = {"raising", "interrupted-repr"}
#: PyPy runs every display hook as Python code, so its debugger stops there; documented.
NOT_ON_PYPY = {
    "debugger": "PyPy's debugger stops in the display hook",
    "stepping": "PyPy's debugger steps into the display hook",
    "leaving-the-debugger": "PyPy's debugger stops in the display hook",
    "paste": "PyPy's line editor does not know bracketed paste",
}


def _is_compared(target: Target, group: str) -> bool:
    return target.mode != PYPY or group not in NOT_ON_PYPY


@by_turns("group", sorted(GROUPS), numbered_prompts, times=3, where=_is_compared)
def test_the_same_keys_show_the_same(start: Start, target: Target, group: str) -> None:
    """Line by line and with the same exit status, but for the number in the prompt."""

    def script(session: Session) -> None:
        for play in GROUPS[group]:
            play(session)

    same_as_bare(start, target, script, our_frame=group in WITH_OUR_FRAME)
