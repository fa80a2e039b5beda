"""The labels of a pandas index, read from the arrays that it keeps them in: none of its Python runs, nor of what is in it.

A label that takes code to make, such as a moment in a time zone of the user's, is `UNKNOWN`, at its place.
"""

from __future__ import annotations

from typing import Any, List

from .static import UNKNOWN, Getset, Member, class_attribute, class_module, class_name, derives, from_module, own_dict


def labels(index: Any, most: int) -> List[Any]:
    """Return the first labels of an index, in order; none if it is of somebody else's class."""
    if not _is_of_pandas(type(index)):
        return []
    kept = own_dict(index)
    numbers = dict.get(kept, "_range")
    if type(numbers) is range:
        return list(numbers[:most])
    levels, codes = dict.get(kept, "_levels"), dict.get(kept, "_codes")
    if derives(type(levels), list) and derives(type(codes), list):
        parts = [_taken(level, code, most) for level, code in zip(list.copy(levels), list.copy(codes))]  # type: ignore[arg-type]
        return list(zip(*parts))
    return _of_array(dict.get(kept, "_data"), most)


def _is_of_pandas(cls: type) -> bool:
    """Return whether a class is the one that pandas has under its name."""
    module = class_module(cls)
    return module.partition(".")[0] == "pandas" and from_module(module, class_name(cls)) is cls


def _is_array(value: object) -> bool:
    return type(value) is from_module("numpy", "ndarray")


def _of_array(data: Any, most: int, places: Any = None) -> List[Any]:
    """Return the first items of an array of numpy or pandas, or those at some places."""
    if _is_array(data):
        if data.dtype.kind in "mM":
            return [UNKNOWN] * len(data[:most] if places is None else places)
        found: List[Any] = (data[:most] if places is None else data.take(places)).tolist()
        return found
    if not _is_of_pandas(type(data)):
        return []
    inner = _kept(data, "_ndarray")
    categories = dict.get(own_dict(_kept(data, "_dtype")), "_categories")
    if categories is not None:
        codes = inner if _is_array(inner) else _kept(data, "_codes")
        return _taken(categories, codes if places is None else codes.take(places), most) if _is_array(codes) else []
    if _is_array(inner):
        return _of_array(inner, most, places)
    arrow = _kept(data, "_pa_array")
    arrow = _kept(data, "_data") if arrow is UNKNOWN else arrow
    if _is_array(arrow):
        return _unmasked(_of_array(arrow, most, places), _of_array(_kept(data, "_mask"), most, places))
    if type(arrow) is from_module("pyarrow.lib", "ChunkedArray"):
        if type(arrow.type) is not from_module("pyarrow.lib", "DataType"):
            return []  # one that the user has made, say
        texts: List[Any] = (arrow.slice(0, most) if places is None else arrow.take(places)).to_pylist()
        return texts
    return []


def _unmasked(values: List[Any], mask: List[Any]) -> List[Any]:
    return [UNKNOWN if masked else value for value, masked in zip(values, mask)]


def _taken(index: Any, codes: Any, most: int) -> List[Any]:
    """Return the labels of a level at the first of some codes; -1 stands for none."""
    if not _is_array(codes):
        return []
    first = codes[:most]
    places, size = first.clip(0), len(first)
    kept = own_dict(index) if _is_of_pandas(type(index)) else {}
    numbers, data = dict.get(kept, "_range"), dict.get(kept, "_data")
    found = [numbers[one] for one in places.tolist()] if type(numbers) is range else _of_array(data, most, places)
    if len(found) != size:
        return [UNKNOWN] * size
    return _unmasked(found, (first < 0).tolist())


def _kept(value: Any, name: str) -> Any:
    """Return what a value keeps under a name: in its dictionary, or in C."""
    found = dict.get(own_dict(value), name, UNKNOWN)
    if found is UNKNOWN:
        descriptor = class_attribute(type(value), name)
        if type(descriptor) is Getset or type(descriptor) is Member:
            found = descriptor.__get__(value)
    return found
