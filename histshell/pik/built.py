"""Arrays of numpy's, made of the bytes that a file has for them; numpy is imported as the user's, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell import libraries
from histshell.pik.errors import PikError
from histshell.pik.tree.tensors import Strided

if TYPE_CHECKING:
    from histshell.pik.tree.array_values import Array
    from histshell.pik.tree.dtypes import DType

_BFLOAT16 = "bfloat16"


def numpy() -> Any:
    """Return the user's numpy; None where there is none."""
    try:
        return libraries.as_user(libraries.users_import, "numpy")
    except ImportError:
        return None


def is_built(array: Array) -> bool:
    """Tell whether numpy can make it of its bytes: no objects, and a dtype that numpy has."""
    return array.objects is None and array.read is not None and _is_known(array.kind)


def _is_known(kind: DType) -> bool:
    """Tell whether numpy has such a dtype."""
    parts = [field for _, field, _ in kind.fields] or ([kind.base] if kind.base is not None else [])
    if parts:
        return all(map(_is_known, parts))
    return kind.name in ("", _BFLOAT16) and kind.kind in "biufcSUVmM"


def _dtype(module: Any, kind: DType) -> Any:
    """Make numpy's dtype."""
    if kind.base is not None:
        return module.dtype((_dtype(module, kind.base), kind.shape))
    if kind.fields:
        names, fields, offsets = zip(*kind.fields)
        formats = [_dtype(module, field) for field in fields]
        return module.dtype({"names": list(names), "formats": formats, "offsets": list(offsets), "itemsize": kind.size})
    if kind.kind in "mM":
        return module.dtype(f"{kind.order}{kind.kind}8[{kind.unit}]" if kind.unit else f"{kind.order}{kind.kind}8")
    size = kind.size // 4 if kind.kind == "U" else kind.size
    return module.dtype(f"{kind.order}{kind.kind}{size}")


def build(array: Array) -> Any:
    """Make the array that *array* describes, with bytes of its own. Raises `PikError` where they are not there.

    numpy has no bfloat16: that comes as float32, which holds each of its numbers.
    """
    module = numpy()
    assert module is not None
    assert array.read is not None
    try:
        raw_kind = module.dtype(f"{array.kind.order}u2") if array.kind.name == _BFLOAT16 else _dtype(module, array.kind)
        if isinstance(array, Strided):
            made = _strided(module, array, raw_kind)
        else:
            data = bytearray(_bytes(array, 0, array.nbytes))
            made = module.frombuffer(data, raw_kind, array.size) if array.size else module.empty(0, raw_kind)
            made = made.reshape(array.shape, order="F" if array.fortran else "C")
        if array.kind.name == _BFLOAT16:
            made = (made.astype(module.uint32) << 16).view(module.float32)
    except (ValueError, TypeError, OverflowError) as cause:
        raise PikError(f"numpy cannot make an array of {array.shape} {array.kind}: {cause}") from cause
    return made


def _bytes(array: Array, start: int, stop: int) -> Any:
    """Read bytes; all of them, or raise."""
    assert array.read is not None
    data = array.read(start, stop)
    if len(data) != stop - start:
        raise PikError(
            f"an array of {array.shape} {array.kind} takes {stop - start:,} bytes, and {len(data):,} are there"
        )
    return data


def _strided(module: Any, tensor: Strided, kind: Any) -> Any:
    """Read the part of a storage that a tensor lies in, and no more of it."""
    size = tensor.kind.size
    if not tensor.size:
        return module.empty(tensor.shape, kind)
    spans = [(length - 1) * step for length, step in zip(tensor.shape, tensor.strides)]
    if any(span < 0 for span in spans):
        raise PikError(f"a tensor of {tensor.shape} {tensor.kind} has strides that go backwards")
    start, count = tensor.offset, sum(spans) + 1
    if count > 64 * tensor.size + 1024:
        raise PikError(f"a tensor of {tensor.shape} {tensor.kind} is spread over {count:,} items of its storage")
    flat = module.frombuffer(bytearray(_bytes(tensor, start * size, (start + count) * size)), kind, count)
    steps = [step * size for step in tensor.strides]
    return module.lib.stride_tricks.as_strided(flat, tensor.shape, steps).copy()
