"""Django's and Flask's shells: they read the start-up file themselves, and open `code.interact()`, or IPython."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environments import with_packages
from tests.prompt.session import STARTUP, environment
from tests.pythons import EVERY, Python, found
from tests.terminal import Terminal

_PROMPT = re.compile(r"(?:(_?h)\[(\d+)\] >>>|>>>|In \[\d+\]:) \Z")


def _targets() -> Iterator[object]:
    for minor in ((3, 11), (3, 13)):
        pythons = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        for kind in ("django", "flask", "ipython"):
            name = f"{'.'.join(map(str, minor))}-{kind}"
            if not pythons:
                yield pytest.param(None, kind, id=name, marks=pytest.mark.skip(reason=f"no Python for {name}"))
            else:
                yield pytest.param(pythons[0], kind, id=name)


TARGETS = list(_targets())
#: Each under one of the Pythons, unless every prompt takes part.
SOME = TARGETS if EVERY else TARGETS[::2]
every_shell = pytest.mark.parametrize(("python", "kind"), TARGETS)
shells = pytest.mark.parametrize(("python", "kind"), SOME)
consoles = pytest.mark.parametrize(("python", "kind"), [one for one in SOME if "ipython" not in str(one)])


class Framework(Terminal):
    """The shell of a small project. `kind`: `django`, `flask`, or `ipython`, which is Django's with `-i ipython`."""

    def __init__(self, python: Python, kind: str, home: Path, *, numbered: bool = True) -> None:
        (home / ".local" / "state" / "histshell").mkdir(parents=True)  # it is not the first day
        if kind == "flask":
            (home / "app.py").write_text(
                "from flask import Flask\napp = Flask('app')\n"
                "@app.shell_context_processor\ndef names(): return {'answer': 42}\n"
            )
            words = [str(with_packages(python, ("flask",))), "-m", "flask", "--app", "app", "shell"]
        else:
            (home / "settings.py").write_text("SECRET_KEY = 'x'\nINSTALLED_APPS = []\nDATABASES = {}\n")
            packages = ("django", "ipython") if kind == "ipython" else ("django",)
            interface = "ipython" if kind == "ipython" else "python"
            words = [str(with_packages(python, packages)), "-m", "django", "shell", "-i", interface]
            words += ["--settings=settings", "--pythonpath=."]
        variables = {"PYTHONSTARTUP": str(STARTUP)} if numbered else {}
        super().__init__(words, env=environment(home, **variables), cwd=str(home), rows=50, columns=70)
        self._row = -1
        self.wait_for(self.at_prompt)

    def at_prompt(self) -> bool:
        """A fresh prompt"""
        return self.row > self._row and bool(_PROMPT.match(self.before_cursor)) and not self.after_cursor.strip()

    def enter(self, text: str) -> list[str]:
        """Type a line, press Enter, and return what was printed before the next prompt."""
        self._row = first = self.row
        self.type(text)
        self.press("enter")
        self.wait_for(self.at_prompt)
        return [row for row in self.history()[first + 1 : self.row] if row.strip()]


@every_shell
def test_results_have_numbers(python: Python, kind: str, tmp_path: Path) -> None:
    """Each displayed one; the names of the project are there; sources are what was typed."""
    with Framework(python, kind, tmp_path / "home") as shell:
        if kind != "ipython":
            assert shell.before_cursor == "h[1] >>> "
        assert shell.enter("6 * 7")[-1].endswith("42")
        assert shell.enter("None") == []
        assert any("ZeroDivisionError" in row for row in shell.enter("1 / 0"))
        project = "answer" if kind == "flask" else "__import__('django.conf').conf.settings.SECRET_KEY"
        assert shell.enter(project)[-1].endswith("42" if kind == "flask" else "'x'")
        assert shell.enter("print(len(h), h.entry(1).source, _h is h)") == ["3 6 * 7 True"]
        if kind != "ipython":
            assert shell.before_cursor == "h[3] >>> "


@shells
def test_the_pickle_mode(python: Python, kind: str, tmp_path: Path) -> None:
    """Entered and left; its values have numbers."""
    with Framework(python, kind, tmp_path / "home") as shell:
        shell.type("pik()\r")
        shell.wait_for(lambda: shell.before_cursor == "pik> ")
        shell.type("I7\r")
        shell.wait_for(lambda: shell.before_cursor == "...> ")
        shell.type(".\r")
        shell.wait_for(lambda: shell.before_cursor == "pik> ")
        shell._row = shell.row
        shell.type("quit\r")
        shell.wait_for(shell.at_prompt)
        assert shell.enter("print(h[1])") == ["7"]


@consoles
def test_completion_and_long_lines(python: Python, kind: str, tmp_path: Path) -> None:
    """TAB completes names of the shell and results; the line editor knows how wide the prompt is."""
    with Framework(python, kind, tmp_path / "home") as shell:
        shell.enter("some_name = 'text'")
        shell.enter("some_name")
        for typed, completed in (("some_n", "some_name"), ("h[1].capital", "h[1].capitalize")):
            shell.type(typed)
            shell.press("tab")
            shell.wait_for(lambda completed=completed: completed in shell.before_cursor)  # type: ignore[misc]
            shell.press("ctrl-u")
            shell.wait_for(lambda: shell.before_cursor == "h[2] >>> ")
        row = shell.row
        shell.type("x" * 75)
        shell.wait_for(lambda: shell.row == row + 1 and "".join(shell.history()[row:]).count("x") == 75)
        assert len(shell.history()[row]) == 70, "the first row is full before the second begins"


@consoles
def test_as_without_histshell(python: Python, kind: str, tmp_path: Path) -> None:
    """Nothing more is printed, no name but `h` is added, and the shell ends with the status that is asked for."""
    seen = []
    for numbered in (False, True):
        with Framework(python, kind, tmp_path / f"home-{numbered}", numbered=numbered) as shell:
            printed = [re.sub(r"home-\w+|h\[1\] ", "", row).rstrip() for row in shell.history()]
            names = shell.enter("print(' '.join(sorted(set(globals()) - {'h'})))")
            shell.enter("x = 5")
            shell.type("import sys; sys.exit(3)\r")
            seen.append((printed, names, shell.wait_for_end()))
    assert seen[0] == seen[1]
    assert seen[0][2] == 3


@pytest.mark.parametrize("kind", ["django", "flask"])
def test_the_end_by_ctrl_d(kind: str, tmp_path: Path) -> None:
    """Status 0, and nothing of ours is printed on the way out."""
    pythons = [python for python in found() if python.implementation == "cpython" and python.minor == (3, 11)]
    if not pythons:
        pytest.skip("no Python 3.11 on this machine")
    with Framework(pythons[0], kind, tmp_path / "home") as shell:
        shell.enter("6 * 7")
        first = shell.row
        shell.press("ctrl-d")
        assert shell.wait_for_end() == 0
        assert [row for row in shell.history()[first + 1 :] if row.strip()] == ["now exiting InteractiveConsole..."]
