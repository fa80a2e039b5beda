"""The stack machine: runs a stream all at once or one opcode at a time, forwards and back.

It does what C's `pickle.loads` does (``Modules/_pickle.c``), with two differences: what an opcode imports, calls or
changes goes through a gate (`histshell.pik.policy.closed_gate`), and everything has a price (`Limits`). What each opcode does
stands in `histshell.pik.operations`; here they are run, located where they fail, and taken back.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from histshell.pik.budget import Budget
from histshell.pik.effects import Effects
from histshell.pik.errors import PikError, is_tellable, located
from histshell.pik.hash_cost import over
from histshell.pik.lexer import NOTHING, Awaiting, Awaits, Lexer, Token
from histshell.pik.limits import USUAL, Limits
from histshell.pik.opcodes import BY_CODE, FRAME, STOP, name_of
from histshell.pik.operations.groups import Operations
from histshell.pik.placeholders import Effect
from histshell.pik.policy.closed_gate import ClosedGate
from histshell.pik.policy.open_gate import OpenGate, Terms
from histshell.pik.policy.policy import SAFE, Policy, Trust, policy_of
from histshell.pik.progress import step
from histshell.pik.step_back import StepBack

_UNLIMITED = Limits.none()


class Savepoint(NamedTuple):
    """A place to go back to; opaque to the caller."""

    steps: int
    lexer: tuple[Any, ...]
    facts: tuple[Any, ...]


def check_options(on_refused: Any, buffers: Any) -> None:
    """Raise `ValueError` or `TypeError` for what these options of a machine cannot be."""
    if on_refused not in ("raise", "show"):
        raise ValueError(f"on_refused={on_refused!r}: expected 'raise' or 'show'")
    if buffers is not None and not hasattr(type(buffers), "__iter__") and not hasattr(type(buffers), "__getitem__"):
        raise TypeError(f"buffers: found {type(buffers).__name__}, expected several buffers")


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
        check_options(on_refused, buffers)
        trust = policy_of(trust)
        if limits is None:
            limits = _UNLIMITED if trust.everything else USUAL
        self.budget = limits if isinstance(limits, Budget) else Budget(limits)
        self.limits = self.budget.limits
        self.terms = Terms(trust, fix_imports, persistent_load, on_refused == "show")
        self.asked = Effects(self.limits.effects, self.budget.charge, self._now)
        self.lexer = Lexer()
        self.error: BaseException | None = None
        self.complete = False
        self.value: Any = None
        self._length = 0
        self._opcodes = 0
        self._running: tuple[list[Token], Any] = ([], iter(()))  # the batch that runs, and the iterator over it
        self._operations = operations = Operations(self.budget, self.terms, encoding, errors, buffers)
        self.stack = operations.stack.values  # as the marks, the very list, which is never replaced
        self.marks = operations.stack.marks
        self._step_back = StepBack(operations, self.budget)
        self._ops: list[Any] = operations.table
        self._ops[FRAME] = self._frame
        self._ops[STOP] = self._stop
        self.policy = trust

    # ------------------------------------------------------------------ what can be looked at

    @property
    def policy(self) -> Policy:
        """Give the policy; setting it changes what is allowed from here on."""
        return self.terms.policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self.terms.policy = policy
        kind = OpenGate if policy.everything else ClosedGate
        self.gate = kind(self.terms, self.budget, self.asked)

    @property
    def gate(self) -> OpenGate:
        """Give what is asked before something is imported, called or changed."""
        return self._operations.gate

    @gate.setter
    def gate(self, gate: OpenGate) -> None:
        self._operations.gate = gate

    @property
    def fence(self) -> int:
        """Give the number of values below the topmost mark."""
        return self._operations.stack.fence

    @property
    def memo(self) -> dict[int, Any]:
        """Give the memo, number to value, as a new dict."""
        return self._operations.memo.as_dict()

    def newest_memo(self, most: int) -> dict[int, Any]:
        """Give the entries of the memo with the highest numbers, in their order; does not go through all of it."""
        return self._operations.memo.newest(most)

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
        log = self._step_back.begin()
        try:
            batch = self.lexer.tokens(1)
            if not batch:
                return None
            done = len(log)
            self._step_back.before(BY_CODE[batch[0][1]])
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
        log = self._step_back.begin()
        facts = (self._length, self._opcodes, self.complete, self.value, self.error, self.asked.mark())
        return Savepoint(len(log), self.lexer.snapshot(), facts)

    def undo(self, savepoint: Savepoint) -> None:
        """Go back to *savepoint*: bytes, stack, marks, memo, effects, and what was put into plain containers.

        What trusted code did outside the stream cannot be taken back, nor can a buffer once taken.
        """
        self._step_back.begin().back(savepoint.steps)
        self.lexer.restore(savepoint.lexer)
        length = self._length
        self._length, self._opcodes, self.complete, self.value, self.error, asked = savepoint.facts
        self.budget.grow(self._length - length)
        self.asked.back(asked)

    # ------------------------------------------------------------------ the end

    def _frame(self, _: int) -> None:
        """Do nothing: the lexer has seen that the frame is there."""

    def _stop(self, _: None) -> None:
        stack = self._operations.stack
        if len(stack.values) <= stack.fence:
            raise stack.short(1)
        self.value = stack.values.pop()
        self.complete = True
