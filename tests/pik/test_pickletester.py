"""The standard library's own pickle tests, run against Pik's `loads` with EVERYTHING."""

from __future__ import annotations

import pickle
import unittest
from typing import Any

import pytest

from histshell.pik import EVERYTHING, Limits, Machine, loads

pickletester = pytest.importorskip("test.pickletester", reason="the standard library's tests are not installed")


#: Tests that are not about loading, each with its reason.
LEFT_OUT = {
    "test_find_class": "it is about the method of pickle.Unpickler, which loads() does not have",
    "test_custom_find_class": "it is about the method of pickle.Unpickler, which loads() does not have",
}


class _Loads:
    """What `pickletester` asks of a loader."""

    bad_stack_errors = (pickle.UnpicklingError,)
    bad_mark_errors = (pickle.UnpicklingError, EOFError)
    truncated_errors = (pickle.UnpicklingError, EOFError, AttributeError, ValueError, ImportError)
    truncated_data_error = (EOFError, "")
    size_overflow_errors = (OverflowError, pickle.UnpicklingError)
    pickler = pickle.Pickler

    def loads(self, buf: bytes, **kwds: Any) -> Any:
        return loads(buf, trust=EVERYTHING, **kwds)


def _cases() -> list[tuple[str, type]]:
    """Make the test classes: values that C pickled, and streams written by hand."""

    def dumps(_: Any, arg: Any, proto: int | None = None, **kwds: Any) -> bytes:
        return pickle.dumps(arg, proto, **kwds)

    made = []
    for name in ("AbstractUnpickleTests", "AbstractPickleTests"):
        base = getattr(pickletester, name, None)
        if base is not None:
            made.append(
                (
                    name,
                    type(
                        name,
                        (_Loads, base, unittest.TestCase),
                        {"dumps": dumps, "py_version": (9, 9), "__module__": __name__},
                    ),
                )
            )
    return made


CASES = [(case, method) for _, case in _cases() for method in unittest.defaultTestLoader.getTestCaseNames(case)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("case", "method"), CASES, ids=[f"{case.__name__}-{method}" for case, method in CASES])
def test_the_standard_librarys_test(case: type, method: str) -> None:
    """Each of its tests passes, or is skipped as it is for the C loader."""
    if method in LEFT_OUT:
        pytest.skip(LEFT_OUT[method])
    result = unittest.TestResult()
    case(method).run(result)
    problems = result.errors + result.failures
    assert not problems, problems[0][1]
    if result.skipped:
        pytest.skip(result.skipped[0][1])


def test_the_adapter_reaches_pik() -> None:
    """The tests above do run Pik's machine."""
    assert Machine(trust=EVERYTHING, limits=Limits()).run(b"K\x03.") == 3
