"""Completing what a statement's first words decide: the modules and names of an import, exceptions after `except`."""

from __future__ import annotations

import builtins
import os
import sys
from itertools import islice
from typing import Any, Dict, Iterator, List, Tuple

from . import attribute_names, bounded, docstrings, ranking, static
from .context import Context
from .live import describe
from .model import Completion, Request
from .static import UNKNOWN

ENTRIES = 20_000
"""How many entries of a directory of `sys.path` are looked at."""
_FIRST_ENTRIES = 200
"""How many entries of a folder without an `__init__.py` are looked at for a module."""
_PART = 0.5  # of the time that is left, for which their listings are waited

_EXTENSIONS = (".py", ".pyc", ".so", ".pyd")
_listings: Dict[str, Tuple[int, List[str]]] = {}  # directory → its modification time in ns, the modules in it


def is_import(context: Context) -> bool:
    """Return whether the cursor is in an import statement, after its first word."""
    return context.string is None and not context.comment and _words(context)[:1] in (["import"], ["from"])


def _words(context: Context) -> List[str]:
    """Return the words of this statement; none inside brackets, but for those of `from x import (`."""
    words = context.words
    if context.brackets:
        inner = context.brackets[-1].token
        whole = words[:1] == ["from"] and "import" in words and len(context.brackets) == 1
        return words if whole and context.tokens[inner - 1].text == "import" else []
    return words


def complete(request: Request, context: Context) -> List[Completion]:
    """Return what can follow in an import, and exception classes after `except` and `raise`."""
    if context.string is not None or context.comment:
        return []
    words = _words(context)
    if words[:1] == ["import"]:
        part = words[len(words) - words[::-1].index(",") :] if "," in words else words[1:]
        return list(_modules(request, context, part)) if "as" not in part else []
    if words[:1] == ["from"]:
        if "import" not in words:
            return list(_from(request, context, words[1:]))
        return list(_names_of(request, context, words))
    if words[:1] in (["except"], ["raise"]) or (context.words[:1] == ["except"] and context.brackets):
        return list(_exceptions(request, context))
    return []


def needs_reading(context: Context) -> bool:
    """Return whether an import names something that has not been imported, so that its source would have to be read."""
    words = _words(context)
    if words[:1] != ["from"] or "import" not in words:
        return False
    return static.imported("".join(words[1 : words.index("import")])) is UNKNOWN


def _modules(request: Request, context: Context, path: List[str]) -> Iterator[Completion]:
    """Yield the modules that go on with a dotted path, given as its words up to the stem."""
    if path and path[-1] != ".":
        yield from _word("as", request, context)
        return
    parent = "".join(path[:-1])
    if path and (not parent or parent[0] == "."):
        return  # relative imports mean nothing at a prompt
    known = submodules(parent, request) if parent else top_modules(request)
    for name in ranking.select(known, context.stem, request):
        if name.isidentifier():
            module = static.imported(f"{parent}.{name}" if parent else name)
            detail = docstrings.doc_line(module) if module is not UNKNOWN else ""
            yield Completion(name, context.start, "module", "module", detail[:100])


def _word(word: str, request: Request, context: Context) -> Iterator[Completion]:
    for name in ranking.select([word], context.stem, request):
        yield Completion(name + " ", context.start, "keyword")


def _from(request: Request, context: Context, path: List[str]) -> Iterator[Completion]:
    """Yield what can stand after `from`: a module, or `import` once there is one."""
    if path and path[-1] != ".":
        yield from _word("import", request, context)
    else:
        yield from _modules(request, context, path)


