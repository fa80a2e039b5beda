"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.prompt.session import STARTUP, Session, Start, fresh_home
from tests.pythons import Target

# No deadline: how long an example takes says more about the other worker than about the code. `make fuzz` asks for `fuzz`.
hypothesis.settings.register_profile("usual", deadline=None)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("usual")


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
