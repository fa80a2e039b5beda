"""The rich prompt: what a user types and sees, under every version it runs on."""

from __future__ import annotations

import functools
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.journal import journals
from tests.prompt.session import CHECKOUT
from tests.pythons import Python
from tests.shells.shell import kept
from tests.ui.rich import Rich, guests, places, pythons, start

every_python = pytest.mark.parametrize("python", [*pythons(), *guests(1)])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is not said to be of one Python at home, and by turns in a guest."""
    if "python" not in metafunc.fixturenames:
        metafunc.parametrize("place", places(metafunc.function.__name__), indirect=True)


@pytest.fixture(autouse=True)
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the prompts of a test in its guest."""
    monkeypatch.setattr(Rich, "place", getattr(request, "param", None))


@pytest.mark.both
@every_python
def test_a_session(python: Python, tmp_path: Path) -> None:
    """Results are numbered and used again; None, errors and `h` have no number; each value of a block has one."""
    with start(tmp_path / "home", python=python) as rich:
        assert rich.enter("6 * 7") == ["42"]
        assert rich.enter("h[1] / 2") == ["21.0"]
        assert rich.prompt == "h[3]"
        rich.enter("None")
        rows = rich.enter("1 / 0")
        assert rows[0] == "Traceback (most recent call last):"
        assert rows[-1] == "ZeroDivisionError: division by zero"
        assert "1 / 0" in [row.strip() for row in rows]
        assert not any("histshell" in row for row in rows)
        assert rich.prompt == "h[3]"
        assert rich.enter("for i in 'ab': i; i * 2") == ["'a'", "'aa'", "'b'", "'bb'"]
        assert rich.prompt == "h[7]"
        assert rich.enter("_") == ["'bb'"]
        assert any("h[1] / 2" in row for row in rich.enter("h"))
        assert rich.enter("print(h.entry(4).source, _h is h)") == ["for i in 'ab': i; i * 2 True"]
        rich.enter("h = 1")
        assert rich.prompt == "_h[8]"


@every_python
def test_a_question(python: Python, tmp_path: Path) -> None:
    """`x?` and `x??` are answered, have no number and are inputs as any other; what is no question is Python's."""
    with start(tmp_path / "home", python=python) as rich:
        rich.enter("import os; d = {'a?': os.path}")
        rows = rich.enter("os.path.join??")
        assert rows[0].startswith("join(a, ")
        assert any(row.startswith("def join(a, ") for row in rows)
        rows = rich.enter("d['a?'].join?")
        assert rows[0].startswith("join(a, ")
        assert rich.prompt == "h[1]"
        assert rich.enter("'what?'") == ["'what?'"]
        assert rich.prompt == "h[2]"
        rich.press("up", "up")
        rich.wait_for(lambda: rich.before_cursor.endswith("d['a?'].join?"))
        rich.press("ctrl-c")
        rich.begin("x = d?")
        rich.press("enter")
        rich.wait_for("SyntaxError")


def test_what_was_typed_before_is_suggested(tmp_path: Path) -> None:
    """The rest of the last input that begins so stands behind the cursor; the right arrow takes it."""
    with start(tmp_path / "home") as rich:
        rich.enter("value = 'long text'")
        rich.begin("value = ")
        rich.wait_for(lambda: rich.screen()[rich.row].endswith("value = 'long text'"))
        assert rich.before_cursor.endswith("value = ")
        rich.press("right")
        rich.wait_for(lambda: rich.before_cursor.endswith("value = 'long text'"))


