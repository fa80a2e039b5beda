"""What a placeholder stands for: its class, what that was to be called with, and what the stream would have put into it."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple, Sequence

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree.builders import is_class
from histshell.preview import clip, printable, type_name

_LONGEST = 80


class Made(NamedTuple):
    """An object that was not made: ``module`` and ``name`` are its class's, or those of the function that was to make it.

    ``function`` is the name of the function that helps to make it (``copyreg._reconstructor``), else empty. ``args`` is None for
    what was only imported.
    """

    module: str
    name: str
    args: Any
    kwargs: Any
    states: Sequence[Any]
    list_items: Sequence[Any]
    dict_items: Sequence[tuple[Any, Any]]
    function: str = ""

    @property
    def short(self) -> str:
        """Its class's last name, as it can be printed."""
        return clip(printable(self.name.rpartition(".")[2]), _LONGEST)

    @property
    def top(self) -> str:
        """The library's name and its own, whatever module in between it lies in."""
        return f"{self.module.partition('.')[0]}.{self.name.rpartition('.')[2]}"

    @property
    def state(self) -> Any:
        """What the stream gave last."""
        return self.states[-1] if self.states else None

    def attributes(self) -> dict[str, Any]:
        """Give the attributes that its states set, by name; later ones win."""
        found: dict[str, Any] = {}
        for state in self.states:
            for part in parts(state):
                found.update((text(key), value) for key, value in part.items() if type(key) in (str, bytes))
        return found


def text(value: Any) -> str:
    """Give a text that a stream of Python 2 may have as bytes; empty where it is none."""
    if type(value) is bytes:
        return value.decode("latin-1")
    return value if type(value) is str else ""


def parts(state: Any) -> Iterator[dict[Any, Any]]:
    """Give the dicts of a state that sets attributes: one, or one and another of slots."""
    if type(state) is dict:
        yield state
    elif is_slotted(state):
        for part in state:
            if part:
                yield part


def is_slotted(state: Any) -> bool:
    """Tell whether a state is a dict and one of slots."""
    return (
        type(state) is tuple
        and len(state) == 2
        and all(part is None or type(part) is dict for part in state)
        and any(type(part) is dict for part in state)
    )


def _named(thing: Any) -> tuple[str, str] | None:
    """Give module and name of a class that was imported, or would have been."""
    if type(thing) is Placeholder:
        return (thing.module, thing.name) if thing.args is None and thing.name else None
    if isinstance(thing, type):
        return thing.__module__, thing.__qualname__
    return None


def _called(function: Placeholder) -> tuple[str, str] | None:
    """Give module and name of a class that a function gives: by its name, or one that the stream brings."""
    args = function.args
    if function.name in ("_builtin_type", "_load_type") and args and text(args[0]):
        return "types", text(args[0])
    if (
        function.name in ("_make_skeleton_class", "_make_skeleton_enum", "_create_type")
        and len(args) > 1
        and text(args[1])
    ):
        inside = args[3] if len(args) > 3 and type(args[3]) is dict else {}
        return text(inside.get("__module__")), text(args[1])
    if function.name == "getattr" and function.module == "builtins" and len(args) == 2 and text(args[1]):
        owner = _named(args[0])
        return (owner[0], f"{owner[1]}.{text(args[1])}") if owner is not None else None
    return None


def _made_of(module: str, name: str, args: Any) -> tuple[Any, Any, str] | None:
    """Look through a function that makes an instance of a class it is given: give class, arguments and function."""
    if (
        name.startswith("__pyx_unpickle_") and type(args) is tuple and len(args) == 3
    ):  # Cython's: class, checksum, state
        return args[0], (), name
    if type(args) is not tuple or not args:
        return None
    if module in ("copyreg", "copy_reg"):
        if name == "__newobj__":
            return args[0], args[1:], f"copyreg.{name}"
        if name == "__newobj_ex__" and len(args) == 3:
            return args[0], args[1], f"copyreg.{name}"
        if name == "_reconstructor" and len(args) == 3:
            return args[0], () if args[2] is None else args[2:], f"copyreg.{name}"
    if name.startswith("_new_") and name.endswith("Index") and len(args) == 2:
        return args[0], args, name
    return None


def partial_of(function: Placeholder) -> tuple[tuple[Any, ...], Any]:
    """Give what a partial function was made with, its function first, and its keywords; it has them in its state, too."""
    state = function.states[-1] if function.states else None
    if type(state) is tuple and len(state) == 4 and type(state[1]) is tuple:
        return (state[0], *state[1]), state[2]
    return function.args, function.kwargs


def made(thing: Placeholder) -> Made:
    """Give what *thing* stands for, looking through what only helps to make it."""
    module, name, kwargs, helper = thing.module, thing.name, thing.kwargs, ""
    args: Any = thing.args
    whole: Any = args
    function = thing.function
    if not name and type(function) is Placeholder and type(function.args) is tuple:
        named, inner = _called(function), function.args
        if named is not None:
            module, name = named
        elif function.name == "partial" and function.module == "functools":
            inner, keywords = partial_of(function)
            named = _named(inner[1]) if len(inner) > 1 else None
            if named is not None:  # protocols 2 and 3 of an object with keywords: partial(cls.__new__, cls, …)()
                module, name = named
                args, kwargs = inner[2:], keywords
    seen = _made_of(module, name, args)
    if seen is not None:
        named = _named(seen[0])
        if named is not None:
            module, name = named
            args, helper = seen[1], seen[2]
            if helper == "copyreg.__newobj_ex__":
                kwargs = whole[2]
    states, list_items, dict_items = thing.states, thing.list_items, thing.dict_items
    if helper == "copyreg._reconstructor" and args:  # the value of a built-in base
        if type(args[0]) is list:
            args, list_items = (), [*args[0], *list_items]
        elif type(args[0]) is dict:
            args, dict_items = (), [*args[0].items(), *dict_items]
    elif helper.startswith("__pyx") and whole[2] is not None:
        states = [whole[2], *states]
    return Made(module, name, args, kwargs, states, list_items, dict_items, helper)


#: What functions give that libraries make their values by.
_GIVEN = {
    "_make_function": "function", "_create_function": "function", "_frombuffer": "ndarray", "_restore_array": "Array",
    "chunked_array": "ChunkedArray", "_unpickle_timestamp": "Timestamp", "_timedelta_unpickle": "Timedelta",
    "_rebuild_tensor_v2": "Tensor", "_rebuild_tensor": "Tensor", "_rebuild_parameter": "Parameter",
}  # fmt: skip


def short_name(value: Any) -> str:
    """Give the short name of a value's class; empty where only a function is known that makes it, or it is but a name."""
    if type(value) is not Placeholder:
        return type_name(value)
    given = made(value)
    if given.args is None:
        return ""
    if given.name in ("_reconstruct", "_mareconstruct") and type(given.args) is tuple and given.args:
        owner = _named(given.args[0])
        return clip(printable(owner[1]), _LONGEST) if owner is not None else ""
    short = _GIVEN.get(given.name) or given.short
    return short if is_class(short) or given.name in _GIVEN else ""
