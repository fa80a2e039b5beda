"""Loading modules of the standard library and of home beside `sys.modules`.

A module is in `sys.modules` only while it is executed, since some look for themselves there, and for the moment in which
C code that has asked for it looks for it (`table`). What the user imports later under such a name is the same module, if
it is that very file that the user's import would find (`one_copy`), so that no class of the library exists twice.

Names that are no library's and no home's are the user's: nothing is found for them here.
"""

import _imp
import os
import sys
from _frozen_importlib import (  # type: ignore[attr-defined]
    BuiltinImporter,
    FrozenImporter,
    ModuleSpec,
    _init_module_attrs,
    _lock_unlock_module,
    module_from_spec,
)
from _frozen_importlib_external import ExtensionFileLoader
from _imp import is_frozen

from . import BUILTINS, LOADING, TABLE, absolute, users_import
from .folders import NAMES, find, home, is_library, library_spec
from .lending import (
    ALIASES,
    MISSING,
    Return,
    facts,
    is_from,
    is_initializing,
    known,
    lend,
    lent,
    put_back,
    sweep,
    take_back,
)
from .locks import Lock, ModuleLock
from .mending import mend
from .one_copy import stand_in
from .ours import load_ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Mapping

_modules = sys.modules
_depth = 0  # how many modules are being executed, each for the one before

SHARED = ("click", "rich", "shellingham", "tomli", "markdown_it", "mdurl")
"""Packages of home that are used where no code of the user's runs: one that is loaded already will do."""

TWINS: "dict[str, ModuleType]" = {}
"""Copies for ourselves alone, by name."""

_OWN = frozenset(("inspect", "linecache", "traceback", "tokenize"))
"""Modules whose functions import late, by the path of who loaded them, and whose objects nobody compares: we have a
copy of our own, as of importlib, whose `import_module` is to be `import_`."""

_RUNNING = frozenset(
    ("bdb", "cProfile", "cmd", "code", "codeop", "doctest", "idlelib", "pdb", "pkgutil", "profile", "pydoc", "rlcompleter",
     "runpy", "site", "timeit", "trace", "unittest")
)  # fmt: skip
"""Modules that run what the user tells them, in namespaces of theirs. We have copies of our own, too, which import what they
need themselves as we do; those that the user loads are the user's."""

_WITH_TWINS = _RUNNING | {"importlib"}

_MACHINERY = {
    "_frozen_importlib": "_frozen_importlib",
    "_frozen_importlib_external": "_frozen_importlib_external",
    "importlib._bootstrap": "_frozen_importlib",
    "importlib._bootstrap_external": "_frozen_importlib_external",
    "__main__": "__main__",
}
"""Always loaded, and by what name. PyPy does not say that they are its own."""


def library_import(
    name: "str",
    globals: "Mapping[str, object] | None" = None,  # noqa: A002  # the names that `__import__` has
    locals: "object" = None,  # noqa: A002, ARG001
    fromlist: "Any" = (),
    level: "int" = 0,
) -> "Any":
    """Import as `__import__` does, for modules of the standard library that have been loaded here.

    The user's code calls them as well: a name that it gives them is imported as ever. A statement gives its globals.
    """
    if globals is None and not level:
        return users_import(name, None, None, fromlist)
    full = name if not level else absolute(name, globals, level)
    return import_(full, name, fromlist, level, full.partition(".")[0] == "importlib")


LIBRARY_BUILTINS: "dict[str, Any]" = dict(BUILTINS, __import__=library_import)


_as_library: "Any" = eval("lambda function, *arguments: function(*arguments)", {"__builtins__": LIBRARY_BUILTINS})  # noqa: S307


def import_(full: "str", name: "str", fromlist: "Any", level: "int", ordinary: "bool" = False) -> "Any":
    """Import `full`, which was written `name`; give what the `__import__` of Python gives."""
    if type(fromlist) is list and not level:
        return _for_c(full, fromlist)
    module = get(full, ordinary)
    if not fromlist:
        if level:
            cut = len(name) - len(name.partition(".")[0])
            return get(full[: len(full) - cut], ordinary) if cut else module
        return get(full.partition(".")[0], ordinary)
    if "__path__" in module.__dict__:
        for item in fromlist:
            if item == "*":
                items = [one for one in module.__dict__.get("__all__", ()) if type(one) is str]
            else:
                items = [item]
            for one in items:
                if one not in module.__dict__ and find_spec(f"{full}.{one}") is not None:
                    get(f"{full}.{one}", ordinary)
    return module


