"""Single values that hold no other: pickled here, since `pickle` takes milliseconds to load and most results are one of these."""

from __future__ import annotations

from typing import Any, Callable, Dict

_BEGIN = b"\x80\x04"
_CONSTANTS = {id(None): b"N", id(True): b"\x88", id(False): b"\x89"}
_SMALL = 1 << 31
_WIDE = 256  # bytes, from which on a length takes four


def atom(value: object, limit: int) -> bytes | None:
    """Return a value as a pickle that every Python reads, of at most `limit` bytes; None where it is larger, or no atom."""
    make = _MAKERS.get(id(type(value)))
    made = make(value, limit) if make is not None else None
    return made if made is not None and len(made) <= limit else None


def is_atom(value: object) -> bool:
    """Return whether a value is of a built-in type whose values hold no others."""
    return id(type(value)) in _MAKERS


def _constant(value: Any, limit: int) -> bytes:
    del limit
    return _BEGIN + _CONSTANTS[id(value)] + b"."


def _int(value: int, limit: int) -> bytes | None:
    if 0 <= value < _WIDE:
        return _BEGIN + b"K%c." % value
    if -_SMALL <= value < _SMALL:
        return _BEGIN + b"J" + value.to_bytes(4, "little", signed=True) + b"."
    size = (value.bit_length() >> 3) + 1
    if size > limit:
        return None
    head = b"\x8a%c" % size if size < _WIDE else b"\x8b" + size.to_bytes(4, "little")
    return _BEGIN + head + value.to_bytes(size, "little", signed=True) + b"."


def _float(value: Any, limit: int) -> bytes:
    del limit
    room = bytearray(8)
    memoryview(room).cast("d")[0] = value
    if _LITTLE:
        room.reverse()
    return _BEGIN + b"G%b." % bytes(room)


def _str(value: Any, limit: int) -> bytes | None:
    if len(value) > limit:
        return None
    data = value.encode("utf-8", "surrogatepass")
    return _BEGIN + _counted(b"\x8c", b"X", data)


def _bytes(value: Any, limit: int) -> bytes | None:
    return _BEGIN + _counted(b"C", b"B", value) if len(value) <= limit else None


def _counted(short: bytes, long: bytes, data: bytes) -> bytes:
    head = short + b"%c" % len(data) if len(data) < _WIDE else long + len(data).to_bytes(4, "little")
    return head + data + b"."


_LITTLE = bytes(memoryview(b"\1\0").cast("h")[:1].tobytes()) == b"\1\0" and memoryview(b"\1\0").cast("h")[0] == 1
_MAKERS: Dict[int, Callable[[Any, int], bytes | None]] = {
    id(type(None)): _constant,
    id(bool): _constant,
    id(int): _int,
    id(float): _float,
    id(str): _str,
    id(bytes): _bytes,
}
"""By the identity of the type: asking a dict for a class would call its metaclass."""