@every_python
def test_the_pickle_mode(python: Python, tmp_path: Path) -> None:
    """`pik()` shows the stack in the bar while a line is typed, and the value has a number."""
    with start(tmp_path / "home", python=python) as rich:
        rich.type("pik()")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor == "pik> ")
        rich.begin("(K\\x07]K\\x08a")
        rich.wait_for("stack  (  7  [8]")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor == "...> ")
        rich.press("tab")
        rich.wait_for("TUPLE ")
        assert not any(" APPEND " in row for row in rich.screen())  # there is no list below the top
        rich.begin("t.")
        rich.wait_for("complete")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor == "pik> ")
        assert "(7, [8])" in rich.screen()
        rich._row = rich.row
        rich.type("quit")
        rich.press("enter")
        rich.wait_for_prompt()
        assert rich.enter("h[1]") == ["(7, [8])"]


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("exit(4)", 4, ""),
        ("quit()", 0, ""),
        ("exit", 0, ""),
        ("import sys; sys.exit('a message')", 1, "a message"),
        ("raise SystemExit(7)", 7, ""),
        ("\x04", 0, ""),
    ],
)
def test_the_exit_status(typed: str, status: int, said: str, tmp_path: Path) -> None:
    """The status of the process is what was asked for."""
    with start(tmp_path / "home") as rich:
        rich.type(typed)
        if typed != "\x04":
            rich.press("enter")
        assert rich.wait_for_end() == status
        assert not said or said in rich.history()


def test_ctrl_c(tmp_path: Path) -> None:
    """It stops code, empties a line that is being typed, and never ends the prompt; a signal from outside does the same."""
    with start(tmp_path / "home") as rich:
        rich.paste("print('running')\nwhile True: pass")
        rich.press("enter", "enter")
        rich.wait_for(lambda: "running" in rich.screen())
        rich._row = rich.row
        rich.press("ctrl-c")
        rich.wait_for_prompt()
        assert "KeyboardInterrupt" in rich.history()
        rich.begin("some thing")
        rich.abort()
        rich.begin("another")
        rich._row = rich.row
        os.kill(rich.pid, signal.SIGINT)
        rich.wait_for_prompt()
        assert rich.enter("1") == ["1"]


def test_blocks_are_typed_with_indentation(tmp_path: Path) -> None:
    """A colon opens a block, an empty line ends it; what is pasted comes in whole."""
    with start(tmp_path / "home") as rich:
        rich._row = rich.row + 1
        rich.type("def f(x):")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor.endswith("...     "))
        rich.type("return x * 2")
        rich.press("enter", "enter")
        rich.wait_for_prompt()
        assert rich.enter("f(21)") == ["42"]
        rich._row = rich.row + 2
        rich.paste("a = 1\na + 1\na + 2")
        rich.wait_for("a + 2")
        rich.press("enter")
        rich.wait_for_prompt()
        assert rich.enter("h[-2:]") == ["[2, 3]"]


def test_what_is_no_python_is_shown_where_it_is_typed(tmp_path: Path) -> None:
    """The reason stands below, nothing is run, and the line can be mended."""
    with start(tmp_path / "home") as rich:
        rich.type("1 + * 2")
        rich.press("enter")
        rich.wait_for("SyntaxError: invalid syntax")
        rich.press("backspace", "backspace", "backspace")
        rich.wait_for(lambda: rich.before_cursor.endswith("1 + "))
        assert rich.enter("2") == ["3"]


def test_output_without_a_newline_stays(tmp_path: Path) -> None:
    """The prompt does not paint over what the input printed last."""
    with start(tmp_path / "home") as rich:
        assert rich.enter("print('left', end='')") == ["left"]


def test_completion_in_the_menu(tmp_path: Path) -> None:
    """Kind and detail stand beside each completion; what begins with a result is known; the signature is shown in a call."""
    with start(tmp_path / "home") as rich:
        rich.enter("'some text'")
        rich.begin("h[1].cap")
        rich.wait_for(lambda: any("capitalize" in row and "method" in row for row in rich.screen()))
        rich.press("tab")
        rich.wait_for(lambda: rich.before_cursor.endswith("h[1].capitalize("))
        rich.abort()
        rich.begin("divmod(7, ")
        rich.wait_for("divmod(x, y, /)")
        rich.wait_for("Return the tuple")
        rich.abort()
        rich.begin("h[")
        rich.wait_for(lambda: any("1]" in row and "result" in row for row in rich.screen()))
        rich.abort()
        rich.enter("{'city': 'Oslo', 'work': 'Lima'}")
        for quote in "'\"":
            rich.begin(f"h[2][{quote}")
            rich.wait_for(lambda: any(row.lstrip().startswith("city") for row in rich.screen()))
            rich.abort()


