"""What stands in a pickle for what is histshell's own: a session that is saved has it, and is loaded anywhere.

No name of ours is in it, and no value of the history, which might not be for pickling. The calls in it are of the standard
library: loaded in a session of ours they find that session's own objects, and elsewhere something plain.
"""

from __future__ import annotations

import builtins
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Callable, Dict, Tuple

from . import libraries

if TYPE_CHECKING:
    from .entry import Entry
    from .views import View

Reduced = Tuple[Any, ...]


class Call:
    """Stands in a pickle for what a call gives at the time of loading."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        self.function = function
        self.arguments = arguments

    def __reduce__(self) -> Reduced:
        return self.function, self.arguments


def reduced(thing: object) -> Reduced:
    """Return what `__reduce_ex__` returns for something of ours."""
    for kind in type(thing).__mro__:
        if kind.__name__ in _FORMS:
            return _FORMS[kind.__name__](thing)
    return object.__reduce_ex__(thing, 2)  # type: ignore[return-value]  # a tuple


def _module(name: str) -> Call:
    """Return `builtins` or `sys` at the time of loading. No import of importlib, which in a user's folder may be another."""
    function: object = len if name == "builtins" else sys.intern
    if getattr(function, "__self__", None) is None:  # PyPy
        return Call(builtins.__import__, name)
    return Call(getattr, function, "__self__", None)


def _attribute(module: str, *names: str, otherwise: object = None) -> Call:
    """Return what `module.a.b` is at the time of loading, and `otherwise` where it is not there."""
    found = _module(module)
    for name in names[:-1]:
        found = Call(getattr, found, name, None)
    return Call(getattr, found, names[-1], otherwise)


def _history(_: object) -> Reduced:
    """Return the session's own history, whichever of its two names leads there; elsewhere an empty list."""
    by_h = _attribute("builtins", "h", "entry", "__self__", otherwise=[])
    return _attribute("builtins", "_h", "entry", "__self__", otherwise=by_h).__reduce__()


def _pik(_: object) -> Reduced:
    return _attribute("builtins", "pik").__reduce__()


def _displayhook(_: object) -> Reduced:
    return _attribute("sys", "displayhook").__reduce__()


def _text(prompt: Any) -> Reduced:
    return str, (str.__str__(prompt),)


def _nothing(_: object) -> Reduced:
    return type(None), ()


def _facts(entry: Entry) -> Reduced:
    """Return what is known of a result, without its value."""
    names = ("number", "source", "when", "cwd", "preview")
    try:  # as pickle does a moment later; cloudpickle looks for a class in `sys.modules` alone, and else takes its code
        libraries.users_import("datetime")
    except Exception:  # a file of the user's: its pickler will say so
        pass
    return SimpleNamespace, (), {name: getattr(entry, name) for name in names}


def _rows(view: View) -> Reduced:
    return list, (list(view),)


_FORMS: Dict[str, Callable[[Any], Reduced]] = {
    "History": _history,
    "Pik": _pik,
    "_Installed": _displayhook,
    "Prompt": _text,
    "Continuation": _text,
    "Placeholder": _nothing,
    "Entry": _facts,
    "View": _rows,
}
"""What becomes of each, by the name of its class."""
