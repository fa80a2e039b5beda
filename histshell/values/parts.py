"""What an object that is not of a built-in type is written as: the call that makes it, with a name for what is called."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set, Tuple


class NotPlain(Exception):  # a value's, not an error
    """A part of a value is not plain data: `part` itself, and why."""

    def __init__(self, part: object, why: str = "") -> None:
        super().__init__()
        self.part = part
        self.why = why or "not plain data"


class Slow(Exception):
    """It would take longer than there is time for."""


class Effort:
    """What looking at a value may take: `limit` bytes of its pickle, and so many units of work, of some 0.2 µs each."""

    def __init__(self, limit: int, left: int) -> None:
        self.limit = limit
        self.left = left

    def charge(self, units: int) -> None:
        """Count work. Raises `Slow`."""
        self.left -= units
        if self.left < 0:
            raise Slow


class NameNumber:
    """Stands in a value for a class or function, by its number among the names that a stream begins with."""

    __slots__ = ("index", "opcodes")

    def __init__(self, module: str, name: str) -> None:
        self.index = len(_NAMES)
        self.opcodes = b"".join([b"\x8c%c%b" % (len(part), part.encode()) for part in (module, name)]) + b"\x93"
        _NAMES.append(self)

    def __call__(self) -> None:
        """Be what a pickler takes for a function."""


class Parts(NamedTuple):
    """What makes an object: a call of `name` with `args`, then a state, items of a list, pairs of a dict."""

    name: NameNumber
    args: Tuple[Any, ...]
    state: Any = None
    items: List[Any] | None = None
    pairs: List[Tuple[Any, Any]] | None = None

    def reduced(self) -> Tuple[Any, ...]:
        """Return what a pickler is given."""
        return (
            self.name,
            self.args,
            self.state,
            iter(self.items) if self.items is not None else None,
            iter(self.pairs) if self.pairs is not None else None,
        )


Maker = Callable[[Any, Effort], Optional[Parts]]
"""Makes the parts of an object; None where it is not plain."""

_NAMES: List[NameNumber] = []
BUILTINS = {
    kind: NameNumber("builtins", kind.__name__)
    for kind in (list, dict, int, set, str, float, tuple, bool, bytes, frozenset, complex, bytearray, object, range, slice)
}  # fmt: skip
"""As factories of a `defaultdict` too."""

ORDERED, COUNTER, DEFAULT, DEQUE = (
    NameNumber("collections", name) for name in ("OrderedDict", "Counter", "defaultdict", "deque")
)
DATE, TIME, DATETIME, DELTA, ZONE = (
    NameNumber("datetime", name) for name in ("date", "time", "datetime", "timedelta", "timezone")
)
DECIMAL, FRACTION, UUID = (
    NameNumber("decimal", "Decimal"),
    NameNumber("fractions", "Fraction"),
    NameNumber("uuid", "UUID"),
)
PATH, POSIX, WINDOWS = (NameNumber("pathlib", name) for name in ("PurePath", "PurePosixPath", "PureWindowsPath"))
ARRAY, MADE = NameNumber("array", "array"), NameNumber("array", "_array_reconstructor")
NEW = NameNumber("copyreg", "_reconstructor")
NP_TYPE, NP_ARRAY = NameNumber("numpy", "dtype"), NameNumber("numpy", "ndarray")
NP_NEW, NP_SCALAR = NameNumber("numpy.core.multiarray", "_reconstruct"), NameNumber("numpy.core.multiarray", "scalar")
NP_BUFFER = NameNumber("numpy.core.numeric", "_frombuffer")

MEMO: Dict[int, Tuple[int, object]] = {id(name): (name.index, name) for name in _NAMES}
"""The memo that a pickler begins with; `preamble` puts the same into the one of who loads it."""
MEMO[id(bytearray)] = (
    BUILTINS[bytearray].index,
    bytearray,
)  # which a pickler writes by itself; it takes a place of its own


def preamble(used: Set[int]) -> bytes:
    """Return the beginning of a stream: it makes the names that are used, and fills the places of the others in the memo."""
    parts = [b"\x80\x04"]
    for name in _NAMES:
        parts.append((name.opcodes if name.index in used else b"N") + b"\x940")
    parts.append(b"N\x940" * (len(MEMO) - len(_NAMES)))
    return b"".join(parts)
