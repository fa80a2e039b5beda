"""Every bomb is stopped, or loaded and printed, under a limit of 512 MB and one on the time of the processor.

How long each takes is not judged here: `make bench` shows it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from histshell.pik.budget import Budget
from histshell.pik.fast import load_first
from tests.pik.bombs import BOMBS, ROUTES, Field
from tests.pythons import EVERY, thorough

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's"),
]


#: Those that take longest of several that go the same way: the others of their kind are always tried.
ALIKE = {
    "3,000,000 sets",
    "20,000 colliding long tuples",
    "45,000 colliding ints in a set",
    "45,000 colliding 1-tuples, 1,000 at once",
    "900,000 deques",
    "floats on one chain",
    "frozensets of a long list",
    "ints on one chain, after texts",
    "ints on one chain, dict by memo",
    "sets of a long list",
    "tuple 400,000 deep in a set",
    "tuple 1,000,000 deep",
}


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """A process that forks for each bomb."""
    field = Field(tmp_path_factory.mktemp("bombs"))
    yield field
    field.close()


def _routes(name: str) -> list[str]:
    """All ways in where every prompt takes part; else one, the first for every second bomb."""
    first, *others = ROUTES
    place = list(BOMBS).index(name)
    return list(ROUTES) if EVERY else [others[place // 2 % len(others)] if place % 2 else first]


@pytest.mark.parametrize("name", [pytest.param(name, marks=thorough if name in ALIKE else ()) for name in BOMBS])
def test_bombs_are_stopped(name: str, field: Field) -> None:
    """It ends as expected by each way in, under the limits; where it is shown, placeholders may stand in it instead."""
    expected = BOMBS[name][1]
    outcomes = {route: field.explode(name, route).outcome for route in _routes(name)}
    allowed = ("error", "value")
    for route, outcome in outcomes.items():
        shown = route in ("file", "mode")
        assert outcome in (allowed if shown or expected == "either" else (expected,)), outcomes


@pytest.mark.parametrize("name", [name for name in BOMBS if "on one chain" in name])
def test_numbers_on_one_chain_are_put_in_under_the_clock(name: str) -> None:
    """Whatever they stand among, the fast path leaves them to the machine or looks at the clock: here one that runs out."""
    budget = Budget()
    budget.timer = iter(range(10**9)).__next__  # a second at each look
    assert load_first(BOMBS[name][0](), "ASCII", "strict", budget) == (0, None)