def test_tab_in_the_moment_of_another_key(tmp_path: Path) -> None:
    """It is not forgotten because typing has begun to look for completions, and what they have in common is put in."""
    with start(tmp_path / "home", rows=12) as rich:
        rich.enter("row = {'city_of_birth': 'Oslo', 'city_of_work': 'Lima'}; alone = {'unlike': 1}")
        rich.type('row["\t')
        rich.wait_for(lambda: rich.before_cursor.endswith('row["city_of_'))
        rich.abort()
        rich.type("alon\t")
        rich.wait_for(lambda: rich.before_cursor.endswith(">>> alone"))


def test_the_signature_marks_the_parameter_that_is_typed(tmp_path: Path) -> None:
    """By its place, by its name, past what has been given; none where there is none."""
    with start(tmp_path / "home") as rich:
        rich.enter("def f(first, second=2, *args, third=3): pass")
        for typed, marked in (
            ("f(", "first"),
            ("f('a, b', ", "second=2"),
            ("f(1, 2, 3, ", "*args"),
            ("f(1, third=", "third=3"),
            ("f(third=1, ", "first"),
            ("f(1, [2, ", "second=2"),
            ("f(lambda x, y: x, ", "second=2"),
            ("f(wrong=", ""),
        ):
            rich.begin(typed)
            rich.wait_for(functools.partial(_is_marked, rich, marked))
            rich.abort()


def test_a_long_signature_is_shown_where_it_is_typed(tmp_path: Path) -> None:
    """What stands before is left out."""
    with start(tmp_path / "home") as rich:
        rich.enter("def long(" + ", ".join(f"parameter_{number}=None" for number in range(40)) + "): pass")
        rich.begin("long(parameter_33=")
        rich.wait_for(lambda: _marked(rich) == "parameter_33=None")
        rich.wait_for("long(…")


def _is_marked(rich: Rich, wanted: str) -> bool:
    """That part of the signature is marked"""
    return _marked(rich) == wanted


def _marked(rich: Rich) -> str | None:
    """The part of the signature that has another background than its name; None if no signature is shown."""
    for row, text in enumerate(rich.screen()):
        start = max(text.find(" f(first"), text.find(" long("))
        if start >= 0 and ">>>" not in text:
            usual = rich.cell(row, start + 1).bg
            places = [place for place in range(start + 1, len(text)) if rich.cell(row, place).bg != usual]
            return "".join(text[place] for place in places)
    return None


def test_completion_runs_nothing(tmp_path: Path) -> None:
    """Looking for completions and signatures calls nothing of the user's; nor does the bar, nor checking the input."""
    with start(tmp_path / "home") as rich:
        rich.enter("calls = []")
        rich.paste(
            "class Spy:\n"
            "    def __getattribute__(self, name): calls.append(name); return object.__getattribute__(self, name)\n"
            "    def __len__(self): calls.append('len'); return 3\n"
            "    def __repr__(self): return 'spy'\n"
            "    def __call__(self, first): pass\n"
        )
        rich._row = rich.row
        rich.press("enter")
        rich.wait_for_prompt()
        rich.enter("spy = Spy()")
        rich.enter("spy")
        rich.enter("calls.clear()")
        rich.begin("spy.__le")
        rich.wait_for("__len__")
        rich.abort()
        rich.begin("spy(")
        rich.wait_for("spy(first)")
        rich.abort()
        assert rich.enter("calls") == ["[]"]


