"""The display hook, and the recorder behind it."""

from __future__ import annotations

import builtins
import gc
import io
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from histshell import History
from histshell.hook import DisplayHook
from histshell.recorder import PREVIEW, Recorder


class Wiring:
    """A history, a recorder and a display hook, wired as a session wires them."""

    def __init__(self) -> None:
        self.history = History()
        self.refreshed = 0
        recorder = Recorder(self.history, self.source, self.refresh)
        self.hook = DisplayHook(recorder.display, recorder.pass_on)

    def source(self, frame: FrameType) -> tuple[str, int]:
        """Say which function displayed."""
        return frame.f_code.co_name, 0

    def refresh(self) -> None:
        """Count."""
        self.refreshed += 1


@pytest.fixture
def wiring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    """The parts with the stock hook wrapped."""
    monkeypatch.setattr(sys, "displayhook", sys.__displayhook__)
    monkeypatch.setattr(builtins, "_", "before", raising=False)
    made = Wiring()
    made.hook.attach()
    yield made
    made.hook.detach()


def shown(hook: Callable[[object], object], value: object, stream: Any) -> tuple[object, object, object]:
    """What a hook writes for a value to a stream, what it raises, and what `_` is afterwards."""
    old, sys.stdout = sys.stdout, stream
    builtins._ = "before"  # type: ignore[attr-defined]
    raised = None
    try:
        hook(value)
    except BaseException as error:
        raised = type(error)
    finally:
        sys.stdout = old
    text = stream.buffer.getvalue() if hasattr(stream, "buffer") else stream.getvalue()
    return text, raised, builtins._  # type: ignore[attr-defined]


class Shouting(str):
    """A str subclass, as `__repr__` may return one."""


class Odd:
    """A value whose `__repr__` does as told."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def __repr__(self) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def streams() -> list[Callable[[], Any]]:
    """Streams of each kind that the stock hook treats in its own way."""
    return [
        io.StringIO,
        lambda: io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True),
        lambda: io.TextIOWrapper(io.BytesIO(), "ascii", write_through=True),
    ]


@pytest.mark.parametrize("stream", streams())
@pytest.mark.parametrize(
    "value",
    [3, "é漢", None, "\udc80", Odd("x\ny"), Odd(Shouting("loud é")), Odd(3), Odd(ValueError()),
     Odd(KeyboardInterrupt()), Odd("\udc80"), "x" * 10000],
    ids=lambda value: str(type(value).__name__),
)  # fmt: skip
def test_it_shows_what_the_stock_hook_shows(wiring: Wiring, stream: Callable[[], Any], value: object) -> None:
    """The same text, the same errors, the same `_`."""
    assert shown(sys.displayhook, value, stream()) == shown(sys.__displayhook__, value, stream())
    assert len(wiring.history) == (1 if value is None else 2)


def test_a_lost_stdout_is_said_as_the_stock_hook_says_it(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    """The value has its number already."""
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(RuntimeError, match=r"lost sys\.stdout"):
        sys.displayhook(3)
    monkeypatch.undo()
    assert wiring.history[1:] == [3]


def test_recorded_before_it_is_printed(wiring: Wiring) -> None:
    """A value whose text raises is there, and so is its source."""
    with pytest.raises(ZeroDivisionError):
        sys.displayhook(Odd(ZeroDivisionError()))
    entry = wiring.history.entry(1)
    assert isinstance(entry.value, Odd)
    assert entry.source == "test_recorded_before_it_is_printed"
    assert entry.preview.startswith("<")
    assert wiring.refreshed == 1


def test_the_text_displayed_is_the_preview(wiring: Wiring, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a value that changes later, too; cut, and asked for once."""
    asked: list[int] = []

    class Counting:
        def __repr__(self) -> str:
            asked.append(1)
            return "c" * 1000

    changing = [1]
    sys.displayhook(changing)
    sys.displayhook(Counting())
    changing.append(2)
    assert wiring.history.entry(1).preview == "[1]"
    assert wiring.history.entry(2).preview == "c" * (PREVIEW - 1) + "…"
    assert len(asked) == 1
    assert capsys.readouterr().out == "[1]\n" + "c" * 1000 + "\n"


@pytest.mark.usefixtures("wiring")
def test_none_runs_no_python() -> None:
    """A debugger that stops at the next line of Python does not stop in the hook."""
    events: list[str] = []
    hook = sys.displayhook
    code = compile("hook(None)", "<input>", "exec")
    sys.settrace(lambda frame, *_: events.append(frame.f_code.co_filename))
    try:
        exec(code, {"hook": hook})
    finally:
        sys.settrace(None)
    assert events == ["<input>"]


