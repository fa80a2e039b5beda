"""A child in a pseudo-terminal of its own, driven with as little of ours in the way as can be.

The tests have a terminal that shows what a person sees (tests/terminal.py); here every microsecond between
the child's write and our clock would be measured too, so this is a file descriptor, `select` and a clock.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tests.signals import as_in_a_terminal

if TYPE_CHECKING:
    from typing_extensions import Self

# CSI and OSC sequences, and the marks that GNU readline wants around what takes no room.
_CONTROL = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>()][0-9A-B]?|[\x01\x02\x0f]")
_REPORT = re.compile(rb"REPORT ([-\d. ]+)\r?\n|Error\b.*\n")
_ECHO = re.compile(rb"\r?\n")
_CURSOR_QUERY = b"\x1b[6n"


class Terminal:
    """A process in a terminal of 24 lines and 100 columns.

    `read_until` is the only way to wait. Not an emulator: what it gives back is the text that was
    written, without control sequences, not what a screen would show.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], cwd: str) -> None:
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                as_in_a_terminal()
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
                os.chdir(cwd)
                os.execve(argv[0], list(argv), dict(env))
            finally:
                os._exit(127)
        self._raw = b""

    def read_until(self, pattern: re.Pattern[bytes], timeout: float = 20.0) -> tuple[bytes, float]:
        """Read until `pattern` is in the text; return the text up to its end, and the clock in seconds.

        The clock is `time.perf_counter` at the moment when the last byte of the match had arrived.
        Raise TimeoutError, with what was read so far, when it does not come within `timeout` seconds.
        """
        deadline = time.perf_counter() + timeout
        while True:
            text = _CONTROL.sub(b"", self._raw)
            match = pattern.search(text)
            if match:
                seen = time.perf_counter()
                self._raw = text[match.end() :]
                return text[: match.end()], seen
            left = deadline - time.perf_counter()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise TimeoutError(f"{pattern.pattern!r} did not come; read {text[-400:]!r}")
            try:
                data = os.read(self.fd, 65536)
            except OSError:  # Linux reports the end of the other side as EIO
                data = b""
            if not data:
                raise TimeoutError(f"the process ended before {pattern.pattern!r}; read {text[-400:]!r}")
            if _CURSOR_QUERY in data:  # prompt_toolkit and curtsies wait for the answer
                os.write(self.fd, b"\x1b[1;1R")
            self._raw += data

    def write(self, text: str) -> None:
        """Type `text`."""
        os.write(self.fd, text.encode())

    def cpu(self) -> float:
        """Return the seconds of the processor that the process has taken, also before an `exec`: Linux alone says so."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def close(self) -> None:
        """End the process, if it has not ended, and wait for it."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class Probed(Terminal):
    """A prompt, ours or the bare one, with the names of a probe in its namespace: a file that defines `report`."""

    prompt = re.compile(rb"(?:h\[\d+\] )?>>> ")

    def wait(self, timeout: float = 20.0) -> None:
        """Wait for the prompt."""
        self.read_until(self.prompt, timeout=timeout)

    def enter(self, text: str) -> None:
        """Type an input of one line and wait for the prompt that follows what it prints."""
        self.write(f"{text}\r")
        self.read_until(_ECHO)
        self.wait(timeout=300)

    def probe(self, path: Path) -> None:
        """Have the probe's names there."""
        self.enter(f"exec(compile(open({str(path)!r}).read(), 'probe', 'exec'))")

    def report(self, expression: str) -> list[float]:
        """Have the numbers of `expression` printed, and return them."""
        self.write(f"report({expression})\r")
        text, _ = self.read_until(_REPORT, timeout=600)
        self.wait()
        match = _REPORT.search(text)
        if match is None or match[1] is None:
            raise RuntimeError(f"{expression} failed: {text.decode(errors='replace')}")
        return [float(word) for word in match[1].split()]
