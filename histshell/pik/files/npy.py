"""Arrays as numpy writes them, described by their headers alone: `.npy`, and what a dtype says. numpy is not needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell.pik.files import dtype_text
from histshell.pik.files.bounds import Look, counted, title
from histshell.pik.files.extents import extent
from histshell.pik.files.guessing import HEAD, begins
from histshell.pik.files.literals import LONGEST, literal
from histshell.pik.files.model import ArrayHeader, Member
from histshell.pik.files.sources import Part

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source

MAGIC = b"\x93NUMPY"
_LONGEST = 1 << 20
_IN_ALL = 1 << 18
_USUAL = 1 << 10  # bytes of a header; what is more is counted for a whole file
_SIZES = {"?": 1, "b": 1, "B": 1, "i": 4, "f": 4, "c": 1}
_NUMBERED = {"?": (1,), "b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8, 12, 16), "c": (8, 16, 24, 32)}
_CODES = re.compile(r"([<>|=]?)([?bBiufcSUVOmMa])([0-9]{0,18})(\[[0-9A-Za-z/]{1,20}\])?")
_MOST_FIELDS = 10_000


def itemsize(descr: Any, depth: int = 0) -> tuple[int, bool]:
    """Return the bytes of one item of a dtype as a header writes it, and whether objects are in it. Raises `ValueError`."""
    if isinstance(descr, str):
        return _simple(descr)
    if isinstance(descr, tuple) and len(descr) == 2 and depth < 8:  # a dtype and its shape
        size, objects = itemsize(descr[0], depth + 1)
        return size * product(descr[1] if isinstance(descr[1], tuple) else (descr[1],)), objects
    if not isinstance(descr, list) or depth >= 8 or len(descr) > _MOST_FIELDS:
        raise ValueError("this is no dtype")
    total, any_objects = 0, False
    for one in descr:
        if not isinstance(one, tuple) or len(one) not in (2, 3):
            raise ValueError("this is no dtype: a field has a name, a dtype and perhaps a shape")
        size, objects = itemsize(tuple(one[1:]) if len(one) == 3 else one[1], depth + 1)
        total, any_objects = total + size, any_objects or objects
    return total, any_objects


def _simple(text: str) -> tuple[int, bool]:
    """Return the size of one item of a dtype that is a code and a number: ``<f4``, ``|O``, ``<M8[ns]``."""
    found = _CODES.fullmatch(text)
    if found is None:
        raise ValueError(f"the dtype {text[:40]!a} is not known")
    code, digits = found[2], found[3]
    if code == "O":
        return 8, True
    number = int(digits or 0)
    if code in "mM":
        return 8, False
    if code in "SVa":
        return number, False
    if code == "U":
        return 4 * number, False
    if not digits and code in _SIZES:
        return _SIZES[code], False
    if number not in _NUMBERED.get(code, ()):
        raise ValueError(f"the dtype {text[:40]!a} is not known")
    return number, False


def product(shape: Any) -> int:
    """Return how many items a shape has. Raises `ValueError` for what is no shape."""
    if not isinstance(shape, tuple) or len(shape) > 64:
        raise ValueError("this is no shape")
    count = 1
    for length in shape:
        if type(length) is not int or length < 0:
            raise ValueError(f"a shape has no length {str(length)[:40]!a}")
        count *= length
    if count >> 60:
        raise ValueError("its shape says more than any machine has")
    return count


def array(source: Source, offset: int, descr: Any, shape: Any, fortran: bool) -> ArrayHeader:
    """Return the description of an array whose bytes begin at *offset*. Raises `ValueError` for what cannot be one."""
    descr = dtype_text.canonical(descr)
    size, objects = itemsize(descr)
    items = product(shape)
    size = 0 if objects else size * items
    if size >> 62:
        raise ValueError("its shape says more than any machine has")

    def read(start: int, stop: int) -> bytes:
        start, stop = max(start, 0), min(stop, size)
        return source.read(offset + start, stop - start) if stop > start else b""

    text = descr if isinstance(descr, str) else repr(descr)
    if len(text) > LONGEST:  # a short one may spell many fields
        raise ValueError(f"its dtype has {len(text):,} characters, and at most {LONGEST:,} are read")
    return ArrayHeader(text, shape, fortran, size, read, offset)


def header(source: Source, context: Context, at: int = 0) -> ArrayHeader:
    """Read an array's header; what is long of those of one file, is counted. Raises `ValueError` with a sentence."""
    version, begin, length = _place(source, at)
    if version not in ((1, 0), (2, 0), (3, 0)):
        raise ValueError(f"version {'.'.join(map(str, version)) or 'none'} of the format is not known")
    if length < 0:
        raise ValueError("it ends within its header")
    if length > _LONGEST:
        raise ValueError(f"its header is to have {length:,} bytes, and at most {_LONGEST:,} are read")
    context.headers += max(length - _USUAL, 0)
    if context.headers > _IN_ALL + context.size // 8:
        raise ValueError("its header is long, as others before it are, and is not read")
    raw = source.read(begin, length)
    if len(raw) < length:
        raise ValueError(f"it ends within its header: {len(raw):,} of {length:,} bytes")
    try:
        said = literal(raw.decode("utf-8" if version == (3, 0) else "latin-1"))
    except ValueError as error:
        raise ValueError(f"its header cannot be read: {error}") from None
    if not isinstance(said, dict) or sorted(map(str, said)) != ["descr", "fortran_order", "shape"]:
        raise ValueError("its header does not have descr, fortran_order and shape")
    if not isinstance(said["fortran_order"], bool):
        raise ValueError("fortran_order is neither True nor False")
    return array(source, begin + length, said["descr"], said["shape"], said["fortran_order"])


