"""The stack machine: one short method per opcode, run all at once or one opcode at a time, forwards and back.

It does what C's `pickle.loads` does (``Modules/_pickle.c``), with two differences: what an opcode imports, calls or
changes goes through a gate (`histshell.pik.policy.closed_gate`), and everything has a price (`Limits`).

    stack   [v0, v1, ...]    the values, the top last; marks are not among them
    marks   [2, 5]           for each mark the number of values below it
    fence   5                values below the topmost mark, which no opcode may pop
"""

from __future__ import annotations

from pickle import HIGHEST_PROTOCOL, UnpicklingError
from typing import Any, Callable, NamedTuple

from histshell.pik import arguments
from histshell.pik.budget import OFTEN, Budget
from histshell.pik.effects import Effects
from histshell.pik.errors import PikError, StackUnderflow, is_tellable, located
from histshell.pik.hash_cost import over
from histshell.pik.lexer import NOTHING, Awaiting, Awaits, Lexer, Token
from histshell.pik.limits import Limits
from histshell.pik.memo import EMPTY, Memo
from histshell.pik.opcodes import BY_CODE, OPCODES, Opcode, name_of
from histshell.pik.placeholders import Effect
from histshell.pik.policy.closed_gate import ClosedGate
from histshell.pik.policy.open_gate import OpenGate, Terms
from histshell.pik.policy.policy import SAFE, Policy, Trust, policy_of
from histshell.pik.progress import step
from histshell.pik.undo_log import UndoLog
from histshell.pik.versions import EMPTY_CHECKED

_MISSING = object()

# What things take in memory, in bytes, on a 64-bit build, with the garbage collector's header.
_LIST, _DICT, _SET, _TUPLE, _ITEM, _ENTRY = 72, 80, 232, 56, 8, 60
_SMALL = 1 << 60  # ints below it have a hash of their own
_FEW = 64  # keys of a table in which even those that all collide cost less than looking at the clock
_UNLIMITED = Limits.none()
_GATED = 8  # as many keys' time may be taken by one that is put in through the gate


class Savepoint(NamedTuple):
    """A place to go back to; opaque to the caller."""

    steps: int
    lexer: tuple[Any, ...]
    facts: tuple[Any, ...]


_size_of_set: Callable[[set[Any]], int] = getattr(set, "__sizeof__", len)  # PyPy has none


