"""Importing ptpython with only what the first prompt needs of it.

Importing `ptpython.repl` and making its input takes some 200 ms. A third of that is not needed to show a prompt: the package
imports the REPL that ours takes the place of, its history browser loads lexers for HTML, and all of pygments' fifty
styles are compiled before one is chosen. Each of these is still there when it is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


def load() -> None:
    """Import `ptpython.python_input`. Raises whatever goes wrong, `ImportError` if there is no ptpython."""
    if "ptpython" not in sys.modules:
        spec = find_spec("ptpython")
        if spec is None:
            raise ImportError("there is no ptpython")
        package = module_from_spec(spec)  # made, and not run: its `__init__` imports the REPL
        package.__getattr__ = _of_package  # type: ignore[method-assign]
        sys.modules["ptpython"] = package
    browser = "ptpython.history_browser"
    if browser in sys.modules:
        import ptpython.python_input
    else:
        late = sys.modules[browser] = ModuleType(browser)
        late.PythonHistory = _python_history  # type: ignore[attr-defined]
        try:
            import ptpython.python_input  # noqa: F401
        finally:
            del sys.modules[browser]


def _of_package(name: str) -> Any:
    """What the package `ptpython` itself has."""
    if name == "embed":
        from ptpython.repl import embed

        return embed
    raise AttributeError(f"module 'ptpython' has no attribute {name!r}")


def _python_history(*args: Any) -> Any:
    """The history browser of ptpython, for its key F3."""
    from ptpython.history_browser import PythonHistory

    return PythonHistory(*args)


@contextmanager
def few_styles() -> Iterator[None]:
    """While this lasts, an input that is made gets the colour schemes by name, each compiled when it is chosen."""
    import ptpython.python_input as module

    theirs = module.get_all_code_styles
    module.get_all_code_styles = CodeStyles
    try:
        yield
    finally:
        module.get_all_code_styles = theirs


class CodeStyles(dict[str, Any]):
    """ptpython's colour schemes for code; the names are known, a scheme is made when it is asked for."""

    def __init__(self) -> None:
        from prompt_toolkit.styles import Style
        from ptpython import style

        super().__init__()
        self["default-ansi"] = Style.from_dict(style.default_ansi_code_style)
        self["win32"] = Style.from_dict(style.win32_code_style)

    def __missing__(self, name: str) -> Any:
        from prompt_toolkit.styles.pygments import style_from_pygments_cls
        from pygments.styles import get_style_by_name
        from pygments.util import ClassNotFound

        try:
            made = self[name] = style_from_pygments_cls(get_style_by_name(name))
        except ClassNotFound:
            raise KeyError(name) from None
        return made

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or name in self._names()

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys([*dict.keys(self), *self._names()])

    def keys(self) -> Any:
        """The names of all of them."""
        return list(self)

    @staticmethod
    def _names() -> list[str]:
        from pygments.styles import get_all_styles

        return list(get_all_styles())
