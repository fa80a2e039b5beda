"""TAB pressed at real prompts, and the screen read: in readline's prompt, in PyREPL and in the basic prompt."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from histshell import home
from tests.prompt.session import Session, Start
from tests.pythons import Target, home_prompts, some_pythons
from tests.terminal import PATIENCE

SETUP = [
    "import json, os, sys",
    "'some text'",
    "{'key': 1, 'kept': [1], 'with space': 2}",
    "class Account: bank, balance, move = 'first', 3, len; interest = property(lambda self: print('a property was run'))",
    "",
    "account = Account(); d = h[2] | {57: 'number'}; get_config_value = print; name_of_it = 'x'",
    "def of_two(first, *, second=2): 'Do something with both.'",
    "",
]


class Row(NamedTuple):
    """What is typed, with tabs for TAB; what the line is then, up to the cursor; and what is shown below it or above it."""

    typed: str
    line: str
    shown: tuple[str, ...] = ()


def row(typed: str, line: str, *shown: str) -> Row:
    """A row of the table."""
    return Row(typed, line, shown)


ROWS = [
    row("h[1].up\t", "h[1].upper("),
    row("h[-2].capi\t", "h[-2].capitalize("),
    row("_.ke\t", "_.keys("),
    row('h[2]["ke\t\t', 'h[2]["ke', 'key"]', 'kept"]', "[1]"),
    row('h[2]["kep\t', 'h[2]["kept"]'),
    row('h[2]["kept"][0].nume\t', 'h[2]["kept"][0].numerator'),
    row("h[\t\t", "h[", "2]", "1]", "'some text'"),
    row('d["wi\t', 'd["with space"]'),
    row("d['wi\t", "d['with space']"),
    row("d[5\t", "d[57]"),
    row("os.pa\t\t", "os.pa", "path", "pardir", "module"),
    row("os.PARD\t", "os.pardir"),
    row("gcv\t", "get_config_value("),
    row("import js\t", "import json"),
    row("from os.p\t", "from os.path"),
    row("from os import curd\t", "from os import curdir"),
    row("raise ValueE\t", "raise ValueError("),
    row("Va\t", "ValueError("),
    row('f"{name_o\t', 'f"{name_of_it'),
    row('open("host\t', 'open("hostile.py"'),
    row(
        "json.dumps(\t", "json.dumps(", "dumps(obj, *, skipkeys=False", "Serialize ``obj`` to a JSON formatted ``str``."
    ),
    row("of_two(\t", "of_two(", "of_two(first, *, second=2)", "Do something with both."),
    row("of_two(1, secon\t", "of_two(1, second="),
    row("of_two(1, \t", "of_two(1, ", "of_two(first, *, second=2)", "          ^^^^^^^^"),
    row("of_two?\t", "of_two?", "of_two(first, *, second=2)", "function", "Do something with both."),
    row("account.interest?\t", "account.interest?", "property"),
    row("account.mov\t", "account.move("),
    row("sum([1, name_o\t", "sum([1, name_of_it"),
    row("account.bal\t", "account.balance"),
    row('"".join(h[1].spl\t\t\t', '"".join(h[1].split', "split(", "splitlines("),
    row("h[1].__le\t\t", "h[1].__le", "__le__(", "__len__("),
    row("whil\t", "while "),
    row("x = 1; os.pard\t", "x = 1; os.pardir"),
]


def type_row(session: Session, wanted: Row) -> None:
    """Type one row at a fresh prompt, compare, and take the line away again."""
    before = session.before_cursor

    def is_there() -> bool:
        """The line, and what is shown with it"""
        rows = session.screen()
        return session.before_cursor == before + wanted.line and all(
            any(text in one for one in rows) for text in wanted.shown
        )

    *parts, last = wanted.typed.split("\t")
    for part in parts:
        session.type(part)
        session.press("tab")
    session.type(last)
    session.wait_for(is_there)
    session.press("ctrl-u")
    session.wait_for(lambda: session.before_cursor == before and not session.after_cursor.strip())


def ready(start: Start, target: Target, **how: object) -> Session:
    """A session with some names and results, that knows a Python with jedi."""
    session = start(target, **how).wait_for_prompt()
    for line in SETUP:
        if line:
            session.enter(line, until=session.at_any_prompt)
        elif session.at_continuation():
            session.press("enter")
            session.wait_for(session.at_prompt)
    return session


@pytest.fixture
def with_home(tmp_path: Path, cache: Path) -> dict[str, str]:
    """The environment in which histshell's home is known, as after `histshell install`; with what jedi has read in other tests."""
    data = tmp_path / "data" / "histshell"
    data.mkdir(parents=True)
    (data / "home").write_text(f"{home.SITE}\n{sys.executable}\n")
    return {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CACHE_HOME": str(cache.parent)}


@home_prompts
def test_keys_pressed_at_the_prompt(start: Start, target: Target) -> None:
    """Results, attributes, keys, modules, files, signatures: one row after the other, with the cursor where it belongs."""
    session = ready(start, target, env={"HISTSHELL_COMPLETION": "basic"})
    for wanted in ROWS:
        type_row(session, wanted)
    assert "a property was run" not in session.history()
    # In the middle of a line, what stands after the cursor stays.
    session.type("print(os.pard)")
    session.press("left", "tab")
    session.wait_for(lambda: session.before_cursor.endswith("print(os.pardir") and session.after_cursor[:1] == ")")
    session.press("enter")
    session.wait_for_prompt()
    assert ".." in session.history()[-2]
    # A block: names of other lines, and TAB that indents.
    session.enter("for one in d:", until=session.at_continuation)
    if session.before_cursor.endswith("    "):
        session.press("backspace")
    session.press("tab")
    session.type("os.pard")
    session.press("tab")
    session.wait_for(lambda: session.before_cursor.endswith(" os.pardir"))
    assert session.before_cursor.split("...", 1)[1].lstrip(" ") == "os.pardir"
    assert len(session.before_cursor.split("...", 1)[1]) > len(" os.pardir")
    session.interrupt()
    session.press("tab")
    session.type("x")
    session.wait_for(lambda: session.before_cursor.endswith("  x"))
    session.press("ctrl-u", "enter")
    session.wait_for_prompt()
    assert session.number == 3


@home_prompts
def test_a_question_mark_and_enter(start: Start, target: Target) -> None:
    """In PyREPL `x?` becomes the call that answers it; other prompts say what Python says. Either way nothing has a number."""
    session = ready(start, target, env={"HISTSHELL_COMPLETION": "basic"})
    session.enter("of_two?", until=session.at_prompt)
    shown = "\n".join(session.history()) + "\n".join(session.screen())
    if target.is_pyrepl:
        assert "h.help('of_two')" in shown
        assert "Do something with both." in shown
        assert "SyntaxError" not in shown
        session.enter("of_two??", until=session.at_prompt)
        assert "def of_two(first, *, second=2): 'Do something" in "\n".join(session.history()[-8:])
        session.enter("x = y?", until=session.at_prompt)
    assert "SyntaxError" in "\n".join(session.history())
    assert "property was run" not in "\n".join(session.history())
    session.enter("h.help('account.interest')")
    assert session.number == 3
    session.enter("print(len(input('name? ')))", until="name? ")
    session.type("of_two?")
    session.press("enter")
    session.wait_for(session.at_prompt)
    assert "7" in [line.strip() for line in session.history()]
    session.enter("import histshell.session; histshell.session.uninstall()", until=session.at_any_prompt)
    if target.is_pyrepl:
        session.enter("reader = sys.modules['_pyrepl.readline']._wrapper.reader", until=session.at_any_prompt)
        answer = session.printed("reader.commands['maybe-accept'].__module__, reader.input_trans.ck.get('?')")
        assert answer == "_pyrepl.readline self-insert"


@home_prompts
def test_what_jedi_knows_comes_to_the_prompt(start: Start, target: Target, with_home: dict[str, str]) -> None:
    """Results of calls, a name of the block that is being typed, a module that is not imported; and nothing leaks."""
    session = ready(start, target, env=with_home)
    again_until(session, '"  x ".strip().uppe', lambda line: line.endswith(".upper("))
    session.press("ctrl-u")
    again_until(session, "import tabnanny; tabnanny.che", lambda line: line.endswith(".check("))
    session.press("ctrl-u")
    session.enter("def area(width_of_it, height):", until=session.at_continuation)
    if not session.before_cursor.endswith("    "):
        session.type("    ")
    again_until(session, "width_", lambda line: line.endswith(" width_of_it"))
    session.interrupt()
    assert (
        session.printed("[name for name in sys.modules if 'jedi' in name or 'parso' in name or name == 'tabnanny']")
        == "[]"
    )


def _waits(session: Session) -> bool:
    """It says that it waits"""
    return "[ waiting for jedi: any key ends it ]" in session.screen()


def _tab_until(session: Session, there: Callable[[], bool]) -> None:
    """Wait, and press TAB again where a machine is so busy that the wait is over before the answer is there."""
    session.wait_for(lambda: there() or _waits(session))
    for _ in range(12):
        session.wait_for(lambda: there() or not _waits(session))
        session.wait_for_sleep()  # what it has found comes after that line is gone
        if there():
            return
        if not _waits(session):
            session.press("tab")
            session.wait_for(lambda: there() or _waits(session))
    assert there(), session.screen()


@home_prompts
def test_one_tab_waits_for_jedi(start: Start, target: Target, with_home: dict[str, str], tmp_path: Path) -> None:
    """As long as it takes, and says so; any key and Ctrl-C end that, and the line is as it was. It works in one row and in two."""
    gate, slow = tmp_path / "gate", tmp_path / "slow"
    waiting = f"while [ -d '{tmp_path}' ] && [ ! -e '{gate}' ] && kill -0 $PPID; do sleep 0.05; done"  # no longer than the prompt
    slow.write_text(f"#!/bin/sh\n{waiting} 2>&-\nexec '{sys.executable}' \"$@\"\n")
    slow.chmod(0o755)
    (tmp_path / "data" / "histshell" / "home").write_text(f"{home.SITE}\n{slow}\n")
    session = start(target, env=with_home, rows=24, columns=60).wait_for_prompt()

    def waits() -> bool:
        """It says that it waits"""
        return _waits(session)

    session.type('"  x ".strip().upp')
    session.press("tab")
    session.wait_for(waits)
    session.type("e")
    session.wait_for(lambda: not waits() and session.before_cursor == 'h[1] >>> "  x ".strip().uppe')
    for _ in range(8):  # it may come while that is being drawn
        session.press("tab")
        session.wait_for(waits)
        assert not session.drops_output
        session.press("ctrl-c")
        session.wait_for(lambda: not waits() and session.before_cursor == 'h[1] >>> "  x ".strip().uppe')
        assert session.drops_output
    session.press("tab")
    session.wait_for(waits)
    gate.touch()
    _tab_until(session, lambda: not waits() and session.before_cursor == 'h[1] >>> "  x ".strip().upper(')
    session.press("ctrl-u")
    session.type('1; "a text that is longer than a row of this screen".strip().capit')
    session.press("tab")
    _tab_until(session, lambda: session.before_cursor.endswith(".capitalize("))
    session.press("ctrl-u")
    session.wait_for(lambda: session.before_cursor == "h[1] >>> ")
    # What is shown below the line is gone when Ctrl-C takes it away.
    session.type("len(")
    session.press("tab")
    session.wait_for("len(obj, /)")
    session.wait_for(lambda: session.before_cursor == "h[1] >>> len(")
    session.interrupt()
    assert not session.after_cursor.strip()
    assert not target.is_pyrepl or not any("^^^" in row for row in session.screen())


@home_prompts
def test_results_of_what_was_typed_at_the_prompt(start: Start, target: Target, with_home: dict[str, str]) -> None:
    """Functions, lambdas, classes, decorated ones, whatever this prompt keeps their text in; and after that is cleared."""
    session = ready(start, target, env=with_home)
    session.block("def shout():", "    return 'x'")
    session.block("class Loud:", "    def cry(self):", "        return 'x'")
    session.enter("up = lambda: 'x'; import functools, linecache; cached = functools.lru_cache()(shout)")
    for typed in ("shout()", "Loud().cry()", "up()", "cached()"):
        again_until(session, f"{typed}.capit", lambda line: line.endswith(".capitalize("))
        session.press("ctrl-u")
    session.enter("linecache.cache.clear(); getattr(linecache, '_interactive_cache', {}).clear()")
    again_until(session, "shout().swapc", lambda line: line.endswith(".swapcase("))


def again_until(session: Session, typed: str, is_done: Callable[[str], bool]) -> None:
    """Type, and press TAB until the line up to the cursor is as wanted; the first answer of a new process takes a second."""
    session.type(typed)
    session.wait_for(lambda: session.before_cursor.endswith(typed))
    deadline = time.monotonic() + PATIENCE
    while not is_done(session.before_cursor):
        assert time.monotonic() < deadline, session.screen()
        session.press("tab")
        end = time.monotonic() + 0.3
        while time.monotonic() < end and not is_done(session.before_cursor):
            session._read(0.05)


@some_pythons
def test_off_is_pythons_own(start: Start, target: Target) -> None:
    """HISTSHELL_COMPLETION=off: the stock completer, which knows no results."""
    if target.python.implementation == "pypy":
        pytest.skip("PyPy's completer is never replaced")
    session = ready(start, target, env={"HISTSHELL_COMPLETION": "off"})
    session.type("gcv")
    session.press("tab")
    session.type("!")
    session.wait_for(lambda: session.before_cursor.endswith("gcv!"))
    session.press("ctrl-u")
    assert session.printed("[name for name in sys.modules if name.startswith('histshell.completion')]") == "[]"


@home_prompts
def test_a_completer_of_the_users_stays(start: Start, target: Target, tmp_path: Path) -> None:
    """One set in a chained start-up file, and one set at the prompt; in PyREPL it is the one that PyREPL asks."""
    module = "_pyrepl.readline" if target.is_pyrepl else "readline"
    mine = f"import rlcompleter, {module} as r; r.set_completer(lambda text, state: 'mine_' + text if state == 0 else None)\n"
    chained = tmp_path / "mine.py"
    chained.write_text(mine)
    how = {} if target.is_pyrepl else {"HISTSHELL_CHAIN": str(chained)}  # PyREPL replaces it after the start-up file
    session = start(target, env=how).wait_for_prompt()
    if target.is_pyrepl:
        session.enter(mine.strip())
    session.enter("1")
    session.type("abc")
    session.press("tab")
    if target.is_pyrepl:  # it can only add to what is there
        session.wait_for(lambda: "abc" in session.before_cursor)
    else:
        session.wait_for(lambda: session.before_cursor.endswith("mine_abc"))
    session.press("ctrl-u")
    assert session.printed("r.get_completer()('x', 0)") == "mine_x"


@some_pythons
def test_uninstalling_gives_tab_back(start: Start, target: Target) -> None:
    """The stock completer is in its place, and the key does what it did."""
    if target.python.implementation == "pypy":
        pytest.skip("PyPy's completer is never replaced")
    session = ready(start, target, env={"HISTSHELL_COMPLETION": "basic"})
    type_row(session, ROWS[0])
    session.enter("import histshell.session; histshell.session.uninstall()")
    session.type("os.pardi")
    session.press("tab")
    session.wait_for(lambda: session.before_cursor.endswith("os.pardir"))
    session.press("ctrl-u")
    session.type('d["with')
    session.press("tab")
    session.type("!")
    session.wait_for(lambda: session.before_cursor.endswith("!"))
    assert "with space" not in session.before_cursor


@home_prompts
def test_input_and_the_pickle_mode_are_left_alone(start: Start, target: Target) -> None:
    """A program that asks for a line gets what was typed, TAB or not; in the pickle mode TAB offers no Python, it is a tab."""
    session = ready(start, target, env={"HISTSHELL_COMPLETION": "basic"})
    session.enter("print(len(input('name? ')))", until="name? ")
    session.type("os.pard")
    session.press("tab")
    session.press("enter")
    session.wait_for(session.at_prompt)
    assert session.history()[session.row - 1] in ("7", "9")
    session.enter("pik()", until=session.at_pik)
    session.type("get_conf")
    session.press("tab")
    session.type("x")
    session.wait_for(lambda: session.before_cursor.endswith(r"get_conf\tx"))
    session.press("ctrl-u")
    session.enter("quit")
    type_row(session, ROWS[0])


@home_prompts
def test_narrow_terminals_and_long_lines(start: Start, target: Target) -> None:
    """A line that wraps: a word is completed and replaced in the right place, a list of many is cut to the screen."""
    session = start(target, env={"HISTSHELL_COMPLETION": "basic"}, rows=12, columns=40).wait_for_prompt()
    session.enter("import os")
    long = "x" * 45 + "; "
    session.type(long + "os.PARD")
    session.press("tab")
    session.wait_for(lambda: session.before_cursor.endswith("; os.pardir"))
    session.press("ctrl-u")
    session.type("os.")
    session.press("tab", "tab")
    session.wait_for(" to ")
    session.type("pard")
    session.press("tab")
    session.wait_for(lambda: session.before_cursor.endswith("os.pardir"))
    session.press("enter")
    session.wait_for_prompt()
    assert session.number == 2


@some_pythons
def test_with_a_prompt_of_the_users_own(start: Start, target: Target) -> None:
    """It does not tell when it is shown; the first result does."""
    if target.python.implementation == "pypy":
        pytest.skip("PyPy's completer is never replaced")
    session = start(target, env={"HISTSHELL_COMPLETION": "basic"}).wait_for_prompt()
    session.enter("import sys; sys.ps1 = 'mine> '", until=lambda: session.before_cursor == "mine> ")
    session._typed_at = session.row
    session.enter("'some text'", until=lambda: session.row > session._typed_at and session.before_cursor == "mine> ")
    session.type("h[1].upp")
    session.press("tab")
    session.wait_for(lambda: session.before_cursor.endswith("h[1].upper("))
