"""The stack machine: one short method per opcode, run all at once or one opcode at a time, forwards and back.

It does what C's `pickle.loads` does (``Modules/_pickle.c``), with two differences: what an opcode imports, calls or
changes goes through a gate (`histshell.pik.gates`), and everything has a price (`Limits`).

    stack   [v0, v1, ...]    the values, the top last; marks are not among them
    marks   [2, 5]           for each mark the number of values below it
    fence   5                values below the topmost mark, which no opcode may pop
"""

from __future__ import annotations

from heapq import nlargest
from pickle import HIGHEST_PROTOCOL, UnpicklingError
from time import process_time
from typing import Any, Callable, NamedTuple

from histshell.pik import arguments
from histshell.pik.errors import PikError, StackUnderflow, located
from histshell.pik.gates import ClosedGate, OpenGate
from histshell.pik.lexer import Lexer, Token
from histshell.pik.limits import Limits
from histshell.pik.opcodes import BY_CODE, OPCODES, name_of
from histshell.pik.placeholders import Effect, Placeholder
from histshell.pik.policy import SAFE, Policy
from histshell.pik.versions import EMPTY_CHECKED, SPARSE_MEMO
from histshell.pik.weighing import Weigher, over

_EMPTY = object()  # a memo number that nothing was stored under
_MISSING = object()
_STOP = 0x2E

# What things take in memory, in bytes, on a 64-bit build, with the garbage collector's header.
_LIST, _DICT, _SET, _TUPLE, _ITEM, _ENTRY = 72, 80, 232, 56, 8, 60
_SMALL = 1 << 60  # ints below it have a hash of their own
_UNLIMITED = Limits.none()
_OFTEN = 512  # inserted keys between two looks at the clock


class Savepoint(NamedTuple):
    """A place to go back to; opaque to the caller."""

    journal: int
    lexer: tuple[Any, ...]
    facts: tuple[Any, ...]


