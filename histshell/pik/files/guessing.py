"""Whether bytes begin as a pickle does, told from its opcodes: those of the old protocols have no header."""

from __future__ import annotations

import re
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any, Callable

from histshell.pik.arguments import float_line, int_line, long_line, memo_number, quoted_line
from histshell.pik.errors import PikError
from histshell.pik.lexer import COMPLETE, MORE, Lexer, Token
from histshell.pik.opcodes import BY_CODE, BY_NAME, LENGTHS
from histshell.pik.stack_depth import StackDepth

if TYPE_CHECKING:
    from histshell.pik.files.sources import Source

HEAD = 1 << 14
_PROTOCOLS = b"\0\1\2\3\4\5"
_NAMES = {BY_NAME[name].code for name in ("GLOBAL", "INST")}
_STACKED = BY_NAME["STACK_GLOBAL"].code
_NUMBERED = {BY_NAME[name].code for name in ("EXT1", "EXT2", "EXT4")}
_CALLS = {BY_NAME[name].code for name in ("REDUCE", "NEWOBJ", "NEWOBJ_EX", "OBJ", "BUILD")}
_LINES: dict[int, tuple[Callable[[bytes], Any], Callable[[bytes], Any]]] = {
    BY_NAME[name].code: (re.compile(pattern).fullmatch, read)
    for name, pattern, read in (
        ("INT", rb"[ \t+-]*[0-9][0-9A-Fa-fxob_\0]*L?[\s\0]*", int_line),
        ("LONG", rb"[ \t+-]*[0-9][0-9A-Fa-fxob_]*L?\s*", long_line),
        ("FLOAT", rb"[+-]?(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|inf|nan)\s*", float_line),
        ("STRING", rb"(?:'.*'|\".*\")\s*", quoted_line),
        ("GET", rb"[0-9]+\s*", memo_number), ("PUT", rb"[0-9]+\s*", memo_number),
    )
}  # fmt: skip
"""What the text of an argument looks like, perhaps damaged, and what reads it as C does."""
_LONGEST = 8 * HEAD  # bytes of opcodes among them that are looked at
_JUMPS = 40  # long arguments that are jumped over
_PUSHED = {
    op.code: b"N" for op in BY_CODE.values() if op.argument in ("count1", "count4", "count8", "line") and op.after
}
_SOON = 1 << 10
_CODES = {bytes([code]) for code in BY_CODE}
_CHANCE = 20  # opcodes in a row that no other bytes have
_LINE = 1 << 20  # of text in an argument


def is_pickle(head: bytes, whole: bool) -> bool:
    """Tell whether bytes are a pickle, perhaps a damaged one; *whole* says that nothing comes after them.

    One is whatever a loader would do something with that can be seen: it begins with a protocol, it comes to its end, or it
    asks for a name before it fails.
    """
    if head[:1] == b"\x80" and head[1:2] in _PROTOCOLS:
        return len(head) > 1
    if not head or head[0] not in BY_CODE:
        return False
    tokens, state = _sound(head)
    if state == COMPLETE or asks(tokens):
        return True
    if state != MORE or head[0] in _NAMES:  # a text whose lines begin with that letter
        return False
    return len(tokens) > 2 if whole else len(tokens) > _CHANCE or len(head) < 2 * sum(1 for byte in head if byte > 126)


def completes(head: bytes) -> bool:
    """Tell whether bytes are a whole pickle, perhaps with others behind it."""
    return head[:1] in _CODES and _sound(head)[1] == COMPLETE


def fails_soon(head: bytes) -> bool:
    """Tell at once that bytes begin as no pickle does; most that are none have what is no opcode among the first."""
    if head[:1] == b"\x80" and head[1:2] in _PROTOCOLS:
        return False
    if head[:1] not in _CODES:
        return True
    tokens, state = _sound(head[:_SOON])
    return state == "error" and not asks(tokens)


