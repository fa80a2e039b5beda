"""joblib's files: pickles with the raw bytes of arrays between the opcodes, or in files beside them; and all other pickles.

joblib's loader takes those bytes out of the file when it has built a wrapper. So does this: a member's data is what the
opcodes are, and its holes say where arrays were. What plain `pickle` would make of the same bytes is a member of its own,
wherever that would do anything.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell.pik.errors import PikError
from histshell.pik.files import joblib_arrays, npy, streams
from histshell.pik.files.bounds import Look, counted, shown, title
from histshell.pik.files.extents import extent, names_wrappers
from histshell.pik.files.guessing import asks_beyond
from histshell.pik.files.model import ArrayHeader, Hole, Member
from histshell.pik.files.skimmed_values import Failed, Made
from histshell.pik.files.skimming import Skimmer
from histshell.pik.files.sources import Part, opened

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source

_KEPT = 1 << 10  # bytes of an array's beginning that are kept, where going back to it would mean to unpack again


class _Found:
    """What skimming a stream finds."""

    def __init__(self, source: Source, context: Context, name: str) -> None:
        self.source, self.context, self.name = source, context, name
        self.holes: list[Hole] = []
        self.pickles: list[tuple[str, int, int]] = []  # arrays of objects: name, where they lie
        self.beside: list[tuple[str, Made]] = []
        self.parts: list[tuple[int, int]] = []
        self.end = -1
        self.wraps = False  # whether an array of joblib's was begun
        self.first = -1  # where the first array's bytes begin
        self.skimmer = Skimmer(source, 0, self.built, most=context.steps)

    def skim(self) -> None:
        """Go through the stream."""
        read = self.skimmer.bytes
        try:
            self.end = self.skimmer.run()
        except Failed as error:
            if self.wraps:
                self.context.find(f"{title(self.name)}the stream cannot be followed: {error}", error.offset)
            read.end_part(max(read.at, error.offset))
        self.parts = read.parts

    def built(self, made: Made, stands: int) -> int:
        """Take note of a wrapper; return where its array ends in the file."""
        kind = joblib_arrays.wrapper(made)
        if not kind:
            return stands
        self.wraps = True
        if kind != "NumpyArrayWrapper":
            state = made.state if isinstance(made.state, dict) else {}
            self.beside.append((str(state.get("filename")), made))
            return stands
        if len(self.holes) >= self.context.bounds.members:
            raise Failed(f"more than {len(self.holes):,} arrays", stands)
        try:
            array, objects = joblib_arrays.raw(self.source, made.state, stands)
        except ValueError as error:
            raise Failed(f"an array of joblib's: {error}", stands) from None
        if self.first == -1:
            self.first = -2 if objects else stands  # a pickle of its own, which is a member, has an end for pickle too
        return self._objects(array, stands) if objects else self._raw(array, stands)

    def _raw(self, array: ArrayHeader, stands: int) -> int:
        """Take note of plain bytes."""
        end = array.offset + array.size
        there = self.source.size
        last = array.size and (there is not None and end > there or not self.source.read(end - 1, 1))
        if there is None and array.size:
            array = _with_beginning(array)
        self.holes.append(Hole(self.skimmer.place, end - stands, array))
        if last:
            left = max((there if there is not None else self.source.whole()) - array.offset, 0)
            raise Failed(f"an array of {counted(array.size)} is announced, and {left:,} are there", array.offset)
        return end

    def _objects(self, array: ArrayHeader, stands: int) -> int:
        """Take note of a pickle of its own."""
        reach = extent(self.source, stands, self.context.steps)
        name = f"array {len(self.holes)}"
        label = f"{self.name}/{name}" if self.name else name
        self.pickles.append((label, stands, reach.end))
        self.holes.append(Hole(self.skimmer.place, max(reach.end, reach.reached) - stands, array, label))
        if reach.end < 0:
            raise Failed("an array's own pickle has no end", reach.reached)
        return reach.end


def _with_beginning(array: ArrayHeader) -> ArrayHeader:
    """Keep the first bytes of an array that lies in a packed stream."""
    kept, read = array.read(0, _KEPT), array.read

    def first(start: int, stop: int) -> bytes:
        start = max(start, 0)
        return kept[start:stop] if stop <= len(kept) else read(start, stop)

    return ArrayHeader(array.dtype, array.shape, array.fortran, array.size, first, array.offset)


def look(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Look at a file that begins as a pickle."""
    if names_wrappers(source):
        found = _Found(source, context, name)
        found.skim()
        if found.wraps:
            return Look("joblib", _members(found, inside))
    return Look("pickle", streams.members(source, name, inside, context))


