"""Fixtures for the tests of jedi's process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from histshell.completion.inference.client import Client
from tests.completion import jedi_process


class Make(Protocol):
    """Makes clients: `make()`, `make(limit=1)`; with a folder, they keep jedi's cache there."""

    def __call__(self, folder: Path | None = None, **how: Any) -> Client:
        """Make one, which is ended with the test."""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of jedi's for all the tests of a worker, where a user's would be: the first fills it in a second or two."""
    return tmp_path_factory.mktemp("cache") / "histshell" / "jedi"


@pytest.fixture
def make(cache: Path) -> Iterator[Make]:
    """Make clients whose processes end with the test."""
    made: list[Client] = []

    def make(folder: Path | None = None, **how: Any) -> Client:
        made.append(jedi_process.client(folder or cache, **how))
        return made[-1]

    yield make
    for client in made:
        client.stop()


@pytest.fixture(scope="session")
def shared(cache: Path) -> Iterator[Client]:
    """One client for the questions that need no process of their own."""
    client = jedi_process.client(cache)
    yield client
    client.stop()
