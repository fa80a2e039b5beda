"""The user's import of a library's module gives the one that we have loaded: no class of the library exists twice."""

import sys
from _frozen_importlib_external import PathFinder

from . import TABLE
from .folders import is_library
from .lending import ALIASES, facts, handed, is_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

_modules = sys.modules


class OneCopyFinder:
    """Gives the user's import of a library's module the one that we have loaded, where it would find that very file.

    Stands in `sys.meta_path` from the first load on. It asks the finders behind it; what is before it wins by itself.
    """

    def find_spec(self, name: "str", path: "Any" = None, target: "ModuleType | None" = None) -> "ModuleSpec | None":
        """Return the spec of what the finders behind find, with our module in it if that is what they find."""
        if target is not None or name in handed or name not in TABLE:
            return None
        if not is_library(name.partition(".")[0]):
            return None
        found: "ModuleSpec | None" = None
        finders = list(sys.meta_path)
        for index, finder in enumerate(finders):
            if finder is self:
                for other in finders[index + 1 :]:
                    find = getattr(other, "find_spec", None)
                    found = find(name, path, target) if find is not None else None
                    if found is not None:
                        break
                break
        module = TABLE.get(name)
        if found is None or module is None or not is_from(module, found):
            return found
        found.loader = Handed(module, found.loader)  # type: ignore[assignment]  # in what it does
        return found


class Handed:
    """A loader that has its module already."""

    def __init__(self, module: "ModuleType", theirs: "Any") -> "None":
        self.module = module
        self.spec: "ModuleSpec" = facts(module)["__spec__"]  # `is_from` has seen it
        self.theirs = theirs

    def create_module(self, _spec: "ModuleSpec") -> "ModuleType":
        """Give the module, which is the user's from here on: the import system puts it into `sys.modules`."""
        handed.add(self.spec.name)
        return self.module

    def exec_module(self, module: "ModuleType") -> "None":
        """Put back what the import system has noted on it, and make the submodules that are loaded known as well."""
        name = self.spec.name
        module.__spec__ = self.spec
        for other in [other for other in list(TABLE) if other.startswith(name + ".") or other in ALIASES.get(name, ())]:
            if other not in _modules:
                handed.add(other)
                _modules[other] = TABLE[other]


_finder = OneCopyFinder()


def stand_in() -> "None":
    """See that the finder is there: before the one that looks along the path."""
    if _finder in sys.meta_path:
        return
    for index, other in enumerate(sys.meta_path):
        if other is PathFinder:
            sys.meta_path.insert(index, _finder)
            return
    sys.meta_path.append(_finder)


def start() -> "None":
    """Put the finder back that `stop` took out, if it has anything to say."""
    if any(is_library(name.partition(".")[0]) for name in TABLE):
        stand_in()


def stop() -> "None":
    """Take the finder out."""
    while _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
