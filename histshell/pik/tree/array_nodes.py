"""The node of an array: its shape, dtype and first values in words, and each value as a leaf."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from histshell.pik.tree import dtypes
from histshell.pik.tree.array_values import WRONG
from histshell.pik.tree.model import Child, Node
from histshell.preview import clip, printable, show

if TYPE_CHECKING:
    from histshell.pik.tree.array_values import Array
    from histshell.pik.tree.dtypes import DType
    from histshell.pik.tree.maker import Maker

_FIRST = 6  # values that are shown
#: Characters that a node's text has at most.
TEXT = 200
_FEW = 3  # fields of a dtype that are written with their kinds


def array_node(maker: Maker, array: Array, type_: str, module: str, thing: Any = None, kind: str = "array") -> Node:
    """Make the node of an array."""
    facts: dict[str, Any] = {
        "shape": list(array.shape),
        "dtype": str(array.kind),
        "size": array.size,
        "nbytes": array.nbytes,
    }
    if array.fortran:
        facts["order"] = "F"
    if array.kind.fields:
        facts["fields"] = [name for name, _, _ in array.kind.fields]
    node = Node(kind, type_, module, count=array.shape[0] if array.shape else None, facts=facts)
    words = [f"{array.shape} {_dtype_words(array.kind)}"]
    if thing is not None:
        node.identity = maker.number(thing)
    try:
        words += _values(maker, array, facts)
    except WRONG:
        if not array.elsewhere:
            words.append("its bytes are not there")
            facts["damaged"] = True
    if array.elsewhere:
        words.append(array.elsewhere)
    node.text = clip(printable("  ".join(words)), TEXT)
    node.flat = node.whole = array.objects is None or bool(facts.pop("flat", False))
    if array.objects is not None:
        node.children = lambda: maker.items(array.objects)
    elif array.nbytes and not array.elsewhere and "damaged" not in facts:
        node.children = lambda: _items(array)
    return node


def _dtype_words(kind: DType) -> str:
    """Write a dtype; one of many fields by their names."""
    if len(kind.fields) < _FEW:
        return str(kind)
    names = ", ".join(name for name, _, _ in kind.fields[:_FEW])
    return f"of {len(kind.fields)} fields ({names}{', …' if len(kind.fields) > _FEW else ''})"


def _values(maker: Maker, array: Array, facts: dict[str, Any]) -> Iterator[str]:
    """Give the first values in words, and the least and greatest where that is cheap."""
    if array.objects is not None:
        of, flat = maker.of(array.objects)
        if of:
            facts["of"] = of
        if flat and array.size:
            facts["flat"] = True
            facts["first"] = [plain(value) for value in array.first(_FIRST)]
            yield show(
                array.objects if len(array.shape) == 1 else array.first(_FIRST), width=_FIRST, depth=2, total=TEXT
            )
        return
    first = array.first(_FIRST)
    if not array.shape:
        facts["value"] = plain(first[0]) if first else None
        facts["first"] = [facts["value"]]
        if array.kind.is_number and array.kind.kind != "b" and first:
            facts["min"] = facts["max"] = facts["value"]
        yield written(first[0]) if first else ""
        return
    facts["first"] = [plain(value) for value in first]
    if not first:
        return
    more = f", … {array.size - len(first):,} more" if array.size > len(first) else ""
    yield f"[{', '.join(map(written, first))}{more}]"
    if array.kind.is_number and array.size <= maker.cheap and array.kind.kind != "b":
        maker.cheap -= array.size
        ends = array.ends()
        if ends is not None:
            facts["min"], facts["max"] = map(plain, ends)
            if array.size > len(first):
                yield f"{written(ends[0])} to {written(ends[1])}"


def _items(array: Array) -> Iterator[Child]:
    """Give the values of an array, each a leaf."""
    shape = array.shape
    for number in range(array.size):
        index, rest = [], number
        for length in reversed(shape):
            rest, at = divmod(rest, length)
            index.append(at)
        label = f"[{', '.join(map(str, reversed(index)))}]" if index else "[()]"
        try:
            text = printable(written(array.value(number)))
        except WRONG:  # of others than the first few
            yield label, Node("cut", "", text="its bytes are not there", whole=True)
            return
        yield label, Node("scalar", str(array.kind), text=clip(text, TEXT), whole=True)


def written(value: Any) -> str:
    """Write a value of an array, short."""
    if type(value) is float:
        short = f"{value:.6g}"
        return short if "." in short or "e" in short or "n" in short else f"{short}.0"
    if type(value) is dtypes.Moment:
        return value.partition("\0")[0]
    return show(value, width=8, depth=3, total=60)


def plain(value: Any) -> Any:
    """Give a value that JSON has."""
    if type(value) in (bool, int, float, str) or value is None:
        return value
    if type(value) is dtypes.Moment:
        return str(value)
    if type(value) in (list, tuple):
        return [plain(part) for part in value]
    return show(value, total=60)