def _names_of(request: Request, context: Context, words: List[str]) -> Iterator[Completion]:
    """Yield what can stand after `from x import`: the names of x, if it has been imported, and the modules in it."""
    at = words.index("import")
    module = "".join(words[1:at])
    if module[:1] == ".":
        return  # relative imports mean nothing at a prompt
    if words[-1] not in ("import", ",", "("):
        if words[-1] != "as" and words[-2:-1] != ["as"]:
            yield from _word("as", request, context)
        return
    live = static.imported(module)
    known = attribute_names.names(live, request.left()) if live is not UNKNOWN else []
    own = set(static.own_dict(live)) if live is not UNKNOWN else set()
    inside = submodules(module, request)
    for index, name in enumerate(ranking.select([*known, *inside], context.stem, request)):
        value = static.attribute(live, name) if live is not UNKNOWN else UNKNOWN
        if value is UNKNOWN and (name in inside or name not in own):
            value = static.imported(f"{module}.{name}")
            if value is UNKNOWN and name in inside:
                yield Completion(name, context.start, "module", "module")
                continue
        if name.isidentifier() and (name[:2] != "__" or name in own):
            yield describe(name, context.start, value, "name", index, True)


def _exceptions(request: Request, context: Context) -> Iterator[Completion]:
    """Yield the exception classes among the names, the user's before the built-in ones."""
    bare = context.words[0] == "except" or context.after.startswith("(")
    for values in (request.namespace, builtins.__dict__):
        entries: List[Tuple[Any, Any]] = list(dict.items(values))  # type: ignore[arg-type]  # dicts
        known = [name for name, value in entries if type(name) is str and static.is_exception(value)]
        for index, name in enumerate(ranking.select(known, context.stem, request)):
            yield describe(name, context.start, static.lookup(name, request.namespace), "name", index, bare)


def top_modules(request: Request) -> List[str]:
    """Return the modules that can be imported: loaded, built in, the library's, and what lies in the directories of the path."""
    names = [name for name in list(sys.modules) if type(name) is str and "." not in name and name != "__main__"]
    names += sys.builtin_module_names
    names += getattr(sys, "stdlib_module_names", ())
    return names + in_folders([folder or "." for folder in search_path()], request)


def search_path() -> List[str]:
    """Return the folders of `sys.path`, the one that one stands in as an empty text."""
    return [folder for folder in list(sys.path) if type(folder) is str]


def submodules(parent: str, request: Request) -> List[str]:
    """Return the modules in a package, imported or not."""
    before = parent + "."
    loaded = [name for name in list(sys.modules) if type(name) is str and name.startswith(before)]
    return [name[len(before) :].partition(".")[0] for name in loaded] + in_folders(folders(parent), request)


def folders(package: str) -> List[str]:
    """Return the directories that the modules of a package may lie in."""
    live = static.imported(package)
    if live is not UNKNOWN:
        path = static.own_dict(live).get("__path__")
        return [folder for folder in path if type(folder) is str] if type(path) is list else []
    parts = package.split(".")
    return [os.path.join(folder or ".", *parts) for folder in search_path()]


def in_folders(places: List[str], request: Request) -> List[str]:
    """Return the modules and packages that lie in directories; of a slow one what is known of it, and all of it a while later."""
    found: List[str] = []
    if bounded.call(_gather, places, found, owner=_listings, seconds=request.left() * _PART, stop=False) is None:
        found = [name for place in places if place in _listings for name in _listings[place][1]]
    return found


def _gather(places: List[str], found: List[str]) -> None:
    for place in places:
        try:
            stamp = os.stat(place).st_mtime_ns
            kept = _listings.get(place)
            if kept is None or kept[0] != stamp:
                kept = _listings[place] = (stamp, _list(place))
            found.extend(kept[1])
        except (OSError, ValueError):  # no such directory, or a zip file
            continue


def _list(folder: str) -> List[str]:
    """Return the names of the modules and packages in a directory."""
    names = []
    with os.scandir(folder) as entries:
        for entry in islice(entries, ENTRIES):
            name = entry.name
            base = name.partition(".")[0]
            if not base.isidentifier() or base == "__pycache__":
                continue
            if name != base:
                if name.endswith(_EXTENSIONS) and base != "__init__":
                    names.append(base)
            elif _is_package(os.path.join(folder, name)):
                names.append(base)
    return names


def _is_package(folder: str) -> bool:
    """Return whether a folder can be imported and has something in it: an `__init__.py`, or else some module."""
    if os.path.exists(os.path.join(folder, "__init__.py")):
        return True
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.endswith(".py") for entry in islice(entries, _FIRST_ENTRIES))
    except OSError:  # a file, or none of ours to read
        return False
