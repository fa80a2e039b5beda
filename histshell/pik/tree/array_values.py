"""An array as a stream has it: its shape and dtype, and a way to its bytes or to its objects. numpy need not be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from histshell.pik.errors import PikError
from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import buffers, dtypes
from histshell.pik.tree.dtypes import OBJECT, DType, product
from histshell.pik.tree.placed import Made, made, text

if TYPE_CHECKING:
    from histshell.pik.files.model import ArrayHeader
    from histshell.pik.tree.maker import Maker

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
            return _of_state(own_state(given.state)[0])
        if name == "_frombuffer":
            return _of_buffer(given.args)
        if name == "NumpyArrayWrapper":
            return _of_wrapper(given)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return None


def own_state(state: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
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
