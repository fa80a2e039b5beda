"""A stream skimmed for joblib's wrappers: a small stack machine that keeps names, short text, numbers and what is made of them.

After the state of a wrapper has been given to it, the bytes of its array stand in the file. Where they end is written in that
state, so that nobody who only cuts opcodes can tell; to build the values for it would be too much. Nothing is called here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from histshell.pik.files.skimmed_bytes import OpcodeBytes
from histshell.pik.files.skimmed_stack import SkimmedStack
from histshell.pik.files.skimmed_values import THING, Failed, Made
from histshell.pik.opcodes import BY_CODE, BY_NAME, STOP

if TYPE_CHECKING:
    from histshell.pik.files.sources import Source

_BININT1, _MEMOIZE, _BINGET, _SHORT_TEXT, _POP, _BUILD = (
    BY_NAME[name].code for name in ("BININT1", "MEMOIZE", "BINGET", "SHORT_BINUNICODE", "POP", "BUILD")
)
_MARGIN = 300  # more than what any of these takes
_CONSTANTS: dict[int, Any] = {
    BY_NAME[name].code: value
    for name, value in {
        "NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": (), "EMPTY_LIST": THING, "EMPTY_SET": THING,
    }.items()
}  # fmt: skip


class Skimmer:
    """Skims one stream. *built* is told of each object with a state, and where the file stands then; it gives where it stands
    afterwards. `bytes` has where it is, and which ranges of the source are opcodes.
    """

    def __init__(
        self,
        source: Source,
        start: int,
        built: Callable[[Made, int], int],
        asked: Callable[[Any], None] = lambda _: None,
        most: int = 1 << 62,
    ) -> None:
        """Begin at *start*; *asked* is told of each persistent id. *most* is how many opcodes are followed."""
        self._most = most
        self._built = built
        self.bytes = OpcodeBytes(source, start)
        self.place = 0  # where the object stands that is being told of, in the opcodes alone
        self._stack = SkimmedStack(asked)

    def run(self) -> int:
        """Skim up to STOP, and return the offset after it. Raises `Failed`."""
        try:
            return self._run()
        except Failed as failed:
            if failed.offset < 0:
                failed.offset = self.bytes.at
            raise

    def _run(self) -> int:
        """Skim up to STOP."""
        data, stack = self.bytes, self._stack
        while self._most > 0:
            self._quickly()
            if data.at >= data.frame_end >= 0:
                data.leave_frame()
            at = data.at
            code = data.take(1)[0]
            op = BY_CODE.get(code)
            if op is None:
                raise Failed("no opcode", at)
            self._most -= 1
            argument = data.argument(op) if op.argument else None
            if code == STOP:
                return data.stop()
            if code == _BUILD:
                self._build()
            else:
                stack.run(op, argument)
        raise Failed("it is too long to be followed")

    def _build(self) -> None:
        """Give an object its state, tell of it, and go on where the file stands then."""
        state = self._stack.pop()
        values = self._stack.values
        made = values[-1] if values else THING
        if not isinstance(made, Made):
            return
        made.state = state if made.state is None else THING  # what two states make is not known here
        self.place = self.bytes.place
        self.bytes.go_on(self._built(made, self.bytes.stands))

    def _quickly(self) -> None:
        """Do the commonest opcodes as long as they are far from the end of a piece and of a frame."""
        data, stack, memo = self.bytes, self._stack.values, self._stack.memo
        piece, base = data.piece, data.base
        push, constants = stack.append, _CONSTANTS
        start = at = data.at - base
        end = len(piece) - _MARGIN
        if data.frame_end >= 0:
            end = min(end, data.frame_end - base - _MARGIN)
        marks = self._stack.marks
        floor = marks[-1] if marks else 0
        while 0 <= at < end:
            code = piece[at]
            if code in constants:
                push(constants[code])
                at += 1
            elif code == _BININT1:
                push(piece[at + 1])
                at += 2
            elif code == _MEMOIZE and stack:
                memo[len(memo)] = stack[-1]
                at += 1
            elif code == _BINGET:
                push(memo.get(piece[at + 1], THING))
                at += 2
            elif code == _SHORT_TEXT:
                after = at + 2 + piece[at + 1]
                push(piece[at + 2 : after].decode("utf-8", "replace"))
                at = after
            elif code == _POP and len(stack) > floor:
                stack.pop()
                at += 1
            else:
                break
        if at > start:
            data.at = base + at
            self._most -= at - start
