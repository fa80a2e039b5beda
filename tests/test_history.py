"""`h` as a list of results, and what it knows of each."""

from __future__ import annotations

import gc
import pydoc
import re
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from histshell import History, HistshellError, complete
from histshell.errors import NoSuchResult, NumbersStay
from histshell.history import Command, ValueCommand, record
from histshell.placeholder import Placeholder

calls: list[str] = []
"""The methods of a `Hostile` value that somebody has called."""


def _refusing(name: str) -> Callable[..., object]:
    """A method that notes its call and raises."""

    def method(*_: object) -> object:
        calls.append(name)
        raise RuntimeError(name)

    return method


DUNDERS = (
    "eq ne lt bool len repr str hash iter contains getitem format getattribute getattr call index int round copy "
    "reduce class_getitem fspath bytes add radd enter next length_hint sizeof dir"
)
Hostile = type("Hostile", (), {f"__{name}__": _refusing(name) for name in DUNDERS.split()})


def filled(*values: object) -> History:
    """A history with these results."""
    history = History()
    for value in values:
        record(history, value, time.time())
    return history


def test_numbers_are_positions_from_one() -> None:
    """`h[0]` is None, `h[1]` the first result, `len(h)` the number of the next."""
    history = filled("a", "b")
    assert isinstance(history, list)
    assert history[0] is None
    assert (history[1], history[2], history[-1], len(history)) == ("a", "b", "b", 3)
    assert history[1:] == ["a", "b"]
    assert type(history[1:]) is list


def test_an_equal_result_gets_its_own_number() -> None:
    """1, True and 1.0 are equal, and three results."""
    history = filled(1, True, 1.0, 1)
    assert [type(value) for value in history[1:]] == [int, bool, float, int]


def test_recording_calls_no_method_of_the_value() -> None:
    """Not even `==`, `bool`, `hash` or `repr`, also when the history is shown or searched."""
    calls.clear()
    value = Hostile()
    history = filled(value, value, 3)
    assert [entry.number for entry in history.show()] == [1, 2, 3]
    assert "Hostile object at" in repr(history)
    assert history.find("Hostile").numbers == [1, 2]
    assert history.entry(1).value is value
    assert history[1] is value
    assert calls == []
    assert history.find(int).numbers == [3]  # isinstance, which is asked for here, may look at `__class__`


def test_clearing_starts_again_at_one() -> None:
    """`clear()` and emptying by slice forget the results and what is known of them."""
    for empty in (History.clear, lambda history: history.__setitem__(slice(None), [])):
        history = filled("secret", "b")
        empty(history)
        made = record(history, "c", 1.0)
        assert (history[0], history[1], len(history)) == (None, "c", 2)
        assert history.__records__ == [None, made]
    history.clear()
    assert list(history) == [None]


def test_no_result_ever_gets_the_record_of_another() -> None:
    """However a user edits the list, an entry's source belongs to its value, or is unknown."""
    history = History()
    for text in ("a", "b", "c", "d"):
        record(history, text, 1.0).source = text
    list.__delitem__(history, 2)  # past what `h` would do
    list.insert(history, 1, "new")
    history.append("appended")
    list.reverse(history)
    for number in range(1, len(history)):
        entry = history.entry(number)
        assert entry.source in ("", entry.value)
    record(history, "e", 2.0).source = "e"
    assert history.entry(-1).source == "e"


def test_an_entry_that_is_not_there_says_which_are() -> None:
    """The error is an IndexError and ours, and names the numbers there are."""
    with pytest.raises(NoSuchResult, match=r"result 1: there are no results yet"):
        History().entry(1)
    history = filled("a", "b")
    for number in (0, 3, -3, -99):
        with pytest.raises(IndexError, match="results go from 1 to 2") as caught:
            history.entry(number)
        assert isinstance(caught.value, HistshellError)
        assert caught.value.number == number  # type: ignore[attr-defined]  # NoSuchResult
    assert history.entry(-1).number == 2


def test_what_is_no_number_of_a_result_is_told() -> None:
    """Of a text that was to be forgotten it is said that nothing was, and which command does that."""
    history = filled("a", "b")
    with pytest.raises(TypeError, match="number of a result is expected, not a value of type str"):
        history.entry("a")  # type: ignore[arg-type]  # it is no number
    with pytest.raises(TypeError, match=r"takes numbers of results.*histshell forget TEXT"):
        history.forget("a")
    assert history[1] == "a"


