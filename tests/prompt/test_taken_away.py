"""The user takes the prompt, the display hook or Python's own names away: what then happens is what the bare prompt does."""

from __future__ import annotations

import pytest

from tests.prompt.session import Session, Start, same_as_bare
from tests.pythons import NO_COLOR, READLINE, Target, by_turns, numbered_prompts

PROMPTS = {
    "own": [
        "sys.ps1 = 'mine> '",
        "sys.ps2 = 'more> '",
        "sys.ps1 = type('Mine', (str,), {'__str__': lambda self: 'mine> '})('mine> ')",
        "sys.ps1 = ''",
    ],
    "none": ["sys.ps1 = None"],
    "number": ["sys.ps1 = 5"],
    "deleted": ["del sys.ps1", "del sys.ps2"],
}


def _blindly(session: Session, line: str, shown: str) -> None:
    """Type a line at whatever prompt there is, and wait for what it prints, or for the end of the interpreter."""
    if session.ended:
        return
    session.type(line)
    session.press("enter")
    session.wait_for(lambda: session.ended or any(row.endswith(shown) for row in session.history()))
    if not session.ended:
        session.wait_for_sleep()


def _is_usable(target: Target, name: str) -> bool:
    """Where the bare prompt does not print tracebacks for ever."""
    return not (target.mode == NO_COLOR and target.minor == (3, 13) and name in ("none", "number"))


@by_turns("name", PROMPTS, numbered_prompts, times=3, where=_is_usable)
def test_a_prompt_of_the_users_own_stays(start: Start, target: Target, name: str) -> None:
    """Whatever the user puts in `sys.ps1` does what it does at the bare prompt, and results are recorded all the same."""

    def script(session: Session) -> None:
        session.enter("import sys, builtins")
        for n, line in enumerate(PROMPTS[name]):
            _blindly(session, f"{line}; print('taken', 'away', {n})", f"taken away {n}")
            _blindly(session, f"'recorded {n}'", f"'recorded {n}'")
            # At the bare prompt nothing is recorded; the same line has to show the same there.
            look = f"getattr(builtins, '_h', ['recorded {n}'])[-1]"
            _blindly(session, f"print('last:', {look})", f"last: recorded {n}")

    same_as_bare(start, target, script)


HOOKS = (
    "sys.displayhook = None",
    "sys.displayhook = 5",
    "del sys.displayhook",
    "sys.displayhook = lambda value: value.nothing_of_this_name",
)


@numbered_prompts
def test_a_broken_display_hook_is_the_users(start: Start, target: Target) -> None:
    """It fails as it would at the bare prompt, and the stock one put back works again."""

    def script(session: Session) -> None:
        session.enter("import sys; out = sys.stdout")
        for line in HOOKS:
            session.enter(line)
            session.enter("'not shown'")
            session.enter("None")
            session.enter("sys.displayhook = sys.__displayhook__")
            session.enter("'shown'")
        session.enter("sys.stdout = None")
        session.enter("'not shown'")
        session.enter("None")
        session.enter("sys.stdout = out")
        session.enter("'shown'")

    same_as_bare(start, target, script, our_frame=True)


NAMES = (
    *("len", "str", "type", "isinstance", "getattr", "int", "repr", "list", "tuple", "dict", "set", "object", "print"),
    *(
        "super",
        "property",
        "hasattr",
        "setattr",
        "min",
        "max",
        "iter",
        "next",
        "range",
        "format",
        "globals",
        "any",
        "id",
    ),
    *("Exception", "BaseException", "AttributeError", "RuntimeError", "StopIteration", "KeyboardInterrupt", "open"),
)


@numbered_prompts
def test_builtins_may_go(start: Start, target: Target) -> None:
    """With each builtin rebound in turn, the prompt goes on: at the C prompt, which itself needs none of them."""
    if target.mode != READLINE:
        pytest.skip("the bare prompt runs Python code of its own, and needs its builtins")
    session = start(target).wait_for_prompt()
    session.enter("import builtins, sys; kept = dict(vars(builtins))")
    number = 1
    for name in NAMES:
        session.enter(f"builtins.{name} = None")
        assert session.prompt == f"h[{number}] >>> ", name
        session.enter(f"'without {name}'")
        number += 1
        assert session.prompt == f"h[{number}] >>> ", name
        session.enter(f"builtins.{name} = kept['{name}']")
    session.enter("vars(builtins).update(dict.fromkeys(['" + "', '".join(NAMES[:16]) + "']))")
    session.enter("'without any'")
    assert session.prompt == f"h[{number + 1}] >>> "
    session.enter("vars(builtins).update(kept)")
    assert session.printed("h[-1], h[1]") == "without any without len"