def _members(found: _Found, inside: tuple[str, ...]) -> Iterator[Member]:
    """Give the stream, the pickles that some arrays are, the files beside it, and what other readings there are."""
    source, name = found.source, found.name
    size = sum(stop - start for start, stop in found.parts)
    yield Member(name, "pickle", 0, size, _joined(source, found.parts), inside=inside, holes=found.holes)
    for label, start, end in found.pickles:
        length = end - start if end >= 0 else None
        yield Member(label, "pickle", start, length, streams.reader(source, start, end), inside=inside)
    yield from _beside(found, inside)
    if found.first >= 0 and asks_beyond(source, found.first):
        found.context.find(
            f"{title(name)}the bytes of its first array are opcodes too: pickle alone would run them",
            found.first,
            False,
        )
        label = f"{name} (as pickle alone reads it)" if name else "(as pickle alone reads it)"
        yield Member(label, "pickle", 0, source.size, streams.reader(source, 0, -1), inside=inside)
    if found.end >= 0:
        yield from streams.following(source, name, inside, found.context, found.end)


def _joined(source: Source, parts: list[tuple[int, int]]) -> Callable[[], bytes]:
    return lambda: b"".join(source.read(start, stop - start) for start, stop in parts)


def _beside(found: _Found, inside: tuple[str, ...]) -> Iterator[Member]:
    """Give the arrays in files beside this one: of its own folder, by plain names, and no links."""
    context = found.context
    seen: set[str] = set()
    for filename, made in found.beside[: context.bounds.members]:
        if filename in seen:
            continue
        seen.add(filename)
        if context.folder is None or filename in ("", ".", "..") or any(mark in filename for mark in "/\\\0:"):
            why = "it came without a folder" if context.folder is None else "this is no plain name"
            context.find(f"an array lies in {shown(filename)}, which is not looked for: {why}")
            continue
        try:
            source = opened(os.path.join(context.folder, filename), follow=False)
        except PikError as error:
            context.find(f"an array lies in {shown(filename)} beside it, which cannot be read: {error.problem}")
            continue
        close = getattr(source, "close", None)
        if close is not None:
            context.closing.append(close)
        context.size += source.size
        if joblib_arrays.wrapper(made) == "ZNDArrayWrapper":
            yield _packed(source, filename, made, inside, context)
        else:
            yield from context.look(source, filename, inside).members


def _packed(source: Source, filename: str, made: Made, inside: tuple[str, ...], context: Context) -> Member:
    """Give an array whose bytes alone lie packed in a file, and whose description is in the stream."""
    member = next(iter(context.look(source, filename, inside).members), None)
    if member is None:
        return Member(filename, "other", 0, source.size, lambda: b"", inside=inside)
    try:
        state = made.state["state"]
        unpacked = _Bytes(member)
        array = npy.array(unpacked, 0, joblib_arrays.describe(state[2]), state[1], bool(state[3]))
    except (ValueError, TypeError, LookupError) as error:
        context.find(f"the array in {shown(filename)} is not described: {error}")
        return member
    return Member(filename, "array", 0, array.size, lambda: array.read(0, array.size), array, member.inside)


class _Bytes(Part):
    """What a member holds, as a source."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._data: Any = None
        self.size = member.size

    def read(self, offset: int, count: int) -> bytes:
        """Return some of it."""
        if self._data is None:
            self._data = self._member.data()
        return bytes(self._data[offset : offset + count])
