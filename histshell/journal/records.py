"""Records as lines of JSON, made without `json`, which takes 7 ms to load: its C function for texts is all that is needed.

`model` says what is in them.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

try:
    import _json as _encoder
except ImportError:  # PyPy
    from json import encoder as _encoder  # type: ignore[no-redef]  # the other of two

quoted: Callable[[str], str] = _encoder.encode_basestring_ascii
"""Give a text as JSON."""

_INFINITE = ("inf", "-inf", "nan")


def _scalar(value: Any) -> str:
    """Return a text, number, bool or None as JSON; None for what JSON has no number for."""
    kind = type(value)
    if kind is str:
        return quoted(value)
    if kind is bool:
        return "true" if value else "false"
    if value is None or repr(value) in _INFINITE:
        return "null"
    return repr(value)


def line(kind: str, seq: int, fields: Mapping[str, Any]) -> str:
    """Return a record whose fields are texts, numbers, bools and None."""
    rest = "".join([f', "{name}": {_scalar(value)}' for name, value in fields.items()])
    return f'{{"kind": "{kind}", "seq": {seq}{rest}}}\n'
