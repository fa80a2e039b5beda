"""What a user may type by accident or on purpose: the prompt, the numbers and the earlier values outlive it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.prompt.session import Session, Start
from tests.pythons import Target, by_turns, numbered_prompts


def _line(text: str) -> Callable[[Session], object]:
    return lambda session: session.enter(text)


def _block(*lines: str) -> Callable[[Session], object]:
    return lambda session: session.block(*lines)


def _interrupted(text: str) -> Callable[[Session], object]:
    def act(session: Session) -> None:
        session.enter(text, until="napping")
        session.wait_for_sleep()
        session.interrupt()

    return act


def _flood(session: Session) -> None:
    session.type("[0] * 10**6")
    session.press("enter")
    session.wait_for_bytes(rb"0, 0\]\r*\n(?s:.*)>>> ")
    session.wait_for(session.at_prompt)


@dataclass(frozen=True)
class Hostile:
    """Lines, and what holds after them."""

    name: str
    lines: tuple[str | Callable[[Session], object], ...]
    #: How many results the lines add to the history.
    recorded: int = 0
    #: The history begins anew: the next result is `h[1]`.
    emptied: bool = False
    #: The name that the prompt gives the history afterwards.
    history: str = "h"
    #: A line that undoes what clearing the namespace does not undo.
    restore: str = ""


HOSTILE = [
    Hostile("len", ("len = 5",)),
    Hostile("str", ("str = None",)),
    Hostile("sys", ("sys = None",)),
    Hostile("many-names", ("str = len = sys = type = isinstance = int = repr = getattr = list = object = 0",)),
    Hostile("del-h", ("del h",)),
    Hostile("del-h-twice", ("del h", "del h")),
    Hostile("h-is-5", ("h = 5",), history="_h"),
    Hostile("h-is-5-for-a-while", ("h = 5", "'meanwhile'", "del h"), recorded=1),
    Hostile("h-in-a-loop", (_block("for h in 'abc':", "    h"),), recorded=3, history="_h"),
    Hostile("clear", ("h.clear()",), emptied=True),
    Hostile("slice", ("h[:] = []",), emptied=True),
    Hostile("del-slice", ("del h[:]",), emptied=True),
    Hostile("del-underscore", ("'shown'", "import builtins; del builtins._"), recorded=1),
    Hostile("underscore", ("_ = 'mine'", "'shown'", "assert _ == 'mine'"), recorded=1),
    Hostile("underscore-in-a-loop", (_block("for _ in range(3):", "    pass"),)),
    Hostile("displayhook-is-print", ("import sys; sys.displayhook = print", "'shown by print'"), recorded=1),
    Hostile("every-dunder-raises", ("from hostile import *", "Untouchable()"), recorded=1),
    Hostile("its-class-too", ("from hostile import *", "Untouchable"), recorded=1),
    Hostile("repr-sleeps", ("from hostile import *", _interrupted("Sleepy()")), recorded=1),
    Hostile("repr-raises", ("from hostile import *", "Broken()"), recorded=1),
    Hostile("repr-is-no-text", ("from hostile import *", "Numeric()"), recorded=1),
    Hostile("repr-recurses", ("from hostile import *", "Endless()"), recorded=1),
    Hostile("shy-text", ("from hostile import *", "Shy('text')", "Shy('text')"), recorded=2),
    Hostile("ambiguous", ("from hostile import *", "Ambiguous()", "Ambiguous()", "[Ambiguous()]"), recorded=3),
    Hostile("a-million-elements", (_flood,), recorded=1),
    Hostile("equal", ("1", "True", "1.0", "x = [1]", "x", "x"), recorded=5),
    Hostile("none", ("None", "print()", "h", "_h", "h.show()", "h.find(int)"), recorded=0),
    Hostile("exec", ('exec("1", {})',)),
    Hostile("exec-single", ("""exec(compile("1", "", "single"), {})""",), recorded=1),
    Hostile("exec-without-builtins", ("""exec(compile("1", "", "single"), {"__builtins__": {}})""",), recorded=1),
    Hostile("thread", ("from hostile import *", "display_in_a_thread(1, None, 'two', [3])"), recorded=3),
    Hostile("fork", ("import os, sys", "(os.fork() or os._exit(3)) and os.wait()[1] >> 8"), recorded=1),
    Hostile(
        "fork-displays",
        ("import os, sys", "(os.fork() or (sys.displayhook('child'), os._exit(3))) and os.wait()[1] >> 8"),
        recorded=1,
    ),
    Hostile("own-prompt-object", ("import sys; ps1 = sys.ps1; del sys.ps1; sys.ps1 = ps1",)),
    Hostile("ps2", ("import sys; sys.ps2 = None", "del sys.ps2")),
    Hostile("trace", ("import sys; sys.settrace(lambda *a: None)", "'traced'", "sys.settrace(None)"), recorded=1),
    Hostile(
        "profile", ("import sys; sys.setprofile(lambda *a: None)", "'profiled'", "sys.setprofile(None)"), recorded=1
    ),
    # `h` in the user's namespace is all that is left.
    Hostile("h-in-builtins-gone", ("import builtins", "h = builtins.h; del builtins.h"), restore="builtins.h = h"),
    Hostile(
        "modules-gone",
        ("import sys; ours = {m: sys.modules.pop(m) for m in list(sys.modules) if 'histshell' in m}",),
        restore="sys.modules.update(ours)",
    ),
    Hostile("large-numbers", ("10**4000",), recorded=1),
    Hostile("surrogates", (r"'\udc80\ud800'",), recorded=1),
    Hostile("control-characters", (r"'\x1b[2J\x00\x01\x02'",), recorded=1),
]


GROUPS = [HOSTILE[i::6] for i in range(6)]


@by_turns("group", range(len(GROUPS)), numbered_prompts, times=3)
def test_hostile_lines_cost_nothing(start: Start, target: Target, group: int, subtests: pytest.Subtests) -> None:
    """After each the prompt is there, its number is right, and so are the values before and after.

    Those of a group are typed in one session, each with values of its own before and after it; what fails is
    followed by a new session.
    """
    session: Session | None = None
    for hostile in GROUPS[group]:
        with subtests.test(hostile.name):
            used, session = session, None
            session = _survive(used or start(target).wait_for_prompt(), hostile)


def _survive(session: Session, hostile: Hostile) -> Session:
    """Type it at a prompt where `h` is the history; leave such a prompt behind."""
    first = session.number
    assert session.prompt == f"h[{first}] >>> "
    assert first is not None
    session.enter("'early'")
    session.enter("kept = {'a': 1}; kept")
    assert session.number == first + 2
    for line in hostile.lines:
        act = line if callable(line) else _line(line)
        act(session)
    number = 1 if hostile.emptied else first + 2 + hostile.recorded
    name = hostile.history
    assert session.prompt == f"{name}[{number}] >>> "
    assert "late" in session.enter("'late'")[-1]
    assert session.prompt == f"{name}[{number + 1}] >>> "
    early = "True" if hostile.emptied else f"{name}[{first}] == 'early' and {name}[{first + 1}] is kept"
    looked = session.enter(f"print({name}[0] is None, {early}, {name}[{number}], {name}[-1])")
    assert looked[0] == "True True late late"
    if hostile.restore:
        session.enter(hostile.restore)
    # Whatever it has put into the namespace goes: the next one wants its own.
    session.enter("import sys; sys.displayhook = sys.__displayhook__")
    session.enter("[globals().pop(name) for name in set(globals()) - {'__name__', '__builtins__'}] and None")
    return session
