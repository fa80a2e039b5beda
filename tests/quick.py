"""`--quick`: the tests for each save, in well under a minute: without terminals, other interpreters and what is marked `slow`.

Nobody has to say that a test opens a terminal: what its function reaches is looked at, fixtures and helpers of the tests included.
One that is missed fails when it opens the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType

import pytest

from tests.pythons import Python, Target
from tests.terminal import Terminal


def select(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Divide tests into those that are quick and the others."""
    quick: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        (quick if isinstance(item, pytest.Function) and _is_quick(item) else others).append(item)
    return quick, others


def forbid_terminals() -> None:
    """Make every test of this process fail that opens one."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail(
            "a quick test has opened a terminal: mark it slow, or let tests/quick.py see that it does", pytrace=False
        )

    Terminal.__init__ = refuse  # type: ignore[method-assign]  # for good


def _is_quick(item: pytest.Function) -> bool:
    if item.get_closest_marker("slow"):
        return False
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    if any(isinstance(value, (Python, Target)) for value in parameters):
        return False
    definitions = item._fixtureinfo.name2fixturedefs.values()
    fixtures = [definition.func for several in definitions for definition in several]
    return not any(_opens_a_terminal(function) for function in [item.function, *fixtures])


@cache
def _opens_a_terminal(function: object) -> bool:
    """Whether a terminal is among all that a function of the tests reaches by the names it uses."""
    reached, waiting = set(), [function]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, Terminal):
            return True
        if (
            isinstance(one, FunctionType)
            and one.__code__ not in reached
            and str(one.__module__).startswith(("tests.", "tools."))
        ):
            reached.add(one.__code__)
            waiting += _meant(one)
    return False


def _meant(function: FunctionType) -> Iterator[object]:
    """Yield what the names in a function's code mean in its module, also behind the name of a module."""
    names = set(_names(function.__code__))
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType) and value.__name__.startswith(("tests.", "tools.")):
            yield from (getattr(value, other, None) for other in names)
        yield value


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
