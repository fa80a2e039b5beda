"""Importing ptpython with only what the first prompt needs of it.

Importing `ptpython.repl` and making its input takes some 200 ms, most of it for what no first prompt shows: the REPL that ours
takes the place of, dialogs and progress bars, a history browser with lexers for HTML, pygments' fifty colour schemes,
the regular expressions of two lexers. All of that is still there when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

from histshell import libraries


def load() -> None:
    """Import `ptpython.python_input`. Raises whatever goes wrong, `ImportError` if there is no ptpython."""
    for package in ("prompt_toolkit", "ptpython"):
        if libraries.loaded(package) is None:
            _late(package)
    import prompt_toolkit.application  # noqa: F401 - first, as its own `__init__` does: its modules import each other in a circle

    browser, lexer = ModuleType("ptpython.history_browser"), ModuleType("ptpython.lexer")
    browser.PythonHistory = _python_history  # type: ignore[attr-defined]
    late = {module.__name__: module for module in (browser, lexer) if libraries.loaded(module.__name__) is None}
    for name, module in late.items():
        libraries.keep(name, module)
    try:
        from .colours import InputLexer

        lexer.PtpythonLexer = InputLexer  # type: ignore[attr-defined]
        import ptpython.python_input  # noqa: F401
    finally:
        for name in late:
            libraries.keep(name, None)
    _loaded.append(True)


_loaded: list[bool] = []


def _late(name: str) -> None:
    """Make a package whose own `__init__` runs only when something in it is asked for."""
    spec = libraries.find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"there is no {name}")
    package = module_from_spec(spec)
    package.__dict__["__builtins__"] = libraries.BUILTINS
    loader, ran = spec.loader, False

    def of_package(wanted: str) -> Any:
        """Run the package's own code; while ptpython is being imported, not for what is a submodule."""
        nonlocal ran
        if not ran and (_loaded or libraries.find_spec(f"{name}.{wanted}") is None):
            ran = True
            del package.__getattr__
            loader.exec_module(package)
            return getattr(package, wanted)
        raise AttributeError(f"module {name!r} has no attribute {wanted!r}")

    package.__getattr__ = of_package  # type: ignore[method-assign]
    libraries.keep(name, package)


def _python_history(*args: Any) -> Any:
    """Return the history browser of ptpython, for its key F3."""
    from ptpython.history_browser import PythonHistory

    return PythonHistory(*args)


@contextmanager
def few_styles() -> Iterator[None]:
    """Give an input that is made while this lasts the colour schemes by name, each compiled when it is chosen."""
    import ptpython.python_input

    from .colours import CodeStyles

    module: Any = ptpython.python_input
    theirs = module.get_all_code_styles
    module.get_all_code_styles = CodeStyles
    try:
        yield
    finally:
        module.get_all_code_styles = theirs
