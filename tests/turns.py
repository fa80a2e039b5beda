"""Which prompts a test takes where not all take part: the most different ones always, the others by turns from test to test.

A test at seven prompts costs seven sessions, and hardly ever fails at one of those in between alone. So of a test at more than
four prompts the oldest with readline, the newest with PyREPL and PyPy's stay, and one of the others, which is another one for the
next test. `make test ALL=1` takes all.
"""

from __future__ import annotations

import zlib
from collections import defaultdict

import pytest

from tests.pythons import PYPY, PYREPL, READLINE, Target

MOST = 4
"""How many prompts a test has at most, unless all take part."""


def select(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Divide tests into those whose turn it is, in their order, and the others."""
    groups: dict[str, list[tuple[Target, pytest.Item]]] = defaultdict(list)
    for item in items:
        target = _target(item)
        if target is not None:
            groups[item.nodeid.replace(str(target), "")].append((target, item))
    others = {
        item
        for key, group in groups.items()
        if len(group) > MOST
        for target, item in group
        if target not in chosen([one for one, _ in group], zlib.crc32(key.encode()))
    }
    return [item for item in items if item not in others], [item for item in items if item in others]


def chosen(targets: list[Target], turn: int) -> list[Target]:
    """Return the prompts whose turn it is: `turn` is any number."""
    kinds = {mode: [target for target in targets if target.mode == mode] for mode in (READLINE, PYREPL, PYPY)}
    always = [*kinds[READLINE][:1], *kinds[PYREPL][-1:], *kinds[PYPY][-1:]]
    others = [target for target in targets if target not in always]
    return [*always, *others[turn % max(len(others), 1) :][:1]]


def _target(item: pytest.Item) -> Target | None:
    parameters = (
        item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    )
    return next((value for value in parameters if isinstance(value, Target)), None)
