"""The prompt object."""

from __future__ import annotations

import builtins
import subprocess
import sys
from typing import Any

import pytest

from histshell import History, Prompt
from histshell.prompt import Continuation, Face
from histshell.settings import SETTINGS, check_style, sgr


def make(results: int = 0, namespace: dict[str, Any] | None = None, **how: Any) -> Face:
    """A face over a history of so many results, known as `h` in its namespace."""
    history = History()
    for number in range(results):
        history.record(number, 0.0)
    return Face(history, {"h": history} if namespace is None else namespace, **how)


def test_it_shows_the_number_of_the_next_result() -> None:
    """Its text is live, its content that of the moment it was made, and it is a `str`."""
    face = make(2)
    prompt = Prompt(face)
    assert isinstance(prompt, str)
    assert (str(prompt), f"{prompt}", prompt == "h[3] >>> ") == ("h[3] >>> ", "h[3] >>> ", True)
    face.history.record("x", 0.0)
    assert (str(prompt), f"{prompt}", prompt == "h[3] >>> ") == ("h[4] >>> ", "h[4] >>> ", True)
    assert prompt.fresh() == "h[4] >>> "
    assert str(Prompt(History())) == "h[1] >>> "


def test_it_says_by_which_name_the_history_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """`h`, `_h` where `h` is something else, and none where both are."""
    face = make()
    prompt = Prompt(face)
    face.namespace["h"] = 5
    assert str(prompt) == "[1] >>> "
    monkeypatch.setattr(builtins, "_h", face.history, raising=False)
    assert str(prompt) == "_h[1] >>> "
    face.namespace["_h"] = 6
    assert str(prompt) == "[1] >>> "
    del face.namespace["h"]
    monkeypatch.setattr(builtins, "h", face.history, raising=False)
    assert str(prompt) == "h[1] >>> "


def test_colour_is_marked_for_readline_only() -> None:
    """`str()` is what readline draws; a format is what PyREPL and asyncio's banner write."""
    face = make(colour="1;35", marked=True)
    assert str(Prompt(face)) == "\001\033[1;35m\002h[1] >>> \001\033[0m\002"
    assert f"{Prompt(face)}" == "\033[1;35mh[1] >>> \033[0m"
    assert Prompt(face) == "h[1] >>> "
    assert str(Prompt(make(colour="2"))) == "\033[2mh[1] >>> \033[0m"


@pytest.mark.parametrize("results", [0, 8, 9, 99, 12345])
def test_the_continuation_is_as_wide(results: int) -> None:
    """Also when the numbers grow."""
    face = make(results)
    for text in (str(Continuation(face)), f"{Continuation(face)}", Continuation(face)[:]):
        assert text.endswith("... ")
        assert len(text) == len(face.text())
    assert Continuation(make(template="漢{n}> ")) == "... ".rjust(5)


def test_nothing_makes_it_raise() -> None:
    """An exception here would end the session: in its place comes the plain prompt."""

    def tick() -> None:
        raise KeyboardInterrupt

    face = make(tick=tick)
    assert (str(Prompt(face)), f"{Prompt(face)}") == (">>> ", ">>> ")
    assert "\n" not in Prompt(face)
    broken: Any = make()
    broken.history = broken.namespace = None
    kinds: list[tuple[Any, str]] = [(Prompt, ">>> "), (Continuation, "... ")]
    for kind, plain in kinds:
        prompt = str.__new__(kind, plain)
        prompt._face = broken
        assert (str(prompt), f"{prompt}") == (plain, plain)
        assert str(str.__new__(kind, plain)) == plain  # without a face


def test_it_does_not_need_the_builtins() -> None:
    """A user may rebind any of them; in a process of its own, since pytest does need them."""
    program = (
        "import builtins, os, sys\n"
        "from histshell.prompt import Face, Prompt\n"
        "from histshell import History\n"
        "history = History()\n"
        "prompt = Prompt(Face(history, {'h': history}, template='{h}[{n}] > '))\n"
        "write, put = os.write, setattr\n"
        "for name in dir(builtins):\n"
        "    if not name.startswith('__'): put(builtins, name, None)\n"
        "write(1, prompt.__str__().encode())\n"
        "write(1, prompt.__format__('').encode())\n"
        "os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "h[1] > h[1] > "


def test_it_ticks_once_each_time_it_is_shown() -> None:
    """However it is asked for: `str()`, a format, or a search for a newline."""
    ticks: list[int] = []
    prompt = Prompt(make(tick=lambda: ticks.append(1)))
    str(prompt)
    f"{prompt}"
    assert "\n" not in prompt
    assert len(ticks) == 3


def test_an_emptied_history_counts_from_one() -> None:
    """`h[:] = []` takes `h[0]` away as well; the prompt puts it back."""
    face = make(3)
    face.history[:] = []
    assert face.text() == "h[1] >>> "
    assert list(face.history) == [None]


def test_a_template_of_the_users() -> None:
    """The number may be formatted, the name left out."""
    assert make(6, template="[{n:>3}] ").text() == "[  7] "
    assert make(6, template="> ").text() == "> "


def test_the_default_colour_is_that_of_the_default_style() -> None:
    """The prompt knows it without reading the settings."""
    from histshell import prompt

    style = next(setting for setting in SETTINGS if setting.name == "style")
    assert sgr(check_style(style.default)) == prompt.COLOUR
