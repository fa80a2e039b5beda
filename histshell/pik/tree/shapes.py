"""Shapes on a map, which shapely and geopandas pickle as well-known bytes: told as well-known text, without either."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree.model import Node
from histshell.pik.tree.placed import Made
from histshell.preview import clip

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_KINDS = {
    1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon", 7: "GeometryCollection",
}  # fmt: skip
_HAS_Z, _HAS_M, _HAS_ID = 0x80000000, 0x40000000, 0x20000000
_RING = -1  # kind of a polygon's line, which has no header
_MOST = 30  # points that are written
_DEEPEST = 5
_LONG = 60
_TEXT = 200


class _Bytes:
    """Well-known bytes, read from the front. Its methods raise `struct.error` where they end too soon."""

    def __init__(self, raw: bytes) -> None:
        """Begin at the front; no more than so many points are read."""
        self.raw = raw
        self.at = 0
        self.points = 0

    def take(self, form: str) -> tuple[Any, ...]:
        """Take numbers."""
        found = struct.unpack_from(form, self.raw, self.at)
        self.at += struct.calcsize(form)
        return found

    def header(self) -> tuple[str, int, int]:
        """Take the order of bytes, the kind, and how many numbers a point has. Raises ValueError where it is no kind."""
        order = "<" if self.take("B")[0] == 1 else ">"
        (code,) = self.take(f"{order}I")
        if code & _HAS_ID:
            self.take(f"{order}I")
        plain = code & 0xFFFF
        kind, iso = plain % 1000, plain // 1000
        numbers = 2 + bool(code & _HAS_Z or iso in (1, 3)) + bool(code & _HAS_M or iso in (2, 3))
        if kind not in _KINDS or iso > 3:
            raise ValueError("no shape")
        return order, kind, numbers

    def point(self, order: str, numbers: int) -> str:
        """Take a point; empty where it is none."""
        self.points += 1
        found = self.take(f"{order}{numbers}d")
        return "" if all(map(math.isnan, found)) else " ".join(map(_number, found))

    def body(self, kind: int, order: str, numbers: int, deep: int = 0) -> str:
        """Take what is behind a header, in parentheses; ``EMPTY`` where there is nothing."""
        if kind == 1:
            found = self.point(order, numbers)
            return f"({found})" if found else "EMPTY"
        (count,) = self.take(f"{order}I")
        parts: list[str] = []
        for _ in range(count):
            if self.points >= _MOST:
                parts.append("…")
                break
            parts.append(self._part(kind, order, numbers, deep))
        return f"({', '.join(parts)})" if parts else "EMPTY"

    def _part(self, kind: int, order: str, numbers: int, deep: int) -> str:
        """Take one of the parts of a shape."""
        if kind in (2, _RING):
            return self.point(order, numbers)
        if kind == 3:
            return self.body(_RING, order, numbers)
        if deep > _DEEPEST:
            raise ValueError("too deep")
        order, inner, numbers = self.header()
        words = self.body(inner, order, numbers, deep + 1)
        return words if kind != 7 else f"{_KINDS[inner].upper()} {words}"


def _number(value: float) -> str:
    """Write a number without a needless point."""
    return repr(value).removesuffix(".0") if abs(value) < 1e16 else repr(value)


def shape(raw: bytes) -> tuple[str, str]:
    """Give the kind and the well-known text, cut after some points. Raises ValueError where the bytes are no shape."""
    source = _Bytes(raw)
    try:
        order, kind, numbers = source.header()
        words = source.body(kind, order, numbers)
    except struct.error as error:
        raise ValueError("it ends too soon") from error
    mark = {2: "", 3: " Z", 4: " ZM"}[numbers]
    return _KINDS[kind], f"{_KINDS[kind].upper()}{mark} {words}"


def in_short(value: Any) -> Any:
    """Tell a shape in a row of others, from its bytes; what is none as it is."""
    if type(value) is not bytes:
        return value
    try:
        return clip(shape(value)[1], _LONG)
    except ValueError:
        return value


def _shape(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a shape."""
    if type(given.args[0]) is not bytes:
        return None
    kind, words = shape(given.args[0])
    return Node("scalar", kind, "shapely", clip(words, _TEXT), facts={"bytes": len(given.args[0])}, whole=True)


TABLE: dict[str, Any] = {"shapely.from_wkb": _shape}