def _for_c(full: "str", asked: "list[object]") -> "ModuleType":
    """Import for C code, which looks into `sys.modules` afterwards; `asked` is a list that it drops then."""
    root = full.partition(".")[0]
    if root in _modules and root not in lent and root not in TABLE and not is_library(root):
        # numpy's repr, say, where home is the user's environment too: the package that asks is theirs, and may be there once only
        return users_import(full, None, None, ("*",) if "." in full else ())  # type: ignore[no-any-return]
    try:
        module = get(full, False)
    except ModuleNotFoundError:
        if root in NAMES:
            raise
        users: "ModuleType" = users_import(full, None, None, ("*",) if "." in full else ())
        return users
    with Lock():
        if _modules.get(full) is not module:
            lend(full, module)
            if sys.version_info >= (3, 10):
                asked.append(Return(full))  # before, it is one list for good: the next import takes it back
    return module


def get(name: "str", ordinary: "bool") -> "ModuleType":
    """Return the module of that name, loaded if need be. Raises `ModuleNotFoundError` if neither the library nor home has it.

    `ordinary` asks for the interpreter's own importlib instead of ours.
    """
    if name == "os.path":
        return os.path
    if name in _MACHINERY:
        module = _modules.get(_MACHINERY[name])
        if module is not None:
            return module
    if name.startswith("histshell"):
        module = _modules.get(name)
        return module if module is not None and name not in LOADING else load_ours(name)
    twin = not ordinary and _has_twin(name)
    table = TWINS if twin else TABLE
    module = table.get(name)
    if module is not None:
        return module
    if not twin:
        module = known.get(name)
        if module is not None and _modules.get(name) is module:
            return module
        module = _built_in(name)
        if module is not None:
            return module
    spec = find_spec(name)
    if spec is None:
        module = table.get(name) or _alias(name)
        if module is not None:
            return module
        raise ModuleNotFoundError(f"No module named {name!r} in the standard library or histshell's home", name=name)
    if not twin:
        module = _theirs(name, spec)
        if module is not None:
            return module
    with ModuleLock(name), Lock():
        module = table.get(name)
        if module is None and name in lent:  # in the middle of being executed, by this thread
            module = _modules.get(name)
        if module is None and not twin:  # another thread was importing it until now
            module = _theirs(name, spec)
        return module if module is not None else load(name, table)


def _theirs(name: "str", spec: "ModuleSpec") -> "ModuleType | None":
    """Return the module of that name that the user has loaded, from the very file of `spec`; None if there is none that will do."""
    root = name.partition(".")[0]
    if name in lent or not (is_library(root) or root in SHARED):
        return None
    module = _modules.get(name)
    if module is None or not is_from(module, spec):
        return None
    if not is_initializing(module):
        known[name] = module
        return module
    _lock_unlock_module(name)  # by a thread of the user's, which lets us wait; or by this one, in a circle
    module = _modules.get(name)
    return module if module is not None and is_from(module, spec) else None


def _alias(name: "str") -> "ModuleType | None":
    """Return what its package makes and has no file of its own, `collections.abc` say, if that has been loaded already."""
    parent, _, child = name.rpartition(".")
    if name not in ALIASES.get(parent, ()):
        return None
    return facts(get(parent, True)).get(child)


def _has_twin(name: "str") -> "bool":
    return name in _OWN or name.partition(".")[0] in _WITH_TWINS