def test_the_bar(tmp_path: Path) -> None:
    """Number of results, type and size of the last, Python, directory; off by the setting."""
    with start(tmp_path / "home") as rich:
        rich.wait_for("no results yet")
        rich.enter("[1, 2, 3]")
        rich.wait_for(lambda: "1 result  h[1] list of 3" in rich.screen()[-1] and "~" in rich.screen()[-1])
    with start(tmp_path / "home", HISTSHELL_BAR="off") as rich:
        rich.enter("[1, 2, 3]")
        rich.begin("h[1].app")
        rich.wait_for("append")
        assert not any("1 result  h[1]" in row for row in rich.screen())


def test_the_history_browser(tmp_path: Path) -> None:
    """F5 lists results, and inputs in a tab; typing narrows the list; Enter puts in `h[1]` or the input, Tab the source."""
    with start(tmp_path / "home") as rich:
        rich.enter("list('needle')")
        rich.enter("other = 'hay'")
        for keys, put_in in (
            (["enter"], "h[1]"),
            (["tab"], "list('needle')"),
            (["down", "enter"], "list('needle')"),
            (["f5"], ""),
        ):
            rich.press("f5")
            rich.wait_for("Search:")
            if "down" in keys:
                rich.press("ctrl-t")
                rich.wait_for("other = 'hay'")
            rich.type("needle" if keys != ["enter"] else "LIST N")
            rich.wait_for("1 found")
            rich.wait_for("['n', 'e', 'e', 'd', 'l', 'e']" if "down" not in keys else "list('needle')")
            rich.wait_for(lambda: not any("other = 'hay'" in row for row in rich.screen()))
            rich.press(*keys)
            rich.wait_for(lambda put_in=put_in: rich.before_cursor.endswith(">>> " + put_in))  # type: ignore[misc]
            rich.abort()


@pytest.mark.parametrize("journal", ["on", "off"])
def test_inputs_are_remembered(tmp_path: Path, journal: str) -> None:
    """The arrow keys and Ctrl-R go through what was typed here before and at Python's own prompt, blocks as one.

    Where no journal is kept, the prompt has a file of its own.
    """
    home = tmp_path / "home"
    home.mkdir()
    (home / ".python_history").write_text("from_python = 1\nif True:\r\n    block = 2\n")
    with start(home, HISTSHELL_JOURNAL=journal) as rich:
        rich.enter("from_here = 3")
        rich.type("exit()")
        rich.press("enter")
        assert rich.wait_for_end() == 0
    kept = home / ".local" / "share" / "histshell" / "inputs"
    assert kept.exists() == (journal == "off")
    assert journal == "on" or kept.stat().st_mode & 0o777 == 0o600
    with start(home, HISTSHELL_JOURNAL=journal) as rich:
        rich.press("up", "up")
        rich.wait_for(lambda: rich.before_cursor.endswith("from_here = 3"))
        rich.abort()
        rich.press("ctrl-r")
        rich.type("from_py")
        rich.wait_for("from_python = 1")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor.startswith("h[1] >>> "))
        rich.abort()
        rich.press("ctrl-r")
        rich.type("block")
        rich.wait_for("block = 2" if journal == "on" else "...     block = 2")
        if journal == "on":
            rich.press("enter")
            rich.wait_for("...     block = 2")


