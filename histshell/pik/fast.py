"""The fast path for plain data: prove that a stream is harmless at the speed of `re`, then let the C loader read it.

The proof. A regular expression crosses runs of opcodes that only push plain data, move the stack, or fill lists,
dicts and sets; it fixes where every opcode and argument begins and ends, as C reads them, in their ordinary spelling.
It stops at any other byte. Python then takes one opcode of a short list (PROTO, FRAME, long text, wide ints, STOP),
and the expression goes on. Whatever is not understood byte for byte (an odd spelling, a frame crossed by an argument,
any opcode that imports, calls or builds) ends the proof, and the machine reads the stream from its beginning. A
stream that C then refuses goes to the machine as well, which finds the error and says where it is.

What the proof must bound is cost. Time: keys are hashed and compared in C, out of reach, so a stream may either make
tuples or fill dicts and sets, not both (a tuple that is no key costs nothing, and a key that is no tuple costs what
its bytes cost). The hash of a text is not foreseen, but a number's is the number, and numbers can be chosen so that their
places in a table lie on one chain. So where a stream fills dicts or sets, the proof begins again with expressions that know where
a number may be a key of a large one (`histshell.pik.fast_patterns.Patterns`); such numbers, and ints beyond 61 bits, are counted,
and are few. Memory: containers are counted by their opcodes' bytes, an upper bound.

The second wall. The loader is `pickle.Unpickler` with a find_class and a persistent_load that always raise, and
extension codes are not among the opcodes that the expression knows. Nothing can be imported or called, were the proof
wrong.
"""

from __future__ import annotations

from io import BufferedReader, BytesIO, RawIOBase
from pickle import HIGHEST_PROTOCOL, Unpickler, UnpicklingError
from typing import Any, NoReturn

from histshell.pik.budget import Budget
from histshell.pik.fast_patterns import EVEN, LIST, ODD, PLAIN, SET, TUPLING, Patterns, patterns, run
from histshell.pik.opcodes import BY_NAME, FRAME, LENGTHS, MARK, OPCODES, PROTO, STOP
from histshell.pik.progress import step

#: Shorter streams gain nothing: the machine has read them before the proof is set up.
SMALLEST = 512
_NEVER = 1 << 62
_LONG_WAY = 1 << 20  # bytes that take long enough to be watched
_WIDE = 2_000  # numbers that may be keys of large dicts, and ints beyond 61 bits: so many on one chain take 40 ms
_COMPARED = 10_000_000_000  # bytes that equal keys may have to be compared over
_WIDE_TAKE = 0.04  # seconds that _WIDE numbers on one chain take

_EMPTY_LIST, _EMPTY_DICT, _EMPTY_SET, _TUPLE1, _APPENDS, _SETITEM, _SETITEMS, _ADDITEMS, _LONG1, _STRING, _UNICODE = (
    BY_NAME[name].code
    for name in (
        "EMPTY_LIST", "EMPTY_DICT", "EMPTY_SET", "TUPLE1", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS", "LONG1", "STRING",
        "UNICODE",
    )
)  # fmt: skip
#: Bytes of memory that one opcode's byte may take, and what the machine charges for the same.
_BIGGEST = {_EMPTY_SET: 744, _EMPTY_DICT: 248, _EMPTY_LIST: 72, _TUPLE1: 64}
_PRICES = {_EMPTY_SET: 232, _EMPTY_DICT: 80, _EMPTY_LIST: 72, _TUPLE1: 64}
#: What fills dicts and sets, so that keys are watched. (A frozenset ends the proof.)
_HASHING = frozenset(op.code for op in OPCODES if op.hashes and op.made != "frozenset")
_STORING = frozenset(op.code for op in OPCODES if op.stores)
#: Where a proof stands after the mark that follows one of these.
_OPENED = {_EMPTY_LIST: LIST, _APPENDS: LIST, _EMPTY_DICT: EVEN, _SETITEMS: EVEN, _EMPTY_SET: SET, _ADDITEMS: SET}
_EMPTY = frozenset((_EMPTY_LIST, _EMPTY_DICT, _EMPTY_SET))
_OPENING = frozenset(bytes((code,)) for code in (*_EMPTY, MARK))
#: Text and bytes with a length, which may be long: the bytes that their length has.
_LONG = {op.code: LENGTHS[op.argument] for op in OPCODES if op.argument in LENGTHS and op.made in ("str", "bytes")}
#: What Python crosses by itself: it says nothing of what comes next.
_SPECIAL = frozenset((FRAME, PROTO, _LONG1, _UNICODE, _STRING, *_LONG))


