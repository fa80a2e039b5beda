"""The user takes the prompt, the display hook or Python's own names away: what then happens is what the bare prompt does."""

from __future__ import annotations

import pytest

from tests.prompt.session import Session, Start, same_as_bare
from tests.pythons import BASIC, READLINE, Target, numbered_prompts

PROMPTS = {
    "none": "sys.ps1 = None",
    "number": "sys.ps1 = 5",
    "own-text": "sys.ps1 = 'mine> '",
    "own-object": "sys.ps1 = type('Mine', (str,), {'__str__': lambda self: 'mine> '})('mine> ')",
    "empty": "sys.ps1 = ''",
    "deleted": "del sys.ps1",
    "both-deleted": "del sys.ps1, sys.ps2",
    "both-own": "sys.ps1 = 'one> '; sys.ps2 = 'two> '",
}


def _blindly(session: Session, line: str, shown: str) -> None:
    """Type a line at whatever prompt there is, and wait for what it prints, or for the end of the interpreter."""
    session.type(line)
    session.press("enter")
    session.wait_for(lambda: session.ended or any(row.endswith(shown) for row in session.history()))
    if not session.ended:
        session.wait_for_sleep()


@pytest.mark.parametrize("line", PROMPTS.values(), ids=PROMPTS)
@numbered_prompts
def test_a_prompt_of_the_users_own_stays(start: Start, target: Target, line: str) -> None:
    """Whatever he puts in `sys.ps1` does what it does at the bare prompt, and results are recorded all the same."""
    alive = []

    def script(session: Session) -> None:
        session.enter("import sys")
        _blindly(session, line + "; print('taken' + ' away')", "taken away")
        alive.append(not session.ended)
        if not session.ended:
            _blindly(session, "print('one more')", "one more")

    session = same_as_bare(start, target, script)
    assert alive[0] == alive[1]
    if alive[0]:
        session = start(target).wait_for_prompt()
        script(session)
        _blindly(session, "'is ' + 'recorded'", "'is recorded'")
        _blindly(session, "print('it', h[1])", "it is recorded")


HOOKS = {
    "none": "sys.displayhook = None",
    "number": "sys.displayhook = 5",
    "deleted": "del sys.displayhook",
    "raises": "sys.displayhook = lambda value: value.nothing_of_this_name",
    "no-stdout": "out = sys.stdout; sys.stdout = None",
}


@pytest.mark.parametrize("line", HOOKS.values(), ids=HOOKS)
@numbered_prompts
def test_a_broken_display_hook_is_the_users(start: Start, target: Target, line: str) -> None:
    """It fails as it would at the bare prompt, and the stock one put back works again."""

    def script(session: Session) -> None:
        session.enter("import sys")
        session.enter(line)
        session.enter("'not shown'")
        session.enter("None")
        session.enter("if 'out' in dir(): sys.stdout = out\r" if "out" in line else "sys.displayhook = sys.__displayhook__")
        session.enter("'shown'")

    same_as_bare(start, target, script, our_frame=True)


NAMES = ("len", "str", "type", "isinstance", "getattr", "int", "repr", "list", "tuple", "dict", "set", "object", "print",
         "super", "property", "hasattr", "setattr", "min", "max", "iter", "next", "range", "Exception", "BaseException",
         "AttributeError", "RuntimeError", "StopIteration", "KeyboardInterrupt", "format", "globals", "any", "id", "open")  # fmt: skip


@numbered_prompts
def test_builtins_may_go(start: Start, target: Target) -> None:
    """With each builtin rebound in turn, the prompt goes on: at the C prompt, which itself needs none of them."""
    if target.mode not in (READLINE, BASIC):
        pytest.skip("the bare prompt, written in Python, ends with its builtins")
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
    session.enter(f"for name in {NAMES!r}: setattr(builtins, name, None)\r".replace("\n", ""), until=session.at_prompt)
    session.enter("'without any'")
    assert session.prompt == f"h[{number + 1}] >>> "
    session.enter("vars(builtins).update(kept)")
    assert session.printed("h[-1], h[1]") == "without any without len"
