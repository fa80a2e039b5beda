"""Values within bounds at real prompts: the plain ones where it is asked for, the rich one by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.environments import prompts_with_packages, with_packages
from tests.prompt.session import Session, Start
from tests.pythons import Target, numbered_prompts, some_pythons
from tests.ui.rich import start as start_rich

PRETTY = {"HISTSHELL_DISPLAY": "pretty"}
CUT = ["[", "    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,", "    … 4,980 more: h[1]", "]"]


@numbered_prompts
def test_no_more_than_a_screen(start: Start, target: Target) -> None:
    """What is left out is counted, what is kept is whole, and Ctrl-C while it is shown leaves the number."""
    session = start(target, env=PRETTY, rows=24, columns=80).wait_for_prompt()
    assert session.enter("list(range(5000))") == CUT
    assert session.enter("len(h[1]), len(_), [1, 'a']") == ["(5000, 5000, [1, 'a'])"]
    shown = session.enter("{n: 'x' * n for n in range(300)}")
    assert (shown[0], *shown[-2:]) == ("{", "    … 282 more: h[3]", "}")
    assert len(shown) <= 22
    assert session.enter("'word ' * 30")[0].startswith("('word word")
    session.enter("import time")
    session.block("class Slow:", "    def __repr__(self):", "        return time.sleep(60)")
    session.type("[1, Slow()]\r")
    session.wait_for_sleep()
    session.interrupt()
    assert session.number == 6
    assert session.enter("type(h[5][1])") == ["<class '__main__.Slow'>"]
    assert not [row for row in session.history() if "histshell/display" in row]
    session.enter("import sys; sys.displayhook = lambda value: print('mine', type(value).__name__)")
    assert session.enter("list(range(5000))") == ["mine list"]
    assert session.number == 8


@some_pythons
def test_all_of_it_is_paged(start: Start, target: Target, tmp_path: Path) -> None:
    """By the pager that is named; into a stream that is no terminal it is printed; what fits is, too."""
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\nhead -n 3 | tail -n 2\nwc -l > '{tmp_path}/rest'\n", encoding="utf-8")
    pager.chmod(0o755)
    session = start(target, env={**PRETTY, "PAGER": str(pager)}, rows=24, columns=80).wait_for_prompt()
    session.enter("list(range(100_000))")
    assert session.enter("h.page(1)") == [
        "    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,",
        "    21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,",
    ]
    session.enter("import contextlib, io")
    session.block("with contextlib.redirect_stdout(io.StringIO()) as out:", "    h.page()")
    assert session.printed("eval(out.getvalue()) == h[1]") == "True"
    assert session.enter("{'a': 1}") == ["{'a': 1}"]
    assert session.enter("h.page()") == ["{'a': 1}"]
    assert "NoSuchResult" in session.enter("h.page(77)")[-1]


def test_the_rich_prompt(tmp_path: Path) -> None:
    """By itself, in colours."""
    with start_rich(tmp_path / "home", rows=24, columns=80) as rich:
        assert rich.enter("list(range(5000))") == CUT
        rich.enter("{n: 'x' * n for n in range(300)}")
        assert any("for n in range(300)" in row for row in rich.screen())  # beside the menu's room and the bar
        rich.enter("{'name': None, 'more': ['y' * 70]}")
        row = next(row for row in range(24) if rich.screen()[row].startswith("    'name': None"))
        row += rich.top
        assert rich.cell(row, 5).fg == rich.cell(row + 2, 10).fg != "default"  # texts
        assert rich.cell(row, 12).fg not in ("default", rich.cell(row, 5).fg)  # a keyword
        rich.enter("import sys; sys.displayhook = sys.__displayhook__")
        assert len(rich.enter("list(range(50))")) == 5


@pytest.mark.parametrize("setting", ["python", "auto"])
def test_as_python_shows_them(tmp_path: Path, setting: str) -> None:
    """Where the settings say so, or nothing."""
    with start_rich(tmp_path / "home", rows=24, columns=80, HISTSHELL_DISPLAY=setting) as rich:
        shown = rich.enter("list(range(50))")
        assert shown[0].startswith("[0, 1" if setting == "python" else "["), shown


@prompts_with_packages
def test_other_hooks_and_tables(start: Start, target: Target) -> None:
    """Arrays fit the terminal; what rich and sympy show is theirs."""
    session: Session = start(target, env=PRETTY, python=with_packages(target.python), rows=24, columns=110)
    session.wait_for_prompt()
    session.enter("import numpy as np")
    shown = session.enter("np.arange(900)")
    assert len(shown) <= 22
    assert shown[0].startswith("array([")
    assert 75 < max(map(len, session.enter("np.arange(60)"))) <= 110
    assert session.enter("{'a': np.arange(3), 'b': list(range(900))}")[1] == "    'a': array([0, 1, 2]),"
    session.enter("from rich import pretty; pretty.install()")
    assert len(session.enter("list(range(60))")) == 62
    assert session.number == 5
