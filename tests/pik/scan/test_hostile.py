"""Hostile files in containers: nothing of theirs runs, they are stopped, and none that would run something is called plain."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from tests.pik.scan.hostile import ASKS, HOSTILE
from tests.pik.scan.judging import MEGABYTES, judged

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's")]

_GROUP = 18  # files that one process shows
_NAMES = list(HOSTILE)


def test_there_are_enough_of_them() -> None:
    """At least sixty, of which most would run something."""
    assert len(HOSTILE) >= 100
    assert sum(ASKS in answers for _, answers in HOSTILE.values()) >= 60


@pytest.mark.parametrize("number", range(-(-len(_NAMES) // _GROUP)))
def test_nothing_runs_and_the_answer_says_what_it_is(number: int) -> None:
    """The exit status is one of those that are true, the limits are kept, and no sign that a terminal obeys is printed."""
    names = _NAMES[number * _GROUP : (number + 1) * _GROUP]
    found = list(judged(names))
    assert [name for name, _ in found] == names
    assert [name for name, one in found if one.ran] == []
    wrong = {name: (one.status, one.text[-800:]) for name, one in found if one.status not in HOSTILE[name][1]}
    assert wrong == {}
    assert {name: one.megabytes for name, one in found if one.megabytes > MEGABYTES} == {}
    assert {name: obeyed(one.text) for name, one in found if obeyed(one.text)} == {}
    assert [name for name, one in found if len(one.text) > 60_000 or not one.text.strip()] == []


def obeyed(text: str) -> list[str]:
    """Return the characters of a text that are controls, or change the direction, or have no width."""
    return [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
