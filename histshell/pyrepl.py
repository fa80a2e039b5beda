"""What histshell uses of PyREPL, as protocols: nothing of it is public, and it differs from version to version.

For the type checker alone: nobody loads this module. Each part is looked at before it is used all the same.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, List, Protocol


class Config(Protocol):
    """How the reader completes."""

    readline_completer: Callable[[str, int], str | None] | None
    completer_delims: FrozenSet[str]


class Screen(Protocol):
    """What draws at the terminal."""

    width: int
    """In columns."""

    height: int
    """In lines."""

    output_fd: int
    __dict__: Dict[str, Any]

    def refresh(self, *args: Any) -> Any:
        """Draw it; what it is given differs by version."""

    def clear(self) -> Any:
        """Clear it."""

    def prepare(self) -> Any:
        """Take the terminal over, for one input."""

    def restore(self) -> Any:
        """Give it back."""

    def flushoutput(self) -> None:
        """Write what has been kept back."""


class Reader(Protocol):
    """What reads one input after the other."""

    buffer: List[str]
    """The input, a character each."""

    pos: int
    """Where the cursor is, as an index of `buffer`."""

    history: List[str]
    """The earlier inputs, the last one of which stands for what is being typed."""

    commands: Dict[str, Any]
    """The classes of commands, by the name that a key is bound to."""

    console: Screen
    config: Config
    finished: bool
    msg: str
    """Is shown below the input until the next key."""

    dirty: bool
    """Whether the screen is to be drawn anew; up to 3.14."""

    def insert(self, text: str) -> None:
        """Type a text."""

    def refresh(self) -> None:
        """Draw the screen."""

    def get_unicode(self) -> str:
        """Return the input as a text."""


class KeyCommand(Protocol):
    """What a key does."""

    reader: Reader


class Wrapper(Protocol):
    """What stands for readline's module, and has the one reader."""

    config: Config

    def get_reader(self) -> Reader:
        """Return the reader, made if there is none yet."""
