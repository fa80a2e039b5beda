"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests import pythons, quick, signals, surroundings, turns
from tests.cpu import Cpu
from tests.prompt.session import CHECKOUT, STARTUP, Session, Start, fresh_home
from tests.pythons import Target

# Before anything is started: the tests are the same in a terminal, in the background and in an editor.
surroundings.clear(os.environ)
signals.give_none_to_children()

# No deadline: how long an example takes says more about the other worker than about the code. `make fuzz` asks for `fuzz`.
# What it remembers lies in the checkout, which may be somebody else's.
_kept = {} if os.access(CHECKOUT, os.W_OK) else {"database": None}
hypothesis.settings.register_profile("usual", deadline=None, **_kept)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=2_000, **_kept)
hypothesis.settings.load_profile("usual")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `tests.cpu` and `tests.quick`."""
    parser.addoption(
        "--cpu", metavar="N", type=int, help="show the N tests that use most of the processor, with their children"
    )
    parser.addoption("--quick", action="store_true", help="leave out terminals, other interpreters and what is slow")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many workers `-n auto` means: two a core, since who types at prompts waits half of the time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if config.getoption("quick") else 2 * cores


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not quick, if asked to; and prompts whose turn it is not, unless tests are asked for by name."""
    others: list[pytest.Item] = []
    if config.getoption("quick"):
        items[:], others = quick.select(items)
    elif not pythons.EVERY and not any("::" in name for name in config.args):
        items[:], others = turns.select(items)
    if others:
        config.hook.pytest_deselected(items=others)


def pytest_configure(config: pytest.Config) -> None:
    """Measure and forbid, where that is asked for."""
    if config.getoption("quick"):
        quick.forbid_terminals()
    if rows := config.getoption("cpu"):
        config.pluginmanager.register(Cpu(rows))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start sessions: `start(target)` is numbered, `start(target, numbered=False)` bare; all end with the test.

    They have the same home directory, emptied before each, so that what they show can be compared.
    Other arguments are those of `Session`.
    """
    sessions: list[Session] = []

    def start(target: Target, *, numbered: bool = True, **how: Any) -> Session:
        how.setdefault("startup", STARTUP if numbered else None)
        session = Session(target, fresh_home(tmp_path / "home"), **how)
        sessions.append(session)
        return session

    yield start
    for session in sessions:
        session.close()
