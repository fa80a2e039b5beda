"""The prompt object."""

from __future__ import annotations

import builtins
import io
import subprocess
import sys
import time
from typing import Any

import pytest

from histshell import History, Prompt, interrupts, prompt
from histshell.history import record
from histshell.prompt import Continuation, PromptText
from histshell.settings import SETTINGS, check_style, sgr
from histshell.shells.stock import detect


class Listener:
    """Notes what it is told; raises `error`, if there is one."""

    def __init__(self, error: type[BaseException] | None = None) -> None:
        self.told: list[str] = []
        self.error = error

    def _tell(self, what: str) -> None:
        self.told.append(what)
        if self.error is not None:
            raise self.error

    def shown(self) -> None:
        """A prompt is shown."""
        self._tell("shown")

    def asked(self) -> None:
        """Its text is asked for by `str`."""
        self._tell("asked")

    def stale(self, prompt: Prompt) -> None:
        """Its content is out of date."""
        assert isinstance(prompt, Prompt)
        self._tell("stale")


def make(results: int = 0, namespace: dict[str, Any] | None = None, **how: Any) -> PromptText:
    """A prompt's text over a history of so many results, known as `h` in its namespace."""
    history = History()
    for number in range(results):
        record(history, number, 0.0)
    return PromptText(history, {"h": history} if namespace is None else namespace, **how)


def test_it_shows_the_number_of_the_next_result() -> None:
    """Its text is live, its content that of the moment it was made, and it is a `str`."""
    text = make(2)
    prompt = Prompt(text)
    assert isinstance(prompt, str)
    assert (str(prompt), f"{prompt}", prompt == "h[3] >>> ") == ("h[3] >>> ", "h[3] >>> ", True)
    record(text.history, "x", 0.0)
    assert (str(prompt), f"{prompt}", prompt == "h[3] >>> ") == ("h[4] >>> ", "h[4] >>> ", True)
    assert prompt.fresh() == "h[4] >>> "
    assert str(Prompt(History())) == "h[1] >>> "


def test_it_says_by_which_name_the_history_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """`h`, `_h` where `h` is something else, and none where both are."""
    text = make()
    prompt = Prompt(text)
    text.namespace["h"] = 5
    assert str(prompt) == "[1] >>> "
    monkeypatch.setattr(builtins, "_h", text.history, raising=False)
    assert str(prompt) == "_h[1] >>> "
    text.namespace["_h"] = 6
    assert str(prompt) == "[1] >>> "
    del text.namespace["h"]
    monkeypatch.setattr(builtins, "h", text.history, raising=False)
    assert str(prompt) == "h[1] >>> "


def test_colour_is_marked_for_readline_only() -> None:
    """`str()` is what readline draws; a format is what PyREPL and asyncio's banner write."""
    text = make(colour="1;35", marked=True)
    assert str(Prompt(text)) == "\001\033[1;35m\002h[1] >>> \001\033[0m\002"
    assert f"{Prompt(text)}" == "\033[1;35mh[1] >>> \033[0m"
    assert Prompt(text) == "h[1] >>> "
    assert str(Prompt(make(colour="2"))) == "\033[2mh[1] >>> \033[0m"


@pytest.mark.parametrize("results", [0, 8, 9, 99, 12345])
def test_the_continuation_is_as_wide(results: int) -> None:
    """Also when the numbers grow."""
    of = make(results)
    for text in (str(Continuation(of)), f"{Continuation(of)}", Continuation(of)[:]):
        assert text.endswith("... ")
        assert len(text) == len(of.text())
    assert Continuation(make(template="漢{n}> ")) == "... ".rjust(5)


