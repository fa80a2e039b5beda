"""Sessions before this one: in order, by number, by day and by id, their values loaded when asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from histshell.errors import NoSuchResult
from histshell.history import History, record
from histshell.journal import place
from histshell.lazily import LazyHistory
from histshell.placeholder import Placeholder
from histshell.values import all_sessions, crashed, past, watch
from tests.values.journals import Written

NOON = time.mktime((2026, 11, 20, 12, 0, 0, 0, 0, -1))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of journals, empty, in a home of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    return Path(place.folder())


def test_the_session_before_is_the_one_with_the_newest_record(folder: Path) -> None:
    """Not the one that began last; sessions without a result do not count, nor imported ones, but in `all`."""
    early = Written(folder, "20261120-090000-aa", NOON - 9000)
    late = Written(folder, "20261120-100000-bb", NOON - 5000)
    late.result("2", 2)
    early.when = NOON
    early.result("1", 1)
    Written(folder, "20261120-110000-cc", NOON + 5).typed("import os")
    other = Written(folder, "imports-ipython", NOON + 9, imported="ipython")
    other.typed("x = 1")
    history = History()
    assert history.past[-1].id == early.path.stem
    assert [one.id for one in history.past] == [late.path.stem, early.path.stem]
    assert len(history.past.all) == 4
    assert [one.id for one in history.past[-2:]] == [late.path.stem, early.path.stem]
    with pytest.raises(past.NoSuchSession):
        history.past[-3]
    with pytest.raises(past.NoSuchSession, match=r"h\.past\[5\]: there are 2 sessions, the last is h\.past\[-1\]"):
        history.past[5]


def test_a_result_that_is_not_there_is_told_from_one_that_never_was(folder: Path) -> None:
    """Where it was forgotten, say."""
    session = Written(folder, "20261120-100000-aa", NOON)
    session.number = 1
    session.result("2", 2)
    with pytest.raises(NoSuchResult, match="result 1 is not there: it was forgotten, or nothing was kept of it"):
        History().past[-1][1]
    with pytest.raises(NoSuchResult, match="result 3: results go from 1 to 2"):
        History().past[-1][3]


def test_a_value_is_loaded_when_it_is_asked_for(folder: Path) -> None:
    """By number, from the end, in slices; what was not saved says what it was, and what made it."""
    session = Written(folder, "20261120-090000-aa", NOON)
    session.result("[1, 2]", [1, 2])
    session.result("open('x')", "gone", saved=False)
    session.result("'é'", "é")
    before = History().past[-1]
    assert before[1] == [1, 2]
    assert before[-1] == "é"
    assert before[2:][1] == "é"
    assert [value for value in before if type(value) is not Placeholder] == [[1, 2], "é"]
    assert before.numbers == [1, 2, 3]
    assert before.source(3) == "'é'"
    assert before.entry(1).value == [1, 2]
    assert before.entry(1).source == "[1, 2]"
    shown = repr(before[2])
    assert "not saved" in shown
    assert "'gone'" in shown
    assert "open('x')" in shown
    with pytest.raises(NoSuchResult):
        before[4]


def test_sessions_of_a_day_and_by_their_id(folder: Path) -> None:
    """A day is one of local time; a session that went on past midnight is of both days."""
    for name, when in (("20261119-aa", NOON - 86400), ("20261120-aa", NOON), ("20261120-bb", NOON + 60)):
        Written(folder, name, when).result("1", 1)
    long = Written(folder, "20261120-cc", NOON + 100)
    long.when += 86400
    long.result("1", 1)
    history = History()
    assert [one.id for one in history.past["2026-11-20"]] == ["20261120-aa", "20261120-bb", "20261120-cc"]
    assert [one.id for one in history.past["2026-11-21"]] == ["20261120-cc"]
    assert len(history.past["2026-11-18"]) == 0
    assert history.past["20261119"].id == "20261119-aa"
    for wrong in ("20261120", "2026-13-77", "nothing"):
        with pytest.raises(past.NoSuchSession):
            history.past[wrong]


def test_the_tables_are_plain_text(folder: Path) -> None:
    """Whatever stands in a journal, no control character of it is shown."""
    session = Written(folder, "20261120-090000-aa", NOON, host="\033[31mevil", cwd="/\033]0;title\007")
    session.result("print('\033[2J')", "\033[2J", type="a.\033[1m")
    history = History()
    for shown in (
        history.past,
        history.past[-1],
        history.past[-1].show(),
        history.past[-1].entry(1),
        history.past["2026-11-20"],
    ):
        text = repr(shown)
        assert text.isprintable() or text.replace("\n", "").isprintable()
    assert "1" in repr(history.past)
    assert repr(History().past.all["20261120-090000-aa"])


def test_only_the_newest_journals_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With hundreds of them `h.past[-1]` looks at a few."""
    for number in range(300):
        Written(folder, f"20261120-{number:06}-aa", NOON + number).result("1", number)
    read: list[str] = []
    all_sessions.forget()
    looked = all_sessions._read

    def counted(path: str, stamp: Any) -> Any:
        read.append(path)
        return looked(path, stamp)

    monkeypatch.setattr(all_sessions, "_read", counted)
    assert History().past[-1][1] == 299
    assert len(read) < 10


