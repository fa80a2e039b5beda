"""The live session as source text, for a reader that cannot see it: what the names of a buffer are bound to.

Each name in the buffer that is a global becomes a line: a module is imported, an instance is declared with its type by
the place where that can be imported from, a function or class typed at the prompt stands there as it was typed. The
numbers of the history that the buffer asks for become a dict, `h = {3: …}`.

No code of a value is run: its type is read past any metaclass, names from C level slots only.
"""

from __future__ import annotations

import builtins
import keyword
import re
import sys
import types
from typing import Any, Callable, Dict, Iterable, List, Mapping

from histshell.completion import typed
from histshell.history import History

PREFIX = "_histshell_"
"""How the names begin that only the text made here knows."""

MOST_NAMES = 60
LONGEST = 20_000
"""The length of the definitions that are taken over, in characters, all together."""

_NAME = re.compile(r"[^\W\d]\w*")
_NUMBER = r"\s*\[\s*(-?\d{1,9})\s*\]"
_SAMPLE = 8
"""How many items of a container are looked at to tell what it holds."""

_module_of = type.__dict__["__module__"].__get__
_qualname_of = type.__dict__["__qualname__"].__get__
_mro_of = type.__dict__["__mro__"].__get__
_dict_of_type = type.__dict__["__dict__"].__get__
_dict_of_module = vars(types.ModuleType)["__dict__"].__get__

Earlier = Callable[[], Iterable[str]]


def build(buffer: str, namespace: Mapping[str, Any], earlier: Earlier) -> str:
    """Return the lines to put before `buffer`; empty if none of its names is known. `earlier` gives the inputs before it."""
    return _Prelude(namespace if type(namespace) is dict else {}, earlier).text(buffer)


