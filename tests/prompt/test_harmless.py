"""What the start-up file leaves behind: where histshell does not start, nothing; where it does, `h` and its own modules."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from tests.prompt.session import Session, Start, same_as_bare
from tests.pythons import Target, numbered_prompts, silent_pythons

#: What may be loaded before the first prompt, beyond what Python itself has loaded by then.
BEFORE_THE_FIRST_PROMPT = {
    "histshell",
    "histshell.history",
    "histshell.hook",
    "histshell.places",
    "histshell.prompt",
    "histshell.session",
    "histshell.shells",
    "histshell.shells.stock",
}

#: Typed as one line; prints a literal. `sys.modules` is looked at first, before anything is imported to look at the rest.
_LOOK = (
    "import sys; print(repr((sorted(sys.modules), sys.path, [repr(type(f)) for f in sys.meta_path],"
    " len(sys.path_hooks), sorted(sys.path_importer_cache), [n for n in dir() if n != 'sys'], sorted(sys.flags),"
    " sorted(dir(sys)), [repr(o)[:9] for o in (sys.excepthook, sys.stdout, sys.stdin)], __name__, repr(__loader__),"
    " sys.argv)))"
)
_NAMES = ("modules", "path", "meta_path", "path_hooks", "importer_cache", "names", "flags", "sys", "streams", "name", "loader", "argv")  # fmt: skip


def _look(session: Session) -> dict[str, object]:
    shown = "".join(session.enter(_LOOK))
    return dict(zip(_NAMES, ast.literal_eval(shown), strict=True))


@silent_pythons
def test_nothing_at_all_happens_on_older_pythons(start: Start, target: Target) -> None:
    """Python 2.7, 3.6 and 3.7 run the start-up file, and nobody can tell."""

    def script(session: Session) -> None:
        session.enter("x = 6 * 7")
        session.enter("x")
        session.enter("_, dir()")
        session.enter("1/0")
        session.enter("import sys; sys.ps1, sys.ps2, sys.displayhook is sys.__displayhook__, sys.path, sys.meta_path")
        session.enter("sorted(sys.modules)")
        session.enter("[n for n in dir(__builtins__) if 'h' in n]")

    transcripts = []
    for numbered in (False, True):
        session = start(target, numbered=numbered, rows=100).wait_for_prompt()
        script(session)
        transcripts.append((session.leave(), session.transcript()))
    bare, ours = transcripts
    assert ours == bare


@numbered_prompts
def test_nothing_leaks(start: Start, target: Target) -> None:
    """`sys.path` and all of the import system are as in the bare prompt; the only new name is `h`, the only new modules ours."""
    bare = _look(start(target, numbered=False).wait_for_prompt())
    ours = _look(start(target).wait_for_prompt())
    modules, before = set(ours.pop("modules")), set(bare.pop("modules"))  # type: ignore[call-overload]
    assert modules - before <= BEFORE_THE_FIRST_PROMPT
    assert before <= modules
    assert ours.pop("names") == [*bare.pop("names"), "h"]  # type: ignore[misc]
    assert ours == bare


@numbered_prompts
def test_nothing_leaks_after_some_results(start: Start, target: Target) -> None:
    """What is loaded for the first results and for the table is histshell's own and the standard library's."""
    session = start(target).wait_for_prompt()
    path = session.printed("__import__('sys').path")
    for line in ("1 + 1", "[1]; [2]", "h", "h.find('1')", "h.entry(1)"):
        session.enter(line)
    assert session.printed("__import__('sys').path") == path
    names = "[n for n in dir() if not n.startswith('__')]"
    assert session.printed(names) == "['h']"
    loaded = ast.literal_eval(session.printed("sorted({m.partition('.')[0] for m in __import__('sys').modules})").replace("\n", ""))
    assert not {"click", "rich", "jedi", "platformdirs", "ptpython", "pygments"} & set(loaded)


@numbered_prompts
def test_a_fresh_virtual_environment(start: Start, target: Target, tmp_path: Path) -> None:
    """One that has never heard of histshell has the prompt, and its own `sys.path`."""
    folder = tmp_path / "environment"
    subprocess.run([target.python.path, "-m", "venv", "--without-pip", str(folder)], check=True, capture_output=True)
    python = folder / "bin" / "python"
    bare = _look(start(target, numbered=False, python=python).wait_for_prompt())
    session = start(target, python=python).wait_for_prompt()
    ours = _look(session)
    assert str(folder) in str(ours["path"])
    for kind in ("path", "meta_path", "path_hooks", "importer_cache", "loader"):
        assert ours[kind] == bare[kind]
    session.enter("'in an environment'")
    assert session.prompt == "h[2] >>> "
    assert session.printed("h[1]") == "in an environment"
    session.enter("import histshell_is_not_installed")
    assert "ModuleNotFoundError" in session.history()[session.row - 1]


@pytest.mark.parametrize("module", ["pip", "click", "rich"])
@numbered_prompts
def test_the_home_environment_is_not_borrowed(start: Start, target: Target, module: str) -> None:
    """What histshell's own environment has installed cannot be imported by the user's code unless he has it too."""

    def script(session: Session) -> None:
        session.enter(f"import {module}; {module}.__name__")

    same_as_bare(start, target, script)