def test_resuming_gives_the_results_their_numbers(folder: Path) -> None:
    """Loaded one by one, with the sources that made them, and new ones go on from there."""
    session = Written(folder, "20261120-090000-aa", NOON)
    session.result("[1]", [1])
    session.result("object()", object(), saved=False)
    session.number = 4
    session.result("{'a': 1}", {"a": 1})
    history = History()
    assert "goes on with session 20261120-090000-aa" in repr(history.resume())
    assert len(history) == 6
    raw = list.__getitem__(history, 1)
    assert type(raw) is Placeholder
    assert history.entry(1).preview == "[1]"
    assert type(list.__getitem__(history, 1)) is Placeholder
    assert history[1] == [1]
    assert history[1] is history[1] is history.entry(1).value
    assert history.entry(5).source == "{'a': 1}"
    assert type(history[2]) is Placeholder
    assert type(history[3]) is Placeholder
    assert list(history)[5] == {"a": 1}
    assert history[-1] is history[5]
    assert history[4:] == [history[4], {"a": 1}]
    assert {"a": 1} in history
    assert "not saved" in repr(history.show())
    made = record(history, "new", time.time())
    assert (history[6], made.value) == ("new", "new")
    assert "has 6 results already" in repr(history.resume())


def test_what_goes_on_from_a_session_brings_that_as_well(folder: Path) -> None:
    """Numbers of both, the newer ones from the newer; circles end."""
    first = Written(folder, "20261120-090000-aa", NOON)
    first.result("'first'", "first")
    first.result("'second'", "second")
    second = Written(folder, "20261120-100000-bb", NOON + 60, resumed=first.path.stem)
    second.number = 2
    second.result("'third'", "third")
    first.put("resumed", session=second.path.stem)
    history = History()
    history.resume(second.path.stem)
    assert history[1:] == ["first", "second", "third"]
    assert history.past[-1].numbers == [1, 2, 3]