class _Proof:
    """The state of one proof."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self.data = data
        self.budget = budget
        self.limits = budget.limits
        #: Numbers that may be keys: all of them on one chain take no longer than the clock would allow.
        self.most_keys = min(_WIDE, int(_WIDE * min(self.limits.seconds / _WIDE_TAKE, 1.0) ** 0.5))
        self.longest = 0
        self.skipped = 0  # bytes of long text, which hold no opcodes
        self.wide = 0
        self.keys = 0  # numbers that may be keys
        self.tuples = False
        self.state = PLAIN
        self.patterns: Any = None
        self.opened = 0  # the container that was crossed last, where a frame ends between it and its mark
        self.storable = False  # what was crossed last may be stored in the memo: a text, a small number, a container

    @property
    def work(self) -> int:
        """Give the steps of work that this stream may still take."""
        return self.budget.work_allowed - self.budget.worked + self.limits.work_per_byte * len(self.data)

    @property
    def steps(self) -> int:
        """Give the steps of work that it takes at most to put numbers into a table where all lie on one chain."""
        return (self.wide + self.keys) ** 2 * 2 // 5 if self.state else 0

    def holds(self) -> bool:
        """Return whether the stream is proved to be plain data of a bounded cost."""
        data = self.data
        size = len(data)
        if size > min(self.limits.opcodes, self.limits.stack, self.work) or self.limits.memo_index < 1 << 17:
            return False
        digits = max(len(str(size)) - 1, 1)
        top = (1 << (size >> 16).bit_length()) - 1  # few different ones, for few expressions
        at = 0
        frame_end = _NEVER
        while True:
            limit = min(frame_end, size)
            end = self._keyed(at, limit, self.patterns) if self.state else self._unkeyed(at, limit, top, digits)
            if end > size:
                return False
            if end > at:
                at = end
                step("looking through it", at, size)
                continue  # it may have been cut off by its own length
            if at == frame_end:
                frame_end = _NEVER
                continue
            if at >= size or self.keys > self.most_keys:
                return False
            code = data[at]
            if code == STOP:
                return self._bounded()
            if code == FRAME:
                if frame_end != _NEVER or at + 9 > size:
                    return False
                at += 9
                frame_end = at + int.from_bytes(data[at - 8 : at], "little")
                if frame_end > size:
                    return False
                continue
            if code in _HASHING and not self.state:
                self.__init__(data, self.budget)  # type: ignore[misc]  # from the beginning, with an eye on the keys
                self.state = EVEN
                self.patterns = patterns(top, digits, data[0] in b"(])}")
                at, frame_end = 0, _NEVER
                continue
            end = self._one(code, at)
            if end > min(frame_end, size):
                return False
            at = end

    def _unkeyed(self, at: int, limit: int, top: int, digits: int) -> int:
        """Skip what is proved harmless where nothing has a key; return where it ends."""
        found = run(self.tuples, top, digits)(self.data, at, limit)
        return found.end() if found is not None else at

    def _keyed(self, at: int, limit: int, patterns: Patterns) -> int:
        """Skip what is proved harmless where there are keys; set ``state`` to what comes next."""
        if patterns.lines:
            return self._settled(at, limit, patterns)
        if self.storable:
            stored = patterns.store(self.data, at, limit)
            if stored is not None:
                self.storable = False
                return stored.end()  # type: ignore[no-any-return]
        if self.opened and at < limit and self.data[at] not in _SPECIAL:
            opened, self.opened = self.opened, 0
            if self.data[at] == MARK:
                self.state = _OPENED[opened]
                return at + 1
        if self.state == LIST:
            end = self._in_list(at, limit, patterns)
        elif self.state == SET:
            end = self._in_set(at, limit, patterns)
        elif self.state == ODD:
            end = self._value(at, limit, patterns)
        else:
            end = at
        if end > at or self.state != EVEN:
            return end
        found = patterns.run(self.data, at, limit)
        if found is not None:
            self.storable = False
            return found.end()  # type: ignore[no-any-return]
        return self._alone(at, limit, patterns)

    def _settled(self, at: int, limit: int, patterns: Patterns) -> int:
        """Skip what is proved harmless of protocol 0, where a number that is no key is followed by what uses it."""
        found = patterns.run(self.data, at, limit)
        if found is not None:
            return found.end()  # type: ignore[no-any-return]
        found = patterns.number(self.data, at, limit)
        if found is None:
            return at
        self.keys += 1
        end: int = found.end()
        return end if end >= len(self.data) or self.data[end] not in _STORING else _NEVER

    def _atom(self, at: int, limit: int, patterns: Patterns) -> int:
        """Skip one key or number; return *at* where there is none. A number is never stored in the memo."""
        for pattern, storable in ((patterns.key, True), (patterns.number, False)):
            found = pattern(self.data, at, limit)
            if found is not None:
                self.storable = storable
                return found.end()  # type: ignore[no-any-return]
        return at

    def _value(self, at: int, limit: int, patterns: Patterns) -> int:
        """Skip the value of a key; note that keys may follow where it is a container."""
        data = self.data
        end = self._atom(at, limit, patterns)
        if end > at:
            self.state = EVEN
            after = end + 9 if end < len(data) and data[end] == FRAME else end
            # A container is no key: what comes before one that stands in a key's place may be one itself.
            self.keys += not self.storable and data[after : after + 1] in _OPENING
            return end
        if at < limit and data[at] not in _SPECIAL and data[at] != _SETITEM:
            self.state = EVEN
        return at

    def _in_list(self, at: int, limit: int, patterns: Patterns) -> int:
        """Skip plain items of a list."""
        found = patterns.atoms(self.data, at, limit)
        if found is not None:
            self.storable = False
            return found.end()  # type: ignore[no-any-return]
        end = self._atom(at, limit, patterns)
        if end == at and at < limit and self.data[at] not in _SPECIAL:
            self.state = EVEN
        return end

    def _in_set(self, at: int, limit: int, patterns: Patterns) -> int:
        """Skip items of a set, up to its end, and count the numbers."""
        found = patterns.keys(self.data, at, limit)
        if found is not None:
            self.storable = False
            return found.end()  # type: ignore[no-any-return]
        end = self._atom(at, limit, patterns)
        if end > at:
            self.keys += not self.storable
            return end
        if at < limit and self.data[at] == _ADDITEMS:
            if self.data[at + 1 : at + 2] == b"(" and at + 2 <= limit:
                return at + 2
            self.state = EVEN
            return at + 1
        return at

    def _alone(self, at: int, limit: int, patterns: Patterns) -> int:
        """Skip what has an end that the expression cannot see: a key before its value, a number that is a key, a list, a set."""
        data = self.data
        for pattern, state in ((patterns.open_list, LIST), (patterns.open_dict, EVEN), (patterns.open_set, SET)):
            found = pattern(data, at, limit)
            if found is not None:
                self.state = state
                self.storable = False
                return found.end()  # type: ignore[no-any-return]
        end = self._atom(at, limit, patterns)
        if end > at:
            self.keys += not self.storable
            self.state = ODD
            return end
        found = patterns.single(data, at, limit)
        if found is not None and found.end() == limit:
            self.opened = data[at] if data[at] in _OPENED else 0
            self.storable = data[at] in _EMPTY
            return limit
        return at

    def _one(self, code: int, at: int) -> int:
        """Skip one opcode that the expressions do not know: return its end, or a number beyond every stream."""
        data = self.data
        if code in TUPLING and not self.state:
            known, self.tuples = self.tuples, True
            return at if not known else _NEVER
        if code == PROTO and not (self.state and at):
            return at + 2 if data[at + 1 : at + 2] <= bytes((HIGHEST_PROTOCOL,)) else _NEVER
        if code == _LONG1:
            self.wide += 1
            self.storable = False
            return self._turn(at + 2 + data[at + 1] if at + 1 < len(data) else _NEVER)
        if code in _LONG:
            start = at + 1 + _LONG[code]
            length = int.from_bytes(data[at + 1 : start], "little")
            self.longest = max(self.longest, length)
            self.skipped += length
            return self._turn(self._stored(start + length))
        if code in (_UNICODE, _STRING):
            return self._turn(self._stored(self._line(code, at)))
        return _NEVER

    def _turn(self, end: int) -> int:
        """Switch from key to value, or back; return *end*."""
        if self.state == EVEN:
            self.state = ODD
        elif self.state == ODD:
            self.state = EVEN
        return end

    def _stored(self, end: int) -> int:
        """Return the end of a long text; where keys are watched, of what stores it in the memo too."""
        if not self.state:
            return end
        found = self.patterns.store(self.data, end) if end < len(self.data) else None
        return found.end() if found is not None else end

    def _line(self, code: int, at: int) -> int:
        """Skip a long line of text."""
        end = self.data.find(b"\n", at + 1) + 1
        body = self.data[at + 1 : end - 1] if end else b""
        self.longest = max(self.longest, len(body))
        if not end or (
            code == _STRING and (len(body) < 2 or body[:1] + body[-1:] != b"''" or b"\\" in body or b"'" in body[1:-1])
        ):
            return _NEVER
        return end

    def _bounded(self) -> bool:
        """Return whether the cost is bounded too."""
        size = len(self.data)
        if self.state and (
            self.wide + self.keys > self.most_keys or self.steps > self.work or self.longest * size > _COMPARED
        ):
            return False
        allowed = self.budget.memory_allowed - self.budget.memory + self.limits.memory_per_byte * size
        if (size - self.skipped) * max(_BIGGEST.values()) <= allowed:
            return True
        return sum(self.data.count(code) * cost for code, cost in _BIGGEST.items()) <= allowed


class _Bytes(RawIOBase):
    """Bytes as a file, whose reading can be watched, and stopped by Ctrl-C."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0

    def readable(self) -> bool:
        """Be a file for reading."""
        return True

    def seekable(self) -> bool:
        """Say where it stands."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Tell where it stands, which is all that is asked."""
        return self._at

    def readinto(self, room: Any) -> int:
        """Give the next bytes."""
        some = self._data[self._at : self._at + len(room)]
        room[: len(some)] = some
        self._at += len(some)
        step("building it", self._at, len(self._data))
        return len(some)


class _Gated(Unpickler):
    """The C loader with both of its doors shut."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """Refuse every import."""
        raise UnpicklingError(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> NoReturn:
        """Refuse every persistent id."""
        raise UnpicklingError("persistent id")


def load_first(data: bytes, encoding: str, errors: str, budget: Budget) -> tuple[int, Any]:
    """Load the plain stream that *data* begins with: return the offset after its STOP and its value, or (0, None).

    *budget* is charged about as the machine would charge it; what may be more than it has is left to the machine.
    """
    proof = _Proof(data, budget)
    if not proof.holds():
        return 0, None
    # C reads a file that can be peeked at as fast as bytes; a file that cannot is asked for every single byte.
    with BufferedReader(_Bytes(data) if len(data) > _LONG_WAY else BytesIO(data), 1 << 17) as file:
        try:
            value = _Gated(file, encoding=encoding, errors=errors).load()
            end = file.tell()
        except Exception:  # whatever it is, the machine meets it again and says where
            return 0, None
    budget.grow(end)
    if not budget.shared:
        return end, value
    budget.memory += sum(data.count(code, 0, end) * price for code, price in _PRICES.items())
    budget.worked += proof.steps
    return end, value