def asks(tokens: list[Token]) -> bool:
    """Tell whether a module is asked for among these opcodes that somebody could have.

    A number of the extension registry counts where something is done with it: maps of MessagePack begin with such a byte too.
    """
    numbered = False
    for _offset, code, argument in tokens:
        if code == _STACKED or numbered and code in _CALLS:
            return True
        numbered = numbered or code in _NUMBERED
        if code in _NAMES:
            module = argument[0].rstrip(b"\n")
            try:
                parts = module.decode().split(".")
            except UnicodeDecodeError:
                continue
            if all(part.isidentifier() for part in parts):
                return True
    return False


def _sound(head: bytes, values: int = 0) -> tuple[list[Token], str]:
    """Return the opcodes up to the first that cannot stand there, and how it ends: the lexer's word."""
    lexer, depth = Lexer(head), StackDepth(values)
    sound: list[Token] = []
    try:
        while True:
            tokens = lexer.tokens()
            if not tokens:
                return sound, lexer.state
            for token in tokens:
                op = BY_CODE[token[1]]
                if not depth.allows(op) or not _is_read(token):
                    return sound, "error"
                depth.take(op)
                sound.append(token)
    except PikError:
        return sound, "error"


def _is_read(token: Token) -> bool:
    """Tell whether a number, a text in quotes or a memo's place is there where the opcode wants one."""
    check = _LINES.get(token[1])
    if check is None or check[0](token[2]):
        return True
    try:
        check[1](token[2])
    except (ValueError, OverflowError, UnpicklingError):
        return False
    return True


def jumped(source: Source, at: int, head: bytes) -> bytes:
    """Return the bytes from *at* on with None in the place of each argument that reaches beyond them: what follows is seen so.

    *head* are the first of these bytes. Opcodes behind a long text are opcodes too.
    """
    seen: list[bytes] = []  # what stands before what is looked at
    here, length = head, 0
    for _ in range(_JUMPS):
        lexer = Lexer(here)
        try:
            while lexer.tokens():
                pass
        except PikError:
            break
        begin = lexer.offset
        length += begin
        if lexer.state != MORE or begin >= len(here) or len(here) < HEAD or length > _LONGEST:
            break
        after = _past(source, at + begin, here[begin:])
        rest = source.read(after, HEAD) if after > 0 else b""
        if not rest:
            break
        seen += here[:begin], _PUSHED.get(here[begin], b"")
        here, at = rest, after
    return b"".join((*seen, here)) if seen else head


def _past(source: Source, at: int, opcode: bytes) -> int:
    """Return where an opcode with a long argument ends, which begins at *at*; 0 if that cannot be seen."""
    op = BY_CODE[opcode[0]]
    width = LENGTHS.get(op.argument)
    if width is not None:
        return at + 1 + width + int.from_bytes(opcode[1 : 1 + width], "little") if len(opcode) > width else 0
    found = source.read(at, _LINE).find(b"\n") if op.argument == "line" else -1
    return at + found + 1 if found >= 0 else 0


def begins(source: Source, head: bytes, at: int = 0) -> bool:
    """Tell whether what begins at *at* is a pickle, as `is_pickle` does, and however long its first arguments are."""
    if is_pickle(head, len(head) < HEAD):
        return True
    seen = jumped(source, at, head) if len(head) >= HEAD else head
    return seen is not head and is_pickle(seen, len(seen) < HEAD)


def runs_too(source: Source, head: bytes) -> bool:
    """Tell whether what is something else by its header would be run by a loader of pickles, up to a name at least."""
    tokens, state = _sound(jumped(source, 0, head))
    return asks(tokens) or state == MORE and len(tokens) > _CHANCE


def asks_beyond(source: Source, at: int) -> bool:
    """Tell whether opcodes that stand at *at*, behind others, ask for a name, or go on for so long that no chance has made them."""
    head = jumped(source, at, source.read(at, HEAD))
    if asks_within(head):
        return True
    tokens, state = _sound(head, 1 << 20)
    return state == MORE and len(tokens) > _CHANCE


def asks_within(data: bytes) -> bool:
    """Tell whether bytes, if they were opcodes that follow others, ask for a name before what is no opcode.

    A number of the extension registry does not count, nor a name without what puts two texts there: chance has such bytes.
    """
    tokens, _state = _sound(data, 1 << 20)
    return any(
        asks([token])
        for number, token in enumerate(tokens)
        if token[1] in _NAMES or token[1] == _STACKED and number > 1
    )