def test_it_goes_on_with_the_newest_session_of_its_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else with the newest of all."""
    for name, when, cwd in (("20261120-090000-aa", NOON, os.getcwd()), ("20261120-100000-bb", NOON + 60, "/elsewhere")):
        Written(folder, name, when, cwd=cwd).result("[1]", [1])
    assert History().past[-1].id == "20261120-100000-bb"
    assert "goes on with session 20261120-090000-aa" in repr(History().resume())
    monkeypatch.chdir("/")
    assert "goes on with session 20261120-100000-bb" in repr(History().resume())
    assert repr(History().resume(3)) == "h.resume(3): there are 2 sessions, the last is h.past[-1]"


def test_a_journal_cannot_ask_for_too_much(folder: Path) -> None:
    """A number of a billion is not put into the list."""
    session = Written(folder, "20261120-090000-aa", NOON)
    session.number = 10**9
    session.result("1", 1)
    history = History()
    assert "too many" in repr(history.resume())
    assert len(history) == 1


def test_numbers_that_are_wanted_later_can_be_had(folder: Path) -> None:
    """A value whose file is not there is asked for again each time: it may come by a sync."""
    session = Written(folder, "20261120-090000-aa", NOON)
    session.result("[1]", [1])
    hidden = session.values.with_suffix(".away")
    session.values.rename(hidden)
    history = History()
    history.resume()
    assert "its file of values is not there" in repr(history[1])
    hidden.rename(session.values)
    assert history[1] == [1]
    assert type(history) is LazyHistory


def running(folder: Path, name: str, **more: Any) -> Written:
    """Write a session of this machine and folder that has no goodbye."""
    session = Written(folder, name, time.time(), cwd=os.getcwd(), **more)
    session.result("1", 1)
    session.typed("os.abort()", over=False)
    return session


def test_a_crash_is_found_once(folder: Path) -> None:
    """The first who looks has it, all later ones do not."""
    running(folder, "20261120-090000-aa", pid=2**22 + 1)
    now = time.time() + 100
    assert watch.may_have_crashed(str(folder), "own", os.getcwd(), now)
    found = crashed.look(str(folder), "own", os.getcwd(), now)
    assert found is not None
    assert "1 min ago without a goodbye, with 1 result, in os.abort(); h.resume() has it back" in crashed.line(
        found, False, now
    )
    assert "h.past[-1]" in crashed.line(found, True, now)
    assert crashed.look(str(folder), "own", os.getcwd(), now) is None


@pytest.mark.parametrize(
    "what", ["said goodbye", "elsewhere", "another machine", "still runs", "long ago", "nothing typed", "this one"]
)
def test_what_is_no_crash_is_not_said(folder: Path, what: str) -> None:
    """Sessions that ended well, run, are of another folder or machine, or older than a day."""
    more: dict[str, Any] = {"pid": 2**22 + 1}
    if what == "another machine":
        more["host"] = "another"
    if what == "still runs":
        more["pid"] = os.getpid()
    session = running(folder, "20261120-090000-aa", **more) if what != "nothing typed" else None
    if session is None:
        Written(folder, "20261120-090000-aa", time.time(), cwd=os.getcwd(), **more)
    elif what == "said goodbye":
        session.put("goodbye")
    now = time.time() + (2 * 86400 if what == "long ago" else 0)
    own = "20261120-090000-aa" if what == "this one" else "own"
    if what in ("said goodbye", "elsewhere", "this one", "long ago"):
        assert not watch.may_have_crashed(str(folder), own, "/" if what == "elsewhere" else os.getcwd(), now)
    assert crashed.look(str(folder), own, "/" if what == "elsewhere" else os.getcwd(), now) is None
    assert not list(folder.glob("*.said"))


NOT_A_NUMBER: list[tuple[Callable[[History], object], str]] = [
    (lambda h: h.past[1.5], "a session's number, its id, or a day is expected, not a value of type float"),
    (lambda h: h.past[None], "a session's number, its id, or a day is expected, not a value of type NoneType"),
    (lambda h: h.past["2026-11-20"]["x"], "the number of a session is expected, not a value of type str"),
    (lambda h: h.past[-1]["x"], "the number of a result is expected, not a value of type str"),
    (lambda h: h.past[-1][1.5], "the number of a result is expected, not a value of type float"),
    (lambda h: h.past[-1].entry("x"), "the number of a result is expected, not a value of type str"),
    (lambda h: h.past[-1].source([]), "the number of a result is expected, not a value of type list"),
    (lambda h: h.past[-1].show("x"), "a number of results is expected, not a value of type str"),
    (lambda h: h.show("x"), "a number of results is expected, not a value of type str"),
    (lambda h: h.search(n="x"), "a number of inputs is expected, not a value of type str"),
    (lambda h: h.errors["x"], "the number of an exception is expected, not a value of type str"),
    (lambda h: h.errors.debug("x"), "the number of an exception is expected, not a value of type str"),
]


@pytest.mark.parametrize(("ask", "said"), NOT_A_NUMBER, ids=[said for _, said in NOT_A_NUMBER])
def test_what_is_no_number_is_said_in_the_words_of_what_was_asked(
    ask: Callable[[History], object], said: str, folder: Path
) -> None:
    """And not in those of the comparison, or of the list, that comes to fail inside."""
    Written(folder, "20261120-100000-aa", NOON).result("2", 2)
    with pytest.raises(TypeError) as raised:
        ask(History())
    assert str(raised.value) == said


def test_a_session_that_is_not_among_some_is_named_as_it_was_asked_for(folder: Path) -> None:
    """Those of a day, a part, all; also by a number that Python does not write out. One session of a day can be gone on with."""
    Written(folder, "20261120-100000-aa", NOON).result("2", 2)
    seen = History().past
    huge = 10**6000
    rows: list[tuple[Callable[[], object], str]] = [
        (
            lambda: seen["2026-11-20"][3],
            "h.past['2026-11-20'][3]: there is 1 session, the last is h.past['2026-11-20'][-1]",
        ),
        (lambda: seen["2025-11-20"][0], "h.past['2025-11-20'][0]: there are no sessions"),
        (lambda: seen[2:5][0], "h.past[2:5][0]: there are no sessions"),
        (lambda: seen.all[-9], "h.past.all[-9]: there is 1 session, the last is h.past.all[-1]"),
        (lambda: seen[:huge][huge], "h.past[:<int of 19932 bits>][<int of 19932 bits>]: there is 1 session,"),
        (lambda: seen[-huge], "h.past[<int of 19932 bits>]: there is 1 session,"),
    ]
    for ask, said in rows:
        with pytest.raises(past.NoSuchSession) as raised:
            ask()
        assert str(raised.value).startswith(said)
    assert History().resume("2026-11-20").text.startswith("goes on with session 20261120-100000-aa")


@pytest.mark.parametrize(
    ("saved", "said"),
    [
        ([True], ", 1 result, h[1]; h.show()"),
        ([False], ", 1 result, h[1], without its value; h.show()"),
        ([True, False, True], ", 3 results, h[1] to h[3], 1 of them without its value; h.show()"),
        ([False, False, True], ", 3 results, h[1] to h[3], 2 of them without their value; h.show()"),
        ([False, False], ", 2 results, h[1] to h[2], without their values; h.show()"),
    ],
)  # fmt: skip
def test_how_many_came_back_without_their_value_is_said(saved: list[bool], said: str, folder: Path) -> None:
    """In the words for one, for some and for all of them."""
    session = Written(folder, "20261120-100000-aa", NOON)
    for number, is_saved in enumerate(saved):
        session.result(str(number), number, saved=is_saved)
    assert said in History().resume().text


def test_where_no_number_is_given_a_line_says_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    """Also of `h.page()`, which shows the last result, where there is none yet."""
    assert History().keep().text == "which? h.keep(3) saves result 3"
    assert History().drop().text == "which? h.drop(3) lets go of result 3"
    History().page()
    assert capsys.readouterr().out.startswith("no results yet: ")


def test_a_number_that_another_process_has_now_is_not_the_session(folder: Path) -> None:
    """A process that was started after the session began is not the one that had it; nor one of before the machine was started."""
    running(folder, "20261120-090000-aa", pid=os.getpid(), boot="another start")
    running(folder, "20261120-090000-bb", pid=2**22 + 1)
    old = running(folder, "20261120-090000-cc", pid=os.getpid())
    text = old.path.read_text().replace(str(int(old.when)), "1000000000", 1)
    old.path.write_text(text)
    found = crashed.look(str(folder), "own", os.getcwd(), time.time())
    assert found is not None
    assert found.more == (2 if os.path.exists("/proc/uptime") else 1)


def test_wrong_use_is_said_without_a_frame_of_ours(folder: Path) -> None:
    """`h.resume(3)` says what there is; a number that there is none of is raised as by a list, from the user's own line."""
    history = History()
    nothing = "there are no sessions with results before this one"
    assert history.resume(3).text == f"h.resume(3): {nothing}"
    assert history.resume(-1).text == f"h.resume(-1): {nothing}"
    assert history.resume().text == nothing
    Written(folder, "20261120-100000-aa", NOON).result("2", 2)
    assert history.resume(3).text == "h.resume(3): there is 1 session, the last is h.past[-1]"
    assert history.resume("1999-01-01").text == "there are no such sessions"
    assert history.resume("1999").text.startswith("no session's id begins with '1999'")
    assert history.resume(2.5).text == "h.resume() takes a session, its number or its id, not 2.5"
    history.resume()
    assert type(history) is LazyHistory
    for where, error in ((99, IndexError), (-99, IndexError), ("x", TypeError)):
        with pytest.raises(error, match=r"\Alist ind") as raised:
            history[where]
        assert len(raised.traceback) == 1
    assert history[-1] == history[1:][0] == history.__getitem__(1) == LazyHistory.__getitem__(history, 1) == 2
