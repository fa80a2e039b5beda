"""Importing from the standard library and from histshell's home, never from the user's path.

An `import` statement calls the `__import__` of its frame's builtins, and those are what the module's globals have as
`__builtins__`. Each module of histshell has `BUILTINS` there, whose `__import__` is `import_`; so have the library's
modules that are loaded for them. What is loaded that way is kept in a table of our own and not in `sys.modules`:
the user's imports find what they would find without histshell.

This is what is there before the first prompt: it answers for what is loaded already. The other modules of this package
are loaded when something has to be loaded, by `_part`; they import one another with names (`from .table import lend`), since
nobody else could load the module that loads. PyPy's `dispatch` stands here because the start needs it: a module of its own
would be one more file to read there.
"""

import builtins
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Callable, Mapping

BUILTINS: "dict[str, Any]" = dict(builtins.__dict__)
"""The builtins of our own modules, of this one too: a function takes those that its module has when it is defined."""

BUILTINS.pop("_", None)  # the user's last value
globals()["__builtins__"] = BUILTINS

_BUILT_IN = frozenset(("os", "_frozen_importlib", "_frozen_importlib_external", *sys.builtin_module_names))
"""What comes from no file that the user could have another of; `os` has been loaded by the interpreter."""

_ALONE = frozenset(
    ("atexit", "errno", "gc", "itertools", "marshal", "time", "_collections", "_functools", "_imp", "_thread")
)
"""Those of them that import nothing when they are executed, in C, from a frame that is not ours."""

_modules = sys.modules

TABLE: "dict[str, ModuleType]" = {}
"""The modules that have been loaded for us, by name."""

LOADING: "set[str]" = set()
"""The modules of our own that are being executed: another thread waits until one is whole."""

COPIES: "bool" = hasattr(sys, "pypy_version_info")
"""Whether frames have the interpreter's own builtins whatever their globals say: PyPy. There `dispatch` stands in `builtins`."""


def import_(
    name: "str",
    globals: "Mapping[str, object] | None" = None,  # noqa: A002  # the names that `__import__` has
    locals: "object" = None,  # noqa: A002, ARG001
    fromlist: "Any" = (),
    level: "int" = 0,
) -> "Any":
    """Import as `__import__` does, for our own modules and for those of home's packages."""
    full = name if not level else absolute(name, globals, level)
    if full in _BUILT_IN or full.startswith("histshell"):
        module = _modules.get(full)
        if module is None and full.startswith(_INSIDE):
            module = _part(full[len(_INSIDE) :])
        elif module is None and full in _ALONE and full in sys.builtin_module_names:
            from _frozen_importlib import _builtin_from_name  # type: ignore[attr-defined]

            module = _builtin_from_name(full)
        elif (
            module is None and full == "os"
        ):  # with -S alone, where nothing has loaded it: the library cannot be found without
            module = users_import(full)
        if module is not None and full not in LOADING:
            if fromlist:
                names = module.__dict__
                for item in fromlist:
                    if item not in names:
                        break
                else:
                    return module
            elif "." not in full:
                return module
    return _part("loader").import_(full, name, fromlist, level)


def absolute(name: "str", names: "Mapping[str, object] | None", level: "int") -> "str":
    """Return the full name of a relative import in a module with these globals."""
    if not names or type(names.get("__package__")) is not str:
        raise ImportError("relative import in a module without a package")
    parts = str(names["__package__"]).rsplit(".", level - 1)
    if len(parts) < level:
        raise ImportError("relative import beyond the top-level package")
    return f"{parts[0]}.{name}" if name else parts[0]


_INSIDE = f"{__name__}."
_parts: "dict[str, Any]" = {}


def _part(name: "str") -> "Any":
    """Return a module of this package, loaded from its folder if need be."""
    module = _parts.get(name)
    if module is None:
        from _frozen_importlib_external import SourceFileLoader

        full, place = f"{_INSIDE}{name}", f"{__file__[: -len('__init__.py')]}{name}.py"
        loader = SourceFileLoader(full, place)
        module = type(sys)(full)
        module.__file__, module.__loader__, module.__package__ = place, loader, __name__
        module.__spec__ = type(__spec__)(full, loader, origin=place)
        module.__spec__.has_location = True
        module.__dict__["__builtins__"] = BUILTINS
        loader.exec_module(module)
        module = _parts.setdefault(name, module)  # another thread may have been faster: there is one
        _modules[full] = globals()[name] = module
    return module


