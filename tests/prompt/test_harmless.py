"""What the start-up file leaves behind: where histshell does not start, nothing; where it does, `h` and its own modules."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

from tests.prompt.session import STARTUP, Session, Start, same_as_bare
from tests.pythons import Target, numbered_prompts, numbered_pythons, silent_pythons

#: What may be loaded before the first prompt, beyond what Python itself has loaded by then.
BEFORE_THE_FIRST_PROMPT = {
    "_functools",  # in C, nearly free; most versions have it by then
    "gc",  # in C, and nearly free too
    "histshell",
    "histshell.history",
    "histshell.hook",
    "histshell.libraries",
    "histshell.line_editor",
    "histshell.places",
    "histshell.prompt",
    "histshell.recorder",
    "histshell.session",
    "histshell.shell_session",
    "histshell.shells",
    "histshell.shells.stock",
    "histshell.shells.stock.detect",
}


#: Looks at the end of a session: an input would begin the journal, and what is to be seen is what was there before.
AT_THE_END = """\
(lambda names: __import__("atexit").register(lambda: exec(open("look.py").read(), names)))(globals())
"""


def _at_the_end(start: Start, tmp_path: Path, target: Target, numbered: bool, **how: object) -> dict[str, object]:
    """What `scene/look.py` sees in a session in which nothing has been typed."""
    startup = tmp_path / "at_the_end.py"
    ours = f"exec(compile(open({str(STARTUP)!r}).read(), {str(STARTUP)!r}, 'exec'))\n" if numbered else ""
    startup.write_text(AT_THE_END + ours)
    session = start(target, startup=startup, **how).wait_for_prompt()
    session.leave()
    seen = ast.literal_eval((tmp_path / "home" / "look").read_text())
    assert isinstance(seen, dict)
    return seen


def _look(session: Session, tmp_path: Path) -> dict[str, object]:
    """What `scene/look.py` sees from inside the session."""
    session.enter('exec(open("look.py").read())')
    seen = ast.literal_eval((tmp_path / "home" / "look").read_text())
    assert isinstance(seen, dict)
    return seen


@silent_pythons
def test_nothing_at_all_happens_on_older_pythons(start: Start, target: Target, tmp_path: Path) -> None:
    """Python 2.7, 3.6 and 3.7 run the start-up file, and nobody can tell."""
    shown, seen = [], []
    for numbered in (False, True):
        session = start(target, numbered=numbered).wait_for_prompt()
        seen.append(_look(session, tmp_path))
        for line in (
            "x = 6 * 7",
            "x",
            "_, dir()",
            "1/0",
            "__loader__",
            "import sys; sys.ps1, sys.ps2, sys.displayhook",
        ):
            session.enter(line)
        shown.append((session.leave(), session.transcript()))
    assert seen[1] == seen[0]
    assert shown[1] == shown[0]


@numbered_prompts
def test_nothing_leaks(start: Start, target: Target, tmp_path: Path) -> None:
    """`sys.path` and all of the import system are as in the bare prompt; the only new name is `h`, the only new modules ours."""
    bare, ours = (_at_the_end(start, tmp_path, target, numbered) for numbered in (False, True))
    for seen in (bare, ours):  # PyPy leaves them to a start-up file that ends as it stands
        seen["names"] = [name for name in seen["names"] if name not in ("__file__", "__cached__")]  # type: ignore[attr-defined]
    modules, before = set(ours.pop("modules")), set(bare.pop("modules"))  # type: ignore[call-overload]
    assert modules - before | {"_functools", "gc"} == BEFORE_THE_FIRST_PROMPT
    assert before <= modules
    assert ours.pop("names") == sorted([*bare.pop("names"), "h"])  # type: ignore[misc]
    collector, of_bare = ours.pop("collector"), bare.pop("collector")
    assert collector == of_bare or of_bare is None
    assert collector is None or collector[0] is True and collector[2] == 0  # type: ignore[index]  # a tuple
    assert ours == bare


@numbered_pythons
def test_nothing_leaks_after_some_results(start: Start, target: Target) -> None:
    """What is loaded for the first results and for the table is histshell's own and the standard library's."""
    session = start(target).wait_for_prompt()
    path = session.printed("__import__('sys').path")
    for line in ("1 + 1", "[1]; [2]", "h", "h.find('1')", "h.entry(1)"):
        session.enter(line)
    assert session.printed("__import__('sys').path") == path
    names = "[n for n in dir() if not n.startswith('__')]"
    assert session.printed(names) == "['h']"
    loaded = ast.literal_eval(
        session.printed("sorted({m.partition('.')[0] for m in __import__('sys').modules})").replace("\n", "")
    )
    assert not {"click", "rich", "jedi", "platformdirs", "ptpython", "pygments"} & set(loaded)


@numbered_pythons
def test_a_fresh_virtual_environment(start: Start, target: Target, tmp_path: Path) -> None:
    """One that has never heard of histshell has the prompt, and its own `sys.path`."""
    folder = tmp_path / "environment"
    subprocess.run([target.python.path, "-m", "venv", "--without-pip", str(folder)], check=True, capture_output=True)
    python = folder / "bin" / "python"
    bare, ours = (_at_the_end(start, tmp_path, target, numbered, python=python) for numbered in (False, True))
    session = start(target, python=python).wait_for_prompt()
    assert str(folder) in str(ours["path"])
    for kind in ("path", "meta_path", "path_hooks", "loader"):
        assert ours[kind] == bare[kind]
    session.enter("'in an environment'")
    assert session.prompt == "h[2] >>> "
    assert session.printed("h[1]") == "in an environment"
    assert "ModuleNotFoundError" in session.enter("import click")[-1]


@numbered_pythons
def test_the_home_environment_is_not_borrowed(start: Start, target: Target) -> None:
    """What histshell's own environment has installed cannot be imported by the user's code unless it is there for that too."""

    def script(session: Session) -> None:
        for module in ("pip", "click", "rich", "platformdirs"):
            session.enter(f"import {module}; {module}.__name__")

    same_as_bare(start, target, script)