@every_python
def test_ctrl_r_looks_through_all_sessions(tmp_path: Path, python: Python) -> None:
    """Words in any order; session and outcome beside; Enter puts in what does not run yet, Escape leaves the line as it was."""
    home = tmp_path / "home"
    folder = home / ".local" / "state" / "histshell" / "journal"
    folder.mkdir(parents=True)
    lines = [
        journals.head(1),
        journals.typed(1, "bad = '\x1b]0;needle\x07'"),
        journals.over(2),
        journals.typed(3, "needle = [\n  41,\n]", 1.7e9 + 1),
        journals.over(4, 3, preview="\x1b[31m"),
    ]
    (folder / f"{journals.name(1)}.jsonl").write_text("".join(lines))
    with start(home, python=python) as other, start(home, python=python) as rich:
        other.enter("1 / 0  # needle of another")
        rich.enter("mine = 5")
        rich.press("up", "up")
        rich.wait_for(lambda: rich.before_cursor.endswith("needle of another"))
        rich.press("ctrl-r")
        rich.wait_for("Search all sessions:")
        rich.type("of NEEDLE")
        rich.wait_for("1 found")
        rich.wait_for("ZeroDivisionError")
        rich.press("escape")
        rich.wait_for(lambda: rich.before_cursor.endswith("needle of another"))
        rich.press("ctrl-r")
        rich.type("needle")
        rich.wait_for("3 found")
        rich.press("ctrl-r")
        rich.wait_for("on lab, python 3.13.1")
        rich.wait_for("\\x1b[31m")
        rich.press("ctrl-r")
        rich.wait_for("\\x1b]0;needle\\x07")
        rich.press("f5")
        rich.wait_for("Ctrl-T: tab")
        rich.press("ctrl-r")
        rich.wait_for("3 found")
        rich.press("ctrl-r", "right")
        rich.wait_for("  41,")
        assert not any("needle of another" in row for row in rich.screen()[rich.row - 2 :])
        rich.wait_for(lambda: rich.before_cursor.endswith("]"))
        rich.press("enter")
        rich.wait_for_prompt()
        assert rich.enter("needle, mine") == ["([41], 5)"]


@every_python
def test_keys_behind_the_one_that_leaves_the_browser(tmp_path: Path, python: Python) -> None:
    """They come to the line, in their order, however quickly they were pressed: what is chosen runs at a second Enter."""
    with start(tmp_path / "home", python=python) as rich:
        assert rich.enter("6 * 7") == ["42"]
        rich.press("f5")
        rich.wait_for("1 found")
        rich.type("\r + 1\r")
        rich.wait_for("43")
        rich.wait_for_prompt()
        rich.press("ctrl-r")
        rich.type("6 *\r + 2\r")  # what was typed last is looked for in a thread: the list may be the one before
        rich.wait_for("44")
        rich.wait_for_prompt()
        rich.press("f5")
        rich.wait_for("3 found")
        rich.type("\x0740 + 5\r")
        rich.wait_for("45")


def test_vi_keys(tmp_path: Path) -> None:
    """F4 changes to vi's keys, and the bar says which mode."""
    with start(tmp_path / "home") as rich:
        rich.press("f4")
        rich.wait_for("Vi insert")
        rich.type("wrong text")
        rich.press("escape")
        rich.wait_for("Vi navigation")
        rich.type("0ce")
        rich.wait_for("Vi insert")
        rich.type("right")
        rich.wait_for("right text")


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["{home}/program.py", "one"], "['{home}/program.py', 'one'] __main__"),
        (["-m", "module_here", "one"], "['{home}/module_here.py', 'one'] __main__"),
        (["-c", "import sys; x = 5; print(sys.argv, __name__)", "one"], "['-c', 'one'] __main__"),
    ],
)
def test_what_is_run_first(arguments: list[str], shown: str, tmp_path: Path) -> None:
    """A script, a module or code is run as Python would, and its names are there at the prompt."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("program.py", "module_here.py"):
        (home / name).write_text("import sys\nx = 5\nprint(sys.argv, __name__)\n")
    with Rich(home, ["-q", *(argument.format(home=home) for argument in arguments)], columns=200) as rich:
        rich.wait_for_prompt()
        assert rich.history()[0] == shown.format(home=home)
        assert rich.enter("x") == ["5"]


def test_a_script_that_fails(tmp_path: Path) -> None:
    """Its traceback is shown without a frame of ours, and the prompt follows; a missing one ends with status 2."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "bad.py").write_text("y = 1\n1 / 0\n")
    with Rich(home, ["-q", "bad.py"]) as rich:
        rich.wait_for_prompt()
        rows = rich.history()
        assert rows[0] == "Traceback (most recent call last):"
        assert "bad.py" in rows[1]
        assert rich.enter("y") == ["1"]
    with Rich(home, ["missing.py"]) as rich:
        assert rich.wait_for_end() == 2


