"""What joblib's wrappers say of the arrays that they stand for: dtypes and shapes, from the states that a stream gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.files import npy
from histshell.pik.files.skimmed_values import Made, Name

if TYPE_CHECKING:
    from histshell.pik.files.model import ArrayHeader
    from histshell.pik.files.sources import Source

_MODULES = ("joblib.numpy_pickle", "joblib.numpy_pickle_compat", "sklearn.externals.joblib.numpy_pickle",
            "sklearn.externals.joblib.numpy_pickle_compat")  # fmt: skip
_WRAPPERS = {
    f"{module}.{name}": name
    for module in _MODULES
    for name in ("NumpyArrayWrapper", "NDArrayWrapper", "ZNDArrayWrapper")
}
_DEEPEST = 8
_ATTRIBUTES = 100
_UNITS = ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "generic")


def wrapper(made: Made) -> str:
    """Return which of joblib's wrappers an object is, by name; "" for any other."""
    name = made.name
    found = _WRAPPERS.get(f"{name.module}.{name.name}")  # wherever the two are parted
    if found:
        return found
    if name.name in ("__reduce_ex__", "_reconstructor", "__newobj__") and isinstance(made.arguments, tuple):
        first = made.arguments[0] if made.arguments else None  # protocols 0 and 1
        return wrapper(Made(first, ())) if isinstance(first, Name) else ""
    return ""


def describe(dtype: Any, depth: int = 0) -> Any:
    """Return a dtype of the stream as a header would write it. Raises `ValueError`."""
    if isinstance(dtype, Name) and dtype.module in ("numpy", "builtins"):
        return {"object": "|O", "float64": "<f8", "int64": "<i8", "bool_": "|b1"}.get(dtype.name, "")
    if not isinstance(dtype, Made) or dtype.name.name != "dtype" or depth > _DEEPEST:
        raise ValueError("its dtype is none that is known")
    code = dtype.arguments[0] if isinstance(dtype.arguments, tuple) and dtype.arguments else None
    state = dtype.state if isinstance(dtype.state, tuple) else ()
    if not isinstance(code, str):
        raise ValueError("its dtype is none that is known")
    if dtype.state is not None and not _is_honest(code, state):
        raise ValueError("its dtype has a state that numpy would not write")
    if len(state) > 5 and isinstance(state[3], tuple) and isinstance(state[4], dict):
        return _agreed(_fields(state[3], state[4], state[5], depth), state)
    if len(state) > 2 and isinstance(state[2], tuple) and len(state[2]) == 2:
        shape = state[2][1]
        found = (describe(state[2][0], depth + 1), shape if isinstance(shape, tuple) else (shape,))
        return _agreed(found, state)
    order = state[1] if len(state) > 1 and state[1] in ("<", ">", "|", "=") else "|"
    order = "<" if order == "=" else order
    unit = _unit(state) if code[:1] in ("M", "m") else ""
    return f"{'|' if code[:1] in 'OSVab' else order}{code[:1] + '8' if code[:1] in 'O' else code}{unit}".replace(
        "O8", "O"
    )


def _agreed(descr: Any, state: tuple[Any, ...]) -> Any:
    """Return a dtype of parts if the size that its state gives, and whether it says to have objects, are those of its parts."""
    if npy.itemsize(descr) != (state[5], bool(state[7] & 1)):
        raise ValueError("its dtype says another size than its parts have")
    return descr


def _is_honest(code: str, state: tuple[Any, ...]) -> bool:
    """Tell whether a state is one that numpy takes as it is read here: with subarrays and fields of a void alone."""
    if len(state) not in (8, 9) or state[0] not in (3, 4) or not all(type(state[at]) is int for at in (0, 5, 6, 7)):
        return False
    if code[:1] != "V" and (state[2] is not None or state[3] is not None or state[4] is not None):
        return False
    if state[2] is None and state[3] is None:
        return state[4] is None and _size_is(code, state) and bool(state[7] & 1) == (code[:1] == "O")
    return (state[2] is None) != (state[3] is None)


def _size_is(code: str, state: tuple[Any, ...]) -> bool:
    """Tell whether a text or a void has the size that its code says; numpy believes the state."""
    units = 4 if code[:1] == "U" else 1
    return code[:1] not in ("S", "U", "V", "a") or state[5] == units * int(code[1:] or 0)


def _unit(state: tuple[Any, ...]) -> str:
    """Return the unit of a time, which stands at the end of its dtype's state."""
    said = state[8][1] if len(state) > 8 and isinstance(state[8], tuple) and len(state[8]) == 2 else None
    unit = said[0] if isinstance(said, tuple) and said else None
    if (
        isinstance(unit, Made) and isinstance(unit.arguments, tuple) and unit.arguments
    ):  # bytes, as old protocols have them
        unit = unit.arguments[0]
    if unit not in _UNITS or unit == "generic" or not isinstance(said, tuple):
        return ""
    number = said[1] if len(said) > 1 and type(said[1]) is int and said[1] > 1 else ""
    return f"[{number}{unit}]"


def _fields(names: tuple[Any, ...], fields: dict[str, Any], size: Any, depth: int) -> list[Any]:
    """Return the fields of a structured dtype, with what lies between them as fields without a name."""
    found: list[Any] = []
    at = 0
    if len(fields) != len(names) or type(size) is not int:
        raise ValueError("its dtype's fields are damaged")
    for name in names:
        field = fields.get(name) if isinstance(name, str) else None
        if not isinstance(field, tuple) or len(field) < 2 or type(field[1]) is not int:
            raise ValueError("its dtype's fields are damaged")
        if field[1] < at:
            raise ValueError("its dtype's fields overlap")
        if field[1] > at:
            found.append(("", f"|V{field[1] - at}"))
        inner = describe(field[0], depth + 1)
        found.append((name, *inner) if isinstance(inner, tuple) else (name, inner))
        at = field[1] + npy.itemsize(inner)[0]
    if size < at:
        raise ValueError("its dtype's fields reach beyond it")
    if size > at:
        found.append(("", f"|V{size - at}"))
    return found


def raw(source: Source, state: Any, stands: int) -> tuple[ArrayHeader, bool]:
    """Return the array that stands at a place in the file, behind its padding, and whether its items are objects.

    Raises `ValueError` with a sentence.
    """
    if not isinstance(state, dict):
        raise ValueError("it has no state")
    alignment = state.get("numpy_array_alignment_bytes")
    if (
        not all(type(key) is str for key in state)
        or len(state) > _ATTRIBUTES
        or type(alignment) not in (int, type(None))
    ):
        raise ValueError("its state is none that joblib writes")
    descr = describe(state.get("dtype"))
    objects = npy.itemsize(descr)[1]
    shape = state.get("shape")
    if not objects and alignment is not None:
        padding = source.read(stands, 1)
        stands += 1 + (padding[0] if padding else 0)
    return npy.array(source, stands, descr, shape, state.get("order") == "F"), objects