class Machine:
    """Load one stream, fed in pieces; everything it has is open to be looked at.

    `feed` runs what the bytes complete; `run` does the same at full speed and without a way back. `save` and `undo` go
    back to any earlier place that was saved, opcodes and typed bytes alike, at a cost of what is undone. The machine
    does not print and does not read files.
    """

    def __init__(
        self,
        *,
        trust: Trust = SAFE,
        fix_imports: bool = True,
        encoding: str = "ASCII",
        errors: str = "strict",
        buffers: Any = None,
        persistent_load: Callable[[Any], Any] | None = None,
        on_refused: str = "raise",
        limits: Limits | Budget | None = None,
    ) -> None:
        """Begin an empty stream; the arguments are those of `histshell.pik.loads`."""
        if on_refused not in ("raise", "show"):
            raise ValueError(f"on_refused={on_refused!r}: expected 'raise' or 'show'")
        trust = policy_of(trust)
        if limits is None:
            limits = _UNLIMITED if trust.everything else Limits()
        self.budget = limits if isinstance(limits, Budget) else Budget(limits)
        self.limits = self.budget.limits
        self.terms = Terms(trust, fix_imports, persistent_load, on_refused == "show")
        self.encoding = encoding
        self.errors = errors
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.fence = 0
        self.protocol = 0
        self.asked = Effects(self.limits.effects, self.budget.charge, self._now)
        self.lexer = Lexer()
        self.error: BaseException | None = None
        self.complete = False
        self.value: Any = None
        self._buffers = iter(buffers) if buffers is not None else None
        self._memo = Memo()
        self._log: UndoLog | None = None  # none as long as nobody wants to go back
        self._length = 0
        self._opcodes = 0
        self._running: tuple[list[Token], Any] = ([], iter(()))  # the batch that runs, and the iterator over it
        self.policy = trust
        self._ops = self._table()

    # ------------------------------------------------------------------ what can be looked at

    @property
    def policy(self) -> Policy:
        """Give the policy; setting it changes what is allowed from here on."""
        return self.terms.policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self.terms.policy = policy
        gate = OpenGate if policy.everything else ClosedGate
        self.gate = gate(self.terms, self.budget, self.asked)

    @property
    def memo(self) -> dict[int, Any]:
        """Give the memo, number to value, as a new dict."""
        return self._memo.as_dict()

    def newest_memo(self, most: int) -> dict[int, Any]:
        """Give the entries of the memo with the highest numbers, in their order; does not go through all of it."""
        return self._memo.newest(most)

    @property
    def effects(self) -> list[Effect]:
        """Give what the stream has asked for so far, each distinct thing once, with a count."""
        return self.asked.list

    @property
    def uncounted(self) -> int:
        """Give the number of allowed effects that are not listed."""
        return self.asked.uncounted

    @property
    def offset(self) -> int:
        """Give the offset of the next opcode."""
        return self.lexer.offset

    @property
    def awaiting(self) -> Awaiting:
        """Give what the stream waits for: nothing where it is complete or has failed, or where nothing was fed.

        Its text is for example ``in STRING``, ``BINUNICODE: 3 of 10 bytes``, ``2 open marks``, ``STOP``.
        """
        if self.complete or self.error is not None or not self._length:
            return NOTHING
        begun = self.lexer.awaiting
        if begun:
            return begun
        count = len(self.marks)
        if count:
            return Awaiting(Awaits.MARKS, f"{count} open mark{'s' if count > 1 else ''}")
        return Awaiting(Awaits.STOP, "STOP")

    # ------------------------------------------------------------------ running

    def feed(self, chunk: bytes) -> bool:
        """Take *chunk*, run every opcode that is whole, and tell whether the stream is complete.

        Raises a `PikError` at the opcode that fails; the stack is then as that opcode found it, and the machine stays there
        until `undo`.
        """
        self._extend(chunk)
        while self.step() is not None:
            pass
        return self.complete

    def feed_at_once(self, chunk: bytes) -> bool:
        """Do as `feed`, at full speed and without a way back into *chunk*: nothing of it is logged.

        Where an opcode fails, it may have taken from the stack what it works on.
        """
        try:
            self._extend(chunk)
            while batch := self.lexer.tokens():
                self._execute(batch)
        except PikError as error:
            self.error = self._tell(error)
            raise
        except BaseException as error:
            self._tell(error)
            raise
        return self.complete

    def step(self) -> Token | None:
        """Run one opcode and give its token; None where bytes are missing or the stream is complete."""
        if self.error is not None:
            raise self.error
        log = self._begin_log()
        try:
            batch = self.lexer.tokens(1)
            if not batch:
                return None
            done = len(log)
            self._before(log, BY_CODE[batch[0][1]])
            try:
                self._execute(batch)
            except BaseException:
                log.back(done)
                raise
        except PikError as error:
            self.error = self._tell(error)
            raise
        except BaseException as error:
            self._tell(error)
            raise
        return batch[0]

    def run(self, data: bytes) -> Any:
        """Load a whole stream and give its value; bytes after STOP are ignored."""
        try:
            self._extend(data, whole=True)
            return self._run()
        except BaseException as error:
            self._tell(error)
            raise

    def _tell(self, error: BaseException) -> BaseException:
        """Let *error* know what the stream had asked for when it was raised."""
        if isinstance(error, PikError):  # what trusted code raises otherwise is nobody's to write into
            error.tell(self.effects, self.uncounted)
        return error

    def _run(self) -> Any:
        """Run what the lexer has, up to STOP."""
        tokens = self.lexer.tokens
        last: list[Token] = []
        while True:
            batch = tokens()
            if not batch:
                break
            self._execute(batch)
            last = batch
            step("reading it", batch[-1][0], self._length)
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
        self.budget.grow(len(chunk))

    def _execute(self, batch: list[Token]) -> None:
        """Run the opcodes of *batch*; turn what they raise into `PikError` with the place."""
        ops = self._ops
        self._opcodes += len(batch)
        offset = code = 0
        try:
            beyond = self._opcodes - self.limits.opcodes
            if beyond > 0:
                batch = batch[: max(len(batch) - beyond, 0)]
            tokens = iter(batch)
            self._running = batch, tokens
            for offset, code, argument in tokens:  # noqa: B007 - the handler below names the place
                ops[code](argument)
            if beyond > 0:
                raise over(self.limits, "opcodes", f"{self._opcodes} opcodes")
            if len(self.stack) > self.limits.stack:
                raise over(self.limits, "stack", f"a stack of {len(self.stack)} items")
            if self.budget.memory > self.budget.memory_allowed:
                self.budget.charge(0)
        except Exception as cause:
            error = located(cause, offset, name_of(code))
            if error is cause:
                raise
            raise error from (cause if is_tellable(cause) else None)

    def _now(self) -> int:
        """Give the offset of the opcode that runs."""
        batch, tokens = self._running
        return batch[len(batch) - tokens.__length_hint__() - 1][0] if batch else 0

    # ------------------------------------------------------------------ going back

    def save(self) -> Savepoint:
        """Give a place to go back to; from now on what is done is logged."""
        log = self._begin_log()
        facts = (self._length, self._opcodes, self.complete, self.value, self.error, self.asked.mark())
        return Savepoint(len(log), self.lexer.snapshot(), facts)

    def undo(self, savepoint: Savepoint) -> None:
        """Go back to *savepoint*: bytes, stack, marks, memo, effects, and what was put into plain containers.

        What trusted code did outside the stream cannot be taken back, nor can a buffer once taken.
        """
        self._begin_log().back(savepoint.steps)
        self.lexer.restore(savepoint.lexer)
        length = self._length
        self._length, self._opcodes, self.complete, self.value, self.error, asked = savepoint.facts
        self.budget.grow(self._length - length)
        self.asked.back(asked)

    def _begin_log(self) -> UndoLog:
        """Log from here on; give the log."""
        if self._log is None:
            self._log = UndoLog()
            self._memo.count()
        return self._log

    def _before(self, log: UndoLog, op: Opcode) -> None:
        """Log what the opcode may take from the stack, and the machine's small facts."""
        stack, marks = self.stack, self.marks
        base = len(stack) - op.needs
        if op.takes_mark and marks:
            base = marks[-1] - op.needs
        base = max(base, 0)
        facts = self.protocol, self.budget.facts(), self._memo.facts()
        log.add(self._put_back, base, stack[base:], len(marks), marks[-1] if marks else 0, facts)

    def _put_back(self, base: int, tail: list[Any], count: int, mark: int, facts: tuple[Any, ...]) -> None:
        """Put the stack back as it was before an opcode."""
        self.stack[base:] = tail
        del self.marks[count:]
        if len(self.marks) < count:
            self.marks.append(mark)
        self.fence = self.marks[-1] if self.marks else 0
        self.protocol, spent, counts = facts
        self.budget.restore(spent)
        self._memo.restore(counts)

    # ------------------------------------------------------------------ opcodes: the table

    def _table(self) -> list[Any]:
        """Give the functions that run the opcodes, by code; each takes the argument as the lexer gives it."""
        push = self.stack.append  # the list is never replaced, so this stays right
        table: list[Any] = [None] * 256
        for code, name in _METHODS:
            table[code] = getattr(self, name)
        for code in _PUSHES:
            table[code] = push
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
        self.budget.charge(len(raw))
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
        self.budget.memory += _LIST
        self.stack.append([])

    def _list(self, _: None) -> None:
        mark = self._pop_mark_item()
        items = self.stack[mark:]
        self.budget.memory += _LIST + _ITEM * len(items)
        self.stack[mark:] = [items]

    def _append(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 1 <= self.fence:
            raise self._short(2)
        item = stack.pop()
        target = stack[-1]
        if type(target) is list and self._log is None:
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
        """Append *items* to a list or to what the gate allows."""
        if self._log is not None:
            self._log.before_extend(target)
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
        self.budget.memory += _TUPLE + _ITEM * len(items)
        self.stack[mark:] = [items]

    def _tuple1(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 1 < self.fence:
            raise self._short(1)
        self.budget.memory += _TUPLE + _ITEM
        stack[-1] = (stack[-1],)

    def _tuple2(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 2 < self.fence:
            raise self._short(2)
        self.budget.memory += _TUPLE + 2 * _ITEM
        last = stack.pop()
        stack[-1] = (stack[-1], last)

    def _tuple3(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 3 < self.fence:
            raise self._short(3)
        self.budget.memory += _TUPLE + 3 * _ITEM
        stack[-3:] = [tuple(stack[-3:])]

    # dicts

    def _empty_dict(self, _: None) -> None:
        self.budget.memory += _DICT
        self.stack.append({})

    def _dict(self, _: None) -> None:
        mark = self._pop_mark_item()
        items = self.stack[mark:]
        if len(items) % 2:
            raise UnpicklingError("odd number of items for DICT")
        made: dict[Any, Any] = {}
        self.budget.memory += _DICT
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
        gate, budget, log = self.gate, self.budget, self._log
        is_dict = issubclass(type(target), dict)
        if is_dict:
            budget.charge(gate.entry(target) * (len(items) >> 1))
        each = iter(items)
        for key, value in zip(each, each):
            if is_dict:
                gate.hash_key(key)
            if log is not None:
                log.before_set(target, key)
            began = budget.timer()
            gate.set_item(target, key, value)
            if gate.is_clocked(target):
                budget.inserted(began, _GATED)

    def _fill(self, target: dict[Any, Any], items: list[Any]) -> None:
        """Put keys and values, alternating in *items*, into an exact dict."""
        log, budget = self._log, self.budget
        keys = items[::2]
        if self._weighed(keys) and log is None and len(target) + len(keys) <= _FEW:
            target.update(zip(keys, items[1::2]))
            budget.memory += _ENTRY * len(keys)
            return
        number = 0
        values = iter(items)
        began = budget.timer()
        for number, key in enumerate(values, 1):
            if log is not None:
                log.before_set(target, key)
            target[key] = next(values)
            if not number % OFTEN:
                began = budget.inserted(began, OFTEN)
        budget.memory += _ENTRY * number
        budget.inserted(began, number % OFTEN)

    def _weighed(self, keys: list[Any]) -> bool:
        """Charge the hashing of *keys*; tell whether all of them are short texts and ints, which cost nothing to compare."""
        light = True
        for key in keys:
            kind = type(key)
            if not (kind is str and len(key) < 256 or kind is int and -_SMALL < key < _SMALL):
                self.gate.hash_key(key)
                light = False
        return light

    # sets

    def _empty_set(self, _: None) -> None:
        self.budget.memory += _SET
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
            if issubclass(type(target), set):
                for item in items:
                    self.gate.hash_key(item)
            if self._log is not None:
                self._log.before_extend(target)
            self.gate.add(target, items)

    def _frozenset(self, _: None) -> None:
        mark = self._pop_mark_item()
        items = self.stack[mark:]
        made: set[Any] = set()
        self.budget.memory += _SET
        self._join(made, items)
        self.budget.memory += _size_of_set(made)
        self.stack[mark:] = [frozenset(made)]

    def _join(self, target: set[Any], items: list[Any]) -> None:
        """Put *items* into an exact set."""
        log, budget = self._log, self.budget
        if self._weighed(items) and log is None and len(target) + len(items) <= _FEW:
            target.update(items)
            budget.memory += _ENTRY * len(items)
            return
        number = 0
        began = budget.timer()
        for number, item in enumerate(items, 1):
            if log is not None:
                log.before_add(target, item)
            target.add(item)
            if not number % OFTEN:
                began = budget.inserted(began, OFTEN)
        budget.memory += _ENTRY * number
        budget.inserted(began, number % OFTEN)

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
        if self.fence != len(self.stack):  # marks upon marks share a number: each of its own would take 32 bytes
            self.fence = len(self.stack)
        self.marks.append(self.fence)

    def _pop_mark(self, _: None) -> None:
        del self.stack[self._pop_mark_item() :]

    # the memo

    def _get(self, line: bytes) -> None:
        self._binget(arguments.memo_number(line))

    def _binget(self, number: int) -> None:
        items = self._memo.items
        value = items[number] if 0 <= number < len(items) else EMPTY
        if value is EMPTY:
            value = self._memo.get(number)
        if value is EMPTY:
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
        memo = self._memo
        if memo.dense and number == len(memo.items):
            memo.items.append(stack[-1])
        else:
            self._store(number, stack[-1])

    _long_binput = _binput

    def _memoize(self, _: None) -> None:
        stack = self.stack
        if len(stack) <= self.fence:
            raise self._short(1)
        memo = self._memo
        if memo.dense:
            memo.items.append(stack[-1])
        else:
            self._store(memo.next, stack[-1])

    def _store(self, number: int, value: Any) -> None:
        """Store *value* in the memo under any *number*."""
        self.budget.memo_number(number)
        forget = self._memo.store(number, value)
        if self._log is not None:
            self._log.add(forget)

    # names

    def _ext1(self, code: int) -> None:
        self.stack.append(self.gate.extension(code, self.protocol))

    _ext2 = _ext4 = _ext1

    def _global(self, lines: tuple[bytes, bytes]) -> None:
        module, name = arguments.name_lines(lines, "utf-8")
        self.stack.append(self.gate.find(module, name, self.protocol))

    def _stack_global(self, _: None) -> None:
        stack = self.stack
        if len(stack) - 2 < self.fence:
            raise self._short(2)
        name = stack.pop()
        module = stack.pop()
        if type(name) is not str or type(module) is not str:
            raise UnpicklingError("STACK_GLOBAL requires str")
        stack.append(self.gate.find(module, name, self.protocol))

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
        if self._log is not None:
            self._log.before_build(stack[-1])
        self.gate.build(stack[-1], state)

    def _inst(self, lines: tuple[bytes, bytes]) -> None:
        mark = self._pop_mark_item()
        module, name = arguments.name_lines(lines, "ascii")
        cls = self.gate.find(module, name, self.protocol)
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
        if self.terms.persistent_load is None:
            self.gate.miss_persistent(line[:-1].decode("latin-1"))
        try:
            pid = line[:-1].decode("ascii")
        except UnicodeDecodeError:
            raise UnpicklingError("persistent IDs in protocol 0 must be ASCII strings") from None
        self.stack.append(self.gate.persistent(pid))

    def _binpersid(self, _: None) -> None:
        if self.terms.persistent_load is None:
            self.gate.miss_persistent(self.stack[-1] if len(self.stack) > self.fence else "")
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


_PUSHES = [op.code for op in OPCODES if op.pushes]
_METHODS = [(op.code, f"_{op.name.lower()}") for op in OPCODES if not op.pushes]
