"""The editor's terminal, its streams and its waiting, each by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from histshell import interrupts, tracebacks
from histshell.ui import input_hook, streams

#: Runs code whose fd 0 to 2 are a terminal of its own, and prints what it wrote there.
CHILD = """
import os, pty, sys
pid, fd = pty.fork()
if not pid:
    sys.path[:0] = {path!r}
    from histshell.ui.terminal import Terminal, standing_in
    exec({code!r})
    os._exit(0)
written = b""
try:
    while piece := os.read(fd, 4096):
        written += piece
except OSError:
    pass
sys.stdout.write(written.decode())
"""


def at_a_terminal(code: str) -> list[str]:
    """The lines that code has written to its terminal."""
    root = str(Path(__file__).parents[2])
    program = CHILD.format(path=[root], code=code)
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    return shown.stdout.splitlines()


@pytest.mark.parametrize(
    "before",
    [
        "",
        "os.close(0)",
        "os.close(0); os.close(1)",
        "os.dup2(os.open(os.devnull, os.O_RDWR), 0)",
        "sys.stdin = sys.stdout = sys.stderr = None",
        "os.ttyname = lambda fd: '/dev/null'",
        "os.ttyname = lambda fd: 1 / 0 if False else (_ for _ in ()).throw(OSError())",
    ],
)
def test_it_is_found(before: str) -> None:
    """By whichever of the descriptors is one, by its name or by a duplicate, else by the controlling terminal."""
    assert at_a_terminal(f"{before}\nterminal = Terminal()\nterminal.write('here' + str(terminal.isatty()))") == [
        "hereTrue"
    ]


def test_it_is_opened_again() -> None:
    """When it has been closed, and when something else stands under its number, which stays open."""
    code = (
        "terminal = Terminal(); first = terminal.fileno(); os.close(first); terminal.write('one ')\n"
        "fd = terminal.fileno(); other = os.open(os.devnull, os.O_RDWR); os.dup2(other, fd); terminal.write('two ')\n"
        "terminal.write(f'{first >= 100} {os.fstat(fd).st_rdev == os.fstat(other).st_rdev}')"
    )
    assert at_a_terminal(code) == ["one two True True"]


def test_flags_of_the_users_do_not_reach_it() -> None:
    """A terminal that does not block, as asyncio's pipes make it, blocks here all the same."""
    code = "terminal = Terminal(); os.set_blocking(0, False); terminal.write(str(os.get_blocking(terminal.fileno())))"
    assert at_a_terminal(code) == ["True"]


def test_without_a_terminal() -> None:
    """It says so."""
    code = (
        "from histshell.ui.terminal import Terminal\ntry:\n    Terminal()\nexcept OSError as error:\n    print(error)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
    )
    assert "there is no terminal" in shown.stdout


def test_closed_descriptors_are_stood_in_for() -> None:
    """So that nothing the editor opens is taken for Python's streams; afterwards they are closed again."""
    code = (
        "terminal = Terminal(); os.close(0); os.close(2)\n"
        "with standing_in():\n"
        "    fd = os.open(os.devnull, os.O_RDONLY); terminal.write(str(fd > 2))\n"
        "def closed(fd):\n"
        "    try: os.fstat(fd)\n"
        "    except OSError: return True\n"
        "    return False\n"
        "terminal.write(f' {closed(0)} {closed(1)} {closed(2)}')"
    )
    assert at_a_terminal(code) == ["True True False True"]


class Kept:
    """A stream that keeps what it is given."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """Keep it."""
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing to do."""


class Resting:
    """An editor that does not run."""

    loop = context = None
    is_running = False


def test_a_stream_waits_for_its_newline() -> None:
    """And for `flush`; once the line has been entered it is the stream itself."""
    kept = Kept()
    above = streams.Above(Resting(), None)  # type: ignore[arg-type]
    stream = streams.StandIn(kept, above)
    assert stream.write("a") == 1
    assert kept.text == ""
    stream.write("b\nc")
    assert kept.text == "ab\n"
    stream.flush()
    assert kept.text == "ab\nc"
    stream.write("d")
    stream.done()
    assert kept.text == "ab\ncd"
    stream.write("e")
    assert kept.text == "ab\ncde"
    with pytest.raises(TypeError, match="must be str, not bytes"):
        streams.StandIn(kept, above).write(b"bytes")  # type: ignore[arg-type]


def test_waiting_ends_in_any_thread() -> None:
    """Also when nobody has begun to wait."""
    waiting = input_hook.Waiting()
    threading.Timer(0.01, waiting.end).start()
    while not waiting.is_over():
        waiting.wait()
    waiting.end()
    waiting.wait()


def test_a_hook_is_called_and_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a pipe in the place of fd 0, which is as it was afterwards; also where the hook raises."""
    found: list[bool] = []
    waiting = input_hook.Waiting()
    before = os.fstat(0)

    def hook() -> None:
        found.append(os.fstat(0).st_ino != before.st_ino)
        if len(found) == 1:
            raise KeyError("from a hook")
        threading.Timer(0.01, waiting.end).start()
        assert os.read(0, 1) == b"\0"

    monkeypatch.setattr(input_hook, "find", lambda: hook)
    with pytest.raises(KeyError):
        waiting.wait()
    assert os.fstat(0).st_ino == before.st_ino
    while not waiting.is_over():
        waiting.wait()
    assert found == [True, True]
    assert os.fstat(0).st_ino == before.st_ino
    assert signal.set_wakeup_fd(-1) == -1


def test_sigint_is_handed_to_and_fro() -> None:
    """Ours within `Held`, the user's within `Given`, and what the user sets there is what the user finds."""
    acted: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    with interrupts.Held(lambda: acted.append(1)):
        signal.raise_signal(signal.SIGINT)
        with interrupts.GivenBack():
            assert signal.getsignal(signal.SIGINT) is before
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        with interrupts.Held():
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    assert acted == [1, 1]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    signal.signal(signal.SIGINT, before)


class _Fatal(BaseException):
    pass


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit, _Fatal])
def test_saying_raises_nothing(error: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in `sys.stderr`."""

    class Raising:
        def write(self, _text: str) -> int:
            raise error

    reading, writing = os.pipe()
    monkeypatch.setattr(sys, "stderr", Raising())
    monkeypatch.setattr(os, "dup", lambda _fd: writing)
    tracebacks.say("said\n")
    assert os.read(reading, 100).strip() in (b"said", b"KeyboardInterrupt")
    os.close(reading)