def test_await_at_the_prompt(tmp_path: Path) -> None:
    """`--asyncio`: await works and its result has a number; tasks go on while a line is typed; Ctrl-C ends an await."""
    with start(tmp_path / "home", "--asyncio") as rich:
        rich.enter("import asyncio")
        assert rich.enter("await asyncio.sleep(0, 'slept')") == ["'slept'"]
        assert rich.prompt == "h[2]"
        rich.enter("async def later(): await asyncio.sleep(0.01); open('done', 'w').close(); return 5")
        rich.enter("task = asyncio.create_task(later())")
        rich.wait_for((tmp_path / "home" / "done").exists)
        assert rich.enter("await task") == ["5"]
        rich.type("print('waiting'); await asyncio.sleep(1000)")
        rich.press("enter")
        rich.wait_for(lambda: "waiting" in rich.screen())
        rich._row = rich.row
        rich.press("ctrl-c")
        rich.wait_for_prompt()
        assert any("KeyboardInterrupt" in row for row in rich.history())
        rich.begin("a line")
        rich._row = rich.row
        os.kill(rich.pid, signal.SIGINT)
        rich.wait_for_prompt()
        rows = rich.enter("await asyncio.sleep(0) or 1 / 0")
        assert rows[-1] == "ZeroDivisionError: division by zero"
        assert not any("histshell" in row for row in rows)
        rich.type("exit(6)")
        rich.press("enter")
        assert rich.wait_for_end() == 6


@pytest.mark.parametrize("how", ["read", "key"])
def test_a_crash_of_the_interface(how: str, tmp_path: Path) -> None:
    """The plain prompt takes over, with the history and the names, and one line says so."""
    ours = "import histshell.libraries as ours; ours.loaded"
    breaking = {
        "read": f"{ours}('prompt_toolkit.application').Application.run = None",
        "key": f"{ours}('prompt_toolkit.layout.controls').BufferControl.create_content = None",
    }
    with start(tmp_path / "home") as rich:
        rich.enter("'kept'")
        rich.type(breaking[how])
        rich.press("enter")
        rich.wait_for("the rich prompt failed")
        rich.wait_for(lambda: rich.before_cursor == "h[2] >>> ")
        assert sum("histshell:" in row for row in rich.history()) == 1
        rich.type("h[1]")
        rich.press("enter")
        rich.wait_for("'kept'")
        rich.wait_for(lambda: rich.before_cursor == "h[3] >>> ")
        rich.type("exit(3)")
        rich.press("enter")
        assert rich.wait_for_end() == 3


def test_builtins_that_nothing_can_work_with(tmp_path: Path) -> None:
    """The plain prompt takes over, and goes on: it runs lines, says what is wrong, and can be mended from."""
    names = ("len", "str", "getattr", "hasattr", "isinstance", "list", "compile", "exec", "ValueError")
    with start(tmp_path / "home") as rich:
        rich.enter("import builtins; kept = {n: getattr(builtins, n) for n in " + repr(names) + "}")
        for line, shown in (
            ("builtins.len = None", "the rich prompt failed"),
            ("'first'.upper()", "'FIRST'"),
            ("x x", "SyntaxError: invalid syntax"),
            ("1 / 0", "ZeroDivisionError"),
            ("for name in kept: setattr(builtins, name, None)", ""),
            ("'second'.upper()", "'SECOND'"),
            ("x x", "SyntaxError: invalid syntax"),
            ("1 / 0", "ZeroDivisionError: division by zero"),
            ("def f(): return 1 / 0", ""),
            ("f.__name__", "'f'"),
            ("vars(builtins).update(kept)", ""),
            ("print(len(h))", "4"),
            ("f()", "in f"),
            ("h[1]", "'FIRST'"),
        ):
            rich._row = first = rich.row
            rich.type(line)
            rich.press("enter")
            rich.wait_for(lambda: rich.row > rich._row and rich.before_cursor.endswith((" >>> ", "... ")))
            if rich.before_cursor.endswith("... "):
                rich._row = rich.row
                rich.press("enter")
                rich.wait_for(lambda: rich.row > rich._row and rich.before_cursor.endswith(" >>> "))
            assert any(shown in row for row in rich.history()[first:]), (line, rich.history()[first:])
            assert not any("histshell/" in row for row in rich.history()[first:])
        rich.type("exit(3)")
        rich.press("enter")
        assert rich.wait_for_end() == 3


