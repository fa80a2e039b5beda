"""Which prompts a test takes where not all take part: the most different ones always, the others by turns from test to test.

A test at seven prompts costs seven sessions, and hardly ever fails at one of those in between alone. So of a test at several
prompts the oldest with readline and the newest with PyREPL stay, and one of the others, which is another one for the next
test: PyPy's for every second. Of one under more than three Pythons the oldest, the newest and one of the others stay; of one in two
versions of another shell, or under the oldest and the newest Python with the rich prompt, one, unless it is marked `both`.
`make test ALL=1` takes all.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from typing import Any, NamedTuple

import pytest

from tests.pythons import PYPY, PYREPL, READLINE, Python, Target

MOST = 3
"""How many Pythons a test has at most, unless all take part."""

_WITH_A_PYTHON = {"package", "version"}
"""Parameters that only say which version of a shell it is that a Python has: they take turns with it."""


class _Row(NamedTuple):
    """A test at one prompt: what it has in common with the same test at others, the prompt, and its place among these."""

    test: str
    prompt: Target | Python
    place: int
    item: pytest.Item


def select(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Divide tests into those whose turn it is, in their order, and the others."""
    groups: dict[str, list[_Row]] = defaultdict(list)
    for item in items:
        if (row := _row(item)) is not None:
            groups[row.test].append(row)
    for group in groups.values():
        group.sort(key=lambda row: row.place)  # which is not that of the items: their order is random
    others = {item for key, group in groups.items() for item in _others(group, zlib.crc32(key.encode()))}
    return [item for item in items if item not in others], [item for item in items if item in others]


def _others(group: list[_Row], turn: int) -> list[pytest.Item]:
    targets = [row.prompt for row in group if isinstance(row.prompt, Target)]
    if targets:
        some = chosen(targets, turn)
        return [row.item for row in group if row.prompt not in some]
    kept = group if group[0].item.get_closest_marker("both") else some_of(group, turn)
    return [row.item for row in group if row not in kept]


def chosen(targets: list[Target], turn: int) -> list[Target]:
    """Return the prompts whose turn it is: `turn` is any number."""
    kinds = {mode: [target for target in targets if target.mode == mode] for mode in (READLINE, PYREPL, PYPY)}
    always = [*kinds[READLINE][:1], *kinds[PYREPL][-1:]]
    others = [target for target in targets if target not in [*always, *kinds[PYPY]]]
    if turn % 2 or not [*always, *others]:
        others = kinds[PYPY][-1:] or others
    return [*always, *others[turn // 2 % max(len(others), 1) :][:1]]


def some_of(rows: list[Any], turn: int) -> list[Any]:
    """Return one of two rows, two of three; of more the first, the last and one of those in between."""
    if len(rows) > MOST:
        return [rows[0], rows[1:-1][turn % (len(rows) - 2)], rows[-1]]
    return [row for place, row in enumerate(rows) if len(rows) == 1 or place != turn % len(rows)]


def _row(item: pytest.Item) -> _Row | None:
    if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
        for name, value in item.callspec.params.items():
            if isinstance(value, (Target, Python)):
                same = {name, *(_WITH_A_PYTHON if isinstance(value, Python) else ())}
                rest = sorted((other, place) for other, place in item.callspec.indices.items() if other not in same)
                return _Row(f"{item.nodeid.partition('[')[0]} {rest}", value, item.callspec.indices[name], item)
    return None
