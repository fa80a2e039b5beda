"""Help of the pickle mode: the overview, and a card for each opcode."""

from __future__ import annotations

from histshell.errors import HistshellError
from histshell.pik.opcodes import ARGUMENTS, BY_NAME, OPCODES, Opcode

OVERVIEW = """\
Type a pickle: each character is an opcode, and . (STOP) ends it.
Try  ].  or  (I1  then  I2  then  t.   A line is taken as it stands; \\xNN \\n
\\t \\\\ stand for bytes. Also: b'...'   x 80 04 4e 2e   b64 gAROLg==
Values go into the history h; P3 pushes h[3].

  :stack, :memo       the stack as it is; what has been stored
  :list               the stream so far, opcode by opcode
  :undo, :clear       take the last line back; begin anew
  :trust NAME...      allow module.name, module.* or everything, till you leave
  :dump EXPR          the pickle of a Python value, as a listing
  :protocol [N]       the protocol that :dump writes
  :load FILE          take a file's bytes
  :save FILE          write the stream to a new file
  :help OPCODE        by name or letter: MARK, t, \\x86
  :help opcodes       all of them
  ?                   what is awaited
  quit                back to Python; within a stream  :quit  or Ctrl-D"""


def card(asked: str) -> str:
    """Return the card of the opcode with this name (in any case) or this character. Raises `HistshellError`."""
    opcode = _find(asked)
    argument = ARGUMENTS[opcode.argument]
    lines = [
        f"{opcode.name}  {code(opcode)}  (protocol {opcode.protocol})",
        f"  {opcode.doc}",
        f"  stack     {stack(opcode.before)}  ->  {stack(opcode.after)}",
        f"  argument  {argument}",
        "  try       " + "\n            ".join(opcode.example.split("\n")),
    ]
    return "\n".join(lines)


def table() -> str:
    """Return all opcodes: character, name, stack before and after."""
    return "\n".join(
        f"  {code(opcode):<5} {opcode.name:<17} {stack(opcode.before):>22} -> {stack(opcode.after)}".rstrip()
        for opcode in OPCODES
    )


def _find(asked: str) -> Opcode:
    if asked.upper() in BY_NAME and len(asked) > 1:
        return BY_NAME[asked.upper()]
    for opcode in OPCODES:
        if asked in (chr(opcode.code), code(opcode)):
            return opcode
    near = sorted(name for name in BY_NAME if asked.upper() in name)
    more = f"; there are {', '.join(near)}" if near else "; `:help opcodes` lists them"
    raise HistshellError(f"there is no opcode {asked!r}{more}")


def code(opcode: Opcode) -> str:
    """Return how an opcode is typed."""
    return chr(opcode.code) if 0x21 <= opcode.code < 0x7F else f"\\x{opcode.code:02x}"


def stack(items: tuple[str, ...]) -> str:
    """Return what an opcode takes or leaves, in a line."""
    return " ".join(items) or "-"
