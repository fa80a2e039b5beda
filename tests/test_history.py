"""`h` as a list of results, and what it knows of each."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from histshell import History, HistshellError
from histshell.errors import NoSuchResult

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
        history.record(value, time.time())
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
        record = history.record("c", 1.0)
        assert (history[0], history[1], len(history)) == (None, "c", 2)
        assert history._records == [None, record]
    history.clear()
    assert list(history) == [None]


def test_no_result_ever_gets_the_record_of_another() -> None:
    """However a user edits the list, an entry's source belongs to its value, or is unknown."""
    history = History()
    for text in ("a", "b", "c", "d"):
        history.record(text, 1.0).source = text
    del history[2]
    history.insert(1, "new")
    history.append("appended")
    history.reverse()
    for number in range(1, len(history)):
        entry = history.entry(number)
        assert entry.source in ("", entry.value)
    history.record("e", 2.0).source = "e"
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


def test_find_by_text_type_and_function() -> None:
    """Text is looked for in source and preview, whatever its case; a function that raises has not matched."""
    history = History()
    history.record([1, 2], 1.0).source = "Data"
    history.record("data", 1.0)
    history.record(7, 1.0).source = "x"
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
    del history[3]
    assert view.numbers == [1, 2]
    assert [entry.value for entry in view] == [1, 2]


def test_threads_lose_nothing() -> None:
    """Results that several threads record at once all get a number, and no record of another's."""
    history = History()

    def record(name: int) -> None:
        for index in range(2000):
            history.record((name, index), 1.0).source = f"{name} {index}"

    threads = [threading.Thread(target=record, args=(name,)) for name in range(4)]
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


def test_a_million_entries_are_small() -> None:
    """At most 200 bytes for each result beyond its value, its source and its preview."""
    program = (
        "import tracemalloc\n"
        "from histshell import History\n"
        "history, source, cwd, when = History(), 'x', '/tmp', [float(n) for n in range(1000000)]\n"
        "tracemalloc.start()\n"
        "for moment in when:\n"
        "    record = history.record(None, moment + 0.5)\n"
        "    record.source, record.cwd, record.preview = source, cwd, source\n"
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
