"""The newest inputs of all other sessions, for a line editor: read from the ends of their journals, a few milliseconds at a time.

`search.inputs` has all there is, from derived files; this needs none, loads nothing more, and never waits: what has not been read
within the time that is given is read at the next prompt.
"""

from __future__ import annotations

import os
from time import perf_counter
from typing import Callable, Dict, Iterator, List, Set, Tuple

from . import place

try:
    import _json as _decoder  # all that is needed of `json`, which takes 7 ms to load
except ImportError:  # PyPy
    from json import decoder as _decoder  # type: ignore[no-redef]  # the other of two

_scanned: Callable[..., Tuple[str, int]] = _decoder.scanstring

MOST = 5000
"""How many inputs are kept."""

_TAIL = 1 << 20  # bytes of a journal that are read
_LONGEST = 20_000  # characters of an input; a longer one is nothing to be recalled by the arrow keys
_OPEN = 64  # journals that may have more by the next prompt
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)

Dated = Tuple[float, str]


class Newest:
    """Inputs of the sessions whose journals lie in `folder`, but for the one called `own`.

    `found` are (seconds since the epoch, source) of what has been read so far, in no order; those of one session are in its.
    """

    def __init__(self, folder: str, own: str) -> None:
        self.folder = folder
        self.own = own
        self.found: List[Dated] = []
        self.whole = False  # what there was when it was first asked has been read
        self._read: Dict[str, int] = {}  # how far each journal has been read, in bytes
        self._open: Dict[str, int] = {}  # those that may go on
        self._stamp = -1  # of the folder
        self._waiting: List[str] = []  # names of journals that have not been read, the newest last
        self._gone: Dict[str, Set[int]] = {}

    def look(self, seconds: float) -> List[Dated]:
        """Read what is new, for no longer than so many seconds; return it. Raises nothing."""
        until = perf_counter() + seconds
        before = len(self.found)
        try:
            stamp = os.stat(self.folder).st_mtime_ns
            if stamp != self._stamp:
                self._look_for_new(stamp)
            for name in list(self._open):
                self._more(name)
            while self._waiting and len(self.found) < MOST:
                self._first(self._waiting.pop())
                if perf_counter() > until:
                    return self.found[before:]
        except (OSError, ValueError):
            pass
        self.whole = True
        self._waiting = []
        return self.found[before:]

    def forget(self, sources: Set[str]) -> None:
        """Let go of inputs."""
        self.found = [one for one in self.found if one[1].strip() not in sources]

    def _look_for_new(self, stamp: int) -> None:
        """See which journals have come."""
        self._stamp = stamp
        names = os.listdir(self.folder)
        if any(name.endswith(place.FORGOTTEN) for name in names):
            from . import forgetting

            self._gone = forgetting.forgotten(self.folder)
        own = self.own + place.SUFFIX
        new = [name for name in names if name.endswith(place.SUFFIX) and name not in self._read and name != own]
        for name in new:
            self._read[name] = -1
        self._waiting.extend(new)
        self._waiting.sort()  # by the time at which they began

    def _first(self, name: str) -> None:
        """Read the end of a journal."""
        size = os.stat(os.path.join(self.folder, name)).st_size
        self._read[name] = max(0, size - _TAIL)
        if self._from(name) and len(self._open) < _OPEN:
            self._open[name] = 0

    def _more(self, name: str) -> None:
        """Read what has been added to a journal."""
        try:
            size = os.stat(os.path.join(self.folder, name)).st_size
        except OSError:
            del self._open[name]
            return
        if size < self._read[name]:  # something of it was forgotten
            self._read[name] = size
        if size > self._read[name] and not self._from(name):
            del self._open[name]

    def _from(self, name: str) -> bool:
        """Read a journal on; return whether its session may still be open."""
        start = self._read[name]
        try:
            descriptor = os.open(os.path.join(self.folder, name), _FLAGS)
        except OSError:
            return False
        with open(descriptor, "rb") as file:
            file.seek(start)
            data = file.read(_TAIL)
        end = data.rfind(b"\n") + 1
        self._read[name] = start + end
        lines = data[:end].split(b"\n")
        self.found.extend(self._inputs(name, lines if not start or self._open.get(name) is not None else lines[1:]))
        return not (len(lines) > 1 and lines[-2].startswith(b'{"kind": "goodbye"'))

    def _inputs(self, name: str, lines: List[bytes]) -> Iterator[Dated]:
        """Yield what can be typed again of the inputs in some lines of a journal."""
        session = name[: -len(place.SUFFIX)]
        for line in lines:
            if self._gone and line.startswith(b'{"kind": "session"'):
                session = _text(line.decode("utf-8", "replace"), '"id": "')[0] or session
            if not line.startswith((b'{"kind": "input"', b'{"kind": "whole"')):
                continue
            try:
                record = line.decode("utf-8", "replace")
                source, end = _text(record, '"source": "')
                if record.find('"masked": true', end) > 0 or record.find('"language": "', end) > 0:
                    continue
                if is_typed_again(source) and int(_number(record, '"seq": ')) not in self._gone.get(session, ()):
                    yield float(_number(record, '"when": ')), source.strip("\n")
            except ValueError:
                pass


def is_typed_again(source: str) -> bool:
    """Return whether a source can be put into a line: nothing in it does anything else to a terminal than to be seen."""
    return 0 < len(source) <= _LONGEST and source.replace("\n", "").replace("\t", "").isprintable()


def _text(record: str, name: str) -> Tuple[str, int]:
    """Return the text of a field, and where it ends. Raises ValueError."""
    at = record.find(name)
    return _scanned(record, at + len(name), True) if at > 0 else ("", 0)


def _number(record: str, name: str) -> str:
    at = record.index(name) + len(name)
    return record[at : record.index(",", at)]