class Machine:
    """Load one stream, fed in pieces; everything it has is open to be looked at.

    `feed` runs what the bytes complete; `run` does the same at full speed and without a way back. `save` and `undo` go
    back to any earlier place that was saved, opcodes and typed bytes alike, at a cost of what is undone. The machine
    does not print and does not read files.
    """

    def __init__(
        self,
        *,
        trust: Policy = SAFE,
        fix_imports: bool = True,
        encoding: str = "ASCII",
        errors: str = "strict",
        buffers: Any = None,
        persistent_load: Callable[[Any], Any] | None = None,
        on_refused: str = "raise",
        limits: Limits | None = None,
    ) -> None:
        """Begin an empty stream; the arguments are those of `histshell.pik.loads`."""
        if on_refused not in ("raise", "show"):
            raise ValueError(f"on_refused={on_refused!r}: expected 'raise' or 'show'")
        self.limits = limits if limits is not None else _UNLIMITED if trust.everything else Limits()
        self.fix_imports = fix_imports
        self.encoding = encoding
        self.errors = errors
        self.persistent_load = persistent_load
        self.shows = on_refused == "show"
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.fence = 0
        self.protocol = 0
        self.effects: list[Effect] = []
        self.uncounted = 0
        self.weigher = Weigher(self.limits)
        self.lexer = Lexer()
        self.error: BaseException | None = None
        self.complete = False
        self.value: Any = None
        self._buffers = iter(buffers) if buffers is not None else None
        self._memo: list[Any] = []
        self._sparse: dict[int, Any] = {}
        self._dense = True  # the memo is a list without holes, and _filled is not kept up
        self._filled = 0
        self._room = 32
        self._journal: list[tuple[Any, ...]] | None = None
        self._length = 0
        self._opcodes = 0
        self._spent = 0
        self._allowed = self.limits.memory
        self._inserted = 0
        self._looked = 0
        self._began = self._stopped = process_time()
        self._now = 0  # offset of the opcode that runs, kept where effects are listed
        self.policy = trust
        self._ops = self._table()

    # ------------------------------------------------------------------ what can be looked at

    @property
    def policy(self) -> Policy:
        """Give the policy; setting it changes what is allowed from here on."""
        return self._policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self._policy = policy
        self.gate: OpenGate = OpenGate(self) if policy.everything else ClosedGate(self)

    @property
    def memo(self) -> dict[int, Any]:
        """Give the memo, number to value, as a new dict."""
        dense = {number: value for number, value in enumerate(self._memo) if value is not _EMPTY}
        return {**dense, **self._sparse}

    def newest_memo(self, most: int) -> dict[int, Any]:
        """Give the entries of the memo with the highest numbers, in their order; does not go through all of it."""
        found: dict[int, Any] = {}
        for number in range(len(self._memo) - 1, -1, -1):
            if len(found) >= most:
                break
            if self._memo[number] is not _EMPTY:
                found[number] = self._memo[number]
        if self._sparse:
            found.update((number, self._sparse[number]) for number in nlargest(most, self._sparse))
        return {number: found[number] for number in sorted(found)[-most:]}

    @property
    def offset(self) -> int:
        """Give the offset of the next opcode."""
        return self.lexer.offset

    @property
    def awaiting(self) -> str:
        """Say what the stream waits for, empty where it is complete or nothing was fed.

        For example ``in STRING``, ``BINUNICODE: 3 of 10 bytes``, ``2 open marks``, ``STOP``.
        """
        if self.complete or self.error is not None or not self._length:
            return ""
        begun = self.lexer.awaiting
        if begun:
            return begun
        count = len(self.marks)
        return f"{count} open mark{'s' if count > 1 else ''}" if count else "STOP"

    # ------------------------------------------------------------------ running

    def feed(self, chunk: bytes) -> bool:
        """Take *chunk*, run every opcode that is whole, and tell whether the stream is complete.

        Raises a `PikError` at the opcode that fails; the stack is then as that opcode found it, and the machine stays there
        until `undo`.
        """
        self.excuse(process_time() - self._stopped)  # the time between two pieces is not the stream's
        try:
            self._extend(chunk)
            while self.step() is not None:
                pass
        finally:
            self._stopped = process_time()
        return self.complete

    def step(self) -> Token | None:
        """Run one opcode and give its token; None where bytes are missing or the stream is complete."""
        if self.error is not None:
            raise self.error
        self._begin_journal()
        try:
            batch = self.lexer.tokens(1)
            if not batch:
                return None
            self._before(batch[0][1])
            done = len(self._journal or ())
            try:
                self._execute(batch)
            except BaseException:
                self._roll_back(done - 1)
                raise
        except PikError as error:
            self.error = error
            raise
        return batch[0]

    def run(self, data: bytes) -> Any:
        """Load a whole stream and give its value; bytes after STOP are ignored."""
        self.excuse(process_time() - self._stopped)
        self._extend(data, whole=True)
        tokens = self.lexer.tokens
        last: list[Token] = []
        while True:
            batch = tokens()
            if not batch:
                break
            self._execute(batch)
            last = batch
        if not self.complete:
            raise self.lexer.truncated(bool(self.marks), last[-1] if last else None)
        return self.value

    def _extend(self, chunk: bytes, whole: bool = False) -> None:
        """Hand bytes to the lexer, and let the limits grow with the stream."""
        if self.error is not None:
            raise self.error
        if whole:
            self.lexer = Lexer(chunk)
        else:
            self.lexer.feed(chunk)
        self._length += len(chunk)
        self._allowed = self.limits.memory + self.limits.memory_per_byte * self._length
        self.weigher.grow(self._length)

    def _execute(self, batch: list[Token]) -> None:
        """Run the opcodes of *batch*; turn what they raise into `PikError` with the place."""
        ops = self._ops
        self._opcodes += len(batch)
        offset = code = 0
        try:
            if self._opcodes > self.limits.opcodes:
                raise over(self.limits, "opcodes", f"{self._opcodes} opcodes")
            if self.shows:
                for offset, code, argument in batch:
                    self._now = offset
                    ops[code](argument)
            else:
                for offset, code, argument in batch:  # noqa: B007 - the handler below names the place
                    ops[code](argument)
            if len(self.stack) > self.limits.stack:
                raise over(self.limits, "stack", f"a stack of {len(self.stack)} items")
            if self._spent > self._allowed:
                self.charge(0)
        except Exception as cause:
            error = located(cause, offset, name_of(code))
            if error is cause:
                raise
            raise error from (None if type(cause) in (StackUnderflow, UnpicklingError) else cause)

    # ------------------------------------------------------------------ going back

    def save(self) -> Savepoint:
        """Give a place to go back to; from now on what is done is journalled."""
        self._begin_journal()
        spent = self._stopped - self._began
        facts = (
            self._length, self._opcodes, self.complete, self.value, self.error, self._inserted, self._looked, spent,
        )  # fmt: skip
        return Savepoint(len(self._journal or ()), self.lexer.snapshot(), facts)

    def undo(self, savepoint: Savepoint) -> None:
        """Go back to *savepoint*: bytes, stack, marks, memo, effects, and what was put into plain containers.

        What trusted code did outside the stream cannot be taken back, nor can a buffer once taken.
        """
        self._roll_back(savepoint.journal)
        self.lexer.restore(savepoint.lexer)
        (
            self._length, self._opcodes, self.complete, self.value, self.error, self._inserted, self._looked, spent,
        ) = savepoint.facts  # fmt: skip
        self._stopped = process_time()
        self._began = self._stopped - spent

    def _begin_journal(self) -> None:
        """Journal from here on."""
        if self._journal is None:
            self._journal = []
            if self._dense:
                self._dense = False
                self._filled = len(self._memo)

    def _roll_back(self, to: int) -> None:
        """Undo the journal's entries down to the number *to*."""
        journal = self._journal or []
        while len(journal) > to:
            undo, *details = journal.pop()
            undo(*details)

    def _before(self, code: int) -> None:
        """Journal what the opcode *code* may take from the stack, and the machine's small facts."""
        op = BY_CODE[code]
        stack, marks = self.stack, self.marks
        base = len(stack) - op.needs
        if op.takes_mark and marks:
            base = marks[-1] - op.needs
        base = max(base, 0)
        facts = (
            self.protocol,
            self._spent,
            self._filled,
            self._room,
            len(self.effects),
            self.uncounted,
            self.weigher.hashed,
        )
        entry = (self._put_back, base, stack[base:], len(marks), marks[-1] if marks else 0, facts)
        assert self._journal is not None
        self._journal.append(entry)

    def _put_back(self, base: int, tail: list[Any], count: int, mark: int, facts: tuple[Any, ...]) -> None:
        """Put the stack back as it was before an opcode."""
        self.stack[base:] = tail
        del self.marks[count:]
        if len(self.marks) < count:
            self.marks.append(mark)
        self.fence = self.marks[-1] if self.marks else 0
        self.protocol, self._spent, self._filled, self._room, effects, self.uncounted, self.weigher.hashed = facts
        del self.effects[effects:]

    @staticmethod
    def _unset(target: Any, key: Any, old: Any) -> None:
        """Take back one item that was set."""
        if old is _MISSING:
            del target[key]
        else:
            target[key] = old

    # ------------------------------------------------------------------ prices and effects

    def charge(self, size: int) -> None:
        """Charge *size* bytes of memory."""
        self._spent += size
        if self._spent > self._allowed:
            raise over(self.limits, "memory", f"{self._spent} bytes of objects")

    def _look(self) -> None:
        """Look at the clock, as is done after every few inserted keys: only colliding keys are slow."""
        self._looked = self._inserted + _OFTEN
        allowed = self.limits.seconds + 1e-5 * (self._opcodes + self._inserted)
        spent = process_time() - self._began
        if spent > allowed:
            raise over(self.limits, "seconds", f"{spent:.1f} s for {self._inserted} keys")

    def excuse(self, seconds: float) -> None:
        """Take it that so many seconds were not spent on the stream."""
        self._began += seconds

    def note(self, kind: str, what: str, refused: bool) -> None:
        """Add to the list of effects, where there is one."""
        if self.shows:
            if len(self.effects) < self.limits.effects:
                self.effects.append(Effect(kind, what, refused, self._now))
            else:
                self.uncounted += 1

    def note_call(self, function: Any, args: Any, refused: Placeholder | None = None) -> None:
        """Note a call, written as it would be in Python."""
        if self.shows and len(self.effects) >= self.limits.effects:
            self.uncounted += 1  # not written out: that would cost more than the opcode
        elif self.shows:
            from histshell.pik.printer import call

            what = self.gate._title(function) if isinstance(self.gate, ClosedGate) else ""
            self.note("call", call(what or function, args, refused and refused.keywords), refused is not None)

    def note_set(self, target: Any, state: Any, refused: bool = False) -> None:
        """Note what BUILD sets."""
        if self.shows and len(self.effects) >= self.limits.effects:
            self.uncounted += 1  # not written out: that would cost more than the opcode
        elif self.shows:
            from histshell.pik.printer import show

            self.note("set", f"{show(target, total=100)} to {show(state, total=200)}", refused)

    # ------------------------------------------------------------------ opcodes: the table

    def _table(self) -> list[Any]:
        """Give the functions that run the opcodes, by code; each takes the argument as the lexer gives it."""
        push = self.stack.append  # the list is never replaced, so this stays right
        table: list[Any] = [None] * 256
        direct = {"NONE", "BININT", "BININT1", "BININT2", "BINFLOAT", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
        for op in OPCODES:
            table[op.code] = push if op.name in direct else getattr(self, f"_{op.name.lower()}")
        for name in ("LONG4",):
            table[_CODES[name]] = self._long1
        for name in ("BINUNICODE", "BINUNICODE8"):
            table[_CODES[name]] = self._short_binunicode
        for name in ("EXT2", "EXT4"):
            table[_CODES[name]] = self._ext1
        table[_CODES["BINSTRING"]] = self._short_binstring
        table[_CODES["LONG_BINGET"]] = self._binget
        table[_CODES["LONG_BINPUT"]] = self._binput
        return table

    def _short(self, needed: int) -> StackUnderflow:
        """Give the error for too few items above the topmost mark."""
        return StackUnderflow(len(self.stack) - self.fence, needed, bool(self.marks))

    def _pop_mark_item(self) -> int:
        """Take the topmost mark: give the number of values below it."""
        marks = self.marks
        if not marks:
            raise UnpicklingError("could not find MARK")
        mark = marks.pop()
        self.fence = marks[-1] if marks else 0
        return mark

    # numbers

    def _int(self, line: bytes) -> None:
        self.stack.append(arguments.int_line(line))

    def _long(self, line: bytes) -> None:
        self.stack.append(arguments.long_line(line))

    def _long1(self, raw: bytes) -> None:
        self.stack.append(int.from_bytes(raw, "little", signed=True))

    _long4 = _long1

    def _float(self, line: bytes) -> None:
        self.stack.append(arguments.float_line(line))

    def _newtrue(self, _: None) -> None:
        self.stack.append(True)

    def _newfalse(self, _: None) -> None:
        self.stack.append(False)

    # text and bytes

    def _string(self, line: bytes) -> None:
        self.stack.append(arguments.old_string(arguments.quoted_line(line), self.encoding, self.errors))

    def _short_binstring(self, raw: bytes) -> None:
        self.stack.append(arguments.old_string(raw, self.encoding, self.errors))

    _binstring = _short_binstring

    def _unicode(self, line: bytes) -> None:
        self.stack.append(str(line[:-1], "raw-unicode-escape"))

    def _short_binunicode(self, raw: bytes) -> None:
        self.stack.append(str(raw, "utf-8", "surrogatepass"))

    _binunicode = _binunicode8 = _short_binunicode

    def _bytearray8(self, raw: bytes) -> None:
        self.charge(len(raw))
        self.stack.append(bytearray(raw))

    def _next_buffer(self, _: None) -> None:
        if self._buffers is None:
            raise UnpicklingError("pickle stream refers to out-of-band data but no *buffers* argument was given")
        item = next(self._buffers, _MISSING)
        if item is _MISSING:
            raise UnpicklingError("not enough out-of-band buffers")
        self.stack.append(item)

    def _readonly_buffer(self, _: None) -> None:
        if len(self.stack) <= self.fence:
            raise self._short(1)
        view = memoryview(self.stack[-1])
        if not view.readonly:
            self.stack[-1] = view.toreadonly()

    # lists

    def _empty_list(self, _: None) -> None:
        self._spent += _LIST
        self.stack.append([])

    def _list(self, _: None) -> None:
        mark = self._pop_mark_item()
        items = self.stack[mark:]
        self._spent += _LIST + _ITEM * len(items)
        self.stack[mark:] = [items]

    def _append(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 1 <= self.fence:
            raise self._short(2)
        item = stack.pop()
        target = stack[-1]
        if type(target) is list and self._journal is None:
            target.append(item)
        else:
            self._extend_target(target, [item])

    def _appends(self, _: None) -> None:
        mark = self._pop_mark_item()
        stack = self.stack
        if mark <= self.fence:
            raise StackUnderflow(0, 1, bool(self.marks))
        items = stack[mark:]
        if items or EMPTY_CHECKED:
            del stack[mark:]
            self._extend_target(stack[-1], items)

    def _extend_target(self, target: Any, items: list[Any]) -> None:
        """Append *items* to a list or to what the gate allows; journalled."""
        if self._journal is not None and isinstance(target, list):
            self._journal.append((target.__delitem__, slice(len(target), None)))
        elif self._journal is not None and hasattr(type(target), "clear") and type(target).__name__ == "deque":
            self._journal.append((_refill, target, tuple(target)))
        if type(target) is list:
            target.extend(items)
        else:
            self.gate.extend(target, items)

    # tuples

    def _empty_tuple(self, _: None) -> None:
        self.stack.append(())

    def _tuple(self, _: None) -> None:
        mark = self._pop_mark_item()
        items = tuple(self.stack[mark:])
        self._spent += _TUPLE + _ITEM * len(items)
        self.stack[mark:] = [items]

    def _tuple1(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 1 < self.fence:
            raise self._short(1)
        self._spent += _TUPLE + _ITEM
        stack[-1] = (stack[-1],)

    def _tuple2(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 2 < self.fence:
            raise self._short(2)
        self._spent += _TUPLE + 2 * _ITEM
        last = stack.pop()
        stack[-1] = (stack[-1], last)

    def _tuple3(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 3 < self.fence:
            raise self._short(3)
        self._spent += _TUPLE + 3 * _ITEM
        stack[-3:] = [tuple(stack[-3:])]

    # dicts

    def _empty_dict(self, _: None) -> None:
        self._spent += _DICT
        self.stack.append({})

    def _dict(self, _: None) -> None:
        mark = self._pop_mark_item()
        items = self.stack[mark:]
        if len(items) % 2:
            raise UnpicklingError("odd number of items for DICT")
        made: dict[Any, Any] = {}
        self._spent += _DICT
        self._fill(made, items)
        self.stack[mark:] = [made]

    def _setitem(self, _: None) -> None:
        stack = self.stack
        mark = len(stack) - 2
        if mark <= self.fence:
            raise self._short(3)
        items = stack[mark:]
        del stack[mark:]
        self._set_items(stack[-1], items)

    def _setitems(self, _: None) -> None:
        mark = self._pop_mark_item()
        stack = self.stack
        if mark <= self.fence:
            raise StackUnderflow(0, 1, bool(self.marks))
        items = stack[mark:]
        if items:
            if len(items) % 2:
                raise UnpicklingError("odd number of items for SETITEMS")
            del stack[mark:]
            if type(stack[-1]) is dict:
                self._fill(stack[-1], items)
            else:
                self._set_items(stack[-1], items)

    def _set_items(self, target: Any, items: list[Any]) -> None:
        """Set keys and values, alternating in *items*, in a dict or in what the gate allows."""
        if type(target) is dict:
            self._fill(target, items)
            return
        gate = self.gate
        for at in range(0, len(items), 2):
            key = items[at]
            if self._journal is not None and type(target) in (dict, list) or isinstance(target, dict):
                gate.hash_key(key)
                if self._journal is not None and type(target).__hash__ is None and not isinstance(target, list):
                    self._journal.append((self._unset, target, key, dict.get(target, key, _MISSING)))
            if (
                self._journal is not None
                and type(target) is list
                and type(key) is int
                and -len(target) <= key < len(target)
            ):
                self._journal.append((target.__setitem__, key, target[key]))
            gate.set_item(target, key, items[at + 1])
        self._inserted += len(items) // 2
        if self._inserted > self._looked:
            self._look()

    def _fill(self, target: dict[Any, Any], items: list[Any]) -> None:
        """Put keys and values, alternating in *items*, into an exact dict."""
        journal = self._journal
        values = iter(items)
        for number, key in enumerate(values, 1):
            kind = type(key)
            if not (kind is str and len(key) < 256 or kind is int and -_SMALL < key < _SMALL):
                self.gate.hash_key(key)
            if journal is not None:
                journal.append((self._unset, target, key, target.get(key, _MISSING)))
            target[key] = next(values)
            if not number % _OFTEN:
                self._look()
        count = len(items) // 2
        self._spent += _ENTRY * count
        self._inserted += count
        if self._inserted > self._looked:
            self._look()

    # sets

    def _empty_set(self, _: None) -> None:
        self._spent += _SET
        self.stack.append(set())

    def _additems(self, _: None) -> None:
        mark = self._pop_mark_item()
        stack = self.stack
        if mark <= self.fence:
            raise StackUnderflow(0, 1, bool(self.marks))
        items = stack[mark:]
        if not items and not EMPTY_CHECKED:
            return
        del stack[mark:]
        target = stack[-1]
        if type(target) is set:
            self._join(target, items)
        else:
            if isinstance(target, set):
                for item in items:
                    self.gate.hash_key(item)
            self.gate.add(target, items)

    def _frozenset(self, _: None) -> None:
        mark = self._pop_mark_item()
        items = self.stack[mark:]
        made: set[Any] = set()
        self._spent += _SET
        self._join(made, items)
        self._spent += made.__sizeof__()
        self.stack[mark:] = [frozenset(made)]

    def _join(self, target: set[Any], items: list[Any]) -> None:
        """Put *items* into an exact set."""
        journal = self._journal
        for number, item in enumerate(items, 1):
            kind = type(item)
            if not (kind is str and len(item) < 256 or kind is int and -_SMALL < item < _SMALL):
                self.gate.hash_key(item)
            if journal is not None and item not in target:
                journal.append((target.discard, item))
            target.add(item)
            if not number % _OFTEN:
                self._look()
        self._spent += _ENTRY * len(items)
        self._inserted += len(items)
        if self._inserted > self._looked:
            self._look()

    # the stack itself

    def _pop(self, _: None) -> None:
        if self.marks and self.marks[-1] == len(self.stack):
            self._pop_mark_item()
        elif len(self.stack) <= self.fence:
            raise self._short(1)
        else:
            self.stack.pop()

    def _dup(self, _: None) -> None:
        if len(self.stack) <= self.fence:
            raise self._short(1)
        self.stack.append(self.stack[-1])

    def _mark(self, _: None) -> None:
        self.fence = len(self.stack)
        self.marks.append(self.fence)

    def _pop_mark(self, _: None) -> None:
        del self.stack[self._pop_mark_item() :]

    # the memo

    def _get(self, line: bytes) -> None:
        self._binget(arguments.memo_number(line))

    def _binget(self, number: int) -> None:
        memo = self._memo
        value = memo[number] if 0 <= number < len(memo) else _EMPTY
        if value is _EMPTY:
            value = self._sparse.get(number, _EMPTY)
        if value is _EMPTY:
            raise UnpicklingError(f"Memo value not found at index {number}")
        self.stack.append(value)

    _long_binget = _binget

    def _put(self, line: bytes) -> None:
        if len(line) < 2:
            raise UnpicklingError("pickle data was truncated")
        if len(self.stack) <= self.fence:
            raise self._short(1)
        number = arguments.memo_number(line)
        if number < 0:
            raise ValueError("negative PUT argument")
        self._binput(number)

    def _binput(self, number: int) -> None:
        stack = self.stack
        if len(stack) <= self.fence:
            raise self._short(1)
        if self._dense and number == len(self._memo):
            self._memo.append(stack[-1])
        else:
            self._store(number, stack[-1])

    _long_binput = _binput

    def _memoize(self, _: None) -> None:
        stack = self.stack
        if len(stack) <= self.fence:
            raise self._short(1)
        if self._dense:
            self._memo.append(stack[-1])
        else:
            self._store(self._filled, stack[-1])

    def _store(self, number: int, value: Any) -> None:
        """Store *value* in the memo under any *number*: in the list where that stays dense, else in the dict."""
        memo = self._memo
        if self._dense:
            self._dense = False
            self._filled = len(memo)
        if number > self.limits.memo_index and number > self._length:
            raise over(self.limits, "memo_index", f"memo number {number}")
        if number >= len(memo) and self._is_sparse(number):
            where: Any = self._sparse
            old = where.get(number, _EMPTY)
            counted = not SPARSE_MEMO
        else:
            where = memo
            while len(memo) <= number:
                memo.append(_EMPTY if SPARSE_MEMO else self._sparse.pop(len(memo), _EMPTY))
            old = memo[number]
            counted = True
        where[number] = value
        if self._journal is not None:
            self._journal.append((self._forget, where, number, old))
        if old is _EMPTY and counted:
            self._filled += 1

    def _is_sparse(self, number: int) -> bool:
        """Tell whether *number*, which the list does not reach, goes into the dict."""
        if not SPARSE_MEMO:
            return number in self._sparse or number > 2 * len(self._memo) + 64
        # As C does: its table has room for 32, doubles as it fills, and takes no number beyond twice what it holds.
        while self._room < len(self._memo):
            self._room *= 2
        if number < self._room:
            return False
        if number > 2 * self._filled:
            return True
        self._room = 2 * number
        return False

    @staticmethod
    def _forget(where: Any, number: int, old: Any) -> None:
        """Take back what was stored."""
        if old is _EMPTY and isinstance(where, dict):
            del where[number]
            return
        where[number] = old
        while isinstance(where, list) and where and where[-1] is _EMPTY:
            where.pop()

    # names

    def _ext1(self, code: int) -> None:
        self.stack.append(self.gate.extension(code))

    _ext2 = _ext4 = _ext1

    def _global(self, lines: tuple[bytes, bytes]) -> None:
        module, name = arguments.name_lines(lines, "utf-8")
        self.stack.append(self.gate.find(module, name))

    def _stack_global(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 2 < self.fence:
            raise self._short(2)
        name = stack.pop()
        module = stack.pop()
        if type(name) is not str or type(module) is not str:
            raise UnpicklingError("STACK_GLOBAL requires str")
        stack.append(self.gate.find(module, name))

    # making objects

    def _reduce(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 2 < self.fence:
            raise self._short(2)
        args = stack.pop()
        function = stack.pop()
        stack.append(self.gate.reduce(function, args))

    def _build(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 2 < self.fence:
            raise self._short(2)
        state = stack.pop()
        if self._journal is not None:
            self._journal_state(stack[-1])
        self.gate.build(stack[-1], state)

    def _journal_state(self, target: Any) -> None:
        """Journal the attributes of *target*, where they are plain to see."""
        try:
            inside = object.__getattribute__(target, "__dict__")
        except AttributeError:
            return
        if type(inside) is dict and self._journal is not None:
            self._journal.append((_refill_dict, inside, dict(inside)))

    def _inst(self, lines: tuple[bytes, bytes]) -> None:
        mark = self._pop_mark_item()
        module, name = arguments.name_lines(lines, "ascii")
        cls = self.gate.find(module, name)
        args = tuple(self.stack[mark:])
        del self.stack[mark:]
        self.stack.append(self.gate.instantiate(cls, args))

    def _obj(self, _: None) -> None:
        mark = self._pop_mark_item()
        if len(self.stack) - mark < 1:
            raise StackUnderflow(0, 1, True)
        cls, *args = self.stack[mark:]
        del self.stack[mark:]
        self.stack.append(self.gate.instantiate(cls, tuple(args)))

    def _newobj(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 2 < self.fence:
            raise self._short(2)
        args = stack.pop()
        cls = stack.pop()
        stack.append(self.gate.new(cls, args, None, "NEWOBJ"))

    def _newobj_ex(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 3 < self.fence:
            raise self._short(3)
        cls, args, keywords = stack[-3:]
        del stack[-3:]
        if keywords is None:
            raise UnpicklingError("NEWOBJ_EX kwargs argument must be a dict, not NoneType")
        stack.append(self.gate.new(cls, args, keywords, "NEWOBJ_EX"))

    def _persid(self, line: bytes) -> None:
        if self.persistent_load is None:
            self.gate.persistent("")
        try:
            pid = line[:-1].decode("ascii")
        except UnicodeDecodeError:
            raise UnpicklingError("persistent IDs in protocol 0 must be ASCII strings") from None
        self.stack.append(self.gate.persistent(pid))

    def _binpersid(self, _: None) -> None:
        if self.persistent_load is None:
            self.gate.persistent("")
        if len(self.stack) - 1 < self.fence:
            raise self._short(1)
        self.stack.append(self.gate.persistent(self.stack.pop()))

    # the stream

    def _proto(self, protocol: int) -> None:
        if protocol > HIGHEST_PROTOCOL:
            raise ValueError(f"unsupported pickle protocol: {protocol}")
        self.protocol = protocol

    def _frame(self, _: int) -> None:
        """Do nothing: the lexer has seen that the frame is there."""

    def _stop(self, _: None) -> None:
        if len(self.stack) <= self.fence:
            raise self._short(1)
        self.value = self.stack.pop()
        self.complete = True


_CODES = {op.name: op.code for op in OPCODES}


def _refill(target: Any, items: tuple[Any, ...]) -> None:
    """Put a deque back as it was."""
    target.clear()
    target.extend(items)


def _refill_dict(target: dict[Any, Any], items: dict[Any, Any]) -> None:
    """Put an instance's attributes back as they were."""
    target.clear()
    target.update(items)
