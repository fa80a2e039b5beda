"""numpy's arrays, scalars and dtypes, understood from what a stream says: numpy need not be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell.pik.errors import PikError
from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import buffers, dtypes
from histshell.pik.tree.dtypes import OBJECT, DType, product
from histshell.pik.tree.generic import attributes
from histshell.pik.tree.model import Child, Node
from histshell.pik.tree.placed import Made, made, text
from histshell.preview import clip, printable, show

if TYPE_CHECKING:
    from histshell.pik.files.model import ArrayHeader
    from histshell.pik.tree.maker import Maker

_FIRST = 6  # values that are shown
_TEXT = 200
_FEW = 3  # fields of a dtype that are written with their kinds
_DIMENSIONS = 64
_OWN = 4  # parts of an array's state: shape, dtype, order and data

#: What is raised where a stream says something else than a library writes.
WRONG = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, PikError)

Reader = Callable[[int, int], Any]


class Array:
    """An array as a stream has it: shape, dtype, order, and a way to its bytes or to its objects.

    ``read`` gives the bytes from one offset to another, and may raise; ``objects`` are the items of one of objects, in the order
    in which they lie. ``elsewhere`` says where its bytes are, if they are neither in the stream nor in its file.
    """

    def __init__(
        self, kind: DType, shape: tuple[int, ...], fortran: bool, read: Reader | None = None, objects: Any = None
    ) -> None:  # fmt: skip
        """Take what is known. Raises ValueError where the shape is none."""
        if type(shape) is not tuple or len(shape) > _DIMENSIONS:
            raise ValueError("no shape")
        self.kind = kind
        self.shape = shape
        self.fortran = fortran and len(shape) > 1
        self.size = product(shape)
        self.read = read
        self.objects = objects
        self.elsewhere = ""
        self._every: list[Any] | None = None

    @property
    def nbytes(self) -> int:
        """How many bytes it takes."""
        return self.size * self.kind.size

    def lies_at(self, number: int) -> int:
        """Give where the item of that number, the last index running fastest, lies."""
        if not self.fortran:
            return number
        at, step, rest = 0, self.size, number
        indexes = []
        for length in reversed(self.shape):
            rest, index = divmod(rest, length)
            indexes.append(index)
        step = 1
        for length, index in zip(self.shape, reversed(indexes)):
            at += index * step
            step *= length
        return at

    def first(self, count: int) -> list[Any]:
        """Give the first values, the last index running fastest. Raises ValueError or `PikError` where they are not there."""
        count = min(count, self.size)
        if self.objects is not None:
            return [self.objects[self.lies_at(number)] for number in range(count)]
        if self.read is None or not count:
            return []
        size = self.kind.size
        if not self.fortran:
            return dtypes.values(self.kind, self.read(0, count * size), 0, count)
        found = []
        for number in range(count):
            at = self.lies_at(number) * size
            found += dtypes.values(self.kind, self.read(at, at + size), 0, 1)
        return found

    def value(self, number: int) -> Any:
        """Give one value by its number, the last index running fastest."""
        at = self.lies_at(number)
        if self.objects is not None:
            return self.objects[at]
        if self.read is None or at < 0:
            raise ValueError("no bytes")
        size = self.kind.size
        return dtypes.values(self.kind, self.read(at * size, (at + 1) * size), 0, 1)[0]

    def every(self) -> list[Any]:
        """Give all numbers, as they lie; read once."""
        if self._every is None:
            self._every = (
                dtypes.values(self.kind, self.read(0, self.nbytes), 0, self.size) if self.read is not None else []
            )
        return self._every

    def ends(self) -> tuple[Any, Any] | None:
        """Give the least and the greatest number; None where there is none, or something else is in it."""
        if self.read is None or not self.kind.is_number or not self.size:
            return None
        found = dtypes.values(self.kind, self.read(0, self.nbytes), 0, self.size)
        if self.kind.kind in "fV":
            found = [number for number in found if number == number]
        return (min(found), max(found)) if found else None


def of_bytes(data: Any, ask_size: int) -> Reader | None:
    """Give a way to bytes that a stream has; None where they are none, or not so many."""
    if type(data) is str:
        try:
            data = data.encode("latin-1")
        except UnicodeEncodeError:
            return None
    if type(data).__name__ == "PickleBuffer":
        data = data.raw()
    if type(data) not in (bytes, bytearray, memoryview):
        return None
    view = memoryview(data).cast("B")
    return (lambda start, stop: view[start:stop]) if len(view) == ask_size else None


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
    node.text = clip(printable("  ".join(words)), _TEXT)
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
                array.objects if len(array.shape) == 1 else array.first(_FIRST), width=_FIRST, depth=2, total=_TEXT
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
        yield label, Node("scalar", str(array.kind), text=clip(text, _TEXT), whole=True)


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


# ---------------------------------------------------------------------- what stands for them


def array_of(maker: Maker, thing: Any) -> Array | None:
    """Give the array that *thing* stands for; None where it stands for none, or its state is none of an array's."""
    if type(thing) is not Placeholder:
        return None
    there = maker.arrays.get(id(thing))
    if there is not None:
        return of_header(there)
    given = made(thing)
    name = given.name.rpartition(".")[2]
    try:
        if name in ("_reconstruct", "_mareconstruct") and type(given.state) is tuple:
            return _of_state(_own_state(given.state)[0])
        if name == "_frombuffer":
            return _of_buffer(given.args)
        if name == "NumpyArrayWrapper":
            return _of_wrapper(given)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return None


