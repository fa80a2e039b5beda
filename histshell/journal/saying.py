"""The one line that says what is not being kept, and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from histshell import preview, tracebacks

if TYPE_CHECKING:
    from .file import AppendFile


class Trouble:
    """What has gone wrong with a journal, in `line` until it is said: once, at a time when there is room for it on the screen."""

    def __init__(self) -> None:
        self.line = ""
        self._noted = False

    def fault(self, file: AppendFile) -> None:
        """A record could not be written; it is tried again with the next."""
        if not self._noted:
            self._noted = True
            why = file.fault or f"no answer: {os.path.dirname(file.path)}"
            self.line = f"what you type is not being kept: {why}"

    def broke(self, error: BaseException) -> None:
        """The journal itself has failed."""
        if not self._noted:
            self._noted = True
            self.line = f"what you type is not being kept: {type(error).__name__}: {error}"

    def say(self) -> None:
        """Say it."""
        line, self.line = self.line, ""
        if line:
            tracebacks.say(f"histshell: {preview.sentence(line)} ('histshell doctor' helps)\n")
