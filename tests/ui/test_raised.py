"""Tracebacks in the rich prompt: what Python says, in colour, without our frames and with the libraries' folded."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from histshell.ui import source_colours
from histshell.ui.raised import OURS, Raised
from tests.pythons import Python
from tests.ui.rich import Guest, guests, pythons, start

MODULE = """\
import json

def read(text):
    return json.loads(text)["key"]

def there(n):
    return back(n)

def back(n):
    return there(n)

class Silent(Exception):
    def __str__(self):
        raise ValueError

def because(text):
    try:
        read(text)
    except ValueError as error:
        raise KeyError(text) from error

def several(text):
    error = ValueError(text)
    error.add_note("and a note")
    raise ExceptionGroup("these", [error, Silent()])
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A user's module, and a terminal to show what it raises."""
    names: dict[str, Any] = {"__name__": "mine"}
    path = tmp_path / "mine.py"
    path.write_text(MODULE)
    exec(compile(MODULE, str(path), "exec"), names)
    monkeypatch.setattr("histshell.ui.raised._is_at_terminal", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("linecache.cache", {})
    return names


def raised(module: dict[str, Any], what: str, how: str = "folded") -> tuple[Raised, str]:
    """Return what shows an exception, and what it shows of one that is raised in a module, but for this file's frame."""
    shown = Raised(how)
    with pytest.raises(Exception) as found:  # noqa: PT011  # any
        exec(compile(what, "<input>", "exec"), module)
    return shown, shown.text(found.value, found.tb.tb_next) or ""


def test_frames_of_libraries_are_a_line_until_they_are_asked_for(module: dict[str, Any]) -> None:
    """With the names of the packages; what is asked for later is the same as with `whole`."""
    shown, text = raised(module, "read('x')")
    lines = text.splitlines()
    assert '    return json.loads(text)["key"]' in lines
    assert lines[-2:] == [
        "  … 3 frames of json (F7 shows the whole)",
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    ]
    assert shown.whole() == raised(module, "read('x')", "whole")[1]
    assert "json/decoder.py" in shown.whole().replace("\\", "/")
    assert raised(module, "1 / 0")[0].whole() == ""
    assert raised(module, "read('x')", "python")[1] == ""


def test_compiled_frames_of_libraries_are_folded_too(module: dict[str, Any]) -> None:
    """Cython names a file by a path from where it was built: of what is installed, or was called by it, it is the library's."""
    names: dict[str, Any] = {}
    for file, text in (
        ("other/part.pxi", "def last(): raise KeyError('k')"),
        ("pytest/_made/index.pyx", "def middle(): last()"),
        ("nobody/mine.pyx", "def first(): middle()"),
    ):
        exec(compile(text, file, "exec"), names)
    _, text = raised({**module, **names}, "first()")
    assert text.splitlines()[2:] == [
        '  File "nobody/mine.pyx", line 1, in first',
        "  … 2 frames of pytest (F7 shows the whole)",
        "KeyError: 'k'",
    ]


def test_what_repeats_is_said_once(module: dict[str, Any]) -> None:
    """Functions that call each other, too."""
    text = raised(module, "there(1)")[1]
    assert len(text.splitlines()) < 40
    assert re.search(r"^  \[Previous 2 frames repeated \d+ more times\]$", text, re.MULTILINE)
    assert text.endswith(("depth exceeded\n", "depth exceeded while calling a Python object\n"))


def test_chains_groups_and_what_cannot_be_said(module: dict[str, Any]) -> None:
    """As Python has them; nothing in them is obeyed by a terminal."""
    text = raised(module, "because('\\x1b[31mred\\x07')")[1]
    assert "direct cause of the following" in text
    assert text.endswith("KeyError: '\\x1b[31mred\\x07'\n")
    assert text.count("frames of json") == 1
    assert raised(module, "raise ValueError('\\x1b[2J\\tone\\ntwo')")[1].endswith("ValueError: \\x1b[2J\tone\ntwo\n")
    assert re.search(r"Silent: <.*>\n\Z", raised(module, "raise Silent")[1])
    if sys.version_info >= (3, 11):
        text = raised(module, "several('a\\x9b')")[1]
        assert "    | ValueError: a\\x9b\n    | and a note\n" in text
    assert raised(module, "compile('a = = 2', 'some', 'exec')")[1].endswith(
        '  File "some", line 1\n    a = = 2\n        ^\nSyntaxError: invalid syntax\n'
    )


def test_frames_of_ours_are_left_out(module: dict[str, Any]) -> None:
    """The user's line is the last one."""
    module["loads"] = __import__("histshell.pik").pik.loads
    text = raised(module, "loads(b'x')", "whole")[1]
    assert OURS not in text
    assert '"<input>", line 1' in text


def test_colours(module: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but colours is added; where nobody sees it it is Python's own."""
    plain = raised(module, "because('x')")[1]
    monkeypatch.delenv("NO_COLOR")
    text = raised(module, "because('x')")[1]
    assert re.sub(r"\x1b\[[\d;]*m", "", text) == plain
    assert "\x1b[1;31mKeyError\x1b[0m:\x1b[1m 'x'\x1b[0m\n" in text
    assert "    \x1b[32mraise\x1b[0m KeyError(text) \x1b[32mfrom\x1b[0m error" in text
    assert "90m" not in text
    monkeypatch.undo()
    assert raised(module, "because('x')")[1] == ""
    assert source_colours.coloured("x.for_ = 'a#b' # c") == "x.for_ = \x1b[31m'a#b'\x1b[0m \x1b[3m# c\x1b[0m"
    assert source_colours.coloured("'" * 5000) == "'" * 5000


@pytest.mark.parametrize("how", ["folded", "whole", "python"])
def test_the_text_of_an_earlier_exception(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the prompt shows it by the setting, without colour; what F7 shows at the prompt is still the last one."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    shows, errors = Raised(how), []
    for text in ("json.loads('x')", "json.loads('y')"):
        try:
            exec(compile("import json\n" + text, "<typed>", "exec"), {})
        except ValueError as error:
            errors.append(error)
    shows.text(errors[1], errors[1].__traceback__)
    folded = "\n".join(shows.lines(errors[0], whole=False))
    whole = "\n".join(shows.lines(errors[0], whole=True))
    assert ("  … 3 frames of json (F7 shows the whole)" in folded) == (how == "folded") == (folded != whole)
    assert "in raw_decode" in whole
    assert "test_raised" in whole
    assert "\x1b" not in folded + whole
    assert ("raw_decode" in shows.whole()) == (how != "python")


@pytest.mark.parametrize("python", [*pythons(), *guests()[-1:]])
@pytest.mark.parametrize("arguments", [(), ("--asyncio",)], ids=["plain", "asyncio"])
def test_at_the_prompt(python: Python, arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Folded, and whole with F7; what our own code raises has the user's line alone; a hook of the user's is asked instead."""
    if arguments and (python.minor == (3, 10) or isinstance(python, Guest)):
        pytest.skip("one of them is enough")
    with start(tmp_path / "home", *arguments, python=python, rows=40) as rich:
        rich.enter("import json, sys")
        rows = rich.enter("json.loads('x')")
        assert rows[0] == "Traceback (most recent call last):"
        assert rows[-2] == "  … 3 frames of json (F7 shows the whole)"
        place = rich.screen().index(rows[-1])
        cell = rich._screen.buffer[place][0]
        assert (cell.fg, cell.bold) == ("red", True)
        rich.press("f7")
        rich.wait_for("in raw_decode")
        rich.abort()
        rich.press("f5", "ctrl-t")  # there are inputs and no results
        rich.wait_for("Search:")  # and not the screen before, which has both
        rich.wait_for("… 3 frames of json")
        assert not any("raw_decode" in row for row in rich.screen())
        rich.press("f7")
        rich.wait_for("raw_decode")
        rich.press("f7")
        rich.wait_for(lambda: not any("raw_decode" in row for row in rich.screen()))
        rich.press("escape")
        rich.wait_for_prompt()
        rows = rich.enter("h.past[5]")
        assert not any("histshell" in row and "File" in row for row in rows)
        assert rows[-1].endswith("h.past[5]: there are no sessions with results before this one")
        rich.enter("sys.excepthook = lambda kind, error, trace: print('mine', kind.__name__)")
        assert rich.enter("json.loads('x')") == ["mine JSONDecodeError"]
