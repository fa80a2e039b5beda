"""What Python's own prompts, and the rich one, leave in the journal: typed at as a person would, and ended in every way."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from histshell.journal import reader
from histshell.journal.file_format import Input, SessionLog
from tests.prompt.session import STARTUP, Session, Start
from tests.pythons import BASIC, PYPY, READLINE, Target, home_prompts, numbered_prompts, numbered_pythons, some_pythons
from tests.ui.rich import start as start_rich


def logs(home: Path) -> list[SessionLog]:
    """The sessions that are kept in a home."""
    folder = home / ".local" / "state" / "histshell" / "journal"
    return [log for path in reader.files(str(folder)) for log in reader.read(path)]


def the_log(home: Path) -> SessionLog:
    """The only one."""
    (log,) = logs(home)
    return log


RUNS = "print('runn' + 'ing'); import time; time.sleep(1000)"
"""An input that runs for as long as a test may take, and says when it does."""


def told(one: Input) -> tuple[str, str, list[str]]:
    """Source, outcome, and the previews of the results."""
    return one.source, one.error[0] if one.error else one.outcome, [result.preview for result in one.results]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of the sessions that `start` starts."""
    return tmp_path / "home"


# -- what is kept ------------------------------------------------------------------------------------------------------


@numbered_prompts
def test_each_input_is_kept(start: Start, target: Target, home: Path) -> None:
    """Statements and failed ones too, blocks whole, with results and exceptions; empty lines are none."""
    session = start(target).wait_for_prompt()
    assert not list((home / ".local" / "state" / "histshell").iterdir())
    session.enter("x = 1")
    session.enter("x + 41")
    session.enter("")
    session.enter("1/0")
    session.block("for i in range(2):", "    i")
    session.enter("x +=")
    session.enter("x + 41")
    session.enter("x + 41")
    session.enter("")
    session.enter("'é', \"a'b\"")
    assert session.leave() == 0
    log = the_log(home)
    assert [told(one) for one in log.inputs] == [
        ("x = 1", "ok", []),
        ("x + 41", "ok", ["42"]),
        ("1/0", "ZeroDivisionError", []),
        ("for i in range(2):\n    i", "ok", ["0", "1"]),
        ("x +=", "SyntaxError", []),
        ("x + 41", "ok", ["42"]),
        ("x + 41", "ok", ["42"]),
        ("'é', \"a'b\"", "ok", ["('é', \"a'b\")"]),
    ]
    assert [result.number for one in log.inputs for result in one.results] == [1, 2, 3, 4, 5, 6]
    assert log.left
    assert log.session.executable == str(target.python.path)
    assert log.session.pid == session.pid


@numbered_prompts
def test_the_same_once_more(start: Start, target: Target, home: Path) -> None:
    """Typed again, or taken from the memory of the line editor, an input is one more; an empty line is none."""
    session = start(target).wait_for_prompt()
    for line in ("1", "2", "3"):  # at the second prompt a thread reads journals, and what is read is no measure
        session.enter(line)
    session.enter("x = 1")
    session.enter("x = 1")
    session.press("up")
    session.wait_for(lambda: session.before_cursor.endswith(">>> x = 1"))
    session.enter("")
    for _ in range(3):
        session.enter("")
    session.enter("y = 2")
    session.leave()
    assert [one.source for one in the_log(home).inputs] == ["1", "2", "3", "x = 1", "x = 1", "x = 1", "y = 2"]


@numbered_prompts
def test_what_is_typed_and_given_up_is_none(start: Start, target: Target, home: Path) -> None:
    """Ctrl-C while a line is typed, or a block; and while an input runs it is an exception of that."""
    session = start(target).wait_for_prompt()
    session.enter("'first'")
    session.type("'given up'")
    session.interrupt()
    session.type("if True:")
    session.press("enter")
    session.wait_for(session.at_continuation)
    session.interrupt()
    session.enter(RUNS, until="running")
    session.interrupt()
    session.enter("'last'")
    session.leave()
    assert [told(one)[:2] for one in the_log(home).inputs] == [
        ("'first'", "ok"),
        (RUNS, "KeyboardInterrupt"),
        ("'last'", "ok"),
    ]


