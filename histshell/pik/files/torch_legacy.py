"""PyTorch's checkpoints from before the zip format: five pickles in a row, then the storages as raw bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from histshell.pik.errors import PikError
from histshell.pik.files.bounds import Look, counted, shown, title
from histshell.pik.files.extents import extent
from histshell.pik.files.model import ArrayHeader, Member
from histshell.pik.files.skimmed_values import Failed, Name
from histshell.pik.files.skimming import Skimmer
from histshell.pik.files.streams import reader
from histshell.pik.loading import loads

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source

MAGIC = bytes.fromhex("8a0a6cfc9c46f9206aa85019")
"""The number that the first pickle holds, as LONG1."""

SIZES = {
    "Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1,
    "ComplexDouble": 16, "ComplexFloat": 8, "QInt8": 1, "QUInt8": 1, "QInt32": 4, "QUInt4x2": 1, "QUInt2x4": 1, "Untyped": 1,
}  # fmt: skip
"""Bytes of an item, by the name of the storage's class without ``Storage``."""

_PICKLES = ("magic number", "protocol", "sys_info", "data", "keys")


def is_such(head: bytes) -> bool:
    """Tell whether a file begins with the magic number."""
    return head[:1] == b"\x80" and MAGIC in head[:16]


def look(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Look at such a checkpoint."""
    return Look("PyTorch checkpoint (legacy)", _members(source, name, inside, context))


def _members(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Iterator[Member]:
    """Give the value's pickle, the others, and the storages."""
    found: list[Member] = []
    at = 0
    for word in _PICKLES:
        end = extent(source, at, context.steps).end
        size = end - at if end >= 0 else None if source.size is None else source.size - at
        if size != 0:
            found.append(Member(_joined(name, word), "pickle", at, size, reader(source, at, end), inside=inside))
        if end < 0:
            context.find(f"{title(name)}it ends within its pickles, in that of its {word}", at)
            yield from found
            return
        at = end
    sizes = _sizes(source, found[3].offset)
    order, keys = _order(found[2]), _value(found[4])
    found[3].facts = {"byteorder": order}
    context.note(f"byteorder {order}")
    storages: dict[str, ArrayHeader] = {}
    found[3].storages = storages
    raw = list(_storages(source, at, keys, sizes, order, context))
    for key, header in raw:
        storages[key] = header
    yield found[3]
    yield from (member for member in found if member is not found[3])
    for key, header in raw:
        yield Member(
            _joined(name, key),
            "storage",
            header.offset,
            header.size,
            _whole(header),
            header,
            inside,
            facts=found[3].facts,
        )


def _whole(header: ArrayHeader) -> Any:
    return lambda: header.read(0, header.size)


def _joined(name: str, word: str) -> str:
    return f"{name}/{word}" if name else word


def _value(member: Member) -> Any:
    """Return a pickle's value by the safe policy; None if it is none."""
    try:
        return loads(member.data(), on_refused="show").value
    except PikError:
        return None


def _order(member: Member) -> str:
    """Return the byte order that the pickle about the machine says."""
    value = _value(member)
    little = value.get("little_endian", True) if type(value) is dict else True
    return "big" if little is False else "little"


def _sizes(source: Source, start: int) -> dict[str, int]:
    """Return the bytes of an item for the key of each storage that the value's pickle refers to."""
    sizes: dict[str, int] = {}

    def asked(reference: Any) -> None:
        if type(reference) is tuple and len(reference) >= 5 and reference[0] == "storage":
            kind, key = reference[1:3]
            named = kind.name if isinstance(kind, Name) else ""
            if type(key) is str:
                sizes[key] = SIZES.get(named[: -len("Storage")] if named.endswith("Storage") else "", 0)

    try:
        Skimmer(source, start, lambda _, stands: stands, asked).run()
    except Failed:
        pass  # what could be followed of it is known
    return sizes


def _storages(
    source: Source, at: int, keys: Any, sizes: dict[str, int], order: str, context: Context
) -> Iterator[tuple[str, ArrayHeader]]:
    """Give the storages in the order in which they lie there: the number of items of each, and its bytes."""
    if type(keys) is not list:
        context.find("there is no list of the storages' keys, so that they cannot be told apart", at)
        return
    for key in keys[: context.bounds.members]:
        if type(key) is not str or key not in sizes or not sizes[key]:
            why = (
                "nothing in its value refers to"
                if type(key) is str and key not in sizes
                else "what it holds is not known of"
            )
            context.find(
                f"{why} the storage {shown(str(key)) if type(key) is str else 'without a name'}; those after it cannot be found",
                at,
            )
            return
        said = source.read(at, 8)
        count = int.from_bytes(said, order, signed=True)  # type: ignore[arg-type]  # one of two
        size = count * sizes[key]
        there = (source.size or source.whole()) - at - 8
        if len(said) < 8 or count < 0 or size > there:
            text = (
                f"the storage {shown(key)} is to have {counted(count, 'item')}, and {counted(max(there, 0))} are there"
            )
            context.find(text, at)
            return
        yield key, _header(source, at + 8, size)
        at += 8 + size
    left = (source.size or source.whole()) - at
    if left > 0 and len(keys) <= context.bounds.members:
        context.find(f"after the last storage: {counted(left)}", at, False)


def _header(source: Source, at: int, size: int) -> ArrayHeader:
    def read(start: int, stop: int) -> bytes:
        start, stop = max(start, 0), min(stop, size)
        return source.read(at + start, stop - start) if stop > start else b""

    return ArrayHeader("|u1", (size,), False, size, read, at)
