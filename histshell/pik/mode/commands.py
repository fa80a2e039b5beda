"""The commands of the pickle mode: lines that start with a colon, which no opcode does."""

from __future__ import annotations

import ast
import os
import pickle
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell import libraries
from histshell.errors import HistshellError
from histshell.pik.effects import about_effects, is_asking
from histshell.pik.errors import PikError
from histshell.pik.listing import disassemble
from histshell.pik.mode import opcode_help
from histshell.pik.mode.files import name_of, read
from histshell.preview import printable, quoted, sentence, show

if TYPE_CHECKING:
    from histshell.pik.mode.stream import Loaded, Stream

LEAVING = frozenset({"quit", "exit", "quit()", "exit()"})
"""The lines that leave the mode between two streams."""

LONGEST = 1000
"""How many lines a listing shows."""

WIDTH = 120
"""How long the text of a value or an argument may be in a listing, in characters."""


class Commands:
    """What the commands do, to the stream that is typed. Each takes the text after its name and gives the lines to print.

    Raises `HistshellError` for what cannot be done. `namespace` is where `:dump` evaluates; `loaded` is told of the streams that
    `:load` completes.
    """

    def __init__(self, stream: Stream, namespace: dict[str, Any], loaded: Callable[[Loaded], None]) -> None:
        self.stream = stream
        self.namespace = namespace
        self.loaded = loaded
        self.protocol = pickle.DEFAULT_PROTOCOL

    def run(self, line: str) -> Iterator[str]:
        """Do what a line such as `:list` says."""
        name, _, rest = line[1:].strip().partition(" ")
        command = COMMANDS.get(name)
        if command is None:
            near = [known for known in COMMANDS if name and known.startswith(name)]
            if len(near) != 1:
                raise HistshellError(f"there is no command :{sentence(name, 100)}; `:help` lists them")
            command = COMMANDS[near[0]]
        return command(self, rest.strip())

    def stack(self, _: str) -> Iterator[str]:
        """Show the stack, the top last."""
        machine = self.stream.machine
        if machine.complete:
            yield "the last stream is complete; its value is in the history"
            return
        marks = list(machine.marks)
        for position, value in enumerate(machine.stack):
            for _mark in range(marks.count(position)):
                yield "  ("
            yield f"  {show(value, total=WIDTH)}"
        yield from ["  ("] * marks.count(len(machine.stack))
        if not machine.stack and not marks:
            yield "the stack is empty"

    def memo(self, _: str) -> Iterator[str]:
        """Show the memo."""
        memo = self.stream.machine.memo
        for number in sorted(memo)[:LONGEST]:
            yield f"  {number}: {show(memo[number], total=WIDTH)}"
        if not memo:
            yield "the memo is empty"

    def list(self, _: str) -> Iterator[str]:
        """Disassemble what has been typed."""
        if not self.stream.data:
            yield "nothing has been typed yet"
        yield from listing(self.stream.data)

    def undo(self, _: str) -> Iterator[str]:
        """Take the last line back."""
        line = self.stream.undo()
        if line is None:
            raise HistshellError("there is no line to take back")
        yield f"taken back: {printable(line)}"

    def clear(self, _: str) -> Iterator[str]:
        """Begin anew."""
        self.stream.clear()
        yield from ()

    def trust(self, rest: str) -> Iterator[str]:
        """Allow names."""
        names = words(rest)
        if not names:
            trusted = sorted(name if name.endswith(".*") else quoted(name) for name in self.stream.policy.trusted)
            yield f"trusted: {', '.join(trusted) or 'nothing beyond plain data and pure functions'}"
            return
        try:
            self.stream.trust(*names)
        except ValueError as error:
            raise HistshellError(sentence(str(error))) from None
        for name in names:
            if name == "everything":
                yield "everything is trusted: a stream can now do whatever you can do"
            elif name.endswith(".*"):
                yield f"{printable(name)}: every name of the module, what it has imported itself included"
        yield "trusted until you leave this mode; what is on the stack already stays as it is"

    def set_protocol(self, rest: str) -> Iterator[str]:
        """Show or set the protocol that `:dump` writes."""
        if rest:
            if not (rest.isascii() and rest.isdigit() and int(rest) <= pickle.HIGHEST_PROTOCOL):
                raise HistshellError(f"protocol {rest}: a number from 0 to {pickle.HIGHEST_PROTOCOL} is expected")
            self.protocol = int(rest)
        yield f"protocol {self.protocol}"

    def dump(self, rest: str) -> Iterator[str]:
        """Show the pickle of a Python value."""
        if not rest:
            raise HistshellError(":dump takes a Python expression")
        try:
            value = eval(rest, self.namespace)  # noqa: S307  # the user's own expression, as at the prompt
        except Exception as error:
            raise HistshellError(f"{sentence(rest, 200)}: {said(error)}") from error
        yield from program(value, self.protocol)

    def load(self, rest: str) -> Iterator[str]:
        """Take a file's bytes as if they had been typed."""
        if not rest:
            raise HistshellError(":load takes the name of a file")
        for loaded in self.stream.take(read(os.path.expanduser(rest)), f":load {rest}"):
            self.loaded(loaded)
        if self.stream.awaited():
            yield f"not complete: {self.stream.awaited()}"
            machine = self.stream.machine
            if is_asking(machine.effects):
                yield from about_effects(machine.effects, machine.uncounted, bool(self.stream.policy.trusted))

    def save(self, rest: str) -> Iterator[str]:
        """Write the stream to a new file."""
        if not rest:
            raise HistshellError(":save takes the name of a new file")
        path = os.path.expanduser(rest)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(self.stream.data)
        except OSError as error:
            raise HistshellError(f"{name_of(rest)}: not saved: {error.strerror}") from None
        except ValueError:
            raise HistshellError(f"{name_of(rest)}: not saved: this cannot be a name") from None
        yield f"{name_of(rest)}: {len(self.stream.data)} bytes"

    def help(self, rest: str) -> Iterator[str]:
        """Show the overview or a card."""
        if not rest:
            yield opcode_help.OVERVIEW
        elif rest == "opcodes":
            yield opcode_help.table()
        else:
            yield opcode_help.card(rest)


