"""ptpython and bpython run the start-up file: the numbered prompt, the same `h`, the pickle mode, and the way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.prompt.session import CHECKOUT
from tests.pythons import Python
from tests.shells.shell import Shell, kept, targets

PTPYTHON = list(targets(((3, 11), "ptpython"), ((3, 13), "ptpython")))
BPYTHON = list(targets(((3, 11), "bpython==0.24"), ((3, 11), "bpython==0.26"), ((3, 13), "bpython==0.26")))

ptpythons = pytest.mark.parametrize(("python", "package"), PTPYTHON)
guests = pytest.mark.parametrize(("python", "package"), PTPYTHON + BPYTHON)


@pytest.mark.both
@guests
def test_three_lines(python: Python, package: str, tmp_path: Path) -> None:
    """The lines of the README: each result has its number, and is used by it."""
    with Shell(python, package, tmp_path / "home") as shell:
        assert shell.prompt == "h[1]"
        assert shell.enter("lambda x: x * 2")[-1].startswith("<function <lambda> at 0x")
        assert shell.enter("[1, 2, 3, 4, 5]") == ["[1, 2, 3, 4, 5]"]
        assert shell.enter("list(map(h[1], h[2]))") == ["[2, 4, 6, 8, 10]"]
        assert shell.prompt == "h[4]"
        assert shell.enter("print(h.entry(2).source, h.entry(3).source)") == ["[1, 2, 3, 4, 5] list(map(h[1], h[2]))"]


@guests
def test_what_has_no_number_and_what_has(python: Python, package: str, tmp_path: Path) -> None:
    """None, errors and `h` itself have none; equal results have one each; a `__repr__` that raises loses nothing."""
    with Shell(python, package, tmp_path / "home") as shell:
        shell.enter("None")
        assert any("ZeroDivisionError" in row for row in shell.enter("1 / 0"))
        assert shell.prompt == "h[1]"
        for value in ("1", "True", "1.0"):
            shell.enter(value)
        assert shell.prompt == "h[4]"
        assert any("True" in row for row in shell.enter("h"))
        assert shell.prompt == "h[4]"
        shell.enter("Bad = type('Bad', (), {'__repr__': lambda self: 1 / 0})")
        shell.enter("Bad()")
        assert shell.prompt == "h[5]"
        assert shell.enter("print(type(h[4]).__name__, _h is h)") == ["Bad True"]
        shell.enter("h = 0")
        assert shell.prompt == "_h[5]"
        shell.enter("del h")
        assert shell.prompt == "h[5]"


@guests
def test_rich_may_take_over_the_display(python: Python, package: str, tmp_path: Path) -> None:
    """Another display hook, set later: results go on having numbers."""
    with Shell(python, package, tmp_path / "home") as shell:
        shell.enter("import sys; sys.displayhook = lambda value: print('mine', repr(value))")
        shell.enter("6 * 7")
        assert shell.prompt == "h[2]"
        assert shell.enter("print(h[1])")[0] == "42"


@guests
def test_the_end(python: Python, package: str, tmp_path: Path) -> None:
    """The shell ends with the status that is asked for; what was typed is in the journal, with what came of it."""
    with Shell(python, package, tmp_path / "home") as shell:
        shell.enter("1")
        shell.enter("1 / 0")
        if package != "ptpython":  # which does not accept it
            shell.enter("1 + )")
        shell.enter("x = 2")
        shell.type("import sys; sys.exit(3)")
        shell.press("enter")
        # bpython 0.26 gives 1 for any, bare as well, under some versions of Python.
        assert shell.wait_for_end() in ((3,) if package == "ptpython" else (3, 1))
    log = kept(tmp_path / "home")
    assert log.session.shell == package.partition("=")[0]
    wrong = [("1 + )", "SyntaxError", ())] if package != "ptpython" else []
    assert [(one.source, (one.error or ("",))[0], one.results and one.results[0].number) for one in log.inputs] == [
        ("1", "", 1),
        ("1 / 0", "ZeroDivisionError", ()),
        *wrong,
        ("x = 2", "", ()),
        ("import sys; sys.exit(3)", "SystemExit", ()),
    ]
    assert log.left


# Not in bpython: it shows the prompt of `input()` before it takes keys for it, and what comes in between ends it, bare too.
@ptpythons
def test_the_pickle_mode(python: Python, package: str, tmp_path: Path) -> None:
    """`pik()` reads its own lines, and its values have numbers."""
    with Shell(python, package, tmp_path / "home") as shell:
        shell.type("pik()")
        shell.press("enter")
        shell.wait_for(lambda: shell.before_cursor == "pik> ")
        shell.type("I7")
        shell.press("enter")
        shell.wait_for(lambda: shell.before_cursor == "...> ")
        shell.type(".")
        shell.press("enter")
        shell.wait_for(lambda: shell.before_cursor == "pik> ")
        shell._row = shell.row
        shell.type("quit")
        shell.press("enter")
        shell.wait_for(shell.at_prompt)
        assert shell.prompt == "h[2]"
        assert shell.enter("print(h[1])") == ["7"]


@ptpythons
def test_ptpython_completes_results(python: Python, package: str, tmp_path: Path) -> None:
    """In the menu: the numbers after `h[`, and what goes on from one."""
    with Shell(python, package, tmp_path / "home") as shell:
        shell.enter("'some text'")
        shell.type("h[")
        shell.press("tab")
        shell.wait_for(lambda: any(row.split()[:1] == ["1]"] for row in shell.screen()))
        shell.press("ctrl-u")
        shell.type("h[1].capit")
        shell.press("tab")
        shell.wait_for("capitalize")


@ptpythons
def test_ptpython_by_its_own_configuration(python: Python, package: str, tmp_path: Path) -> None:
    """One line in `config.py`, where the package can be imported, and no start-up file."""
    home = tmp_path / "home"
    config = home / ".config" / "ptpython"
    config.mkdir(parents=True)
    (config / "config.py").write_text(
        f"import sys\nsys.path.append({str(CHECKOUT)!r})\nfrom histshell.shells.ptpython import configure\n"
    )
    with Shell(python, package, home, XDG_CONFIG_HOME=str(home / ".config"), HISTSHELL="0") as shell:
        shell.enter("6 * 7")
        assert shell.prompt == "h[2]"


@pytest.mark.parametrize(("terminal", "marked"), [("WezTerm", True), ("Apple_Terminal", False)])
@ptpythons
def test_ptpython_marks_its_prompt(python: Python, package: str, tmp_path: Path, terminal: str, marked: bool) -> None:
    """In a terminal that reads them: what stays on the screen is marked at both ends, and the marks take no room."""
    with Shell(python, package, tmp_path / "home", TERM_PROGRAM=terminal) as shell:
        assert shell.before_cursor == "h[1] >>> "
        shell.written = b""
        assert shell.enter("'a' * 3") == ["'aaa'"]
        assert shell.before_cursor == "h[2] >>> "
        plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", shell.written)
        assert (b"\x1b]133;A;redraw=0\x07h[1] >>>\x1b]133;B\x07 'a' * 3" in plain) == marked
        assert (b"\x1b]133;" in plain) == marked


class Plain(Shell):
    """A shell with a prompt of its own."""

    numbered = re.compile(r"(>>>|In) ?(\[\d+\]:)? ?\Z")


@guests
def test_the_prompt_of_the_shell_can_stay(python: Python, package: str, tmp_path: Path) -> None:
    """With `plain_prompt = on` nothing in it is ours, whatever `prompt` says, and the results are in `h`."""
    plain = {"HISTSHELL_PLAIN_PROMPT": "on", "HISTSHELL_PROMPT": "true"}
    with Plain(python, package, tmp_path / "home", **plain) as shell:
        shell.enter("6 * 7")
        shell.enter("'a'")
        assert shell.enter("print(h[1:], len(h))") == ["[42, 'a'] 3"]
        assert not any("h[2]" in row or "h[3]" in row for row in shell.screen())
