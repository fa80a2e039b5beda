"""Modules that the input imports and the session has not: their names, read from their source as text; nothing is loaded."""

from __future__ import annotations

import os
import re
import stat
from typing import Dict, List, Tuple

from . import bounded, ranking, statements, static
from .context import Context
from .expressions import evaluator
from .model import Completion, Request
from .static import UNKNOWN

LARGEST = 1_000_000
"""The size of a source file that is read, in bytes."""

_PART = 0.5  # of the time that is left
_TEXTS = re.compile(r'(?:"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\')', re.DOTALL)
_DEFINED = re.compile(r"^(?:async[ ]+)?(def|class)[ ]+([^\W\d]\w*)", re.MULTILINE)
_ASSIGNED = re.compile(r"^([^\W\d]\w*)[ ]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
_WORDS = {"def": "function", "class": "class"}

_known: Dict[str, Tuple[int, Dict[str, str]]] = {}  # file → its modification time in ns, its names with their kinds


def complete(request: Request, context: Context) -> List[Completion]:
    """Return the names after `import wave as w; w.` and `from wave import `."""
    if context.string is not None or context.comment:
        return []
    module = _imported_before(request, context)
    if not module or static.imported(module) is not UNKNOWN:
        return []
    names = outline(module, request)
    found = []
    called = "" if statements.is_import(context) or context.after.startswith("(") else "("
    for name in ranking.select(list(names), context.stem, request):
        kind = names[name]
        found.append(Completion(name + (called if kind in ("function", "class") else ""), context.start, kind))
    return found


def _imported_before(request: Request, context: Context) -> str:
    """Return the module whose names are wanted; empty if it is not one that this input imports."""
    words = context.words
    if statements.is_import(context):
        wants = words[:1] == ["from"] and "import" in words and words[-1] in ("import", ",", "(")
        return "".join(words[1 : words.index("import")]) if wants else ""
    tokens = context.tokens
    if context.last != "." or len(tokens) < 2 or context.primary(len(tokens) - 1) != len(tokens) - 2:
        return ""
    module = evaluator(request, context).bound.get(tokens[-2].text)
    return ".".join(filter(None, module)) if module is not None else ""


def outline(module: str, request: Request) -> Dict[str, str]:
    """Return the public names that a module defines at its top, with their kinds; none if there is no source of it."""
    parent, _, last = module.rpartition(".")
    if not all(part.isidentifier() for part in module.split(".")):
        return {}
    folders = statements.folders(parent) if parent else [folder or "." for folder in statements.search_path()]
    answer = bounded.call(_read, folders, last, owner=_known, seconds=request.left() * _PART, stop=False)
    return answer[0] if answer else {}


def _read(folders: List[str], name: str) -> Dict[str, str]:
    for folder in folders:
        for path in (os.path.join(folder, name, "__init__.py"), os.path.join(folder, name + ".py")):
            try:
                status = os.stat(path)
                if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
                    continue
                if path not in _known or _known[path][0] != status.st_mtime_ns:
                    with open(path, encoding="utf-8", errors="replace") as file:
                        _known[path] = status.st_mtime_ns, _names(file.read(LARGEST))
                return _known[path][1]
            except (OSError, ValueError):
                continue
    return {}


def _names(text: str) -> Dict[str, str]:
    text = _TEXTS.sub("''", text)
    names = {match[1]: "attribute" for match in _ASSIGNED.finditer(text)}
    names.update((match[2], _WORDS[match[1]]) for match in _DEFINED.finditer(text))
    return {name: kind for name, kind in names.items() if name[:1] != "_"}