@numbered_prompts
def test_prompts_within_the_prompt(start: Start, target: Target, home: Path) -> None:
    """A debugger, `input()` and the pickle mode end nothing; lines of the pickle mode are kept as such."""
    session = start(target).wait_for_prompt()
    session.enter("breakpoint(); 'after'", until=session.at_debugger)
    session.enter("p 'not kept'", until=session.at_debugger)
    session.enter("c")
    session.enter("pik()", until=session.at_pik)
    session.enter("I5", until=session.at_pik)
    session.enter(".", until=session.at_pik)
    session.enter("quit")
    session.type("input()")
    session.press("enter")
    session.type("yes")
    session.press("enter")
    session.wait_for("'yes'")
    session.wait_for_prompt()
    session.leave()
    inputs = the_log(home).inputs
    expected = [
        ("breakpoint(); 'after'", ""),
        ("pik()", ""),
        ("I5", "pik"),
        (".", "pik"),
        ("quit", "pik"),
        ("input()", ""),
    ]
    assert [(one.source, one.language) for one in inputs] == expected
    assert {one.outcome for one in inputs} == {"ok"}
    assert [one.source for one in inputs if one.results] in (
        ["breakpoint(); 'after'", ".", "input()"],
        [".", "input()"],  # PyPy's debugger stops in the display hook, and up to 3.12 it may end in it
    )


@numbered_prompts
def test_a_console_within_the_prompt(start: Start, target: Target, home: Path) -> None:
    """The inputs of `code.interact()` are kept too, within the one that opened it, which is over when it is."""
    session = start(target).wait_for_prompt()
    session.enter("import code")
    session.enter("code.interact('', local={}, exitmsg=''); 'outer'")
    session.enter("x = 1")
    session.enter("x + 4")
    session.enter("1/0")
    session.enter("x +=")
    session.block("for i in range(2):", "    i")
    (log,) = logs(home)
    assert told(log.inputs[1])[:2] == ("code.interact('', local={}, exitmsg=''); 'outer'", "")
    session.press("ctrl-d")
    session.wait_for("'outer'")
    session.wait_for_prompt()
    session.enter("'after'")
    session.leave()
    assert [told(one) for one in the_log(home).inputs[1:]] == [
        ("code.interact('', local={}, exitmsg=''); 'outer'", "ok", ["'outer'"]),
        ("x = 1", "ok", []),
        ("x + 4", "ok", ["5"]),
        ("1/0", "ZeroDivisionError", []),
        ("x +=", "SyntaxError", []),
        ("for i in range(2):\n    i", "ok", ["0", "1"]),
        ("'after'", "ok", ["'after'"]),
    ]


@some_pythons
def test_a_console_within_a_prompt_without_builtins(start: Start, target: Target) -> None:
    """It cannot be watched then; its prompt keeps the number."""
    if target.mode != READLINE:
        pytest.skip("the others' line editors end by it")
    session = start(target).wait_for_prompt()
    session.enter("import builtins, code")
    session.enter("kept, builtins.len = len, None")
    session.enter("code.interact('', local=globals())")
    assert session.enter("1 + 1") == ["2"]
    assert session.number == 2
    session.enter("builtins.len = kept")
    assert session.number == 2


@home_prompts
def test_asyncios_prompt(start: Start, target: Target, home: Path) -> None:
    """Tells of its inputs from another thread than that which runs them; a window that is closed is a goodbye there too."""
    if target.minor < (3, 13) or not target.is_pyrepl:
        pytest.skip("no start-up file is run there, or nothing told")
    session = start(target, args=["-m", "asyncio"]).wait_for_prompt()
    session.enter("x = 1")
    session.enter("import asyncio; await asyncio.sleep(0.01, x + 41)")
    session.enter("await nothing")
    assert "SIG_DFL" in session.printed("repr(__import__('signal').getsignal(1))")
    session.wait_for_sleep()
    os.kill(session.pid, signal.SIGHUP)
    session.wait_for_end()
    log = the_log(home)
    assert [told(one) for one in log.inputs[:3]] == [
        ("x = 1", "ok", []),
        ("import asyncio; await asyncio.sleep(0.01, x + 41)", "ok", ["42"]),
        ("await nothing", "NameError", []),
    ]
    assert log.left


@some_pythons
def test_a_marked_prompt(start: Start, target: Target, home: Path) -> None:
    """One with the marks of shell integration tells of each input just so."""
    session = start(target, env={"HISTSHELL_SHELL_INTEGRATION": "on"}).wait_for_prompt()
    session.enter("x = 1")
    session.enter("")
    session.enter("1/0")
    session.enter("x + 1")
    session.leave()
    log = the_log(home)
    assert [told(one) for one in log.inputs] == [
        ("x = 1", "ok", []),
        ("1/0", "ZeroDivisionError", []),
        ("x + 1", "ok", ["2"]),
    ]
    assert log.left