def test_find_by_text_type_and_function() -> None:
    """Text is looked for in source and preview, whatever its case; a function that raises has not matched."""
    history = History()
    record(history, [1, 2], 1.0).source = "Data"
    record(history, "data", 1.0)
    record(history, 7, 1.0).source = "x"
    assert history.find("DATA").numbers == [1, 2]
    assert history.find(list).values == [[1, 2]]
    assert history.find(lambda value: value > 3).values == [7]
    assert list(history.find("nothing")) == []
    with pytest.raises(HistshellError, match="a text, a type or a function, not int"):
        history.find(3)


def test_a_view_leaves_out_what_was_removed_since() -> None:
    """A view remembers numbers."""
    history = filled(1, 2, 3)
    view = history.show()
    assert (len(view), view[0].value, view[-1].number) == (3, 1, 3)
    list.__delitem__(history, 3)
    assert view.numbers == [1, 2]
    assert [entry.value for entry in view] == [1, 2]


def test_threads_lose_nothing() -> None:
    """Results that several threads record at once all get a number, and no record of another's."""
    history = History()

    def many(name: int) -> None:
        for index in range(2000):
            record(history, (name, index), 1.0).source = f"{name} {index}"

    threads = [threading.Thread(target=many, args=(name,)) for name in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert sorted(history[1:]) == [(name, index) for name in range(4) for index in range(2000)]
    for number in range(1, len(history)):
        entry = history.entry(number)
        assert entry.source in ("", " ".join(map(str, history[number])))


@pytest.mark.slow
def test_many_entries_are_small() -> None:
    """At most 200 bytes for each result beyond its value, its source and its preview."""
    program = (
        "import tracemalloc\n"
        "from histshell import History\nfrom histshell.history import record\n"
        "history, source, cwd, when = History(), 'x', '/tmp', [float(n) for n in range(200000)]\n"
        "tracemalloc.start()\n"
        "for moment in when:\n"
        "    made = record(history, None, moment + 0.5)\n"
        "    made.source, made.cwd, made.preview = source, cwd, source\n"
        "print(tracemalloc.get_traced_memory()[0] // len(history))\n"
    )
    used = int(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)
    assert 50 < used <= 200


def test_values_are_released_with_the_history() -> None:
    """Clearing lets go of the values, records included."""

    class Value:
        pass

    history = filled(Value())
    history.clear()
    assert not [thing for thing in gc.get_objects() if type(thing) is Value]


# -- it is a list whose numbers stay -----------------------------------------------------------------------------------

F = "freed"
"""Stands for the placeholder at a freed place, in what follows."""

#: What is done to a history of "a", "b", "c", "d"; what lies in it afterwards, or what is raised.
EDITS: list[tuple[str, list[object] | type[Exception]]] = [
    ("del h[2]", ["a", F, "c", "d"]),
    ("del h[-1]", ["a", "b", "c", F]),
    ("del h[2], h[4]", ["a", F, "c", F]),
    ("del h[2:4]", ["a", F, F, "d"]),
    ("del h[0:2]", [F, "b", "c", "d"]),
    ("del h[::2]", ["a", F, "c", F]),
    ("del h[3:99]", ["a", "b", F, F]),
    ("del h[1:]", [F, F, F, F]),
    ("del h[4:2]", ["a", "b", "c", "d"]),
    ("del h[:]", []),
    ("del h[0]", NoSuchResult),
    ("del h[5]", NoSuchResult),
    ("del h['x']", TypeError),
    ("del h[2]; del h[2]", NoSuchResult),
    ("del h[2]; del h[1:3]", [F, F, "c", "d"]),
    ("h[2] = 'x'", ["a", "x", "c", "d"]),
    ("del h[2]; h[2] = 'x'", ["a", "x", "c", "d"]),
    ("h[9] = 'x'", IndexError),
    ("h['x'] = 'x'", TypeError),
    ("h[2:4] = []", ["a", F, F, "d"]),
    ("h[2:4] = ['x']", ["a", "x", F, "d"]),
    ("h[2:4] = 'xy'", ["a", "x", "y", "d"]),
    ("h[2:4] = 'xyz'", NumbersStay),
    ("h[2:2] = 'x'", NumbersStay),
    ("h[3:] = 'xyz'", ["a", "b", "x", "y", "z"]),
    ("h[3:] = 'x'", ["a", "b", "x", F]),
    ("h[5:] = 'xy'", ["a", "b", "c", "d", "x", "y"]),
    ("h[0:3] = []", [F, F, "c", "d"]),
    ("h[::2] = (None, 'x', 'y')", ["a", "x", "c", "y"]),
    ("h[::2] = []", ValueError),
    ("h[2:4] = 5", TypeError),
    ("h[:] = []", []),
    ("h[:] = [None, 'x']", ["x"]),
    ("assert h.pop() == 'd'", ["a", "b", "c", F]),
    ("assert (h.pop(), h.pop()) == ('d', 'c')", ["a", "b", F, F]),
    ("assert h.pop(2) == 'b'", ["a", F, "c", "d"]),
    ("assert h.pop(-1) == 'd'", ["a", "b", "c", F]),
    ("h.pop(0)", NoSuchResult),
    ("h.pop(9)", NoSuchResult),
    ("h.pop(2); h.pop(2)", NoSuchResult),
    ("h.pop('x')", TypeError),
    ("while True: h.pop()", NoSuchResult),
    ("h.remove('b')", ["a", F, "c", "d"]),
    ("h.remove('b'); h.remove('b')", ValueError),
    ("h.remove(None)", ValueError),
    ("del h[2]; h.remove(h[2])", ValueError),
    ("h.insert(2, 'x')", NumbersStay),
    ("h.insert(0, 'x')", NumbersStay),
    ("h.insert(-1, 'x')", NumbersStay),
    ("h.insert(5, 'x')", ["a", "b", "c", "d", "x"]),
    ("h.insert(99, 'x')", ["a", "b", "c", "d", "x"]),
    ("h.insert('x', 'x')", TypeError),
    ("h.sort()", NumbersStay),
    ("h.sort(key=str, reverse=True)", NumbersStay),
    ("h.reverse()", NumbersStay),
    ("h *= 2", NumbersStay),
    ("h *= 0", NumbersStay),
    ("h += 'xy'", ["a", "b", "c", "d", "x", "y"]),
    ("h.extend('xy')", ["a", "b", "c", "d", "x", "y"]),
    ("h.append('x')", ["a", "b", "c", "d", "x"]),
    ("h.clear()", []),
    ("assert h.copy() == [None, 'a', 'b', 'c', 'd']; assert type(h.copy()) is list", ["a", "b", "c", "d"]),
    ("assert (h.index('b'), h.count('b')) == (2, 1)", ["a", "b", "c", "d"]),
    ("assert type(h + []) is type(h * 2) is type(2 * h) is type(h[:]) is list", ["a", "b", "c", "d"]),
    ("assert list(reversed(h))[0] == 'd'; assert 'b' in h; assert h == h.copy()", ["a", "b", "c", "d"]),
    ("import bisect; bisect.insort(h[1:], 'b')", ["a", "b", "c", "d"]),
    ("import random; random.shuffle(h[1:])", ["a", "b", "c", "d"]),
]


@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=[edit for edit, _ in EDITS])
def test_no_edit_gives_a_result_another_number(edit: str, expected: list[object] | type[Exception]) -> None:
    """What would take a result out frees its place, what would move others is refused; what is known goes with the value."""
    history = History()
    for text in ("a", "b", "c", "d"):
        record(history, text, 1.0).source = text
    if isinstance(expected, type):
        before = history.copy()
        with pytest.raises(expected):
            exec(edit, {"h": history})
        if expected is NumbersStay:
            assert history == before
        return
    exec(edit, {"h": history})
    assert [F if type(value) is Placeholder else value for value in history[1:]] == expected
    assert all(record is None or record.value is history[at] for at, record in enumerate(history.__records__))
    for entry in history.show():
        known = entry.value in ("a", "b", "c", "d") and "x" not in edit
        assert entry.source == (entry.value if known else "") or not known
    number = len(history) or 1
    record(history, "next", 2.0).source = "next"
    assert history.entry(-1).source == history[number] == "next"


