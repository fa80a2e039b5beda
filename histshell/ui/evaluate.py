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

from histshell import quiet, tracebacks

if TYPE_CHECKING:
    from types import FrameType

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag

_FILE = "<python-input-"


class Crash(BaseException):
    """The interface itself failed, not the user's code; `__cause__` says how. Not for the user's code to catch."""


class Runner:
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
        """Run an input, or answer the question that it asks. Raises whatever it raises."""
        if not self.answered(source):
            exec(self.compile(source), self.namespace)  # noqa: S102  # the user's input

    def answered(self, source: str) -> bool:
        """Show the answer to `x?`, as a value is shown, and return true; false for an input that is none."""
        if not is_question(source):
            return False
        from histshell.completion.asking import commands
        from histshell.completion.asking.question import question

        asked = question(source)
        if asked is not None:
            sys.displayhook(commands.answer(asked, self.namespace))
        return asked is not None

    def function(self, code: types.CodeType) -> types.FunctionType:
        """Return what to call for an input: it gives a coroutine if the code is one."""
        return types.FunctionType(code, self.namespace)

    def _next_name(self) -> str:
        """Return the name of the next input's file, one that no input of this process has."""
        while True:
            self._number += 1
            name = f"{_FILE}{self._mark}{self._number}>"
            if name not in linecache.cache:
                return name


def is_question(source: str) -> bool:
    """Return whether an input is `x?` or `x??`, and no Python."""
    if not source.rstrip().endswith("?"):
        return False
    from histshell.completion.asking.question import question

    return question(source) is not None


def quietly(source: str, flags: int) -> Any:
    """Return what `compile` gives for an input that is looked at and not run: its warnings come when it is. Raises what that
    does.
    """
    return quiet.compiled(source, "exec", flags)


def is_coroutine(code: types.CodeType) -> bool:
    """Return whether an input awaits at its top level."""
    return bool(code.co_flags & 0x80)  # inspect.CO_COROUTINE


def report(error: BaseException, text: tracebacks.Format | None = None) -> None:
    """Show what an input raised; `text` gives it where no hook of the user's shows it."""
    tracebacks.show(error, _is_before_input, text)


def _is_before_input(frame: FrameType) -> bool:
    return not frame.f_code.co_filename.startswith(_FILE)