class _Prelude:
    """One text in the making."""

    def __init__(self, namespace: Mapping[str, Any], earlier: Earlier) -> None:
        self.namespace = namespace
        self.earlier = earlier
        self.places: Dict[str, str] = {}  # what is imported under a name of ours: "module.Class" -> alias
        self.imports: List[str] = []
        self.aliases: List[str] = []
        self.definitions: List[str] = []
        self.bindings: List[str] = []
        self.room = LONGEST
        self._earlier: List[str] | None = None

    def text(self, buffer: str) -> str:
        """Return the whole text."""
        pending = list(dict.fromkeys(_NAME.findall(buffer)))
        seen = set(pending)
        count = 0
        while pending and count < MOST_NAMES:
            name = pending.pop(0)
            value = self.namespace.get(name, self)
            if value is self and name in ("_", "h", "_h"):
                value = builtins.__dict__.get(name, self)
            if value is self or keyword.iskeyword(name):
                continue
            count += 1
            before = len(self.definitions)
            self.bind(name, value, buffer)
            for definition in self.definitions[before:]:  # what they use has to be known too
                pending += [more for more in dict.fromkeys(_NAME.findall(definition)) if more not in seen]
                seen.update(pending)
        # A class needs its bases above it, and what a definition uses is found after it.
        lines = self.imports + self.aliases + self.definitions[::-1] + self.bindings
        return "".join(line + "\n" for line in lines)

    def bind(self, name: str, value: Any, buffer: str) -> None:
        """Say what `name` is."""
        kind = type(value)
        if kind is types.ModuleType:
            module = _dict_of_module(value).get("__name__")
            if _is_dotted(module) and module != "__main__":
                self.imports.append(f"import {module} as {name}")
        elif kind is History:
            self.bind_history(name, value, buffer)
        elif issubclass(kind, type):
            self.bind_place(name, self.class_(value))
        elif kind is types.FunctionType or kind is types.BuiltinFunctionType:
            self.bind_place(name, self.function(value, name))
        elif type(typed.unwrapped(value)) is types.FunctionType:  # what `functools.cache` makes, and its like
            inner = typed.unwrapped(value)
            self.bind_place(name, self.at(inner.__module__, inner.__qualname__, value) or self.function(inner, name))
        else:
            written = self.instance(value)
            if written is not None:
                self.bindings.append(f"{name}: {written}" if value is not None else f"{name} = None")

    def bind_place(self, name: str, place: str | None) -> None:
        """Say that `name` is what stands at a place, unless it is defined under that very name."""
        if place is not None and place != name:
            (self.aliases if place.startswith(PREFIX) else self.bindings).append(f"{name} = {place}")

    def bind_history(self, name: str, history: Any, buffer: str) -> None:
        """Bind the history to a dict of those of its results that the buffer asks for."""
        items = []
        for number in dict.fromkeys(map(int, re.findall(rf"\b{name}{_NUMBER}", buffer))):
            if -list.__len__(history) <= number < list.__len__(history):
                written = self.instance(list.__getitem__(history, number))
                if written is not None:
                    alias = f"{PREFIX}result_{number if number >= 0 else f'm{-number}'}"
                    self.bindings.append(f"{alias}: {written}")
                    items.append(f"{number}: {alias}")
        if items:
            self.bindings.append(f"{name} = {{{', '.join(items)}}}")

    def instance(self, value: object, depth: int = 0) -> str | None:
        """Return the annotation that fits a value, None if its type cannot be named."""
        kind = type(value)
        if value is None:
            return "None"
        for base in _mro_of(kind)[:-1]:  # a class that was made in a function is at least what it is derived from
            place = self.class_(base)
            if place is not None:
                return place + (self.items(value, depth) if base is kind else "")
        return None

    def items(self, value: Any, depth: int) -> str:
        """Return what an exact built-in container holds, `[int]` or `[str, int]`, if it is of one kind and that can be named."""
        kind = type(value)
        if kind not in (list, tuple, dict, set, frozenset) or depth > 1 or not value:
            return ""
        columns: List[List[object]]
        if kind is dict:
            pairs = _first(value.items())
            columns = [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]
        else:
            columns = [_first(value)]
        written = []
        for column in columns:
            if any(type(item) is not type(column[0]) for item in column):
                return ""
            one = self.instance(column[0], depth + 1)
            if one is None:
                return ""
            written.append(one)
        return f"[{', '.join(written)}{', ...' * (kind is tuple)}]"

    def function(self, value: Any, bound: str) -> str | None:
        """Return where a function can be found that is bound to that name."""
        name, module = value.__qualname__, value.__module__  # C level slots of these two types
        if type(value) is types.BuiltinFunctionType:
            if type(value.__self__) is not types.ModuleType:
                return None
            module = _dict_of_module(value.__self__).get("__name__")
        if type(name) is not str or type(module) is not str:
            return None
        place = self.at(module, name, value)
        if place is not None or type(value) is types.BuiltinFunctionType:
            return place
        return self.typed_function(typed.unwrapped(value), bound)

    def typed_function(self, function: Any, bound: str) -> str | None:
        """Return the name of a function that was typed at the prompt, once its text is among the definitions."""
        if type(function) is not types.FunctionType:
            return None
        code, module = function.__code__, function.__module__
        text = None
        if module in ("__main__", self.namespace.get("__name__")) or module not in sys.modules:
            text = typed.function(code, self.inputs(), self.namespace)
        if (
            "<locals>" in function.__qualname__
        ):  # perhaps what a decorator made of it that says nothing of what it wraps
            text = typed.decorated(bound, self.inputs(), self.namespace) or text
        if text is None:
            return None
        if text.startswith("lambda"):
            return self.define(f"lambda {id(code)}", bound, f"{bound} = {text}")
        return self.define(f"def {id(code)}", bound, typed.renamed(text, "def", bound))

    def inputs(self) -> List[str]:
        """Return the earlier inputs, asked for once."""
        if self._earlier is None:
            self._earlier = [*typed.script(self.namespace), *self.earlier()]
        return self._earlier

    def define(self, key: str, name: str, text: str) -> str | None:
        """Put the text that defines `name` among the definitions, once; the name under which it is there."""
        if key in self.places:
            return self.places[key]
        if len(text) > self.room:
            return None
        self.room -= len(text)
        self.places[key] = name
        self.definitions.append(text)
        return name

    def class_(self, kind: type) -> str | None:
        """Return where a class can be imported from, or its name if it was typed at the prompt."""
        module, name = _module_of(kind), _qualname_of(kind)
        if type(module) is not str or type(name) is not str:
            return None
        if module == "builtins" and builtins.__dict__.get(name) is not kind:
            for public, value in vars(types).items():  # the types of generators, coroutines, modules …
                if value is kind:
                    return self.at("types", public, kind)
        return self.at(module, name, kind) or self.typed_class(kind, name.rpartition(".")[2])

    def typed_class(self, kind: type, name: str) -> str | None:
        """Return the name of a class that was typed at the prompt, once its text is among the definitions."""
        if not name.isidentifier() or keyword.iskeyword(name):
            return None
        key = f"class {id(kind)}"
        if key in self.places:
            return self.places[key]
        text = typed.class_(kind, name, self.inputs(), self.namespace)
        if text is None:
            return None
        is_own = self.namespace.get(name) is kind or f"class {name}" not in self.places
        self.places[f"class {name}"] = name
        shown = name if is_own else f"{PREFIX}class_{len(self.places)}"
        return self.define(key, shown, typed.renamed(text, "class", shown))

    def at(self, module: str, name: str, value: object) -> str | None:
        """Return an expression for what is at `name` in a module, None if it is not that very value."""
        if not (_is_dotted(module) and _is_dotted(name)) or module == "__main__":
            return None
        found: object = sys.modules.get(module)
        for part in name.split("."):
            if type(found) is types.ModuleType:
                found = _dict_of_module(found).get(part)
            elif issubclass(type(found), type):
                found = _dict_of_type(found).get(part)
            else:
                return None
        if found is not value:
            return None
        outer, _, rest = name.partition(".")
        alias = self.places.get(f"{module}:{outer}")
        if alias is None:
            alias = self.places[f"{module}:{outer}"] = f"{PREFIX}{len(self.places)}"
            self.imports.append(f"from {module} import {outer} as {alias}")
        return f"{alias}.{rest}" if rest else alias


def _first(items: Iterable[Any]) -> List[Any]:
    """Return the first few items."""
    return [item for item, _ in zip(items, range(_SAMPLE))]


def _is_dotted(name: object) -> bool:
    """Return whether it is a name that can stand in source, dots allowed."""
    if type(name) is not str:
        return False
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split("."))
