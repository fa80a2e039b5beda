"""In a folder that has a file of every name of the standard library, nothing of it is run but by Python itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.prompt.session import Session, Start
from tests.pythons import Target, some_pythons

_NAMES = "import sys; print(*getattr(sys, 'stdlib_module_names', ()))"
_MINE = "import os\nopen(os.path.join(os.environ['MARKS'], __name__), 'a').close()\nraise ImportError('mine')\n"
#: Without these the interpreter itself does not get to its prompt, or has no TAB there.
_LEFT_OUT = {"builtins", "readline", "rlcompleter", "sys", "os"}

_KEYS = (
    "1 + 1",
    "'text'",
    "h",
    "h.find('text')",
    "h.entry(1).when",
    "h.entry(1).source",
    "pik([1, 2])",
    r"pik.loads(b'cfractions\nFraction\n(S\'3/4\'\ntR.')",
    r"pik.loads(b'cdatetime\ndate\n(I2020\nI1\nI2\ntR.')",
    r"pik.loads(b'cdecimal\nDecimal\n(S\'1.5\'\ntR.')",
    r"pik.loads(b'carray\narray\n(S\'b\'\n(I1\nltR.')",
)
_SHOWN = {7: "Fraction(3, 4)", 8: "datetime.date(2020, 1, 2)", 9: "Decimal('1.5')", 10: "array('b', [1])"}


def _bare_marks(start: Start, target: Target, folder: Path, marks: Path) -> set[str]:
    """What bare Python runs there, until it shows its prompt and TAB has been pressed; those files are taken away."""
    while True:
        session = start(target, numbered=False, cwd=folder, env={"MARKS": str(marks)})
        session.wait_for(lambda session=session: session.ended or session.at_prompt())  # type: ignore[misc]
        if not session.ended:
            _tabs(session)
        session.close()
        run = set(os.listdir(marks))
        if not run:
            return run
        for name in run:
            (folder / f"{name}.py").unlink(missing_ok=True)
            (marks / name).unlink()


def _tabs(session: Session) -> None:
    """TAB after an object, in an import, and after a call."""
    for text in ("'text'.upp", "import js", "'a b'.split().app"):
        session.type(text)
        session.press("tab")
        session.wait_for_sleep()
        session.press("ctrl-u")
    session.wait_for_sleep()


@some_pythons
def test_no_file_of_the_folder_is_run(start: Start, target: Target, tmp_path: Path) -> None:
    """Results, the table, times, sources, pickles, TAB of each kind: no mark, and everything works."""
    folder, marks = tmp_path / "every", tmp_path / "marks"
    folder.mkdir()
    marks.mkdir()
    asked = subprocess.run(["python3", "-c", _NAMES], capture_output=True, text=True, check=True).stdout.split()
    own = subprocess.run([target.python.path, "-c", _NAMES], capture_output=True, text=True, check=True).stdout.split()
    for name in {*asked, *own} - _LEFT_OUT:
        (folder / f"{name}.py").write_text(_MINE)
    _bare_marks(start, target, folder, marks)
    assert len(list(folder.iterdir())) > 200
    session = start(target, cwd=folder, env={"MARKS": str(marks)}).wait_for_prompt()
    assert os.listdir(marks) == []
    for number, keys in enumerate(_KEYS):
        rows = session.enter(keys)
        assert not any("Error" in row for row in rows), rows
        if number in _SHOWN:
            assert rows == [_SHOWN[number]]
    _tabs(session)
    assert sorted(os.listdir(marks)) == []
    session.close()
