"""What is said of a file: a line on top, the tree of each value in it, all names, and the line that would load it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell.pik.effects import about_effects
from histshell.pik.errors import PikError, RefusedError
from histshell.pik.files.model import Finding, Member
from histshell.pik.placeholders import Effect
from histshell.pik.progress import Progress, step
from histshell.pik.tree import buffers, draw, naming, plan
from histshell.pik.tree.array_nodes import array_node
from histshell.pik.tree.array_values import of_header
from histshell.pik.tree.maker import Maker
from histshell.pik.tree.model import Node
from histshell.pik.tree.names import PLAIN, Name, names, trusted_names
from histshell.pik.tree.reading import Read, is_plain, of, read
from histshell.pik.tree.wish import LEAST, Line, Wish
from histshell.preview import printable, sentence

if TYPE_CHECKING:
    from histshell.pik.files.model import File
    from histshell.pik.files.streams import Run

FINE, ASKS, BROKEN = 0, 1, 2
"""What an exit status says: plain data, it asks for more (whatever else is wrong), it is damaged or no pickle."""

_MEMBERS = 20  # of a file that are shown
_SHORT = 1_000  # bytes of a value that is kept to be compared with others
_REMEMBERED = 20_000  # such values
_NO_MEMBER = Member("", "pickle", 0, None, lambda: b"")
_UNSEEN = Node("cut", "")
_LIES = "a dtype's state denies what its parts are: numpy would believe it, and read memory that is not the array's"
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass
class Value:
    """One value of a file: its member, what was read of it, its tree, and the names it asks for."""

    member: Member
    read: Read
    tree: Node
    names: list[Name] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Whether it asks for more than plain data; numpy's data is plain."""
        if any(name.verdict != PLAIN for name in self.names) or isinstance(self.read.error, RefusedError):
            return True
        plain = {name.full for name in self.names}
        return any(effect.refused and not _is_data(effect, plain, self.member) for effect in self.read.effects)


