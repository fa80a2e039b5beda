"""The table of the 68 opcodes: one record each, the only place that knows their names, codes and shapes.

Lexer, machine, listing, assembler, fast path, live look and help cards all read this table. Nothing here is taken from
`pickletools`; a test compares the two, so that a slip in either shows.
"""

from __future__ import annotations

from dataclasses import dataclass

#: How an argument is spelled in the stream. The number in a name is the width in bytes.
ARGUMENTS = {
    "": "no argument",
    "uint1": "1 byte, unsigned",
    "uint2": "2 bytes, little-endian, unsigned",
    "int4": "4 bytes, little-endian, signed",
    "uint4": "4 bytes, little-endian, unsigned",
    "uint8": "8 bytes, little-endian, unsigned",
    "float8": "8 bytes, big-endian IEEE double",
    "line": "text up to a newline",
    "lines": "two lines: module, then name",
    "count1": "1 byte of length, then that many bytes",
    "count4": "4 bytes of length, then that many bytes",
    "count8": "8 bytes of length, then that many bytes",
}


@dataclass(frozen=True)
class Opcode:
    """One opcode of pickle's stack language.

    ``before`` and ``after`` name what it takes from and leaves on the stack, the top last;
    ``mark`` is the mark and ``...`` any number of items above it. ``example`` is a whole stream as typed at
    the prompt (a newline ends a line) and ``protocol`` the first protocol that had the opcode.

    ``needs`` counts the items that it takes below the mark, or on top of the stack where it takes none; ``takes_mark`` is whether
    it takes the topmost mark and everything above it. The other facts are the words in its row.
    """

    name: str
    code: int
    argument: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    protocol: int
    doc: str
    example: str
    needs: int
    takes_mark: bool
    pushes: bool = False  # its argument, as the lexer gives it, is the value
    utf8: bool = False  # its argument is counted text in UTF-8
    imports: bool = False  # asks for what a name or a number of the extension registry stands for
    calls: bool = False  # calls what is on the stack
    changes: bool = False  # gives an object its state
    asks: bool = False  # asks the caller for what a persistent id stands for
    buffers: bool = False  # works on out-of-band buffers
    fills: bool = False  # puts items into the container that is below them, and stays
    hashes: bool = False  # hashes items: every other one where it makes a dict, else each
    stores: bool = False  # stores in the memo
    reads: bool = False  # fetches from the memo

    @property
    def acts(self) -> bool:
        """Whether it reaches beyond plain data, so that trying it could not be taken back."""
        return self.imports or self.calls or self.changes or self.asks or self.buffers

    @property
    def made(self) -> str:
        """What it leaves on top of the stack, as its row names it; empty where that is nothing."""
        return self.after[-1] if self.after else ""


def _op(
    name: str, code: bytes, argument: str, effect: str, protocol: int, facts: str, doc: str, example: str
) -> Opcode:
    """Read one row of the table; *effect* is ``before -- after``, *facts* are names of the fields that are true."""
    before, after = (tuple(side.split()) for side in effect.split("--"))
    takes_mark = "mark" in before
    needs = before.index("mark") if takes_mark else len(before)
    true = dict.fromkeys(facts.split(), True)
    return Opcode(name, code[0], argument, before, after, protocol, doc, example, needs, takes_mark, **true)


