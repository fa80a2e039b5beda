"""What the bar says of a value and of the interpreter, found without running any of the user's code."""

from __future__ import annotations

import os
import sys
from typing import Any

from histshell.completion import containers, static
from histshell.preview import type_name

_SIZED: dict[int, Any] = {
    id(kind): kind.__len__ for kind in (list, tuple, dict, set, frozenset, str, bytes, bytearray, range)
}  # by id: hashing somebody's class would call its metaclass


def about(value: object) -> str:
    """Type and size of a value, such as `list of 5`, `DataFrame 1,000 × 3`, `int`."""
    name = type_name(value)
    try:
        length = _SIZED.get(id(type(value)))
        if length is not None:
            return f"{name} of {length(value):,}"
        shape = _shape(value)
        if shape:
            return f"{name} {' × '.join(f'{size:,}' for size in shape)}"
    except Exception:  # a value that another thread is changing, or one of a kind that nobody thought of
        pass
    return name


def _shape(value: object) -> tuple[int, ...]:
    """The shape of a numpy array or of a pandas object."""
    if containers.is_array(value):
        return tuple(value.shape)  # type: ignore[attr-defined]  # numpy's own, in C
    axes = containers.table_axes(value)  # the columns first
    pandas = static.imported("pandas")
    if not axes or pandas is static.UNKNOWN:
        return ()
    sizes = [len(axis) for axis in axes if static.class_module(type(axis)).partition(".")[0] == "pandas"]
    return tuple(reversed(sizes)) if len(sizes) == len(axes) else ()


def python() -> str:
    """The version of Python and the name of the virtual environment, such as `Python 3.12.1 (venv)`."""
    implementation = "" if sys.implementation.name == "cpython" else f" {sys.implementation.name}"
    text = f"Python {'.'.join(map(str, sys.version_info[:3]))}{implementation}"
    environment = os.environ.get("CONDA_DEFAULT_ENV", "")
    if sys.prefix != sys.base_prefix:
        environment = os.path.basename(sys.prefix)
        if environment in (".venv", "venv", "env"):
            environment = os.path.basename(os.path.dirname(sys.prefix)) or environment
    return f"{text} ({environment})" if environment else text


def directory() -> str:
    """The working directory, with the home as `~`; `?` if it is gone."""
    try:
        here = os.getcwd()
    except OSError:
        return "?"
    home = os.path.expanduser("~")
    if here == home or here.startswith(home.rstrip(os.sep) + os.sep):
        return "~" + here[len(home.rstrip(os.sep)) :]
    return here
