"""What is written to a terminal is shown, also where Ctrl-C comes: by default the kernel drops what the terminal has not got yet.

Python's line editors go on drawing from where they think the cursor is. At a fresh prompt after Ctrl-C it does no harm; where
the line stays, the rest would be drawn in the wrong place.
"""

from __future__ import annotations

from typing import Any

_LFLAG = 3  # where the local modes are in what termios gives


class KeptOutput:
    """A context in which Ctrl-C drops nothing that is on its way to the terminal, nor keys that are on their way from it.

    `descriptor` is the terminal's. What is no terminal, or cannot be asked, is left as it is.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._is_set = False

    def __enter__(self) -> None:
        self._is_set = self._set(True)

    def __exit__(self, *exc: object) -> None:
        if self._is_set:
            self._set(False)

    def _set(self, kept: bool) -> bool:
        """Set the mode NOFLSH, or take it away; return whether that was a change."""
        try:
            import termios  # 0.2 ms, where nobody has it yet

            state: Any = termios.tcgetattr(self._descriptor)
            if bool(state[_LFLAG] & termios.NOFLSH) == kept:
                return False
            state[_LFLAG] ^= termios.NOFLSH
            termios.tcsetattr(self._descriptor, termios.TCSANOW, state)
        except Exception:  # no terminal, no termios
            return False
        return True