def test_a_display_hook_of_the_users(tmp_path: Path) -> None:
    """It is called for each value, and results go on having numbers."""
    with start(tmp_path / "home") as rich:
        rich.enter("import sys; sys.displayhook = lambda value: print('mine', value)")
        assert rich.enter("5") == ["mine 5"]
        assert rich.enter("print(h[1])")[0] == "5"


def test_future_statements_stay(tmp_path: Path) -> None:
    """What is imported from `__future__` holds for the inputs that follow."""
    with start(tmp_path / "home") as rich:
        rich.enter("from __future__ import annotations")
        rich.enter("def f(x: undefined): pass")
        assert rich.enter("f.__annotations__") == ["{'x': 'undefined'}"]


def test_without_a_terminal(tmp_path: Path) -> None:
    """In a terminal that cannot be drawn in the plain prompt opens, and says why; what is typed there is kept as well."""
    with Rich(tmp_path / "home", TERM="dumb") as rich:
        rich.wait_for("cannot be drawn in this terminal")
        rich.wait_for(lambda: rich.before_cursor == "h[1] >>> ")
        rich.enter("6 * 7")
        rich.enter("1 / 0")
        rich.enter("1 + )")
        rich.type("exit()\r")
        assert rich.wait_for_end() == 0
    log = kept(tmp_path / "home")
    assert [(one.source, one.outcome, len(one.results)) for one in log.inputs] == [
        ("6 * 7", "ok", 1),
        ("1 / 0", "failed", 0),
        ("1 + )", "failed", 0),
        ("exit()", "ok", 0),
    ]
    assert log.left


def test_marks_for_the_terminal(tmp_path: Path) -> None:
    """Prompt, input, output and status are marked where the terminal is known to read the marks, and nowhere else."""
    with start(tmp_path / "home", TERM_PROGRAM="iTerm.app") as rich:
        rich.written = b""
        rich.enter("print('out' 'put')")
        rich.enter("1 / 0")
        written = rich.written
        first = [b"\x1b]133;C\x07", b"output", b"\x1b]133;D;0\x07", b"\x1b]133;A;redraw=0\x07"]
        second = [b"\x1b]133;C\x07", b"ZeroDivisionError", b"\x1b]133;D;1\x07", b"\x1b]133;A;redraw=0\x07"]
        places: list[int] = []
        for part in first + second:
            places.append(written.find(part, places[-1] if places else 0))
        assert -1 not in places
        assert written.count(b"133;C\x07") == 2
    with start(tmp_path / "home") as rich:
        rich.written = b""
        rich.enter("1")
        assert b"]133;" not in rich.written