def test_the_history_and_its_views_are_not_recorded(wiring: Wiring, capsys: pytest.CaptureFixture[str]) -> None:
    """They would hold themselves."""
    sys.displayhook(5)
    for value in (wiring.history, wiring.history.show(), wiring.history.find(int)):
        sys.displayhook(value)
    assert wiring.history[1:] == [5]
    assert capsys.readouterr().out.count("int") == 3


def test_a_hook_set_later_is_wrapped_and_still_called(wiring: Wiring, capsys: pytest.CaptureFixture[str]) -> None:
    """It gets every value, None too; what it chains to does not record again."""
    seen: list[object] = []
    ours = sys.displayhook

    def chained(value: object) -> None:
        seen.append(value)
        ours(value)

    sys.displayhook = chained
    wiring.hook.attach()
    wrapped = sys.displayhook
    for value in (None, "a", "a"):
        sys.displayhook(value)
    assert seen == [None, "a", "a"]
    assert wiring.history[1:] == ["a", "a"]
    sys.displayhook = ours  # restored
    wiring.hook.attach()
    assert sys.displayhook is ours
    sys.displayhook("b")
    sys.displayhook = chained  # and set once more: the same wrapper, none on top
    wiring.hook.attach()
    assert sys.displayhook is wrapped
    wiring.hook.detach()
    assert sys.displayhook is chained
    assert wiring.history[1:] == ["a", "a", "b"]
    capsys.readouterr()


def test_attaching_twice_changes_nothing(wiring: Wiring) -> None:
    """It is done at every prompt."""
    hook = sys.displayhook
    for _ in range(3):
        wiring.hook.attach()
    assert sys.displayhook is hook
    wiring.hook.detach()
    assert sys.displayhook is sys.__displayhook__
    wiring.hook.attach()
    assert sys.displayhook is hook


def test_a_missing_hook_stays_missing(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the bare prompt says so itself."""
    monkeypatch.delattr(sys, "displayhook")
    wiring.hook.attach()
    assert not hasattr(sys, "displayhook")


def test_what_is_displayed_while_displaying_is_part_of_it(wiring: Wiring, capsys: pytest.CaptureFixture[str]) -> None:
    """A `__repr__` that displays; after an interrupted one, recording goes on."""

    class Nested:
        def __repr__(self) -> str:
            sys.displayhook(7)
            return "outer"

    sys.displayhook(Nested())
    with pytest.raises(KeyboardInterrupt):
        sys.displayhook(Odd(KeyboardInterrupt()))
    sys.displayhook(8)
    assert [type(value) for value in wiring.history[1:]] == [Nested, Odd, int]
    assert capsys.readouterr().out == "7\nouter\n8\n"


def test_threads_display_each_for_itself(wiring: Wiring, capsys: pytest.CaptureFixture[str]) -> None:
    """One that is displaying does not keep another from recording."""
    inside, go_on = threading.Event(), threading.Event()

    class Slow:
        def __repr__(self) -> str:
            inside.set()
            go_on.wait(10)
            return "slow"

    thread = threading.Thread(target=sys.displayhook, args=(Slow(),))
    thread.start()
    assert inside.wait(10)
    sys.displayhook("quick")
    go_on.set()
    thread.join()
    assert [type(value) for value in wiring.history[1:]] == [Slow, str]
    capsys.readouterr()


@pytest.mark.usefixtures("wiring")
def test_no_weak_reference_or_collection_is_caused(capsys: pytest.CaptureFixture[str]) -> None:
    """The history holds a value as any list does, and nothing else of ours refers to it but its record."""

    class Value:
        pass

    value = Value()
    sys.displayhook(value)
    holders = [type(holder).__name__ for holder in gc.get_referrers(value) if type(holder).__name__ != "frame"]
    assert sorted(set(holders) - {"dict"}) == ["History", "Record"]
    capsys.readouterr()


def test_a_bug_in_what_is_known_loses_no_value(
    wiring: Wiring, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The source finder may fail; the value has been recorded."""

    def fail(_: FrameType) -> tuple[str, int]:
        raise LookupError

    recorder = Recorder(wiring.history, fail, wiring.refresh)
    monkeypatch.setattr(sys, "displayhook", sys.__displayhook__)
    DisplayHook(recorder.display, recorder.pass_on).attach()
    sys.displayhook(3)
    assert wiring.history[1:] == [3]
    assert wiring.history.entry(1).source == ""
    assert capsys.readouterr().out == "3\n"
