"""Recording goes on whoever else takes part in displaying: rich, sympy, numpy's values, a user's own hook, a reload."""

from __future__ import annotations

import pytest

from tests.environments import prompts_with_packages, with_packages
from tests.prompt.session import Session, Start, same_as_bare
from tests.pythons import Target, numbered_prompts


@prompts_with_packages
def test_a_numpy_array(start: Start, target: Target) -> None:
    """Arrays are neither compared nor asked for their truth."""
    session = start(target, python=with_packages(target.python)).wait_for_prompt()
    session.enter("import numpy as np")
    session.enter("np.array([1, 2])")
    session.enter("np.array([1, 2])")
    session.enter("np.zeros((3, 3)) == 0")
    assert session.prompt == "h[4] >>> "
    assert session.printed("h[1] + h[2], h[3].all()") == "[2 4] True"
    session.enter("h")
    session.enter("h.find(np.ndarray)")
    assert session.prompt == "h[4] >>> "


@prompts_with_packages
def test_rich_pretty(start: Start, target: Target) -> None:
    """After `rich.pretty.install()` rich prints, and each result still has its number."""

    def script(session: Session) -> None:
        session.enter("from rich import pretty; pretty.install()")
        session.enter("{'a': [1, 2], 'b': None}")
        session.enter("None")
        session.enter("'text'")
        session.enter("_")
        session.enter("list(range(100))")

    session = same_as_bare(start, target, script, python=with_packages(target.python))
    assert any(row.startswith("h[5] >>>") for row in session.history())


@prompts_with_packages
def test_sympy_printing(start: Start, target: Target) -> None:
    """After `init_printing()` sympy prints, and each result still has its number."""
    session = start(target, python=with_packages(target.python)).wait_for_prompt()
    session.enter("from sympy import *; init_printing(); x = symbols('x')")
    shown = session.enter("x**2 / 2")
    assert len(shown) > 1, "sympy prints on several lines"
    session.enter("Integral(x, x)")
    session.enter("'plain'")
    assert session.prompt == "h[4] >>> "
    assert session.printed("h[1] == x**2/2, h[3]") == "True plain"


HOOKS = {
    "replaced": ["sys.displayhook = lambda v: print('mine', v)"],
    "wraps-ours": ["old = sys.displayhook; sys.displayhook = lambda v: (print('then'), old(v))[1]"],
    "wraps-stock": ["sys.displayhook = lambda v: (print('then'), sys.__displayhook__(v))[1]"],
    "saved-and-restored": ["old = sys.displayhook", "sys.displayhook = print", "'while'", "sys.displayhook = old"],
    "stock-put-back": ["sys.displayhook = sys.__displayhook__"],
    "wrapped-twice": [
        "one = sys.displayhook; sys.displayhook = lambda v: (print('a'), one(v))[1]",
        "two = sys.displayhook; sys.displayhook = lambda v: (print('b'), two(v))[1]",
    ],
    "an-object": ["sys.displayhook = type('Hook', (), {'__call__': lambda self, v: print('object', v)})()"],
    "a-method": ["sys.displayhook = [].append"],
    "again-and-again": ["for i in range(5): sys.displayhook = lambda v, old=sys.displayhook: old(v)"],
}


@pytest.mark.parametrize("name", HOOKS)
@numbered_prompts
def test_a_hook_of_the_users_own(start: Start, target: Target, name: str) -> None:
    """It shows what it shows at the bare prompt; each value is recorded once."""

    def script(session: Session) -> None:
        session.enter("import sys; 'before'")
        for line in HOOKS[name]:
            if line.startswith("for"):
                session.block(line)
            else:
                session.enter(line)
        for line in ("'after'", "None", "'after'", "_"):
            session.enter(line)

    same_as_bare(start, target, script)
    session = start(target).wait_for_prompt()
    script(session)
    session.enter("sys.displayhook = sys.__displayhook__")
    meanwhile = ["while"] if name == "saved-and-restored" else []
    wanted = ["before", *meanwhile, "after", "after"]
    # `_` at the end is a result too; which one depends on whether the hook sets it.
    assert session.number == 1 + len(wanted) + 1
    assert session.enter(f"print(h[1:{1 + len(wanted)}])")[0] == repr(wanted)


RELOADS = {
    "sys": "import importlib, sys; importlib.reload(sys) and None",
    "builtins": "import importlib, builtins; importlib.reload(builtins) and None",
    "histshell": "import importlib, sys; importlib.reload(sys.modules['histshell']) and None",
    "history": "import importlib, sys; importlib.reload(sys.modules['histshell.history']) and None",
    "prompt": "import importlib, sys; importlib.reload(sys.modules['histshell.prompt']) and None",
    "recorder": "import importlib, sys; importlib.reload(sys.modules['histshell.recorder']) and None",
    "session": "import importlib, sys; importlib.reload(sys.modules['histshell.session']) and None",
    "hook": "import importlib, sys; importlib.reload(sys.modules['histshell.hook']) and None",
}


@pytest.mark.parametrize("name", RELOADS)
@numbered_prompts
def test_a_reload(start: Start, target: Target, name: str) -> None:
    """`importlib.reload` of what takes part: the numbers go on, the values stay."""
    session = start(target).wait_for_prompt()
    session.enter("'early'")
    session.enter(RELOADS[name])
    assert session.prompt == "h[2] >>> "
    assert session.enter("'late'") == ["'late'"]
    assert session.prompt == "h[3] >>> "
    assert session.enter("None") == []
    session.enter("h")
    assert session.prompt == "h[3] >>> "
    assert session.printed("h[1:]") == "['early', 'late']"