def test_every_method_of_a_list_has_been_thought_of() -> None:
    """A method that `list` gains must be looked at: it may move results."""
    done = {word for edit, _ in EDITS for word in re.findall(r"h\.(\w+)", edit)}
    assert done == {name for name in dir(list) if not name.startswith("_")}


def test_a_method_that_changes_the_list_says_what_to_type() -> None:
    """Each refusal names what does it."""
    history = filled("b", "a")
    for edit, instead in (
        ("h.sort()", "sorted(h[1:])"),
        ("h.reverse()", "h[:0:-1]"),
        ("h *= 2", "h[1:] * n"),
        ("h.insert(1, 0)", "h.append(x)"),
    ):
        with pytest.raises(NumbersStay) as caught:
            exec(edit, {"h": history})
        assert instead in str(caught.value)
        assert "other numbers" in str(caught.value)
    with pytest.raises(NoSuchResult, match="result 1 has been freed"):
        exec("del h[1]; del h[1]", {"h": history})


def test_a_freed_place_says_so() -> None:
    """In its text, in the table, in its entry; searches pass over it."""
    history = filled("kept", "gone", 3)
    del history[2]
    assert repr(history[2]) == "<result 2: freed>"
    entry = history.entry(2)
    assert (entry.number, entry.preview, entry.source, entry.when, entry.cwd) == (2, "(freed)", "", None, "")
    lines = repr(history).splitlines()
    assert lines[2].split() == ["2", "(freed)"]
    assert history.find("freed").numbers == history.find(object).numbers[9:] == []
    assert history.find(lambda _: True).numbers == history.find(object).numbers == [1, 3]
    assert history.show().numbers == [1, 2, 3]


