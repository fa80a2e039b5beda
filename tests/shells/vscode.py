"""A stand-in for the start-up file of VS Code's Python extension, and a prompt whose bytes are kept.

The stand-in is built as the extension's is: an object that is no text in `sys.ps1`, which writes marks with the success of the
last input around `>>> ` and forgets that success when it is asked; a display hook that notes that nothing went wrong, an
exception hook that notes that something did, each around the one of the moment.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from tests.prompt.session import Session
from tests.terminal import Terminal

_BODY = r"""
import sys

try:
    import readline
except ImportError:
    readline = None

SIGN = ">>> "


class Watch:
    def __init__(self):
        self.failed = False
        self.display, self.complain = sys.displayhook, sys.excepthook
        sys.displayhook, sys.excepthook = self.show, self.fail

    def show(self, value):
        if value is None:
            self.failed = False
        self.display(value)

    def fail(self, kind, error, trace):
        self.failed = True
        self.complain(kind, error, trace)


def last_line():
    return readline and readline.get_history_item(readline.get_current_history_length())


class Sign:
    watch = Watch()

    def __str__(self):
        failed, self.watch.failed = self.watch.failed, False
        start = "\x1b]633;C\a\x1b]633;E;{}\a\x1b]633;D;{}\a\x1b]633;A\a".format(last_line(), int(failed))
        return "\001" + start + "\002" + SIGN + "\001\x1b]633;B\a\002"


sys.ps1 = Sign()
print("a line that is printed at the start")
"""

MARK = re.compile(rb"\x1b\]633;([^\a]*)\a")


def stand_in(folder: Path, *, older: bool = False) -> Path:
    """Write the stand-in as the extension does, deep below `folder`; `older` has its names in the prompt's namespace."""
    path = folder / "Code" / "User" / "workspaceStorage" / "0f" / "ms-python.python" / "pythonrc.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    inside = (
        "def setup():\n"
        + textwrap.indent(_BODY.replace("self.watch", "Sign.watch"), "    ")
        + "\n\nsetup()\ndel setup\n"
    )
    path.write_text("__spec__ = __loader__ = None\n" + _BODY if older else inside)
    return path


class Keeping(Terminal):
    """A terminal that keeps what was written, with the marks that no screen shows."""

    kept = b""

    def _raw(self, seconds: float) -> bytes:
        data = super()._raw(seconds)
        self.kept += data
        return data

    def marks(self) -> list[str]:
        """What VS Code would read, since the last time this was asked."""
        found = [mark.decode() for mark in MARK.findall(self.kept)]
        self.kept = b""
        return found

    def statuses(self) -> list[str]:
        """Of the marks, those that tell of success."""
        return [mark for mark in self.marks() if mark.startswith("D")]


class Watched(Session, Keeping):
    """A session of Python whose marks are kept."""
