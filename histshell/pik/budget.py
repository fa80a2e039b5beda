"""`Budget`: what a stream, or a file of streams, has spent, and the end of it.

Everything has a price in one of three coins. **Memory**, in bytes: what containers and constructed objects take; it is
charged when they are made and never given back. **Work**, in steps of about 25 ns: what constructors and hashing do, told
from the sizes of what they are given. **Time**, only where work cannot be told: how long it takes to put keys into a dict or set
depends on which places of its table are taken, which only the table knows. So the clock runs while keys are put in, and
at no other time; a machine that is busy with something else costs a stream nothing.
"""

from __future__ import annotations

from itertools import islice
from time import perf_counter
from typing import Any, Callable

from histshell.pik.errors import LimitError, blend
from histshell.pik.hash_cost import Weigher, over
from histshell.pik.limits import USUAL, Limits

try:
    from time import thread_time
except ImportError:  # not on every platform
    from time import process_time as thread_time

#: Keys that are put in between two looks at the clock.
OFTEN = 64
_KEY = 5e-7  # seconds that a key may take, several times what it takes
_LOOK = 2e-6  # and a look at the clock, which is a call of the system's
_PROBES = 4096  # keys that are put in to find out how slow this machine is
_PROBES_TAKE = 2e-4  # seconds that they take on one that is not
_DEEPEST = 100  # chained containers that the interpreter frees one inside the other
_LATE = 100  # links to something that stands in another already
_LINK = 150  # bytes that are charged for keeping a link


class Budget:
    """What may be spent, and what has been.

    `histshell.pik.machine.Machine` makes one for its stream; to hold several streams to the limits of one, give all of them the
    same Budget as their ``limits``. It grows with their length. It does not look at what it charges for: the weigher does.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        """Begin with nothing spent. Raises TypeError for what are no limits."""
        if limits is not None and not isinstance(limits, Limits):
            raise blend(TypeError)(f"limits: found {type(limits).__name__}, expected Limits")
        self.limits = limits if limits is not None else USUAL
        self.shared = True  # by several streams: what one of them has spent counts for the next
        self.memory = 0
        self.memory_allowed = self.limits.memory
        self.worked = 0
        self.work_allowed = self.limits.work
        self.length = 0
        self.weigher = Weigher(self.limits)
        self.timer: Callable[[], float] = perf_counter
        self._keys = 0
        self._looks = 0
        self._inserting = 0.0
        self._slowness = 1.0  # of this machine, as far as it was measured
        self._nesting = Nesting()

    def grow(self, length: int) -> None:
        """Let the limits grow by *length* more bytes of stream."""
        self.length += length
        self.memory_allowed += self.limits.memory_per_byte * length
        self.work_allowed += self.limits.work_per_byte * length

    def facts(self) -> tuple[int, int]:
        """Return what `restore` takes: what was spent until now."""
        return self.memory, self.worked

    def restore(self, facts: tuple[int, int]) -> None:
        """Go back to what had been spent."""
        self.memory, self.worked = facts

    # ------------------------------------------------------------------ charging

    def charge(self, size: int) -> None:
        """Charge *size* bytes of memory."""
        self.memory += size
        if self.memory > self.memory_allowed:
            raise over(self.limits, "memory", f"{self.memory} bytes of objects")

    def work(self, steps: int) -> None:
        """Charge *steps* of work."""
        self.worked += steps
        if self.worked > self.work_allowed:
            raise over(self.limits, "work", f"{self.worked} steps of work")

    def hash_key(self, key: Any) -> int:
        """Charge one hashing of *key*, and return how many steps it is."""
        steps = self.weigher.weigh(key)
        self.work(steps)
        return steps

    def memo_number(self, number: int) -> None:
        """Refuse a number of the memo that no honest stream of this length has."""
        if number > self.limits.memo_index and number > self.length:
            raise over(self.limits, "memo_index", f"memo number {number}")

    def link(self, outer: Any, inner: Any) -> None:
        """Note that *inner* goes into *outer*, both of a kind that is freed by recursion in C."""
        self.charge(_LINK)
        if not self._nesting.link(outer, inner):
            raise self.over_depth()

    def over_depth(self) -> LimitError:
        """Return the error for a chain that is too long."""
        error = LimitError(f"more than {_DEEPEST} defaultdicts, deques or iterators directly inside each other")
        error.limit = "depth"
        return error

    # ------------------------------------------------------------------ the clock

    def inserted(self, began: float, keys: int) -> float:
        """Add the time since *began*, and *keys*, to what tables have taken; return the timer's new reading."""
        now = self.timer()
        self._inserting += now - began
        self._keys += keys
        self._looks += 1
        if self._inserting > self._slowness * self._allowed:
            self._suspect()
            return self.timer()
        return now

    @property
    def _allowed(self) -> float:
        """Give the seconds that tables may have taken by now, on a machine that is not slow."""
        return self.limits.seconds + _KEY * self._keys + _LOOK * self._looks

    def clock(self) -> tuple[Any, ...]:
        """Return what `set_clock` takes: the time that was spent until now."""
        return self.timer, self._inserting, self._keys, self._looks

    def set_clock(self, clock: tuple[Any, ...]) -> None:
        """Go back to the time that had been spent: what it was spent on is done again."""
        self.timer, self._inserting, self._keys, self._looks = clock

    def grant(self, keys: int) -> None:
        """Allow the time of *keys* more."""
        self._keys += keys

    def _suspect(self) -> None:
        """Look again with the clock of this thread alone; if that is over, compare with the speed of this machine."""
        if self.timer is perf_counter:
            self.timer = thread_time
            self._inserting = 0.0
            self._keys = self._looks = 0
            return
        self._slowness = max(min(_probe() for _ in range(3)) / _PROBES_TAKE, 1.0)
        if self._inserting > self._slowness * self._allowed:
            raise over(self.limits, "seconds", f"{self._inserting:.1f} s for {self._keys} keys")

    def try_keys(self, keys: Any, table: Any) -> None:
        """Put *keys* into an empty *table*, a dict or set, under the clock: a trial of what is then done without it."""
        items = iter(keys)
        began = self.timer()
        while some := list(islice(items, OFTEN)):
            table.update(some if type(table) is set else zip(some, some))
            began = self.inserted(began, OFTEN)


def _probe() -> float:
    """Put keys into a dict; return how long that takes here."""
    began = thread_time()
    probes: dict[int, None] = {}
    for number in range(_PROBES):
        probes[number] = None
    return thread_time() - began


class Nesting:
    """How deep things stand inside each other that C frees by recursion: too deep, and freeing them ends the process.

    (`defaultdict` and `deque` before 3.14.) A chain is measured from below, which is exact as long as a thing gets its contents
    before it is put into something itself. Pickles are written so; the few links made otherwise are counted.
    """

    def __init__(self) -> None:
        """Begin with no links."""
        self._heights: dict[int, int] = {}
        self._inside: set[int] = set()  # what stands in something
        self._held: list[Any] = []  # so that the ids stay their own
        self._late = 0

    def link(self, outer: Any, inner: Any) -> bool:
        """Note that *inner* goes into *outer*; return whether that is not too deep."""
        if id(outer) in self._inside:
            self._late += 1
        self._inside.add(id(inner))
        self._held += (outer, inner)
        height = self._heights.get(id(inner), 0) + 1
        if height > self._heights.get(id(outer), 0):
            self._heights[id(outer)] = height
        return height <= _DEEPEST and self._late <= _LATE