COMMANDS: dict[str, Callable[[Commands, str], Iterator[str]]] = {
    "stack": Commands.stack,
    "memo": Commands.memo,
    "list": Commands.list,
    "undo": Commands.undo,
    "clear": Commands.clear,
    "trust": Commands.trust,
    "protocol": Commands.set_protocol,
    "dump": Commands.dump,
    "load": Commands.load,
    "save": Commands.save,
    "help": Commands.help,
}


def program(value: object, protocol: int) -> Iterator[str]:
    """Yield the listing of a value's pickle. Pickling runs the value's own code, as `pickle.dumps` does."""
    try:
        data = libraries.as_user(pickle.dumps, value, protocol)
    except Exception as error:  # each class raises what it likes
        raise HistshellError(f"this value cannot be pickled: {said(error)}") from error
    yield from listing(data)


def listing(data: bytes) -> Iterator[str]:
    """Yield the listing of a stream, bounded; where it fails, the reason is its last line."""
    lines = disassemble(data, partial=True)
    try:
        for line in islice(lines, LONGEST):
            yield line.text(WIDTH)
        if next(lines, None) is not None:
            yield f"  … and more: {len(data)} bytes in all"
    except PikError as error:
        yield f"  {error}"


def said(error: BaseException) -> str:
    """Return what an exception of somebody else's code says, in a line that can be printed; its own `__str__` may fail."""
    try:
        text = str(error)
    except Exception as other:
        text = f"(its __str__ raised {type(other).__name__})"
    return f"{sentence(type(error).__name__, 100)}: {sentence(text)}"


_WORD = re.compile(r"""\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?=[\s,]|$)|([^\s,'"]+))[\s,]*""")


def words(text: str) -> list[str]:
    """Return the names after `:trust`, between blanks or commas; one in quotes is taken as it stands, blanks and all.

    Raises `HistshellError` for a quote that is not closed, and for a quoted name that would trust more than itself.
    """
    found, at, text = [], 0, text.strip()
    while at < len(text):
        word = _WORD.match(text, at)
        if word is None:
            raise HistshellError(f":trust: {sentence(text[at:], 100)}: a name is expected, or one in quotes")
        at = word.end()
        name = word[2]
        if word[1]:
            try:
                name = ast.literal_eval(word[1])
            except (SyntaxError, ValueError):
                raise HistshellError(f":trust: {sentence(word[1], 100)}: these are no quotes of Python's") from None
            if name == "everything" or name.endswith(".*"):
                raise HistshellError(f":trust: {name!a} in quotes is no name; without them it means more than one")
        found.append(name)
    return found
