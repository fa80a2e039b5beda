"""Values that a prompt has no right to trust, and no way to avoid. Imported by what the tests type, in any Python from 3.8 on."""

from __future__ import annotations

import sys
import threading
import time

SPECIAL_NAMES = {
    name
    for kind in (object, int, float, str, list, dict, set, type, BaseException, type(iter([])), memoryview)
    for name in dir(kind)
    if name.startswith("__") and name.endswith("__")
} - {
    "__new__",
    "__init__",
    "__init_subclass__",
    "__subclasshook__",
    "__class_getitem__",
    "__doc__",
    "__module__",
    "__name__",
    "__qualname__",
}
SPECIAL_NAMES |= {"__bool__", "__del__", "__enter__", "__exit__", "__getattr__", "__fspath__", "__await__", "__rich__"}


def _refuse(*_: object, **__: object) -> object:
    raise RuntimeError("touched")


#: Each dunder raises, `__class__` and `__dict__` too.
Untouchable = type(
    "Untouchable",
    (),
    {name: property(_refuse) if name in ("__class__", "__dict__") else _refuse for name in SPECIAL_NAMES},
)


class Sleepy:
    """Its repr says so and then takes a minute."""

    def __repr__(self) -> str:
        print("napping")
        time.sleep(60)
        return "slept"


class Broken:
    """Its repr raises."""

    def __repr__(self) -> str:
        raise ValueError("no repr")


class Numeric:
    """Its repr is no text."""

    def __repr__(self) -> str:
        return 5  # type: ignore[return-value]


class Quitter:
    """Its repr wants to end the session."""

    def __repr__(self) -> str:
        raise SystemExit(7)


class Endless:
    """Its repr never comes to an end by itself."""

    def __repr__(self) -> str:
        return repr([self])


class Ambiguous:
    """Compares like an array: to something that is neither true nor false."""

    def __eq__(self, other: object) -> Ambiguous:  # type: ignore[override]
        return self

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise ValueError("The truth value is ambiguous")

    def __repr__(self) -> str:
        return "ambiguous"


class Shy(str):
    """A string that will not be read."""

    __str__ = __len__ = __getitem__ = __iter__ = __eq__ = __hash__ = __format__ = _refuse  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "shy"


def display_in_a_thread(*values: object) -> None:
    """Call the display hook in another thread, as a program with a prompt of its own does."""
    thread = threading.Thread(target=lambda: [sys.displayhook(value) for value in values])
    thread.start()
    thread.join()


class Finalised:
    """Says so when it goes: an open file does the same by writing what it still holds."""

    name = "kept"

    def __del__(self) -> None:
        print("finalised", self.name)

    def __repr__(self) -> str:
        return "to be finalised"