OPCODES: tuple[Opcode, ...] = (
    # numbers
    _op("INT", b"I", "line", "-- int", 0, "", "Push an int written in text; 00 and 01 are False and True.", "I3\n."),
    _op("BININT", b"J", "int4", "-- int", 1, "pushes", "Push a signed 4-byte int.", "J\\x03\\x00\\x00\\x00."),
    _op("BININT1", b"K", "uint1", "-- int", 1, "pushes", "Push an int from 0 to 255.", "K\\x03."),
    _op("BININT2", b"M", "uint2", "-- int", 1, "pushes", "Push an int from 0 to 65535.", "M\\x00\\x01."),
    _op("LONG", b"L", "line", "-- int", 0, "", "Push an int written in text, usually with an L at its end.", "L3L\n."),
    _op("LONG1", b"\x8a", "count1", "-- int", 2, "", "Push an int of up to 255 little-endian bytes.", "\\x8a\\x01\\x03."),
    _op("LONG4", b"\x8b", "count4", "-- int", 2, "", "Push an int of very many little-endian bytes.", "\\x8b\\x01\\x00\\x00\\x00\\x03."),
    _op("FLOAT", b"F", "line", "-- float", 0, "", "Push a float written in text.", "F1.5\n."),
    _op("BINFLOAT", b"G", "float8", "-- float", 1, "pushes", "Push a float, 8 bytes big-endian.", "G?\\xf8\\x00\\x00\\x00\\x00\\x00\\x00."),
    # text and bytes
    _op("STRING", b"S", "line", "-- str", 0, "", "Push a Python 2 string: a quoted literal with escapes.", "S'abc'\n."),
    _op("BINSTRING", b"T", "count4", "-- str", 1, "", "Push a Python 2 string with a 4-byte length.", "T\\x03\\x00\\x00\\x00abc."),
    _op("SHORT_BINSTRING", b"U", "count1", "-- str", 1, "", "Push a Python 2 string with a 1-byte length.", "U\\x03abc."),
    _op("BINBYTES", b"B", "count4", "-- bytes", 3, "pushes", "Push bytes with a 4-byte length.", "B\\x03\\x00\\x00\\x00abc."),
    _op("SHORT_BINBYTES", b"C", "count1", "-- bytes", 3, "pushes", "Push bytes with a 1-byte length.", "C\\x03abc."),
    _op("BINBYTES8", b"\x8e", "count8", "-- bytes", 4, "pushes", "Push bytes with an 8-byte length.", "\\x8e\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00a."),
    _op("BYTEARRAY8", b"\x96", "count8", "-- bytearray", 5, "", "Push a bytearray with an 8-byte length.", "\\x96\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00a."),
    _op("NEXT_BUFFER", b"\x97", "", "-- buffer", 5, "buffers", "Push the next out-of-band buffer.", "\\x97."),
    _op("READONLY_BUFFER", b"\x98", "", "buffer -- buffer", 5, "buffers", "Make the buffer on top read-only.", "\\x97\\x98."),
    _op("UNICODE", b"V", "line", "-- str", 0, "", "Push text up to the newline (raw-unicode-escape).", "Vabc\n."),
    _op("SHORT_BINUNICODE", b"\x8c", "count1", "-- str", 4, "utf8", "Push UTF-8 text with a 1-byte length.", "\\x8c\\x03abc."),
    _op("BINUNICODE", b"X", "count4", "-- str", 1, "utf8", "Push UTF-8 text with a 4-byte length.", "X\\x03\\x00\\x00\\x00abc."),
    _op("BINUNICODE8", b"\x8d", "count8", "-- str", 4, "utf8", "Push UTF-8 text with an 8-byte length.", "\\x8d\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00a."),
    # constants
    _op("NONE", b"N", "", "-- None", 0, "pushes", "Push None.", "N."),
    _op("NEWTRUE", b"\x88", "", "-- bool", 2, "", "Push True.", "\\x88."),
    _op("NEWFALSE", b"\x89", "", "-- bool", 2, "", "Push False.", "\\x89."),
    # lists
    _op("EMPTY_LIST", b"]", "", "-- list", 1, "", "Push a new empty list.", "]."),
    _op("APPEND", b"a", "", "list item -- list", 0, "fills", "Append the top item to the list below it.", "]I0\na."),
    _op("APPENDS", b"e", "", "list mark ... -- list", 1, "fills", "Append everything above the mark to the list below it.", "](I1\nI2\ne."),
    _op("LIST", b"l", "", "mark ... -- list", 0, "", "Make a list of everything above the mark.", "(I1\nI2\nl."),
    # tuples
    _op("EMPTY_TUPLE", b")", "", "-- tuple", 1, "", "Push the empty tuple.", ")."),
    _op("TUPLE", b"t", "", "mark ... -- tuple", 0, "", "Make a tuple of everything above the mark.", "(I1\nI2\nt."),
    _op("TUPLE1", b"\x85", "", "item -- tuple", 2, "", "Make a 1-tuple of the top item.", "I1\n\\x85."),
    _op("TUPLE2", b"\x86", "", "item item -- tuple", 2, "", "Make a 2-tuple of the top two items.", "I1\nI2\n\\x86."),
    _op("TUPLE3", b"\x87", "", "item item item -- tuple", 2, "", "Make a 3-tuple of the top three items.", "I1\nI2\nI3\n\\x87."),
    # dicts
    _op("EMPTY_DICT", b"}", "", "-- dict", 1, "", "Push a new empty dict.", "}."),
    _op("DICT", b"d", "", "mark ... -- dict", 0, "hashes", "Make a dict of the keys and values above the mark.", "(S'a'\nI1\nd."),
    _op("SETITEM", b"s", "", "dict key value -- dict", 0, "fills hashes", "Set one key of the dict below.", "}S'a'\nI1\ns."),
    _op("SETITEMS", b"u", "", "dict mark ... -- dict", 1, "fills hashes", "Set all the keys and values above the mark.", "}(S'a'\nI1\nu."),
    # sets
    _op("EMPTY_SET", b"\x8f", "", "-- set", 4, "", "Push a new empty set.", "\\x8f."),
    _op("ADDITEMS", b"\x90", "", "set mark ... -- set", 4, "fills hashes", "Add everything above the mark to the set below it.", "\\x8f(I1\n\\x90."),
    _op("FROZENSET", b"\x91", "", "mark ... -- frozenset", 4, "hashes", "Make a frozenset of everything above the mark.", "(I1\n\\x91."),
    # the stack itself
    _op("POP", b"0", "", "item --", 0, "", "Drop the top item, or the mark if that is on top.", "I1\nI2\n0."),
    _op("DUP", b"2", "", "item -- item item", 0, "", "Push the top item once more.", "I1\n2\\x86."),
    _op("MARK", b"(", "", "-- mark", 0, "", "Put a mark on the stack.", "(t."),
    _op("POP_MARK", b"1", "", "mark ... --", 1, "", "Drop everything down to the mark, and the mark.", "I1\n(I2\n1."),
    # the memo
    _op("GET", b"g", "line", "-- item", 0, "reads", "Push the memo's item of the number written in text.", "]p0\n0g0\n."),
    _op("BINGET", b"h", "uint1", "-- item", 1, "reads", "Push the memo's item of a 1-byte number.", "]q\\x000h\\x00."),
    _op("LONG_BINGET", b"j", "uint4", "-- item", 1, "reads", "Push the memo's item of a 4-byte number.", "]q\\x000j\\x00\\x00\\x00\\x00."),
    _op("PUT", b"p", "line", "item -- item", 0, "stores", "Store the top item in the memo, number in text.", "]p0\n."),
    _op("BINPUT", b"q", "uint1", "item -- item", 1, "stores", "Store the top item in the memo, 1-byte number.", "]q\\x00."),
    _op("LONG_BINPUT", b"r", "uint4", "item -- item", 1, "stores", "Store the top item in the memo, 4-byte number.", "]r\\x00\\x00\\x00\\x00."),
    _op("MEMOIZE", b"\x94", "", "item -- item", 4, "stores", "Store the top item in the memo's next free number.", "]\\x94."),
    # names
    _op("EXT1", b"\x82", "uint1", "-- object", 2, "imports", "Push what the extension registry has for a 1-byte code.", "\\x82\\x01."),
    _op("EXT2", b"\x83", "uint2", "-- object", 2, "imports", "Push what the extension registry has for a 2-byte code.", "\\x83\\x01\\x00."),
    _op("EXT4", b"\x84", "int4", "-- object", 2, "imports", "Push what the extension registry has for a 4-byte code.", "\\x84\\x01\\x00\\x00\\x00."),
    _op("GLOBAL", b"c", "lines", "-- object", 0, "imports", "Import a module and push what it has under a name.", "cmath\nsqrt\n."),
    _op("STACK_GLOBAL", b"\x93", "", "str str -- object", 4, "imports", "As GLOBAL, with module and name from the stack.", "Vmath\nVsqrt\n\\x93."),
    # making objects
    _op("REDUCE", b"R", "", "callable tuple -- object", 0, "calls", "Call with the arguments in the tuple.", "cmath\nsqrt\n(I4\ntR."),
    _op("BUILD", b"b", "", "object state -- object", 0, "changes", "Hand the state to the object: __setstate__ or its __dict__.", "(i__main__\nPoint\n}b."),
    _op("INST", b"i", "lines", "mark ... -- object", 0, "imports calls", "Import a class and call it with everything above the mark.", "(ibuiltins\nlist\n."),
    _op("OBJ", b"o", "", "mark class ... -- object", 1, "calls", "Call the first item above the mark with the others.", "(cbuiltins\nlist\no."),
    _op("NEWOBJ", b"\x81", "", "class tuple -- object", 2, "calls", "Make an instance by the class's __new__.", "cbuiltins\nlist\n)\\x81."),
    _op("NEWOBJ_EX", b"\x92", "", "class tuple dict -- object", 4, "calls", "As NEWOBJ, with keyword arguments.", "cbuiltins\nlist\n)}\\x92."),
    _op("PERSID", b"P", "line", "-- object", 0, "asks", "Push what the persistent id in text stands for.", "P3\n."),
    _op("BINPERSID", b"Q", "", "id -- object", 1, "asks", "Push what the persistent id on top stands for.", "I3\nQ."),
    # the stream
    _op("PROTO", b"\x80", "uint1", "--", 2, "", "Say which protocol the stream keeps to.", "\\x80\\x04N."),
    _op("FRAME", b"\x95", "uint8", "--", 4, "", "Say how many bytes the frame that begins here has.", "\\x95\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00N."),
    _op("STOP", b".", "", "item --", 0, "", "End: the top item is the value.", "N."),
)  # fmt: skip

BY_CODE: dict[int, Opcode] = {op.code: op for op in OPCODES}
BY_NAME: dict[str, Opcode] = {op.name: op for op in OPCODES}

#: Those that are told apart by themselves: by the lexer, by who counts the stack, by who crosses a stream.
MARK, POP, DUP, STOP, FRAME, PROTO = (BY_NAME[name].code for name in ("MARK", "POP", "DUP", "STOP", "FRAME", "PROTO"))

#: Bytes of a fixed-size argument, by the argument's kind.
WIDTHS = {"": 0, "uint1": 1, "uint2": 2, "int4": 4, "uint4": 4, "uint8": 8, "float8": 8}
#: Bytes of the length before a counted argument.
LENGTHS = {"count1": 1, "count4": 4, "count8": 8}


def name_of(code: int) -> str:
    """Return the name of the opcode *code*, or its byte in hex where there is none."""
    op = BY_CODE.get(code)
    return op.name if op else f"byte 0x{code:02x}"
