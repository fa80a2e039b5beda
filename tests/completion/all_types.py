"""Completes on an instance of every type that can be had, and on the types themselves, under the Python that it is started with.

A descriptor in C that is read in the wrong way ends the process; so this is a program of its own, and its exit status says
whether all went well.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

MODULES = """
    array asyncio bz2 collections contextvars csv ctypes datetime decimal fractions functools hashlib io itertools json lzma
    mmap operator os pickle queue random re select socket sqlite3 struct threading types unicodedata weakref zlib _thread
""".split()  # noqa: SIM905  # a list of words

MAKE: list[Callable[[Any], object]] = [
    lambda m: m("re").compile("a"),
    lambda m: m("re").match("a", "a"),
    lambda m: m("re").compile("a").scanner("a"),
    lambda m: m("datetime").datetime.now(),
    lambda m: m("decimal").Decimal(1),
    lambda m: m("decimal").getcontext(),
    lambda m: m("array").array("i", [1]),
    lambda m: m("sqlite3").connect(":memory:"),
    lambda m: m("sqlite3").connect(":memory:").cursor(),
    lambda m: m("zlib").compressobj(),
    lambda m: m("hashlib").md5(),
    lambda m: m("struct").Struct("i"),
    lambda m: m("csv").reader([]),
    lambda m: m("_thread").allocate_lock(),
    lambda m: m("contextvars").copy_context(),
    lambda m: m("pickle").Pickler(m("io").BytesIO()),
    lambda m: m("socket").socket(),
    lambda m: m("mmap").mmap(-1, 10),
    lambda m: m("unicodedata").ucd_3_2_0,
    lambda m: m("functools").partial(print),
    lambda m: m("ctypes").create_string_buffer(3),
    lambda m: m("types").SimpleNamespace(a=1),
    lambda m: m("weakref").ref(m("re")),
    lambda _: sys._getframe(),
    lambda _: memoryview(b"a"),
    lambda _: slice(1),
    lambda _: (number for number in (1, 2)),
]


def attempt(make: Callable[[], object], made: list[object]) -> None:
    """Make a value, if that can be done."""
    try:
        made.append(make())
    except Exception:
        pass


def values() -> list[object]:
    """One value of every type."""
    for name in MODULES:
        attempt(lambda name=name: importlib.import_module(name), [])  # type: ignore[misc]  # a default keeps the name
    made: list[object] = []
    for make in MAKE:
        attempt(lambda make=make: make(importlib.import_module), made)  # type: ignore[misc]  # as above
    for kind in object.__subclasses__():
        # In C; Python 3.8 has internal ones that are not fit to be made.
        if kind.__flags__ & (1 << 9) == 0 and sys.version_info >= (3, 9):
            attempt(kind, made)
    seen: list[object] = []
    kinds: set[int] = set()
    for value in made + gc.get_objects()[:50_000]:
        if id(type(value)) not in kinds:
            kinds.add(id(type(value)))
            seen.append(value)
    return seen


def main() -> None:
    """Complete everything."""
    sys.path.insert(0, ROOT)
    from histshell.completion import Engine

    Engine({}, "basic").signatures("print(")  # what it loads has types too
    seen = values()
    known: dict[int, object] = {}  # what has been asked for already, as most attributes are inherited ones
    for value in seen + [type(value) for value in seen]:
        names = {"x": value}
        engine = Engine(names, "basic")
        answers = [engine.complete(line, budget_ms=5_000) for line in ("x.", "x.__", "x[", 'x["')]
        engine.signatures("x(")
        for name in {found.text.rstrip("(") for found in answers[0] + answers[1]}:
            attribute = inspect.getattr_static(value, name, None)
            if attribute is None or id(attribute) not in known:
                known[id(attribute)] = attribute
                engine.signatures(f"x.{name}(")
    print("more than 150:", len(seen) > 150, flush=True)
    os._exit(0)  # what was made at random is not to be tidied up


if __name__ == "__main__":
    main()