@pytest.mark.parametrize("edit", ["del h[1]", "h[1] = None", "h[1:2] = []", "h[1:2] = [0]", "h.pop(1)", "h.pop()",
                                  "h[:] = []", "h[:] = [None, 1]", "del h[:]", "h.clear()", "h.remove(wanted)"])  # fmt: skip
def test_a_value_that_is_freed_is_released(edit: str) -> None:
    """Nothing of ours holds it any longer, at once."""

    class Value:
        pass

    wanted = Value()
    history = filled(wanted)
    gone = weakref.ref(wanted)
    exec(edit, {"h": history, "wanted": wanted})
    del wanted
    assert gone() is None


def test_a_slice_of_a_view_is_a_view() -> None:
    """Its rows are entries, and so are those of a part of it."""
    view = filled(1, 2, 3).show()[1:]
    assert type(view).__name__ == "View"
    assert (view.numbers, view.values, view[0].number) == ([2, 3], [2, 3], 2)


PAGE = (Path(__file__).parents[1] / "docs" / "history.md").read_text()


def test_what_can_be_done_with_h_is_documented() -> None:
    """`dir(h)`, TAB, `help(h)` and the page name the same methods, and the page says of each what the table says."""
    history = filled(1)
    named = set(re.findall(r"`h\.([a-z]+)[`(]", PAGE))
    assert {name for name in dir(history) if not name.startswith("_")} == named
    assert {name for name in dir(History) if not name.startswith("_")} == named
    offered = {completion.text.rstrip("(") for completion in complete("h.", namespace={"h": history})}
    assert offered == named
    helped = set(re.findall(r"^ \|  (\w+)(?:\(|$)", pydoc.plain(pydoc.render_doc(history)), re.MULTILINE))
    assert {name for name in helped if not name.startswith("_")} - {"History"} == named
    rows = [row for row in vars(History).values() if isinstance(row, Command) and not row.name.startswith("_")]
    assert {"entry", "show", "find", "ui", "pop"} <= {row.name for row in rows}
    assert [row.name for row in rows if not row.line or row.line not in PAGE] == []


def test_a_command_is_a_method_like_any_other() -> None:
    """It has a signature, a text for `help`, and is bound."""
    history = filled(1)
    for row in vars(History).values():
        if isinstance(row, Command) and not isinstance(row, ValueCommand):
            method = getattr(history, row.name)
            assert method.__self__ is history
            assert method.__doc__
            assert getattr(History, row.name) is method.__func__


VANDALISED = {
    "builtins": "import builtins, os; builtins.len = None",
    "modules": "import sys, os; sys.modules.clear()",
    "files": "import os; os.stat = os.lstat = None",
}


@pytest.mark.parametrize("how", VANDALISED.values(), ids=VANDALISED.keys())
def test_printed_where_nothing_can_be_imported(how: str) -> None:
    """A sentence stands for the table, and nothing is raised."""
    code = f"from histshell import History; h = History(); h.append('kept'); {how}; os.write(1, repr(h).encode()); os._exit(0)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert shown.stderr == ""
    assert "kept" in shown.stdout or shown.stdout.startswith("<the history, with 1 results; the table cannot be made: ")


def test_help_fits_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `h.help()` prints has every row of the table that does something, and no line that a small terminal would break."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = repr(filled(1).help()).splitlines()
    assert "…" not in "".join(lines)
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 24
    rows = [row for row in vars(History).values() if isinstance(row, Command) and row.line[:7] not in ("", "raises ")]
    assert [row.name for row in rows if not any(re.match(rf"h\.{row.name}\b", line) for line in lines)] == []
    words = pydoc.plain(pydoc.render_doc(filled(1)))
    assert "The results of this session, by number." in words
    assert "h.find(...)" in words


def test_help_is_there_where_nothing_can_be_imported() -> None:
    """A sentence stands for it."""
    broken = "import builtins, os; builtins.len = builtins.sum = None"
    code = f"from histshell import History; {broken}; os.write(1, History.__doc__.encode()); os._exit(0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("The results of this session, by number")