def _own_state(state: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Cut the state of an array in shape, dtype, order and data, and what a subclass has added to it.

    A version stands first, but in the oldest files. A subclass adds at the end, or has the array's own state as its first part.
    """
    bare = len(state) == _OWN and dtypes.of(state[1]) is not None
    own, more = (state[0], state[1:]) if type(state[0]) is tuple and not bare else (state, ())
    at = 0 if len(own) == _OWN else 1
    return own[at : at + _OWN], (*own[at + _OWN :], *more)


def _of_state(state: tuple[Any, ...]) -> Array | None:
    """Read the state of an array: shape, dtype, order, and its bytes or objects."""
    shape, dtype, fortran, data = state
    kind = dtypes.of(dtype)
    if kind is None or type(shape) is not tuple:
        return None
    if type(data) is list:
        return Array(kind if kind.kind in "OT" or kind.fields else OBJECT, shape, bool(fortran), objects=data)
    size = product(shape) * kind.size
    return Array(kind, shape, bool(fortran), of_bytes(data, size) or _missing)


def _missing(start: int, stop: int) -> Any:
    raise ValueError("not there")


def _of_buffer(args: Any) -> Array | None:
    """Read what protocol 5 writes: a buffer, dtype, shape and order."""
    data, dtype, shape, order = args[:4]
    kind = dtypes.of(dtype)
    if kind is None or type(shape) is not tuple:
        return None
    if buffers.is_buffer(data):
        array = Array(kind, shape, text(order) == "F")
        array.elsewhere = buffers.words(data)
        return array
    return Array(kind, shape, text(order) == "F", of_bytes(data, product(shape) * kind.size) or _missing)


def _of_wrapper(given: Made) -> Array | None:
    """Read joblib's description of an array whose bytes are elsewhere."""
    inside = given.attributes()
    kind = dtypes.of(inside.get("dtype"))
    if kind is None:
        return None
    return Array(kind, inside["shape"], text(inside.get("order")) == "F")


def of_header(header: ArrayHeader) -> Array | None:
    """Give the array that a header in a file describes."""
    import ast

    descr: Any = header.dtype
    if descr[:1] in "[({":
        try:
            descr = ast.literal_eval(descr)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    kind = dtypes.described(descr)
    if kind is None:
        return None
    try:
        return Array(kind, tuple(header.shape), header.fortran, header.read if kind.kind != "O" else None)
    except ValueError:
        return None


def _array(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an array."""
    array = array_of(maker, thing)
    if array is None:
        return None
    owner = given.args[0] if type(given.args) is tuple and given.args else None
    name, module = "ndarray", "numpy"
    if given.name.endswith("reconstruct") and type(owner) is Placeholder and owner.name:
        name, module = made(owner).short, printable(owner.module)
    node = array_node(maker, array, name, module, thing)
    more = _own_state(given.state)[1] if type(given.state) is tuple else ()
    if given.name == "_mareconstruct":
        node.facts["masked"] = _masked(more[0] if more else b"")
        node.text += f"  {node.facts['masked']:,} masked"
        more = more[2:]
    if more:
        node.flat = node.whole = False
        node.children = lambda: attributes(maker, given._replace(states=more))
    return node


def _masked(mask: Any) -> int:
    """Count what is masked."""
    mask = mask.encode("latin-1", "replace") if type(mask) is str else mask
    return len(mask) - bytes(mask).count(0) if type(mask) in (bytes, bytearray) else 0


def _scalar(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a number that is numpy's."""
    kind = dtypes.of(given.args[0])
    if kind is None:
        return None
    if kind.kind == "O":
        return maker.node(given.args[1])
    read = of_bytes(given.args[1], kind.size)
    value = dtypes.values(kind, read(0, kind.size), 0, 1)[0] if read is not None else ""
    name = {"U": "str_", "S": "bytes_", "M": "datetime64", "m": "timedelta64"}.get(kind.kind, str(kind))
    facts = {"value": plain(value), "dtype": str(kind)}
    words = (
        repr(value) if type(value) is float and kind.size == 8 else written(value)
    )  # alone, it is told to its last digit
    return Node("scalar", name, "numpy", clip(printable(words), _TEXT), facts=facts, whole=True)


def _dtype(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a dtype."""
    kind = dtypes.of(thing)
    if kind is None:
        return None
    return Node(
        "scalar", "dtype", "numpy", clip(printable(str(kind)), _TEXT), facts={"itemsize": kind.size}, whole=True
    )


def _wrapper(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an array of joblib's."""
    array = array_of(maker, thing)
    if array is None:
        return None
    if id(thing) in maker.inner:
        return maker.node(maker.inner[id(thing)])
    subclass = given.attributes().get("subclass")
    name = made(subclass).short if type(subclass) is Placeholder else "ndarray"
    if array.read is None:  # of objects: they are a pickle of their own
        facts = {"shape": list(array.shape), "dtype": str(array.kind), "size": array.size}
        return Node(
            "array", name, "numpy", f"{array.shape} {array.kind}", facts=facts, identity=maker.number(thing), whole=True
        )
    return array_node(maker, array, name, "numpy", thing)


TABLE: dict[str, Any] = {
    "numpy._reconstruct": _array,
    "numpy._mareconstruct": _array,
    "numpy._frombuffer": _array,
    "numpy.scalar": _scalar,
    "numpy.dtype": _dtype,
    "numpy._convert_to_stringdtype_kwargs": _dtype,
    "joblib.NumpyArrayWrapper": _wrapper,
    "sklearn.NumpyArrayWrapper": _wrapper,
}  # fmt: skip