def test_ctrl_z_and_fg(tmp_path: Path) -> None:
    """The shell has its terminal meanwhile, and the prompt comes back as it was, at Python's prompt and in the pickle mode."""
    shell = ["/bin/bash", "--norc", "--noprofile"]
    with Rich(tmp_path / "home", argv=shell, PS1="shell> ", PYTHONPATH=str(CHECKOUT)) as rich:
        rich.wait_for(lambda: rich.before_cursor == "shell> ")
        rich.type(f"{sys.executable} -m histshell.command --home repl -q\n")
        rich.wait_for_prompt()
        rich.enter("x = 1")
        for _ in range(2):
            rich.begin("x + 1")
            _stop_and_go_on(rich)
            rich.wait_for(lambda: rich.before_cursor.endswith("x + 1"))
            rich.abort()
        assert rich.enter("x + 1") == ["2"]
        rich.type("pik()")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor == "pik> ")
        rich.begin("I5")
        _stop_and_go_on(rich)
        rich.wait_for(lambda: rich.before_cursor == "pik> I5")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor == "...> ")
        rich._row = rich.row
        rich.type(":quit")
        rich.press("enter")
        rich.wait_for_prompt()


def _stop_and_go_on(rich: Rich) -> None:
    """Press Ctrl-Z, and type `fg` once the shell is there."""
    row = rich.row
    rich.type("\x1a")
    rich.wait_for(lambda: rich.row > row and rich.before_cursor == "shell> ")
    rich.type("fg\n")


def test_threads_print_above_the_prompt(tmp_path: Path) -> None:
    """What a thread prints while a line is typed stands above it, and the line stays whole."""
    with start(tmp_path / "home") as rich:
        rich.enter("import threading")
        rich.enter("go = threading.Event()")
        rich.enter("threading.Thread(target=lambda: (go.wait(), print('from a', 'thread'))).start()")
        rich.enter("threading.Timer(0.3, go.set).start()")
        rich.type("a line")
        rich.wait_for("from a thread")
        rich.wait_for(lambda: rich.before_cursor.endswith(" >>> a line"))
        assert "from a thread" in rich.screen()
        rich.abort()


def test_brackets_over_several_lines(tmp_path: Path) -> None:
    """The input runs as soon as it is whole, without an empty line; a block waits for one."""
    with start(tmp_path / "home") as rich:
        rich.type("sum([1,")
        rich.press("enter")
        rich.wait_for(lambda: "..." in rich.before_cursor)
        rich._row = rich.row
        rich.type("2])")
        rich.press("enter")
        rich.wait_for_prompt()
        assert rich.enter("h[1]") == ["3"]


def test_the_bar_is_in_the_last_row(tmp_path: Path) -> None:
    """However little there is above it; ptpython's menu switches it."""
    with start(tmp_path / "home", rows=40) as rich:
        rich.wait_for(lambda: len(rich.screen()) == 40 and "no results yet" in rich.screen()[-1])


def test_a_paste_in_the_pickle_mode(tmp_path: Path) -> None:
    """Every line counts, each with its prompt, and waits for Enter; `:undo` takes single lines back; tabs come as keys, too."""
    with start(tmp_path / "home") as rich:
        rich.type("pik()\r")
        rich.wait_for(lambda: rich.before_cursor == "pik> ")
        first = rich.row
        rich.paste("].\n(I1\nS'a\tb'\n\nt.\n(I5\nI6")
        rich.wait_for("then 7 lines, when they are entered")
        assert rich.screen()[first : first + 7] == [
            "pik> ].",
            "...> (I1",
            "...> S'a^Ib'",
            "...>",
            "...> t.",
            "...> (I5",
            "...> I6",
        ]
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor == "...> " and "(1, 'a\\tb')" in rich.screen())
        for taken in ("I6", "(I5"):
            rich.type(":undo\r")
            rich.wait_for(f"taken back: {taken}")
        rich.type(":clear\r(I7\rS'\t'\rt.\r")
        rich.wait_for("(7, '\\t')")
        rich.wait_for(lambda: rich.before_cursor == "pik> ")
        rich.press("ctrl-d")
        rich.wait_for(lambda: rich.before_cursor == "h[4] >>> ")
        rich._row = rich.row - 1
        assert rich.enter("h[1:]") == ["[[], (1, 'a\\tb'), (7, '\\t')]"]
