"""Which prompts a test takes where not all take part: the most different ones always, the others by turns from test to test.

A test at seven prompts costs seven sessions, and hardly ever fails at one of those in between alone. So of a test at more than
four prompts the oldest with readline, the newest with PyREPL and PyPy's stay, and one of the others, which is another one for the
next test; of one under more than three Pythons the oldest, the newest and one of the others. `make test ALL=1` takes all.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from typing import Any

import pytest

from tests.pythons import PYPY, PYREPL, READLINE, Python, Target

MOST = {Target: 4, Python: 3}
"""How many prompts or Pythons a test has at most, unless all take part."""


def select(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Divide tests into those whose turn it is, in their order, and the others."""
    groups: dict[str, list[tuple[Target | Python, pytest.Item]]] = defaultdict(list)
    for item in items:
        key, prompt = _prompt(item)
        if prompt is not None:
            groups[key].append((prompt, item))
    others = {item for key, group in groups.items() for item in _others(group, zlib.crc32(key.encode()))}
    return [item for item in items if item not in others], [item for item in items if item in others]


def _others(group: list[tuple[Target | Python, pytest.Item]], turn: int) -> list[pytest.Item]:
    targets = [one for one, _ in group if isinstance(one, Target)]
    if len(group) <= MOST[Target if targets else Python]:
        return []
    some: list[object] = list(chosen(targets, turn)) if targets else ends_and_one([one for one, _ in group], turn)
    return [item for one, item in group if one not in some]


def chosen(targets: list[Target], turn: int) -> list[Target]:
    """Return the prompts whose turn it is: `turn` is any number."""
    kinds = {mode: [target for target in targets if target.mode == mode] for mode in (READLINE, PYREPL, PYPY)}
    always = [*kinds[READLINE][:1], *kinds[PYREPL][-1:], *kinds[PYPY][-1:]]
    others = [target for target in targets if target not in always]
    return [*always, *others[turn % max(len(others), 1) :][:1]]


def ends_and_one(rows: list[Any], turn: int) -> list[Any]:
    """Return the first, the last and one of those in between, of three rows or more."""
    return [rows[0], rows[1:-1][turn % (len(rows) - 2)], rows[-1]]


def _prompt(item: pytest.Item) -> tuple[str, Target | Python | None]:
    """Return the prompt or Python that a test takes, and what it has in common with the same test at others."""
    if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
        for name, value in item.callspec.params.items():
            if isinstance(value, (Target, Python)):
                rest = sorted((other, place) for other, place in item.callspec.indices.items() if other != name)
                return f"{item.nodeid.partition('[')[0]} {rest}", value
    return "", None
