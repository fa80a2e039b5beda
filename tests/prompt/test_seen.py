"""How much of histshell a user's own tracer, profiler and audit hook see: no more than docs/prompt.md says."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from tests.prompt.session import Session, Start
from tests.pythons import PYPY, Target, numbered_prompts

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "prompt.md").read_text().split())


def said(before: str) -> int:
    """The number that the page says after these words."""
    match = re.search(re.escape(before) + r"\s+(\d+)", PAGE)
    assert match, before
    return int(match[1])


def events(session: Session) -> list[Any]:
    """What was noted since the last time, without a result."""
    text = "".join(session.enter("print('|', seen(), '|')")).partition("|")[2].rpartition("|")[0]
    found = ast.literal_eval(text.strip())
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("kind", ["trace", "profile"])
@numbered_prompts
def test_calls_of_ours(start: Start, target: Target, kind: str) -> None:
    """Counted at a prompt, for a statement that displays nothing, and for one that does."""
    session = start(target, rows=100, columns=200).wait_for_prompt()
    session.enter("exec(open('watch.py').read())")
    for line in ("'warm'", "0; 1", f"watch({kind!r})", "x = 1"):
        session.enter(line)
    events(session)
    session.enter("x = 2")
    nothing = events(session)
    session.enter("1")
    result = events(session)
    # Each call that nobody of ours has made begins one showing of the prompt, one display, or what the journal is told.
    showings = split(nothing)
    told = [calls for calls in showings if calls[0] in ("_telling", "telling_restore", "telling_prepare")]
    showings = [calls for calls in showings if calls not in told]
    assert len(told) >= 2
    accepted = said("for an input that is accepted: at most")
    over = said("when it is over: at most")
    for calls in told:
        assert 1 < len(calls) <= (over if calls[0] == "telling_prepare" else accepted), calls
    per_prompt = said("the prompt is shown: at most")
    if target.is_pyrepl and target.minor == (3, 13):
        most = said("at each key: at most")
        assert all(len(calls) <= most for calls in showings if calls[0] in ("__format__", "__contains__"))
    else:
        shown = [calls for calls in showings if calls[0] in ("__str__", "__format__")]
        others = [calls for calls in showings if calls not in shown]
        # Two prompts have been shown: that of `x = 2` and that of the look. C's loop tells of the end when it asks for one.
        ends = 0 if target.is_pyrepl or target.mode == PYPY else over
        assert sum(map(len, shown)) <= 2 * (per_prompt + ends)
        assert others == ([] if target.mode != PYPY else [["__call__", "pass_on"]])  # that of the look, which is None
    displays = [calls for calls in split(result) if calls[0] in ("display", "__call__") and len(calls) > 2]
    assert len(displays) == 1
    assert 2 < len(displays[0]) <= said("a result besides: at most")


def split(events: list[tuple[str, bool]]) -> list[list[str]]:
    """The names of the calls, in lists that begin where somebody else has called us."""
    found: list[list[str]] = []
    for name, by_us in events:
        if not by_us:
            found.append([])
        found[-1].append(name)
    return found


@numbered_prompts
def test_events_of_ours(start: Start, target: Target) -> None:
    """An audit hook sees that frames are looked at, and nothing else at a prompt and for a result."""
    session = start(target, rows=100, columns=200).wait_for_prompt()
    session.enter("exec(open('watch.py').read())")
    for line in ("'warm'", "0; 1", "watch('audit')", "x = 1"):
        session.enter(line)
    events(session)
    named = set(re.findall(r"`([\w.]+)`", PAGE[PAGE.index("An audit hook sees") :].split(" - ")[0]))
    session.enter("x = 2")
    nothing = events(session)
    session.enter("1")
    result = events(session)
    known = {"sys._getframe", "object.__getattr__", "builtins.id", "fcntl.ioctl"}
    assert known <= named
    nothing, result = ([event for event in found if event != "fcntl.ioctl"] for found in (nothing, result))  # PyREPL's
    assert set(nothing) <= known - {"builtins.id"}
    assert len(nothing) <= 2 * said("events at a prompt: at most")
    assert set(result) <= known
    assert len(result) <= 2 * said("events at a prompt: at most") + said("events for a result: at most")
    assert result or target.mode == PYPY  # which has no such events