def _built_in(name: "str") -> "ModuleType | None":
    """Return a module that is built in or frozen; None for any other. Nothing of the user's comes before these."""
    if name in sys.builtin_module_names:
        importer: "Any" = BuiltinImporter
    elif is_frozen(name):
        importer = FrozenImporter
    else:
        return None
    module = _modules.get(name)
    if module is not None:
        spec = facts(module).get("__spec__")
        if name in ("sys", "builtins") or (type(spec) is ModuleSpec and spec.loader is importer):
            if is_initializing(module):
                _lock_unlock_module(name)
            return module
    if importer is FrozenImporter and module is not None:
        return None  # PyPy; a frozen name that was loaded from its file
    spec = importer.find_spec(name)
    if spec is None:
        return None
    parent, _, child = name.rpartition(".")
    package = get(parent, True) if parent else None
    with ModuleLock(name):
        if _modules.get(name) is not module:  # another thread has made it meanwhile
            return _built_in(name)
        made = _make_built_in(spec)
    if package is not None:
        setattr(package, child, made)
    return made


def _make_built_in(spec: "Any") -> "ModuleType":
    """Execute a module that is built in or frozen. It is in `sys.modules` then, or in the table where that has another."""
    name: "str" = spec.name
    made: "ModuleType"
    if spec.loader is BuiltinImporter:
        made = _as_library(_imp.create_builtin, spec)
        _init_module_attrs(spec, made)
    else:
        made = module_from_spec(spec)
        facts(made)["__builtins__"] = LIBRARY_BUILTINS
    before = _modules.get(name, MISSING)
    spec._initializing = True
    _modules[name] = made
    try:
        if spec.loader is BuiltinImporter:
            _as_library(_imp.exec_builtin, made)
        else:
            spec.loader.exec_module(made)
    except BaseException:
        _modules.pop(name, None)
        raise
    finally:
        spec._initializing = False
    if before is not MISSING:
        _modules[name] = before
        TABLE[name] = made
    return made


def load(name: "str", table: "dict[str, ModuleType]") -> "ModuleType":
    """Execute a module that is not there yet, with its parents, and keep it in the table."""
    global _depth
    parent, _, child = name.rpartition(".")
    package = get(parent, table is not TWINS) if parent else None
    if name in table:
        return table[name]
    spec: "Any" = find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    outer = _depth
    if not outer:
        sweep()
    module = None
    try:
        _depth = outer + 1
        extension = type(spec.loader) is ExtensionFileLoader
        if extension:  # from a frame of ours: what it imports in its turn is looked for in the builtins of who calls
            before = _modules.get(name, MISSING)
            module = _as_library(_imp.create_dynamic, spec)
            _init_module_attrs(spec, module)
            if before is not _modules.get(name, MISSING):  # what is initialized in one phase is there at once
                put_back(name, before)
        else:
            module = module_from_spec(spec)
        facts(module)["__builtins__"] = _builtins_of(name, table is TWINS)
        spec._initializing = True  # another thread that finds it in `sys.modules` waits for it
        if name not in _modules or not is_initializing(_modules[name]):
            lend(
                name, module
            )  # else a thread of the user's, importing a file of the same name, would get ours in its place
        if extension:
            _as_library(_imp.exec_dynamic, module)
        elif spec.loader is not None:
            spec.loader.exec_module(module)
        module = take_back(name) or module
        table[name] = module
    finally:
        take_back(name)
        _depth = outer
        spec._initializing = False
        if not outer:
            sweep()
    if name == "warnings" and name not in _modules:
        _modules[name] = module  # where C code looks for the filters, and loads it itself for the first warning
    for alias in ALIASES.get(name, ()):
        if alias in _modules and alias not in table and alias not in known and name != "importlib":
            table[alias] = _modules.pop(alias)
    if package is not None:
        setattr(package, child, module)
    mend(name, module, table is TWINS, get)
    if table is TABLE and is_library(name.partition(".")[0]):
        stand_in()
    return module


def _builtins_of(name: "str", twin: "bool") -> "dict[str, Any]":
    root = name.partition(".")[0]
    ours = name in _OWN or root == "importlib" if twin else not is_library(root)
    return BUILTINS if ours else LIBRARY_BUILTINS


def find_spec(name: "str") -> "ModuleSpec | None":
    """Return how the library's or home's module of that name would be loaded from its file; None if there is none."""
    parent, _, _child = name.rpartition(".")
    if not parent:
        return library_spec(name) or (None if name in NAMES else find(name, home()))
    package = TABLE.get(parent) or get(parent, True)
    return find(name, [one for one in package.__dict__.get("__path__", ()) if type(one) is str])