def _place(source: Source, at: int) -> tuple[tuple[int, ...], int, int]:
    """Return a header's version, where its text begins, and how long that is; -1 if it is cut off."""
    start = source.read(at, 12)
    version = tuple(start[6:8])
    width = 2 if version == (1, 0) else 4
    length = int.from_bytes(start[8 : 8 + width], "little") if len(start) >= 8 + width else -1
    return version, at + 8 + width, length


def look(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Look at an array: what it is, or the pickle that its objects are in."""
    try:
        found = header(source, context)
    except ValueError as error:
        context.find(f"{title(name)}{error}", 0)
        return Look("npy", _unread(source, name, inside, context))
    return Look("npy", _members(source, name, inside, found, context))


def _unread(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Iterator[Member]:
    """Give what has a header that cannot be read, and the pickle behind it: another numpy may know what this one says."""
    yield Member(name, "other", 0, source.size, lambda: b"", inside=inside, what="npy")
    _, begin, length = _place(source, 0)
    at = begin + length
    if length >= 0 and begins(source, source.read(at, HEAD), at):
        for member in context.look(Part(source, at, None), name, inside).members:
            member.offset += at
            yield member


def _members(
    source: Source, name: str, inside: tuple[str, ...], found: ArrayHeader, context: Context
) -> Iterator[Member]:
    """Give the arrays of a file, which may have several behind one another, as `np.save` writes them into an open file."""
    for _ in range(context.bounds.members):
        left = None if source.size is None else max(source.size - found.offset, 0)
        if _has_objects(found.dtype):
            end = extent(source, found.offset, context.steps).end
            is_last = end < 0 or source.read(end, len(MAGIC)) != MAGIC
            yield from _objects(source, name, inside, found, context, None if is_last else end - found.offset)
            if is_last:
                return
        else:
            member = Member(name, "array", found.offset, found.size, _reader(found), found, inside)
            end = found.offset + found.size
            if left is not None and left < found.size:
                text = f"{title(name)}{counted(found.size)} of array are announced, and {left:,} are there"
                member.findings.append(context.find(text, found.offset + left))
            yield member
        after = source.read(end, HEAD)
        if not after:
            return
        try:
            if not after.startswith(MAGIC):
                raise ValueError("which are no array")
            found = header(source, context, end)
        except ValueError as error:
            many = "more bytes" if source.size is None else counted(source.size - end)
            context.find(f"{title(name)}after the array: {many}, {error}", end, False)
            if begins(source, after, end):  # numpy reads a pickle too, where it stands at an array's place
                yield from _objects(source, name, inside, array(source, end, "|O", (), False), context)
            return


def _reader(found: ArrayHeader) -> Callable[[], bytes]:
    return lambda: found.read(0, found.size)


def _objects(
    source: Source, name: str, inside: tuple[str, ...], found: ArrayHeader, context: Context, size: int | None = None
) -> Iterator[Member]:
    """Give an array of objects as its pickle, and whatever pickles follow it, up to *size* bytes from its beginning on."""
    inner = context.look(Part(source, found.offset, size), name, inside)
    first = True
    for member in inner.members:
        if member.kind == "pickle" and first:
            member.array, first = found, False
        member.offset += found.offset
        yield member
    if first:
        context.find(f"{title(name)}an array of objects, and no pickle follows its header", found.offset)


def _has_objects(dtype: str) -> bool:
    """Tell whether a dtype, as a header writes it, has objects in it."""
    return itemsize(literal(dtype) if dtype.startswith(("[", "(")) else dtype)[1]