def _is_data(effect: Effect, plain: set[str], member: Member) -> bool:
    """Tell whether what was refused is numpy's data, or a storage that lies in the file."""
    if effect.kind == "persistent id":
        return bool(member.storages)
    return naming.is_numpy(effect.name) and (effect.kind != "import" or effect.name in plain)


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

    def _judge_all(self, run: Run) -> None:
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
        try:
            found = read(member.data(), self.wish.encoding)
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
        names = list(self._name_lines())
        self._room = max(self.wish.height - len(names), LEAST + 4)
        for value in values:
            yield from self._value_lines(value, len(values))
        if self._left:
            yield Line(f"and {self._left + self._run:,} more; --all shows {'the first of ' if self._run else ''}them")
        elif self._run:
            yield Line(f"and {self._run:,} more")
        yield from self._around()
        yield from names

    def _name_lines(self) -> Iterator[Line]:
        """Give the lines about the names."""
        if not self.wish.effects:
            why = self._unloadable() if trusted_names(self.names) is not None else ""
            whole = self.name if all(value.read.error is None for value in self.values) and not why else ""
            yield from naming.lines(self.names, whole, self._options(), self.wish)
            if why and any(name.asked for name in self.names):
                yield Line(f"No line is given to load it: {why}.")

    def _unloadable(self) -> str:
        """Say why no list of names would load it, whatever the names are; nothing where one may."""
        if "TorchScript" in self.file.kind:
            return "its classes are TorchScript's, which torch.jit.load alone makes"
        if any(effect.kind == "persistent id" for effect in self._effects(lambda value: not value.member.storages)):
            return "it asks for what is not in the file, by persistent ids"
        if any(effect.kind == "call" and _is_of_a_call(effect.name) for effect in self._effects()):
            return "it calls what a call has given"
        return ""

    def _effects(self, which: Callable[[Value], bool] = bool) -> Iterator[Effect]:
        """Give the effects of some values, or of all."""
        return (effect for value in self.values if which(value) for effect in value.read.effects)

    def _header(self) -> str:
        """Say what the file is."""
        shown = sentence(os.path.basename(self.name) or self.name, 60) or "bytes"
        values = self.values
        parts = [self.file.kind]
        if len(values) == 1 and values[0].member.kind == "pickle":
            parts.append(protocol(values[0].read))
        parts.append(size(self.file.size))
        if self.file.is_pickle_like or values:
            many = len(values) + self._left + self._run
            parts.append("one value" if many == 1 else f"{many:,} values")
        left = f"{shown}   {', '.join(filter(None, parts))}"
        return f"{left:<{min(max(self.wish.width - 20, 0), 70)}}   nothing was run"

    def _value_lines(self, value: Value, many: int) -> Iterator[Line]:
        """Give the lines of one value."""
        member, wish = value.member, self.wish
        node = value.tree
        if many > 1 and node.whole and not wish.path and value.read.error is None and not member.findings:
            yield Line(f"{sentence(member.name, 80) or 'value'}   {draw.describe(plan.Branch('', node))}")
            return
        if many > 1 or member.name:
            facts = [protocol(value.read) if member.kind == "pickle" else "array", f"at byte {member.offset:,}"]
            yield Line(f"{sentence(member.name, 80) or 'value'}   {', '.join(facts)}", "title")
        if wish.path:
            try:
                node = plan.find(node, wish.path)
            except ValueError as error:
                yield Line(str(error), "problem")
                return
        branch = plan.plan(node, wish.bounds(many, self._room), _spelled(wish.path))
        for line in draw.lines(branch, wish.width, wish.ascii_only):
            yield Line(line)
        yield from self._problems(value)
        if wish.code:
            yield from _code(branch)
        if wish.effects and value.read.effects:
            for line in about_effects(value.read.effects, value.read.uncounted):
                yield Line(line)

    def _problems(self, value: Value) -> Iterator[Line]:
        """Say what is wrong with a value, and with what lies around it."""
        if value.read.error is not None:
            error = value.read.error
            yield Line(f"It ends too soon: {error}" if value.read.stack else f"It cannot be read: {error}", "problem")
            if isinstance(error, UnicodeDecodeError):
                yield Line(
                    "Its texts are Python 2's; --encoding latin1 reads any of them, as bytes one by one.", "note"
                )
        if value.read.encoding:
            yield Line("Python 2 has written it; its texts are read as latin1 (--encoding latin1, or another).", "note")
        for finding in value.member.findings:
            yield _finding(finding)

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
            yield _finding(finding)

    def _options(self) -> str:
        """Write what `load` needs beside names: the encoding of its texts, where that is not C's own choice, and buffers."""
        encoding = self.wish.encoding or next((value.read.encoding for value in self.values if value.read.encoding), "")
        wants = any(value.read.buffers for value in self.values)
        return (f", encoding={encoding!a}" if encoding else "") + (", buffers=buffers" if wants else "")

    # ------------------------------------------------------------------ for programs

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        values = self.values
        made: dict[str, Any] = {
            "file": sentence(self.name), "kind": self.file.kind, "size": self.file.size, "status": self.status,
            "notes": [sentence(note) for note in self.file.notes],
            "findings": [_found(finding) for finding in self.file.findings],
            "names": [naming.as_json(name) for name in self.names],
            "values": [self._value_json(value, len(values)) for value in values],
        }  # fmt: skip
        if self._left + self._run:
            made["more"] = self._left + self._run
        return made

    def _value_json(self, value: Value, many: int) -> dict[str, Any]:
        """Give one value."""
        made: dict[str, Any] = {
            "name": sentence(value.member.name), "kind": value.member.kind, "offset": value.member.offset,
            "asks": value.asks, "findings": [_found(finding) for finding in value.member.findings],
        }  # fmt: skip
        if value.read.error is not None:
            made["error"] = {"sentence": str(value.read.error), "offset": value.read.error.offset}
        if value.read.encoding:
            made["encoding"] = value.read.encoding
        try:
            node = plan.find(value.tree, self.wish.path) if self.wish.path else value.tree
        except ValueError as error:
            made["missing"] = str(error)
            return made
        bounds = self.wish.bounds(many)
        if not self.wish.everything and self.wish.depth is None:
            bounds = plan.Bounds(1_000 // many + LEAST, 6, 50)
        made["tree"] = draw.as_json(plan.plan(node, bounds, _spelled(self.wish.path)))
        return made


def _is_of_a_call(name: str) -> bool:
    """Tell whether what was called is what another call has given, and none of those that are called all the same."""
    return name.endswith("(…)") and not name.startswith(("functools.partial(", "builtins.getattr("))


def _code(top: plan.Branch) -> Iterator[Line]:
    """Give the instructions of the functions that are shown."""
    todo = [top]
    while todo:
        branch = todo.pop()
        todo += reversed(branch.below)
        if branch.node.more is not None and branch.same is None:
            yield Line(f"{branch.path or 'code'}: {branch.node.text}", "title")
            for text in branch.node.more():
                yield Line(text)


def _spelled(path: str) -> str:
    return sentence(path[1:] if path.startswith(".") else path, 200)


def _array(member: Member) -> Node:
    """Make the node of an array that is a member of its own."""
    maker = Maker(member)
    array = of_header(member.array) if member.array is not None else None
    if array is None:
        return Node(
            "array", "ndarray", "numpy", sentence(f"of {member.array.dtype if member.array else '?'}", 200), whole=True
        )
    return array_node(maker, array, "ndarray", "numpy")


def _finding(finding: Finding) -> Line:
    return Line(sentence(str(finding)), "problem" if finding.damaged else "note")


def _found(finding: Finding) -> dict[str, Any]:
    return {"sentence": sentence(finding.sentence), "offset": finding.offset, "damaged": finding.damaged}


def protocol(found: Read) -> str:
    """Say which protocol a pickle has."""
    head = found.head
    if head[:1] == b"\x80" and len(head) > 1:
        return f"protocol {head[1]}"
    return "protocol 0 or 1" if head else ""


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
