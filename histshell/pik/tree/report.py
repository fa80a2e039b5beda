"""What is said of a file: a line on top, the tree of each value in it, all names, and the line that would load it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Iterator

from histshell.pik.errors import PikError
from histshell.pik.files.model import Finding, Member, Pickles
from histshell.pik.progress import Progress, step
from histshell.pik.tree import buffers, load_line, naming, plan, value_lines
from histshell.pik.tree.array_nodes import array_node
from histshell.pik.tree.array_values import of_header
from histshell.pik.tree.model import Node
from histshell.pik.tree.names import Name, names
from histshell.pik.tree.reading import Read, is_plain, of, read, read_beginnings
from histshell.pik.tree.tree_maker import TreeMaker
from histshell.pik.tree.value import Value
from histshell.pik.tree.wish import LEAST, Line, Wish
from histshell.preview import printable, sentence

if TYPE_CHECKING:
    from histshell.pik.files.model import File

FINE, ASKS, BROKEN = 0, 1, 2
"""What an exit status says: plain data, it asks for more (whatever else is wrong), it is damaged or no pickle."""

_MEMBERS = 20  # of a file that are shown
_SHORT = 1_000  # bytes of a value that is kept to be compared with others
_REMEMBERED = 20_000  # such values
_NO_MEMBER = Member("", "pickle", 0, None, lambda: b"")
_UNSEEN = Node("cut", "")
_LIES = "a dtype's state denies what its parts are: numpy would believe it, and read memory that is not the array's"
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


class Report:
    """What is to be said of an open file; each value is read once, when it is first asked for."""

    def __init__(self, file: File, wish: Wish, name: str = "") -> None:
        """Look at *file*, which is called *name* where it has no path."""
        self.file = file
        self.wish = wish
        self.name = file.path or name
        self._values: list[Value] | None = None
        self._others: list[Member] = []
        self._ahead: dict[int, Read] = {}
        #: Of the values that are not shown: how many, what they ask for, whether that is more than plain data, and damage.
        self._left = 0
        self._run = 0  # of these, how many `--all` does not show either
        self._unseen: dict[str, Name] = {}
        self._asks = False
        self._broken = False
        self._seen: dict[bytes, tuple[list[Name], bool, bool]] = {}
        self._room = wish.height

    @property
    def values(self) -> list[Value]:
        """The values, as many as are shown."""
        if self._values is None:
            with Progress():
                self._values = self._all()
        return self._values

    def _all(self) -> list[Value]:
        """Read all values; of those that are not shown only what they ask for is kept."""
        most = plan.ALL.lines if self.wish.everything else _MEMBERS
        wanted: list[Member] = []
        rest: list[Member] = []
        for member in self.file.members:
            if member.run is not None:
                self._judge_all(member.run)
            elif member.kind not in ("pickle", "array"):
                self._others.append(member)
            elif len(wanted) < most:
                wanted.append(member)
                self._read_ahead(member)
            else:
                rest.append(member)
        self._left += len(rest)
        values = list(self._read(wanted))
        for member in rest:
            self._judge(member)
        return values

    def _read_ahead(self, member: Member) -> None:
        """Read a stream before what comes after it is looked for, which need not be gone through for its end then."""
        if member.kind == "pickle" and not member.holes:
            found = self._ahead[id(member)] = self._load(member)
            if found.error is None and found.end:
                member.used = found.end

    def _judge_all(self, run: Pickles) -> None:
        """Read a run of pickles, none of which is kept; whatever else lies in it is read as well."""
        done = 0
        try:
            for one in run:
                if isinstance(one, bytes):
                    self._take(one, _NO_MEMBER)
                    done += len(one)
                    step("reading it", done, self.file.size)
                elif one.kind in ("pickle", "array"):
                    self._judge(one)
                else:
                    self._others.append(one)
                    continue
                self._run += 1
        except PikError as error:
            self.file.findings.append(Finding(error.problem or str(error), error.offset, True))

    def _judge(self, member: Member) -> None:
        """Read a member that is not shown: its names are told, and the exit status is for all."""
        if member.kind == "pickle":
            try:
                self._take(bytes(member.data()), member)
            except PikError:
                self._broken = True
        self._broken = self._broken or any(finding.damaged for finding in member.findings)

    def _take(self, data: bytes, member: Member) -> None:
        """Take what a pickle asks for, and whether it is damaged, as part of the whole."""
        found, asks, broken = self._known_or_read(data, member)
        for name in found:
            naming.add(self._unseen, name)
        self._asks = self._asks or asks
        self._broken = self._broken or broken

    def _known_or_read(self, data: bytes, member: Member) -> tuple[list[Name], bool, bool]:
        """Give what a pickle asks for, whether that is more than plain data, and damage; of equal short ones one is read."""
        if data in self._seen:
            return self._seen[data]
        judged: tuple[list[Name], bool, bool] = [], False, False
        if not is_plain(data, self.wish.encoding):
            found = read(data, self.wish.encoding)
            value = Value(member, found, _UNSEEN, names(found.effects))
            judged = value.names, value.asks, found.error is not None or found.lies
        if len(data) <= _SHORT and len(self._seen) < _REMEMBERED:
            self._seen[data] = judged
        return judged

    def _read(self, members: list[Member]) -> Iterator[Value]:
        """Read members; those that are part of another are shown within it."""
        parts = {hole.pickle for member in members for hole in member.holes if hole.pickle}
        read_already = {member.name: self._load(member) for member in members if member.name in parts}
        beside = {name: found.value for name, found in read_already.items() if found.error is None}
        for member in members:
            if member.kind == "array" and member.array is not None:
                yield Value(member, Read(), _array(member))
            elif member.name not in read_already:
                found = self._load(member)
                inner = [effect for hole in member.holes if hole.pickle for effect in read_already[hole.pickle].effects]
                yield Value(member, found, of(found, member, beside), names([*found.effects, *inner]))
            elif read_already[member.name].error is not None:
                found = read_already[member.name]
                yield Value(member, found, of(found, member), names(found.effects))

    def _load(self, member: Member) -> Read:
        """Read the stream of one member."""
        if id(member) in self._ahead:
            return self._ahead.pop(id(member))
        keep = self.wish.keep() if not member.holes else None
        try:
            found = read_beginnings(member, keep, self.wish.encoding) if keep is not None else None
            if found is not None:
                return found
            found = read(member.data(), self.wish.encoding, keep=keep if member.read is None else None)
        except PikError as error:
            return Read(error=error)
        if found.lies:
            member.findings.append(Finding(_LIES, None, True))
        if found.buffers:
            member.findings.append(buffers.finding(found.buffers))
        return found

    @property
    def names(self) -> list[Name]:
        """All names that its values ask for."""
        return naming.together([*(value.names for value in self.values), list(self._unseen.values())])

    @property
    def status(self) -> int:
        """The exit status."""
        values = self.values
        if self._asks or any(value.asks for value in values):
            return ASKS
        findings = [*self.file.findings, *(finding for value in values for finding in value.member.findings)]
        if self._broken or any(finding.damaged for finding in findings):
            return BROKEN
        if any(value.read.error is not None for value in values):
            return BROKEN
        return FINE if values else BROKEN

    # ------------------------------------------------------------------ lines

    def lines(self) -> Iterator[Line]:
        """Give all lines."""
        for text, style in self._lines():
            yield Line(printable(text), style)

    def _lines(self) -> Iterator[Line]:
        """Give them, inert but for what nobody has thought of."""
        yield Line(self._header(), "title")
        values = self.values
        if not self.file.is_pickle_like and not values:
            yield Line(f"It is no pickle: {self.file.kind}.", "problem")
        elif not values and not self._run:
            yield Line("There is no pickle in it.", "problem")
        names = list(load_line.lines(self.name, self.file.kind, values, self.names, self.wish))
        self._room = max(self.wish.height - len(names), LEAST + 4)
        for value in values:
            yield from value_lines.lines(value, self.wish, len(values), self._room)
        if self._left:
            yield Line(f"and {self._left + self._run:,} more; --all shows {'the first of ' if self._run else ''}them")
        elif self._run:
            yield Line(f"and {self._run:,} more")
        yield from self._around()
        yield from names

    def _header(self) -> str:
        """Say what the file is."""
        shown = sentence(os.path.basename(self.name) or self.name, 60) or "bytes"
        values = self.values
        parts = [self.file.kind]
        if len(values) == 1 and values[0].member.kind == "pickle":
            parts.append(value_lines.protocol(values[0].read))
        parts.append(size(self.file.size))
        if self.file.is_pickle_like or values:
            many = len(values) + self._left + self._run
            parts.append("one value" if many == 1 else f"{many:,} values")
        left = f"{shown}   {', '.join(filter(None, parts))}"
        return f"{left:<{min(max(self.wish.width - 20, 0), 70)}}   nothing was run"

    def _around(self) -> Iterator[Line]:
        """Say what else is in the file."""
        others = [member for member in self._others if member.kind == "other"]
        storages = sum(1 for member in self._others if member.kind == "storage")
        if storages:
            yield Line(f"{storages:,} storages lie beside it in the file.")
        if others and self.values:
            shown = ", ".join(sentence(member.name, 60) for member in others[:6])
            yield Line(f"Also in the file: {shown}{f' and {len(others) - 6:,} more' if len(others) > 6 else ''}.")
        for note in self.file.notes:
            yield Line(sentence(note))
        for finding in self.file.findings:
            yield value_lines.finding_line(finding)

    # ------------------------------------------------------------------ for programs

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        values = self.values
        made: dict[str, Any] = {
            "file": sentence(self.name), "kind": self.file.kind, "size": self.file.size, "status": self.status,
            "notes": [sentence(note) for note in self.file.notes],
            "findings": [value_lines.finding_json(finding) for finding in self.file.findings],
            "names": [naming.as_json(name) for name in self.names],
            "values": [value_lines.as_json(value, self.wish, len(values)) for value in values],
        }  # fmt: skip
        if self._left + self._run:
            made["more"] = self._left + self._run
        return made


def _array(member: Member) -> Node:
    """Make the node of an array that is a member of its own."""
    maker = TreeMaker(member)
    array = of_header(member.array) if member.array is not None else None
    if array is None:
        return Node(
            "array", "ndarray", "numpy", sentence(f"of {member.array.dtype if member.array else '?'}", 200), whole=True
        )
    return array_node(maker, array, "ndarray", "numpy")


def size(count: int) -> str:
    """Write a size in bytes, as people do."""
    number, unit = float(count), 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number /= 1000
        unit += 1
    if not unit:
        return f"{count} byte{'' if count == 1 else 's'}"
    return f"{number:.0f} {_UNITS[unit]}" if number >= 10 else f"{number:.1f} {_UNITS[unit]}"


__all__ = ["ASKS", "BROKEN", "FINE", "Line", "Report", "Value", "Wish", "size"]
