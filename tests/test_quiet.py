"""Compiling what is only looked at: no warning, and what Python remembers of warnings stays."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from histshell import History, complete, positions, quiet
from histshell.history import record

ROOT = Path(__file__).resolve().parent.parent / "histshell"

WARNED_OF = r"'\d' is '\d'"
"""A text that Python warns of when it reads and when it compiles it."""


def _table() -> object:
    """Show a history in which the exact source of a result has to be found."""
    history = History()
    made = record(history, 1, 0.0)
    made.source, made.where = f"{WARNED_OF}; 1", 1 << 16
    return repr(history)


LOOKING: list[Callable[[], Any]] = [
    lambda: quiet.compiled(WARNED_OF, "exec"),
    lambda: quiet.parsed(WARNED_OF),
    lambda: quiet.literal(r"'\d'"),
    lambda: complete(r"{'\d': 1}['\d", namespace={}),
    lambda: complete("open('./\\d", namespace={}),
    lambda: complete(r"'\d'.up", namespace={}),
    lambda: positions.exact(f"{WARNED_OF}; 1", 1),
    _table,
]


def _warn_of_something() -> None:
    warnings.warn("again and again", stacklevel=1)


@pytest.mark.parametrize("looking", LOOKING)
@pytest.mark.parametrize("action", ["error", "always", "default"])
def test_looking_warns_of_nothing(looking: Callable[[], Any], action: Any) -> None:
    """Whatever the filters say, which are the same ones afterwards."""
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter(action)
        filters = list(warnings.filters)
        looking()
        assert warnings.filters == filters
    assert shown == []


@pytest.mark.parametrize("looking", LOOKING)
def test_a_warning_shown_once_does_not_come_back(looking: Callable[[], Any]) -> None:
    """Python still knows that it has shown it."""
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        for _ in range(3):
            _warn_of_something()
            looking()
    assert [str(warning.message) for warning in shown] == ["again and again"]


def test_warnings_of_others_are_shown_meanwhile() -> None:
    """The filter is for what is compiled there, and for nothing else; errors come through, and leave no filter."""
    compile_ = compile

    def compile_and_warn(*args: Any, **how: Any) -> Any:
        _warn_of_something()
        compile_(WARNED_OF, "<another>", "exec")
        return compile_(*args, **how)

    vars(quiet)["compile"] = compile_and_warn
    try:
        with warnings.catch_warnings(record=True) as shown:
            warnings.simplefilter("always")
            before = list(warnings.filters)
            quiet.compiled(WARNED_OF, "exec")
            with pytest.raises(SyntaxError):
                quiet.compiled("1 +", "exec")
            assert warnings.filters == before
    finally:
        del vars(quiet)["compile"]
    assert {warning.filename for warning in shown} == {__file__, "<another>"}


@pytest.mark.parametrize("filters", [(), None])
def test_filters_that_are_no_list_are_left_alone(filters: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user may have put anything there."""
    monkeypatch.setattr(warnings, "filters", filters)
    assert quiet.literal("'x'") == "x"


def test_without_the_module_of_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    """C's own list is asked then."""
    monkeypatch.delitem(sys.modules, "warnings")
    assert quiet.literal("'x'") == "x"


@pytest.mark.slow
def test_nothing_of_ours_changes_the_filters() -> None:
    """Not in the user's process: `catch_warnings` and its like are used nowhere; and `quiet` compiles what is looked at."""
    for path in ROOT.rglob("*.py"):
        if ROOT / "journal" / "imports" in path.parents:
            continue  # run by the command, in a process of its own
        text = path.read_text()
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.Name, ast.Attribute))]
        names = {node.id if isinstance(node, ast.Name) else node.attr for node in calls}
        assert not names & {"catch_warnings", "simplefilter", "filterwarnings", "resetwarnings"}, path
    assert re.search("catch_warnings", (ROOT / "quiet.py").read_text())