def find_spec(name: "str") -> "ModuleSpec | None":
    """Return the spec by which `name` would be loaded from the library or home; None if it is in neither."""
    found: "ModuleSpec | None" = _part("loader").find_spec(name)
    return found


def loaded(name: "str") -> "Any":
    """Return the module that an import of ours gives for `name` without loading anything; None if there is none."""
    return TABLE.get(name)


def present(name: "str") -> "Any":
    """Return the library's module of that name, if somebody has loaded it, we or the user; None if not."""
    module = TABLE.get(name)
    return module if module is not None else _modules.get(name)


def loaded_as(name: "str") -> "list[ModuleType]":
    """Return the modules that are loaded under that name: the user's and the one that we have for ourselves; none, one or two."""
    found = [table.get(name) for table in (_modules, TABLE)]
    return [module for module in found if type(module) is type(sys)]


def has(kind: "type", module: "str", name: "str") -> "bool":
    """Return whether a module that is loaded under that name has exactly this class in it. Nothing is loaded for it."""
    return any(loaded.__dict__.get(name) is kind for loaded in loaded_as(module))


def keep(name: "str", module: "ModuleType | None") -> "None":
    """Have our imports of `name` give `module` from now on; None forgets it."""
    if module is None:
        TABLE.pop(name, None)
    else:
        TABLE[name] = module


def of_library(module: "str", name: "str") -> "Any":
    """Return what the standard library has under a name, whatever the user has put there."""
    return _part("genuine").of_library(module, name)


as_user: "Callable[..., Any]" = eval(  # noqa: S307  # our own text
    "lambda function, *arguments, **named: function(*arguments, **named)", {"__builtins__": builtins, "__name__": ""}
)
"""Call a function of C's so that what it imports is what the user's code would get: it asks the frame that calls it."""


def users_import(*arguments: "Any") -> "Any":
    """Import for the user, as the user's own code would."""
    return as_user(_theirs if COPIES else builtins.__import__, *arguments)


def for_user(roots: "tuple[str, ...]") -> "dict[str, object]":
    """Return builtins for code of the user's that is to get `roots`, packages of home, from home, and all else as ever."""

    def __import__(  # noqa: A001, N807  # what it is
        name: "str",
        globals: "Mapping[str, object] | None" = None,  # noqa: A002
        locals: "Any" = None,  # noqa: A002
        fromlist: "Any" = (),
        level: "int" = 0,
    ) -> "Any":
        if not level and name.partition(".")[0] in roots:
            return import_(name, globals, locals, fromlist)
        return users_import(name, globals, locals, fromlist, level)

    return dict(builtins.__dict__, __import__=__import__)


BUILTINS["__import__"] = import_


def stop() -> "None":
    """Take out what stands in the user's way of importing: `uninstall` calls this. Loaded modules go on as they are."""
    if TABLE:
        _part("one_copy").stop()
    if COPIES and builtins.__import__ is dispatch:
        builtins.__import__ = _theirs


_theirs: "Any" = builtins.__import__


def dispatch(
    name: "str",
    globals: "Mapping[str, object] | None" = None,  # noqa: A002
    locals: "Any" = None,  # noqa: A002
    fromlist: "Any" = (),
    level: "int" = 0,
) -> "Any":
    """Stand for `builtins.__import__` in PyPy: ours for the modules that have builtins of ours, Python's own for all others."""
    if globals is not None:
        theirs: "Any" = globals.get("__builtins__")
        if type(theirs) is dict:
            ours = theirs.get("__import__")
            if ours is not None and ours is not dispatch:
                return ours(name, globals, locals, fromlist, level)
    return _theirs(name, globals, locals, fromlist, level)


if COPIES:
    dispatch.__name__ = dispatch.__qualname__ = "__import__"  # as what it stands for, in a pickle too
    dispatch.__module__ = "builtins"
    try:
        from __pypy__ import hidden_applevel  # type: ignore[import-not-found]  # the traceback of an import that fails is to have no line of ours

        dispatch = hidden_applevel(dispatch)
    except ImportError:
        pass


def start() -> "None":
    """Begin, or begin again, to answer for our own imports: where globals alone do not say who does, and to the user's."""
    global _theirs
    if TABLE:
        _part("one_copy").start()
    if COPIES and builtins.__import__ is not dispatch:
        _theirs = builtins.__import__
        builtins.__import__ = dispatch


start()
