"""The commands of the pickle mode: lines that start with a colon, which no opcode does."""

from __future__ import annotations

import os
import pickle
from itertools import islice
from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell.errors import HistshellError
from histshell.pik import cards
from histshell.pik.errors import PikError
from histshell.pik.listing import disassemble
from histshell.pik.printer import show

if TYPE_CHECKING:
    from histshell.pik.desk import Desk, Loaded

LEAVING = frozenset({"quit", "exit", "quit()", "exit()"})
"""The lines that leave the mode between two streams."""

LONGEST = 1000
"""How many lines a listing shows."""

WIDTH = 120
"""How long the text of a value or an argument may be in a listing, in characters."""


class Commands:
    """What the commands do, at a desk. Each takes the text after its name and gives the lines to print.

    Raises `HistshellError` for what cannot be done. `namespace` is where `:dump` evaluates; `loaded` is told of the streams that
    `:load` completes.
    """

    def __init__(self, desk: Desk, namespace: dict[str, Any], loaded: Callable[[Loaded], None]) -> None:
        self.desk = desk
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
                raise HistshellError(f"there is no command :{name}; `:help` lists them")
            command = COMMANDS[near[0]]
        return command(self, rest.strip())

    def stack(self, _: str) -> Iterator[str]:
        """Show the stack, the top last."""
        machine = self.desk.machine
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
        memo = self.desk.machine.memo
        for number in sorted(memo)[:LONGEST]:
            yield f"  {number}: {show(memo[number], total=WIDTH)}"
        if not memo:
            yield "the memo is empty"

    def list(self, _: str) -> Iterator[str]:
        """Disassemble what has been typed."""
        if not self.desk.data:
            yield "nothing has been typed yet"
        yield from listing(self.desk.data)

    def undo(self, _: str) -> Iterator[str]:
        """Take the last line back."""
        line = self.desk.undo()
        if line is None:
            raise HistshellError("there is no line to take back")
        yield f"taken back: {line}"

    def clear(self, _: str) -> Iterator[str]:
        """Begin anew."""
        self.desk.clear()
        yield from ()

    def trust(self, rest: str) -> Iterator[str]:
        """Allow names."""
        names = rest.replace(",", " ").split()
        if not names:
            trusted = sorted(self.desk.policy.trusted)
            yield f"trusted: {', '.join(trusted) or 'nothing beyond plain data and pure functions'}"
            return
        try:
            self.desk.trust(*names)
        except ValueError as error:
            raise HistshellError(str(error)) from None
        for name in names:
            if name == "everything":
                yield "everything is trusted: a stream can now do whatever you can do"
            elif name.endswith(".*"):
                yield f"{name}: every name of the module, what it has imported itself included"
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
            value = eval(rest, self.namespace)  # noqa: S307  # the user's own expression, as at his prompt
        except Exception as error:
            raise HistshellError(f"{rest}: {type(error).__name__}: {error}") from error
        yield from program(value, self.protocol)

    def load(self, rest: str) -> Iterator[str]:
        """Take a file's bytes as if they had been typed."""
        if not rest:
            raise HistshellError(":load takes the name of a file")
        for loaded in self.desk.take(read(rest), f":load {rest}"):
            self.loaded(loaded)
        if self.desk.awaited():
            yield f"not complete: {self.desk.awaited()}"

    def save(self, rest: str) -> Iterator[str]:
        """Write the stream to a new file."""
        if not rest:
            raise HistshellError(":save takes the name of a new file")
        path = os.path.expanduser(rest)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(self.desk.data)
        except OSError as error:
            raise HistshellError(f"{rest}: not saved: {error.strerror}") from None
        yield f"{rest}: {len(self.desk.data)} bytes"

    def help(self, rest: str) -> Iterator[str]:
        """Show the overview or a card."""
        if not rest:
            yield cards.OVERVIEW
        elif rest == "opcodes":
            yield cards.table()
        else:
            yield cards.card(rest)


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
    """The listing of a value's pickle. Pickling runs the value's own code, as `pickle.dumps` does."""
    try:
        data = pickle.dumps(value, protocol)
    except Exception as error:  # each class raises what it likes
        raise HistshellError(f"this value cannot be pickled: {type(error).__name__}: {error}") from error
    yield from listing(data)


def listing(data: bytes) -> Iterator[str]:
    """The listing of a stream, bounded; where it fails, the reason is its last line."""
    lines = disassemble(data, partial=True)
    try:
        for line in islice(lines, LONGEST):
            yield line.text(WIDTH)
        if next(lines, None) is not None:
            yield f"  … and more: {len(data)} bytes in all"
    except PikError as error:
        yield f"  {error}"


def read(path: str) -> bytes:
    """A file's bytes. Raises `HistshellError`."""
    try:
        with open(os.path.expanduser(path), "rb") as file:
            return file.read()
    except OSError as error:
        raise HistshellError(f"{path}: {error.strerror}") from None
