"""Recording goes on whoever else takes part in displaying: rich, sympy, numpy's values, a user's own hook, a reload."""

from __future__ import annotations

from pathlib import Path

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


@numbered_prompts
def test_a_hook_of_the_users_own(start: Start, target: Target, tmp_path: Path) -> None:
    """It shows what it shows at the bare prompt; each value is recorded once."""
    recorded: list[str] = []

    def script(session: Session) -> None:
        session.enter("import sys")
        recorded.clear()
        for name, typed in HOOKS.items():
            for line in (f"'before {name}'", *typed, f"'after {name}'", "None", f"'after {name}'"):
                session.enter(line, until=lambda: session.at_prompt() or session.at_continuation())
                if session.at_continuation():
                    session.enter("")
                if line.startswith("'"):
                    recorded.append(line.strip("'"))
            session.enter("sys.displayhook = sys.__displayhook__")
        # To a file: what the two have recorded differs, what they show must not.
        session.enter("import builtins, os; file = open(os.environ['HOME'] + '/recorded', 'w')")
        session.enter("print(getattr(builtins, '_h', [])[1:], file=file, flush=True)")

    same_as_bare(start, target, script)
    assert (tmp_path / "home" / "recorded").read_text() == f"{recorded}\n"


RELOADS = (
    "sys",
    "builtins",
    "histshell",
    "histshell.history",
    "histshell.prompt",
    "histshell.recorder",
    "histshell.hook",
    "histshell.session",
    "histshell.shells.stock.detect",
)


@numbered_prompts
def test_a_reload(start: Start, target: Target) -> None:
    """`importlib.reload` of what takes part: the numbers go on, the values stay."""
    session = start(target).wait_for_prompt()
    session.enter("import importlib, sys, builtins")
    values: list[str] = []
    for module in RELOADS:
        session.enter(f"importlib.reload(sys.modules['{module}']) and None")
        assert session.number == 1 + len(values), module
        values.append(f"after {module}")
        assert session.enter(f"'after {module}'") == [f"'after {module}'"]
        assert session.number == 1 + len(values), module
        assert session.enter("None") == []
        assert session.enter("h")[0].split()[:2] == ["n", "age"], module
        assert session.number == 1 + len(values), module
    assert session.printed("h[1:]").replace("\n", "") == repr(values)