INTERRUPTING = (
    'exec(\'def t(frame, event, arg):\\n if event == "line" and frame.f_code.co_name == "_accepted" and not done: '
    "done.append(1); signal.raise_signal(2)\\n return t')"
)


@some_pythons
def test_ctrl_c_while_an_input_is_kept(start: Start, target: Target, home: Path) -> None:
    """It is the user's, and ends the input; the record is there all the same, once."""
    if target.mode == PYPY:
        pytest.skip("its tracer does not see what its line editor calls")
    session = start(target).wait_for_prompt()
    session.enter("import signal, sys; done = []")
    session.enter(INTERRUPTING)
    session.enter("sys.settrace(t)")
    session.enter(
        "import time; time.sleep(1000)", until=lambda: "KeyboardInterrupt" in session.history() and session.at_prompt()
    )
    session.enter("sys.settrace(None)")
    session.enter("'last'")
    session.leave()
    inputs = the_log(home).inputs[-3:]
    assert [told(one)[:2] for one in inputs] == [
        ("import time; time.sleep(1000)", "KeyboardInterrupt"),
        ("sys.settrace(None)", "ok"),
        ("'last'", "ok"),
    ]


@some_pythons
def test_what_is_not_told_before_is_told_afterwards(start: Start, target: Target, home: Path) -> None:
    """Ctrl-C just when C's loop lets go of its prompt takes away that telling; here somebody else does."""
    if target.mode not in (READLINE, BASIC):
        pytest.skip("its line editor tells of what it has read")
    session = start(target).wait_for_prompt()
    session.enter("import histshell.prompt")
    session.enter("histshell.prompt.watched = lambda text, gone: text")
    session.enter("6 * 7")
    session.enter("6 * 7")
    session.enter("1 / 0")
    session.press("enter")
    session.wait_for_prompt()
    session.block("for n in range(2):", "    n")
    session.leave()
    assert [told(one) for one in the_log(home).inputs][2:] == [
        ("6 * 7", "ok", ["42"]),
        ("6 * 7", "ok", ["42"]),
        ("1 / 0", "ZeroDivisionError", []),
        ("for n in range(2):\n    n", "ok", ["0", "1"]),
    ]


@some_pythons
def test_a_prompt_of_ones_own(start: Start, target: Target, home: Path) -> None:
    """PyREPL tells all the same; C's loop does not tell when an input ends, nor of one, until a numbered prompt is back."""
    session = start(target).wait_for_prompt()
    session.enter("'first'")
    session.enter("import sys; mine, sys.ps1 = sys.ps1, 'my own> '", until="my own>")
    session.enter("'second'", until=lambda: session.line.startswith("my own>") and "'second'" in session.history())
    session.enter("sys.ps1 = mine")
    session.enter("'third'")
    session.leave()
    sources = [one.source for one in the_log(home).inputs]
    assert sources[:2] == ["'first'", "import sys; mine, sys.ps1 = sys.ps1, 'my own> '"]
    assert sources[-1] == "'third'"


# -- what is not -------------------------------------------------------------------------------------------------------


@some_pythons
def test_nothing_is_kept_where_the_setting_says_so(start: Start, target: Target, home: Path) -> None:
    """Nor is a folder made, or a module of the journal loaded but for the settings."""
    session = start(target, env={"HISTSHELL_JOURNAL": "off"}, first=True).wait_for_prompt()
    session.enter("42")
    session.enter("1/0")
    loaded = session.printed("[m for m in __import__('sys').modules if m.startswith('histshell.journal.')]")
    assert loaded == "[]"
    session.leave()
    assert not (home / ".local" / "state").exists()


AUDITED = """
import atexit, sys
seen = []
sys.addaudithook(lambda event, args: seen.append(event + " " + " ".join(str(one) for one in args[:1])))
def say():
    mine = [one.replace(chr(10), " ") for one in seen if one.split(" ")[0] in ("open", "import") or one.startswith("os.")]
    with open({out!r}, "w") as file:
        file.write(chr(10).join(mine))
atexit.register(say)
with open({startup!r}) as file:
    exec(compile(file.read(), {startup!r}, "exec"))
"""
"""A start-up file that notes what is opened, imported and looked for from then on, and runs ours."""


@numbered_pythons
def test_nothing_is_done_before_the_first_input(start: Start, target: Target, tmp_path: Path) -> None:
    """No module of the journal is loaded, and nothing of its opened or looked for, in a session that is left at once; with an
    input all of that is seen.
    """
    if target.mode == PYPY:
        pytest.skip("it tells an audit hook of no file")
    startup, out = tmp_path / "audited.py", tmp_path / "seen"
    startup.write_text(AUDITED.format(out=str(out), startup=str(STARTUP)))
    for lines in ([], ["x = 1"]):
        session = start(target, startup=startup).wait_for_prompt()
        session.enter("")
        for line in lines:
            session.enter(line)
        session.leave()
        seen = [line for line in out.read_text().splitlines() if ".local/state" in line or "journal" in line]
        assert bool(seen) is bool(lines), seen


