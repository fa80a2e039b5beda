"""Running one input: compiled as Python's own prompt compiles it, with every value going through `sys.displayhook`.

Nothing here knows how the input was typed.
"""

from __future__ import annotations
import __future__

import ast
import linecache
import sys
import types
from typing import TYPE_CHECKING, Any

from histshell import failures

if TYPE_CHECKING:
    from types import FrameType

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag

_FILE = "<python-input-"


class Crash(BaseException):
    """The interface itself failed, not the user's code; `__cause__` says how. Not for the user's code to catch."""


class Evaluator:
    """Compiles and runs inputs in `namespace`; remembers what they import from `__future__`.

    With `top_level_await` an input may be a coroutine: `is_coroutine` tells, and `function` is what to call for it.
    """

    def __init__(self, namespace: dict[str, Any], top_level_await: bool = False) -> None:
        self.namespace = namespace
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if top_level_await else 0
        self._number = -1
        # PyREPL of this process counts its inputs too, and would use the same names for others when it goes on.
        self._mark = "r" if "_pyrepl.readline" in sys.modules else ""

    def compile(self, source: str) -> types.CodeType:
        """Compile an input of any number of statements, each of whose values will be displayed.

        Its text is put into `linecache`, where tracebacks, `inspect` and pdb look for it. Raises what `compile` raises.
        """
        name = self._next_name()
        if not source.endswith("\n"):
            source += "\n"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        try:
            tree = compile(source, name, "exec", self.flags | ast.PyCF_ONLY_AST, dont_inherit=True)
            code: types.CodeType = compile(ast.Interactive(tree.body), name, "single", self.flags, dont_inherit=True)
        except RecursionError:  # a tree of Python's objects may be less deep than one of the compiler's own
            code = compile(source, name, "single", self.flags, dont_inherit=True)
        self.flags |= code.co_flags & _FUTURE
        return code

    def run(self, source: str) -> None:
        """Run an input. Raises whatever it raises."""
        exec(self.compile(source), self.namespace)  # noqa: S102  # the user's input

    def function(self, code: types.CodeType) -> types.FunctionType:
        """What to call for an input: it gives a coroutine if the code is one."""
        return types.FunctionType(code, self.namespace)

    def _next_name(self) -> str:
        """The name of the next input's file, one that no input of this process has."""
        while True:
            self._number += 1
            name = f"{_FILE}{self._mark}{self._number}>"
            if name not in linecache.cache:
                return name


def quietly(source: str, flags: int) -> Any:
    """What `compile` gives for an input that is looked at and not run: its warnings come when it is. Raises what that does."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, "<input>", "exec", flags, dont_inherit=True)


def is_coroutine(code: types.CodeType) -> bool:
    """Whether an input awaits at its top level."""
    return bool(code.co_flags & 0x80)  # inspect.CO_COROUTINE


def report(error: BaseException) -> None:
    """Show what an input raised."""
    failures.show(error, _is_before_input)


def _is_before_input(frame: FrameType) -> bool:
    return not frame.f_code.co_filename.startswith(_FILE)
