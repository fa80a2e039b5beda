"""What the results hold, counted result by result as they come, and which of them go when it is too much."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, NamedTuple, Set, Tuple

from histshell.placeholder import Placeholder

from . import sizes
from .last_exceptions import Errors, Failure

if TYPE_CHECKING:
    from histshell.history import History

LARGE = 16 << 10
"""From how many bytes on a result is counted by itself, and can be let go."""

MOST = 8 << 30  # bytes, of a budget that nobody has set
CHUNK = 4000  # results that are looked at in one go
_AGAIN = 1.0  # seconds between two looks at values that are known: they may have grown

_SMALL = frozenset(map(id, (int, float, complex, bool, type(None), range, slice)))


class Released(NamedTuple):
    """A result, or an exception if `number` is None, that was let go because of the budget; `size` in bytes."""

    number: int | None
    kind: str
    size: int
    saved: bool


class HeldResults:
    """The large results of a history, by number: their sizes, which were used when, which are to stay.

    `limit` is in bytes. `save(number, value)` returns whether the value can be brought back later, and
    `release(number, size, saved)` puts something in the place of a result; without them nothing is saved, and nothing let go.
    """

    def __init__(
        self,
        history: History,
        limit: int | None = None,
        save: Callable[[int, object], bool] = lambda _number, _value: False,
        release: Callable[[int, int, bool], object] = lambda _number, _size, _saved: None,
    ) -> None:
        self.history = history
        self.limit = machine_share() if limit is None else limit
        self.save = save
        self.release = release
        self.sizes: Dict[int, int] = {}
        self.used: Dict[int, int] = {}
        self.kept: Set[int] = set()
        self.errors = Errors()
        self.of_errors: Dict[int, int] = {}  # by id: sizes of what an exception's frames hold
        self._sum = 0  # of both
        self._next = 1  # the first result that has not been looked at
        self._clock = 0
        self._looked = 0.0

    def use(self, number: int) -> None:
        """Note that a result was asked for."""
        if number in self.sizes:
            self._clock += 1
            self.used[number] = self._clock

    def catch_up(self) -> None:
        """Look at the results that have come since the last time, at most `CHUNK` of them, and for at most a millisecond."""
        history, end = self.history, time.perf_counter() + 0.001
        if len(history) < self._next:  # the user has emptied it
            for number in [one for one in self.sizes if one >= len(history)]:
                self.forget(number)
            self._next = 1
        stop = min(len(history), self._next + CHUNK)
        values = list.__getitem__(history, slice(self._next, stop))
        for number, kind in enumerate(map(id, map(type, values)), self._next):
            self._next = number + 1
            if kind not in _SMALL:
                self.weigh(number)
                if time.perf_counter() > end:
                    break

    def weigh(self, number: int) -> int:
        """Estimate the size of a result anew, and return it in bytes."""
        value = list.__getitem__(self.history, number)
        size = 0 if type(value) is Placeholder else sizes.estimate(value).bytes
        self._sum -= self.sizes.pop(number, 0)
        if size >= LARGE:
            if number not in self.used:
                self._clock += 1
                self.used[number] = self._clock
            self.sizes[number] = size
            self._sum += size
        else:
            self.used.pop(number, None)
        return size

    def look_again(self) -> None:
        """Estimate one of the known ones anew, once a second: a value can grow, or be gone."""
        now = time.monotonic()
        if self.sizes and now - self._looked > _AGAIN:
            self._looked = now
            number = next(iter(self.sizes))
            if number < len(self.history):
                self.weigh(number)  # which puts it last
            else:
                self.forget(number)

    def forget(self, number: int) -> None:
        """A result is gone."""
        self._sum -= self.sizes.pop(number, 0)
        self.used.pop(number, None)
        self.kept.discard(number)

    def changed(self, number: int) -> None:
        """A result has been loaded again: it is counted anew."""
        self._next = min(self._next, number)

    def total(self) -> int:
        """Return how many bytes are held, as far as they have been counted."""
        return self._sum + sum(self.of_errors.values())

    def failed(self, error: BaseException, number: int, source: str) -> None:
        """Note an exception that has ended an input."""
        self.errors.add(error, number, source)
        self.of_errors[id(error)] = frames_size(error)
        known = {id(one) for one in self.errors}
        self.of_errors = {key: size for key, size in self.of_errors.items() if key in known}

    def within(self) -> List[Released]:
        """Let go of what is too much: exceptions that hold much first, then the large results that were not used for longest.

        The last result stays, whatever its size, and those that are kept.
        """
        gone: List[Released] = []
        if self.total() <= self.limit:
            return gone
        for failure in self.errors.failures():
            if self.of_errors.get(id(failure.error), 0) >= LARGE and self.total() > self.limit:
                gone.append(self._error_gone(failure))
        last = len(self.history) - 1
        for number in sorted(self.sizes, key=lambda one: self.used.get(one, 0)):
            if self.total() <= self.limit:
                break
            if number not in self.kept and number < last:
                gone.append(self._let_go(number))
        return gone

    def _error_gone(self, failure: Failure) -> Released:
        self.errors.let_go(failure)
        size = self.of_errors.pop(id(failure.error), 0)
        return Released(None, type(failure.error).__name__, size, False)

    def _let_go(self, number: int) -> Released:
        value = list.__getitem__(self.history, number)
        size = self.sizes[number]
        saved = self.save(number, value)
        kind = type(value)
        del value
        self.release(number, size, saved)
        self.forget(number)
        from histshell.preview import type_title

        return Released(number, type_title(kind), size, saved)

    def rows(self) -> Iterator[Tuple[int, int]]:
        """Yield the large results and their sizes in bytes, the largest first."""
        return iter(sorted(self.sizes.items(), key=lambda row: (-row[1], row[0])))


def frames_size(error: BaseException) -> int:
    """Return about how many bytes the functions' names hold in the frames of an exception, from the input's own frame on."""
    values: List[Any] = []
    traceback = BaseException.__dict__["__traceback__"].__get__(error)
    while traceback is not None and len(values) < 1000:
        frame = traceback.tb_frame
        if frame.f_code.co_name == "<module>":
            values.clear()  # those of the loop that runs inputs hold the whole session, in PyPy
        elif frame.f_locals is not frame.f_globals:
            values.extend(frame.f_locals.values())
        traceback = traceback.tb_next
    return sizes.estimate(*values).bytes


def machine_share() -> int:
    """Return a quarter of the machine's memory, or of what this process may use of it, in bytes; at most 8 GiB."""
    found = [MOST * 4]
    try:
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (ValueError, OSError, AttributeError):
        pass
    found.extend(_cgroup_limits())
    return min(found) // 4


def _cgroup_limits() -> List[int]:
    """Return the limits of the control groups that this process is in, in bytes."""
    limits: List[int] = []
    try:
        with open("/proc/self/cgroup", encoding="utf-8", errors="replace") as file:
            rows = file.read(1 << 16).splitlines()
    except OSError:
        return limits
    for row in rows:
        _, controllers, path = [*row.split(":", 2), "", ""][:3]
        if not controllers:
            base, name = "/sys/fs/cgroup", "memory.max"
        elif "memory" in controllers.split(","):
            base, name = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
        else:
            continue
        parts = [part for part in path.split("/") if part and part != ".."]
        for length in range(len(parts) + 1):
            limits.extend(_number(os.path.join(base, *parts[:length], name)))
    return limits


def _number(path: str) -> List[int]:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            text = file.read(64).strip()
    except OSError:
        return []
    return [int(text)] if text.isdigit() and int(text) > 0 else []
