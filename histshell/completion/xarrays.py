"""What xarray's datasets and arrays hold by name: variables, coordinates, attributes; read from their slots."""

from __future__ import annotations

from typing import Any, Dict, List

from . import static
from .static import UNKNOWN, Instance

_VIEWS = {
    "coords": {"Dataset": "DatasetCoordinates", "DataArray": "DataArrayCoordinates"},
    "data_vars": {"Dataset": "DataVariables"},
}
_DICTS = {"attrs": "_attrs", "encoding": "_encoding", "sizes": "_dims"}


def is_xarray(value: Any) -> str:
    """Return `Dataset` or `DataArray` for what is exactly one of these, empty for others."""
    for kind in ("Dataset", "DataArray"):
        cls = static.from_module("xarray", kind)
        if cls is not UNKNOWN and type(value) is cls:
            return kind
    return ""


def variables(value: Any) -> Dict[Any, Any]:
    """Return the variables of a Dataset, the coordinates of a DataArray: by name; empty for others."""
    kind = is_xarray(value)
    found = static.attribute(value, "_variables" if kind == "Dataset" else "_coords") if kind else UNKNOWN
    return found if type(found) is dict else {}


def member(value: Any, name: str) -> Any:
    """Return what `.coords`, `.data_vars`, `.sizes` or `.attrs` of a Dataset or DataArray is; `UNKNOWN` for all else."""
    kind = is_xarray(value)
    if not kind:
        return UNKNOWN
    if name in _DICTS:
        holder = value if kind == "Dataset" else static.attribute(value, "_variable")
        found = static.attribute(holder, _DICTS[name])
        return found if type(found) is dict else UNKNOWN
    cls = _class(_VIEWS.get(name, {}).get(kind, ""))
    return Instance(cls, True, value) if cls is not UNKNOWN else UNKNOWN


def _class(name: str) -> Any:
    for module in ("xarray.core.coordinates", "xarray.core.dataset_variables", "xarray.core.dataset"):
        found = static.from_module(module, name) if name else UNKNOWN
        if static.is_class(found):
            return found
    return UNKNOWN


def labels(view: Instance) -> List[Any]:
    """Return the names in a view: of `.coords` the coordinates, of `.data_vars` the others; none of what is another thing."""
    held = variables(view.table)
    name = static.class_name(view.cls)
    if name == "DataArrayCoordinates":
        return list(held)
    if name not in ("DatasetCoordinates", "DataVariables"):
        return list(held) if name == "Dataset" else []
    coordinates = static.attribute(view.table, "_coord_names")
    if type(coordinates) is not set:
        return []
    of_text = {one for one in coordinates if type(one) is str}
    return [one for one in held if (type(one) is str and one in of_text) == (name == "DatasetCoordinates")]