@some_pythons
def test_a_line_of_an_earlier_session(start: Start, target: Target, home: Path) -> None:
    """The newest line in readline's own file is no input of this session, unless it is typed here."""
    if target.mode != READLINE:
        pytest.skip("the others say what was read")
    session = start(target, startup=None).wait_for_prompt()
    home.joinpath(".python_history").write_text("'typed before'\n")
    session.leave()
    for again in (False, True):
        home.joinpath(".python_history").write_text("'typed before'\n")
        env = {"HOME": str(home), "HISTSHELL_COMPLETION": "off"}
        session = Session(target, home, startup=STARTUP, env=env).wait_for_prompt()
        session.enter("")
        if again:
            session.enter("'typed before'")
        session.leave()
        session.close()
        assert [told(one) for log in logs(home) for one in log.inputs] == (
            [("'typed before'", "ok", ["'typed before'"])] if again else []
        )


@some_pythons
def test_what_the_first_input_loads(start: Start, target: Target) -> None:
    """The writer, and nothing that takes long."""
    session = start(target).wait_for_prompt()
    loaded = session.printed("sorted(m for m in __import__('sys').modules if m.startswith('histshell.journal.'))")
    assert "histshell.journal.writer" in loaded
    assert "histshell.journal.reader" not in loaded
    session.enter("import sys")
    for module in ("socket", "getpass", "platform") if target.mode == READLINE else ():
        assert session.printed(f"{module!r} in sys.modules") == "False"


# -- how a session ends ------------------------------------------------------------------------------------------------

ENDS = {
    "killed": ("import os; os.kill(os.getpid(), 9)", signal.SIGKILL),
    "os._exit": ("import os; os._exit(0)", None),
    "crashed": ("import faulthandler; faulthandler._sigsegv()", signal.SIGSEGV),
    "terminated": ("import os; os.kill(os.getpid(), 15)", signal.SIGTERM),
}


@pytest.mark.parametrize("end", ENDS)
@some_pythons
def test_the_input_that_ends_the_process(start: Start, target: Target, home: Path, end: str) -> None:
    """It is there, without an outcome; there is no goodbye."""
    source, _ = ENDS[end]
    if end == "crashed" and target.mode == PYPY:
        source = "import os; os.kill(os.getpid(), 11)"
    session = start(target).wait_for_prompt()
    session.enter("x = 1")
    session.type(source)
    session.press("enter")
    session.wait_for_end()
    log = the_log(home)
    assert [(one.source, one.outcome) for one in log.inputs] == [("x = 1", "ok"), (source, "")]
    assert not log.left


@some_pythons
def test_an_input_that_leaves(start: Start, target: Target, home: Path) -> None:
    """It is no failure, and the session says goodbye."""
    session = start(target).wait_for_prompt()
    session.enter("x = 1")
    session.type("import sys; sys.exit(0)")
    session.press("enter")
    session.wait_for_end()
    log = the_log(home)
    assert told(log.inputs[-1]) == ("import sys; sys.exit(0)", "ok", [])
    assert log.left


@numbered_prompts
def test_a_window_that_is_closed(start: Start, target: Target, home: Path) -> None:
    """With nothing running it is a goodbye, and the process ends by the signal as ever."""
    session = start(target).wait_for_prompt()
    session.enter("x = 1")
    session.wait_for_sleep()
    os.kill(session.pid, signal.SIGHUP)
    session.wait_for_end()
    log = the_log(home)
    assert [told(one)[:2] for one in log.inputs] == [("x = 1", "ok")]
    assert log.left


@some_pythons
def test_a_signal_after_the_end_was_read(start: Start, target: Target, home: Path) -> None:
    """A window that is closed may tell of the end first, and send the signal while the process ends: still a goodbye."""
    session = start(target).wait_for_prompt()
    session.enter("import atexit, os; kill = atexit.register(os.kill, os.getpid(), 1)")
    session.press("ctrl-d")
    session.wait_for_end()
    log = the_log(home)
    assert [told(one)[:2] for one in log.inputs] == [(log.inputs[0].source, "ok")]
    assert log.left


