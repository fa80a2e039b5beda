"""`x?`, `x??`, `h.help(x)`, `h.source(x)`: what is told, from what, and that nothing of it is run."""

from __future__ import annotations

import functools
import linecache
import os
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from histshell.completion.asking import commands, facts
from histshell.completion.asking.question import looked_up, question
from histshell.completion.static import UNKNOWN
from histshell.history import History
from tests.completion import hooks


@pytest.mark.parametrize(
    ("text", "expression", "whole"),
    [
        ("x?", "x", False),
        ("  df.head ?? ", "df.head", True),
        ("os.path.join??", "os.path.join", True),
        ("h[1]?", "h[1]", False),
        ('d["a?"]?', 'd["a?"]', False),
        ("f(1).upper?", "f(1).upper", False),
        ("'text'.upper?", "'text'.upper", False),
    ],
)
def test_a_question_is_an_expression_and_its_marks(text: str, expression: str, whole: bool) -> None:
    """Whatever can be completed can be asked about."""
    assert question(text) == (expression, whole)


@pytest.mark.parametrize(
    "text",
    ["?", "??", "x", "'x?", "'x?'", "x # really?", "x = y?", "x y?", "x???", "x ? y?", "for?", "x +y?", "(x?", "f'{x?",
     "x\ny?", "x.?", "x[0?", "a" * 600 + "?", "def f(): x?", "?x?", "!x?", "x\\?"],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    """What Python has to say of it is Python's to say."""
    assert question(text) is None


def told(expression: str, whole: bool = False, **names: object) -> list[str]:
    """The lines that are told of an expression."""
    asked = question(expression + ("??" if whole else "?"))
    assert asked is not None
    return commands.answer(asked, names).text.splitlines()


class Account:
    """A bank account.

    With an owner.
    """

    @property
    def interest(self) -> float:
        """What comes in."""
        raise RuntimeError("a property was run")

    @functools.cache  # noqa: B019  # to be looked into
    def pay(self, amount: int, *, note: object = object()) -> None:
        """Put money in."""


class Savings(Account):  # noqa: D101  # what it has is what is told
    def pay(self, amount: int) -> None:  # type: ignore[override] # noqa: D102
        pass


def test_a_function_a_class_a_method_a_property_and_a_module() -> None:
    """The signature, what it is, the file with its line, the docstring without its margin."""
    lines = told("join", join=os.path.join)
    assert lines[0] == "join(a, /, *p)" or lines[0] == "join(a, *p)"
    assert lines[1].startswith("function of posixpath, /")
    assert lines[1].rpartition(":")[0].endswith("posixpath.py")
    assert told("Account", Account=Account)[:5] == [
        "Account()", f"class {__name__}.Account, {__file__}:{line_of('class Account')}", "", "A bank account.", "",
    ]  # fmt: skip
    lines = told("a.pay", a=Account())
    assert lines[0] == "pay(self, amount, *, note=…)"  # a cache binds by code of its own
    assert lines[-1] == "Put money in."
    lines = told("a.interest", a=Account())
    assert lines[0].startswith(f"property, {__file__}:")
    assert lines[-1] == "What comes in."
    assert told("os", os=os)[0] == f"module, {os.__file__}"
    assert told("n", n=42)[:2] == ["int", "42"]


def line_of(text: str) -> int:
    """The line of this file that begins with a text."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(text))


def test_a_method_without_a_docstring_has_that_of_its_base() -> None:
    """As `help` tells it."""
    assert told("s.pay", s=Savings())[-1] == "Put money in."


def test_what_is_written_in_c() -> None:
    """It has a signature and a docstring, no file and no source."""
    lines = told("len", whole=True)
    assert lines[:3] == ["len(obj, /)", "built-in function", "no source: it is not written in Python"]
    assert lines[-1].startswith("Return the number of items")
    assert told("'a'.upper")[:2] == ["upper()", "built-in method of str"]


def test_what_cannot_be_told_without_running_something_is_said() -> None:
    """A name that is not there, and a call; the line says what would run it."""
    assert told("nowhere") == ["there is no nowhere here"]
    assert History().help("nowhere").text.startswith("there is no nowhere here; of the text itself:\n\nstr\n'nowhere'")
    assert History().help("no name").text.startswith("str\n'no name'")
    assert told("f(1)", f=lambda x: x) == [
        "what f(1) is cannot be told without running something: h.help(f(1)) runs it"
    ]


def test_the_source_of_functions_classes_methods_and_modules() -> None:
    """Exactly the lines of the definition, decorators included."""
    assert told("a.pay", whole=True, a=Account())[3:5] == [
        "    @functools.cache  # noqa: B019  # to be looked into",
        "    def pay(self, amount: int, *, note: object = object()) -> None:",
    ]
    lines = told("Savings", whole=True, Savings=Savings)
    assert lines[3:] == [
        "class Savings(Account):  # noqa: D101  # what it has is what is told",
        "    def pay(self, amount: int) -> None:  # type: ignore[override] # noqa: D102",
        "        pass",
    ]
    assert told("s", whole=True, s=Savings())[-3:] == lines[3:]
    assert told("m", whole=True, m=sys.modules[__name__])[2].startswith('"""`x?`')


def test_the_source_of_what_was_typed() -> None:
    """From where the prompt keeps it."""
    text = "def typed(x):\n    return x\n"
    names: dict[str, Any] = {"__name__": "__main__"}
    linecache.cache["<python-input-990>"] = (len(text), None, text.splitlines(True), "<python-input-990>")
    try:
        exec(compile(text, "<python-input-990>", "exec"), names)
        assert told("typed", whole=True, **names)[-2:] == ["def typed(x):", "    return x"]
    finally:
        del linecache.cache["<python-input-990>"]


@pytest.mark.parametrize("kind", ["fifo", "gone", "changed", "no name", "relative"])
def test_a_file_that_is_not_as_it_was(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pipe is waited for, nothing else is shown as the source, no file of the folder one stands in is read."""
    path = tmp_path / ("module.py" if kind != "no name" else "secret.txt")
    path.write_text("def one():\n    pass\n")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), path.name if kind == "relative" else str(path), "exec"), names)
    if kind in ("fifo", "gone"):
        path.unlink()
    if kind == "fifo":
        os.mkfifo(path)
    if kind == "changed":
        path.write_text("def another():\n    pass\n")
    assert [line for line in told("one", whole=True, **names) if line.startswith("no source")]


def test_what_strangers_wrote_is_escaped_and_bounded() -> None:
    """Escape sequences do not reach the terminal; of a long docstring 100 lines are shown, and the last one says how to go on."""

    def long() -> None:
        pass

    long.__doc__ = "\x1b[31mred\n" + "line\n" * 500 + "x" * 10_000
    shown = repr(commands.answer(question("long?"), {"long": long}))  # type: ignore[arg-type]
    assert "\x1b" not in shown
    assert "\\x1b[31mred" in shown
    lines = shown.splitlines()
    assert len(lines) == facts.LINES + 1
    assert lines[-1] == "… 405 more lines: h.help('long').page()"
    assert max(map(len, lines)) < 600


def test_a_table_is_told_by_its_columns() -> None:
    """As `h` does, in a line that fits; where it lies in the memory says nothing."""
    pandas = pytest.importorskip("pandas")
    lines = told("df", df=pandas.DataFrame({"région": [1, 2], "units": [3, 4]}))
    assert lines[1:3] == ["DataFrame 2×2  région, units", ""]
    assert len(told("df", df=pandas.DataFrame({f"column{n}": [1] for n in range(50)}))[1]) < 80


def test_no_more_than_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked, and how it begins, stays in sight at a terminal; lines that it breaks take more of its rows."""
    monkeypatch.setattr("os.isatty", lambda _descriptor: True)
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("COLUMNS", "80")
    told = commands.Told([*"abcdefgh", "x" * 300, *"ijklmnopqrstuvw"], "how")
    assert repr(told).splitlines() == [*"abcdefgh", "x" * 300, *"ijkl", "… 11 more lines: how.page()"]
    assert repr(commands.Told(["a"] * 16, "how")).splitlines() == ["a"] * 16
    assert repr(commands.Told(["x" * 3000, "y"], "how")) == "x" * 3000 + "\n… 1 more line: how.page()"


def test_the_commands_take_a_value_or_the_text_that_names_one(capsys: pytest.CaptureFixture[str]) -> None:
    """`h.help(x)` and `h.help("x")`; a text that names nothing is a text. `page()` shows all of it."""
    h = History()
    h.__session__ = types.SimpleNamespace(names_now=lambda: {"a": Account(), "os": os})
    assert repr(h.help(os.path.join)).startswith("join(a")
    assert repr(h.help("a.interest")).endswith("What comes in.")
    assert repr(h.help("nothing of that kind")).startswith("str\n'nothing of that kind'")
    assert "def join(a" in repr(h.source("os.path.join"))
    assert "h.help(x)" in repr(h.help())
    h.help("a.interest").page()
    assert "What comes in." in capsys.readouterr().out


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """The hooks that are called; none may be."""
    hooks.CALLS.clear()
    yield hooks.CALLS
    hooks.Colliding.silent = True
    hooks.CALLS.clear()


@pytest.mark.parametrize("name", [f"{name}_{kind}" for name in hooks.CLASSES for kind in ("value", "class")])
def test_no_hook_is_called(name: str, calls: list[str]) -> None:
    """Neither of a value, nor of its class or metaclass: whatever is asked of it."""
    namespace = hooks.values()
    calls.clear()
    for shape in ("X", "X.method", "X.prop", "X.data", "X.quiet", "X.__doc__", "X[0]", "X()", "X.missing", "d['x']"):
        for whole in (False, True):
            told(shape.replace("X", name), whole, **namespace)
            assert calls == [], shape
    history = namespace["h"]
    history.__session__ = types.SimpleNamespace(names_now=lambda: namespace)
    asks: list[Callable[[object], object]] = [history.help, history.source]
    for ask in asks:
        repr(ask(namespace[name]))
        assert calls == []
    hooks.Colliding.silent = True


def test_what_is_looked_up_is_what_the_name_means() -> None:
    """Without running anything: a property is itself."""
    names = {"a": Account(), "d": {"key": [1, 2]}}
    assert looked_up("d['key'][1]", names) == 2
    assert looked_up("a.interest", names) is Account.__dict__["interest"]
    assert looked_up("a.nothing.real", names) is UNKNOWN