def test_nothing_makes_it_raise() -> None:
    """An exception here would end the session: in its place comes the plain prompt."""
    text = make(listener=Listener(KeyboardInterrupt))
    assert (str(Prompt(text)), f"{Prompt(text)}") == (">>> ", ">>> ")
    assert "\n" not in Prompt(text)
    broken: Any = make()
    broken.history = broken.namespace = None
    kinds: list[tuple[Any, str]] = [(Prompt, ">>> "), (Continuation, "... ")]
    for kind, plain in kinds:
        prompt = str.__new__(kind, plain)
        prompt._prompt_text = broken
        assert (str(prompt), f"{prompt}") == (plain, plain)
        assert str(str.__new__(kind, plain)) == plain  # without a text of ours


def test_a_ctrl_c_between_two_inputs_costs_neither_number_nor_telling() -> None:
    """It is asked once more: without its prompt, nothing would tell of the next input."""

    class Interrupted(Listener):
        def asked(self) -> None:
            super().asked()
            if self.told.count("asked") == 1:
                raise KeyboardInterrupt

    text = make(listener=Interrupted())
    gone: list[int] = []
    text.gone = lambda: gone.append(1)
    assert str(Prompt(text)) == "h[1] >>> "
    assert gone == [1]


def test_a_ctrl_c_just_when_it_is_let_go_of_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first instruction of what tells: nothing is printed, and it arrives when the telling is over."""
    ignored: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    told: list[int] = []
    both = [(prompt.watched("h[1] >>> ", lambda: told.append(1)), interrupts.later())]  # the last one goes first
    with pytest.raises(KeyboardInterrupt):
        _ = (both.clear(), time.sleep(0))  # type: ignore[func-returns-value]
    assert not ignored
    held = prompt.watched("h[1] >>> ", lambda: told.append(2))
    del held
    assert told[-1:] == [2]


def test_it_does_not_need_the_builtins() -> None:
    """A user may rebind any of them; in a process of its own, since pytest does need them."""
    program = (
        "import builtins, os, sys\n"
        "from histshell.prompt import PromptText, Prompt\n"
        "from histshell import History\n"
        "history = History()\n"
        "prompt = Prompt(PromptText(history, {'h': history}, template='{h}[{n}] > '))\n"
        "write, put = os.write, setattr\n"
        "for name in dir(builtins):\n"
        "    if not name.startswith('__'): put(builtins, name, None)\n"
        "write(1, prompt.__str__().encode())\n"
        "write(1, prompt.__format__('').encode())\n"
        "os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "h[1] > h[1] > "


def test_its_listener_is_told_each_time_it_is_shown() -> None:
    """However it is asked for: `str()`, a format, or a search for a newline, which finds out that the content is old."""
    listener = Listener()
    prompt = Prompt(make(listener=listener))
    str(prompt)
    assert listener.told == ["shown", "asked"]
    f"{prompt}"
    assert "\n" not in prompt
    assert listener.told == ["shown", "asked", "shown", "shown"]
    record(prompt._prompt_text.history, 1, 0.0)
    assert "\n" not in prompt
    assert listener.told[4:] == ["shown", "stale"]


def test_an_emptied_history_counts_from_one() -> None:
    """`h[:] = []` takes `h[0]` away as well; the prompt puts it back."""
    text = make(3)
    text.history[:] = []
    assert text.text() == "h[1] >>> "
    assert list(text.history) == [None]


def test_a_template_of_the_users() -> None:
    """The number may be formatted, the name left out."""
    assert make(6, template="[{n:>3}] ").text() == "[  7] "
    assert make(6, template="> ").text() == "> "


def test_the_default_colour_is_that_of_the_default_style() -> None:
    """The prompt knows it without reading the settings."""
    from histshell import prompt

    style = next(setting for setting in SETTINGS if setting.name == "style")
    assert sgr(check_style(style.default)) == prompt.COLOUR


@pytest.mark.parametrize("stream", [None, io.StringIO(), object()])
def test_a_stream_that_is_closed_or_nobodys_has_no_colour(stream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `histshell script.py` with a script that closes `sys.stdout`, say."""
    for name in ("PYTHON_COLORS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    if isinstance(stream, io.StringIO):
        stream.close()
    monkeypatch.setattr(sys, "stdout", stream)
    assert not detect.wants_colour()
