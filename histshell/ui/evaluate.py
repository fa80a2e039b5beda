"""Running one input: compiled as Python's own prompt compiles it, with every value going through `sys.displayhook`.

Nothing here knows how the input was typed.
"""

from __future__ import annotations
import __future__

import ast
import linecache
import sys
import types
from typing import Any

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag

_FILE = "<python-input-{}>"


class Evaluator:
    """Compiles and runs inputs in `namespace`; remembers what they import from `__future__`.

    With `top_level_await` an input may be a coroutine: `is_coroutine` tells, and `function` is what to call for it.
    """

    def __init__(self, namespace: dict[str, Any], top_level_await: bool = False) -> None:
        self.namespace = namespace
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if top_level_await else 0
        self._number = -1

    def compile(self, source: str) -> types.CodeType:
        """Compile an input of any number of statements, each of whose values will be displayed.

        Its text is put into `linecache`, where tracebacks, `inspect` and pdb look for it. Raises what `compile` raises.
        """
        name = self._next_name()
        if not source.endswith("\n"):
            source += "\n"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        tree = compile(source, name, "exec", self.flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        code: types.CodeType = compile(ast.Interactive(tree.body), name, "single", self.flags, dont_inherit=True)
        self.flags |= code.co_flags & _FUTURE
        return code

    def run(self, source: str) -> None:
        """Run an input; what it raises, but `SystemExit`, is shown as Python shows it."""
        try:
            exec(self.compile(source), self.namespace)  # noqa: S102  # the user's input
        except SystemExit:
            raise
        except BaseException as error:
            report(error)

    def function(self, code: types.CodeType) -> types.FunctionType:
        """What to call for an input: it gives a coroutine if the code is one."""
        return types.FunctionType(code, self.namespace)

    def _next_name(self) -> str:
        """The name of the next input's file, one that no input of this process has."""
        self._number += 1
        while _FILE.format(self._number) in linecache.cache:
            self._number += 1
        return _FILE.format(self._number)


def is_coroutine(code: types.CodeType) -> bool:
    """Whether an input awaits at its top level."""
    return bool(code.co_flags & 0x80)  # inspect.CO_COROUTINE


def report(error: BaseException) -> None:
    """Show an exception by the user's own hook or as Python would, without a frame of ours."""
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith("<python-input-"):
        trace = trace.tb_next
    error = error.with_traceback(trace)
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    try:
        _show(error)
    except KeyboardInterrupt:
        sys.stderr.write("KeyboardInterrupt\n")
    except BaseException as other:  # of the user's hook, or of his exception's `__str__`
        sys.stderr.write(f"Error in sys.excepthook: {type(other).__name__}\n{type(error).__name__}\n")
    finally:
        error.__traceback__ = trace


def _show(error: BaseException) -> None:
    hook = sys.excepthook
    if type(error) is KeyboardInterrupt and hook is sys.__excepthook__ and error.__traceback__ is None:
        sys.stderr.write("KeyboardInterrupt\n")
    elif hook is sys.__excepthook__ and sys.version_info < (3, 13):
        import traceback  # C's hook would not find the text of the input

        traceback.print_exception(error)
    else:
        hook(type(error), error, error.__traceback__)