@some_pythons
def test_a_terminal_that_is_gone(start: Start, target: Target, home: Path) -> None:
    """Its end is no input, not even one that turns out to have been none."""
    session = start(target).wait_for_prompt()
    session.enter("import signal")
    session.enter("old = signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    session.wait_for_sleep()
    session.hang_up()
    (path,) = (home / ".local" / "state" / "histshell" / "journal").glob("*.jsonl")
    assert path.read_text().count('"kind": "input"') == 2
    assert the_log(home).left


@numbered_prompts
def test_a_window_that_is_closed_over_an_input(start: Start, target: Target, home: Path) -> None:
    """While something runs it is none; and the input sees the default in SIGHUP's place."""
    session = start(target).wait_for_prompt()
    session.enter("import signal")
    assert session.printed("signal.getsignal(signal.SIGHUP) is signal.SIG_DFL") == "True"
    session.enter(RUNS, until="running")
    os.kill(session.pid, signal.SIGHUP)
    session.wait_for_end()
    log = the_log(home)
    assert (log.inputs[-1].source, log.inputs[-1].outcome, log.left) == (RUNS, "", False)


@some_pythons
def test_a_handler_of_the_users(start: Start, target: Target, home: Path) -> None:
    """Of SIGHUP stays in its place."""
    session = start(target).wait_for_prompt()
    session.enter("import signal, os")
    session.enter("old = signal.signal(signal.SIGHUP, lambda *_: print('theirs'))")
    assert session.printed("old is signal.SIG_DFL") == "True"
    session.enter("os.kill(os.getpid(), signal.SIGHUP)")
    assert any("theirs" in row for row in session.history())
    session.leave()
    assert the_log(home).left


@some_pythons
def test_a_process_that_is_forked(start: Start, target: Target, home: Path) -> None:
    """It writes nothing to its parent's journal, and ends without a goodbye of it."""
    session = start(target).wait_for_prompt()
    session.enter("import os, sys, warnings; warnings.simplefilter('ignore')")
    session.type("sys.exit() if not (child := os.fork()) else os.waitpid(child, 0)[1]")
    session.press("enter")
    session.wait_for_prompt()
    session.enter("'go on'")
    log = the_log(home)
    assert log.inputs[-1].source == "'go on'"
    assert not log.left
    session.leave()
    assert the_log(home).left


# -- the rich prompt ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asynchronous", [False, True], ids=["", "async"])
def test_the_rich_prompt(tmp_path: Path, asynchronous: bool) -> None:
    """Keeps what is typed at it, each before it runs, and lines of the pickle mode."""
    rich = start_rich(tmp_path, *(["--asyncio"] if asynchronous else []))
    rich.enter("x = 1")
    rich.enter("x + 41")
    rich.enter("1/0")
    rich.enter("exec('x +=')")
    if asynchronous:
        rich.enter("import asyncio; await asyncio.sleep(0, 'awaited')")
    for line, prompt in (("pik()", "pik> "), ("I5", "...> "), (".", "pik> ")):
        rich.type(line)
        rich.press("enter")
        rich.wait_for(lambda prompt=prompt: rich.before_cursor == prompt)  # type: ignore[misc]  # of this turn
    rich.enter("quit")
    (log,) = logs(tmp_path)
    rich.type("import os; os._exit(0)")
    rich.press("enter")
    rich.wait_for_end()
    (log,) = logs(tmp_path)
    expected = [
        ("x = 1", "ok", []),
        ("x + 41", "ok", ["42"]),
        ("1/0", "ZeroDivisionError", []),
        ("exec('x +=')", "SyntaxError", []),
    ]
    if asynchronous:
        expected.append(("import asyncio; await asyncio.sleep(0, 'awaited')", "ok", ["'awaited'"]))
    expected += [
        ("pik()", "ok", []),
        ("I5", "ok", []),
        (".", "ok", ["5"]),
        ("quit", "ok", []),
        ("import os; os._exit(0)", "", []),
    ]
    assert [told(one) for one in log.inputs] == expected
    assert not log.left


def test_the_rich_prompt_is_left(tmp_path: Path) -> None:
    """By Ctrl-D, and by a window that is closed."""
    for end in ("ctrl-d", "closed"):
        home = tmp_path / end
        rich = start_rich(home)
        rich.enter("x = 1")
        if end == "closed":
            rich.wait_for_sleep()
            os.kill(rich.pid, signal.SIGHUP)
        else:
            rich.press("ctrl-d")
        rich.wait_for_end()
        (log,) = logs(home)
        assert [told(one)[:2] for one in log.inputs] == [("x = 1", "ok")]
        assert log.left, end
