"""The source of a live object, and where it stands: from its code object, without asking it for anything.

Files are read as text, regular ones alone, and only those that are named by a whole path.
"""

from __future__ import annotations

import os
import re
import stat
import types
from typing import Any, List, NamedTuple, Tuple

from histshell import libraries
from histshell.completion import static, typed
from histshell.completion.static import UNKNOWN, Instance

LARGEST = 4_000_000
"""The size of a source file that is read, in bytes."""

_WRAPPERS = 20


class Place(NamedTuple):
    """Where something is written: the file as Python names it, the line from 1 on, 0 if that is not known."""

    file: str = ""
    line: int = 0


def plain(value: Any) -> Any:
    """Return what a value was written as: the function of a method, of a property, of a wrapper that says what it wraps."""
    for _ in range(_WRAPPERS):
        kind = type(value)
        if kind is types.MethodType or kind is staticmethod or kind is classmethod:
            value = value.__func__
        elif kind is property:
            value = value.fget
        elif kind is static.from_module("functools", "partial"):
            value = value.func
        elif kind is static.from_module("functools", "cached_property"):
            value = dict.get(static.own_dict(value), "func")
        else:
            inner = dict.get(static.own_dict(value), "__wrapped__") if not static.is_class(value) else None
            if inner is None:
                break
            value = inner
    return value


def place(value: Any) -> Place:
    """Return where a value is written; of one that is neither function, class nor module, where its class is."""
    value = plain(value)
    if type(value) is types.FunctionType:
        module = static.imported(value.__module__) if type(value.__module__) is str else UNKNOWN
        return Place(_of_frozen(value.__code__.co_filename, module), value.__code__.co_firstlineno)
    if type(value) is types.CodeType:
        return Place(value.co_filename, value.co_firstlineno)
    if static.is_module(value):
        file = dict.get(static.own_dict(value), "__file__")
        return Place(file if type(file) is str else "")
    return _of_class(value) if static.is_class(value) else Place()


def _of_class(cls: Any) -> Place:
    """Return where a class is written: where its methods are, else where its module is, if that has such a class."""
    code = _first_code(cls)
    module = static.imported(static.class_module(cls))
    file = dict.get(static.own_dict(module), "__file__") if module is not UNKNOWN else None
    if code is not None:
        file = _of_frozen(code.co_filename, module)
    if type(file) is not str:
        return Place()
    lines = lines_of(file)
    line = _line_of_class(cls, lines) if lines else 0
    return Place(file, line) if line or code is not None else Place()


def _of_frozen(file: str, module: Any) -> str:
    """Return the file that stands for `<frozen posixpath>`, which a module says itself."""
    if file.startswith("<frozen ") and module is not UNKNOWN:
        own = dict.get(static.own_dict(module), "__file__")
        return own if type(own) is str else file
    return file


def _first_code(cls: Any) -> Any:
    """Return the code of the method that stands first in a class, None if it has none of its own."""
    own = static.class_attribute(type, "__qualname__").__get__(cls) + "."
    codes = []
    for entry in list(static.class_dict(cls).values()):
        found = plain(entry)
        if type(found) is types.FunctionType and found.__qualname__.startswith(own):
            codes.append(found.__code__)
    written = [code for code in codes if code.co_filename[:1] != "<"] or codes  # a dataclass makes some of its own
    return min(written, key=lambda code: code.co_firstlineno, default=None)


def source(value: Any, namespace: Any) -> Tuple[str, str]:
    """Return the source of a value, and a sentence that says why there is none."""
    written = plain(value.cls if type(value) is Instance else value)
    if not (static.is_class(written) or static.is_module(written) or has_code(written)):
        written = type(written) if not _is_in_c(written) else written
    if _is_in_c(written):
        return "", "no source: it is not written in Python"
    found = _typed(written, namespace)
    if found:
        return found, ""
    where = place(written)
    lines = lines_of(where.file)
    if not lines:
        return "", "no source: " + (f"{where.file} cannot be read" if where.file else "it is not written in Python")
    if static.is_module(written):
        return "".join(lines), ""
    name = static.class_name(written) if static.is_class(written) else _code(written).co_name
    start = _line_of_class(written, lines) if static.is_class(written) else where.line
    found = _block(lines, start, name)
    return (found, "") if found else ("", f"no source: {where.file} has changed since it was loaded")


def has_code(value: Any) -> bool:
    """Return whether a value is a function or a code object."""
    return type(value) is types.FunctionType or type(value) is types.CodeType


def _code(value: Any) -> Any:
    return value.__code__ if type(value) is types.FunctionType else value


_C_KINDS = static.ids(
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType,
    types.ClassMethodDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType,
)  # fmt: skip


def _is_in_c(value: Any) -> bool:
    return id(type(value)) in _C_KINDS


def _typed(value: Any, namespace: Any) -> str:
    """Return the source of what was typed at a prompt, if it is still known."""
    where = place(value)
    if static.is_module(value) or (where.file and where.file[:1] != "<"):
        return ""
    if static.is_class(value):
        if static.class_module(value) != "__main__":
            return ""
        return typed.class_(value, static.class_name(value), typed.inputs(), namespace) or ""
    return typed.function(_code(value), typed.inputs(), namespace) or ""


def lines_of(path: str) -> List[str]:
    """Return the lines of a source file, with their ends; none if it cannot be read, or is not one by its name and kind."""
    cache: Any = getattr(libraries.present("linecache"), "cache", {})
    kept = dict.get(cache, path) if type(cache) is dict else None
    if type(kept) is tuple and len(kept) == 4 and type(kept[2]) is list:
        return [line for line in kept[2] if type(line) is str]
    if not os.path.isabs(path) or not path.endswith((".py", ".pyw")):
        return []
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return []
        with open(path, "rb") as file:
            return _decoded(file.read(LARGEST)).splitlines(True)
    except (OSError, ValueError):
        return []


def _decoded(content: bytes) -> str:
    match = re.match(rb"(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)", content)
    try:
        return content.decode(match[1].decode("ascii") if match else "utf-8-sig", "replace")
    except LookupError:
        return content.decode("latin-1")


def _line_of_class(cls: Any, lines: List[str]) -> int:
    """Return the line in which a class begins, its decorators included; 0 if it is not there."""
    given = static.class_dict(cls).get("__firstlineno__")
    if type(given) is int:
        return given
    header = re.compile(rf"[ \t]*class[ \t]+{re.escape(static.class_name(cls))}\b")
    found = [number for number, line in enumerate(lines, 1) if header.match(line)]
    code = _first_code(cls)
    before = [number for number in found if code is not None and number <= code.co_firstlineno]
    start = before[-1] if before else found[0] if found else 0
    while start > 1 and lines[start - 2].lstrip().startswith("@"):
        start -= 1
    return start


def _block(lines: List[str], start: int, name: str) -> str:
    """Return the definition that begins in a line; empty if no such name is defined there."""
    from inspect import getblock

    if not 0 < start <= len(lines):
        return ""
    try:
        found = getblock(lines[start - 1 :])
    except Exception:  # what `tokenize` raises
        return ""
    text = "".join(found)
    wanted = r"\blambda\b" if name == "<lambda>" else rf"\b(?:def|class)[ \t]+{re.escape(name)}\b"
    return text if re.search(wanted, text) else ""
