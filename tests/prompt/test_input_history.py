"""The arrow keys of Python's own prompts: the inputs of all sessions, and Python's own file as if they were not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from histshell.shells.stock.offered import is_one_statement
from tests.prompt.session import STARTUP, Session
from tests.pythons import READLINE, Target, numbered_prompts, some_pythons

_OLD = "old_one = 1\nold_two = 2\n"


def _begin(target: Target, home: Path, *, numbered: bool = True, **variables: str) -> Session:
    """Start a session in a home that stays."""
    home.mkdir(exist_ok=True)
    session = Session(target, home, startup=STARTUP if numbered else None, env=variables)
    try:
        return session.wait_for_prompt()
    except BaseException:
        session.close()
        raise


def _up(session: Session, *texts: str) -> None:
    """Press the arrow key once for each of these, which it is to bring."""
    for text in texts:
        session.press("up")
        session.wait_for(lambda text=text: session.line.rstrip().endswith(text))  # type: ignore[misc]


def _run(session: Session) -> None:
    """Run the block that stands in the line."""
    session._typed_at = session.row
    session.press("enter")
    session.wait_for(session.at_any_prompt)
    if session.before_cursor.endswith("    "):
        session.press("backspace")
    session.press("enter")
    session.wait_for(session.at_prompt)


@numbered_prompts
def test_inputs_of_a_session_that_is_open(tmp_path: Path, target: Target) -> None:
    """Newest last, each once, blocks whole, also what has just been typed elsewhere; Python's file is that of a bare session."""
    home, bare_home = tmp_path / "home", tmp_path / "bare"
    for folder in (home, bare_home):
        folder.mkdir()
        (folder / ".python_history").write_text(_OLD)
    with _begin(target, home, PYTHON_HISTORY=str(tmp_path / "others")) as other, _begin(target, home) as here:
        other.enter("of_another = 1")
        other.block("def block():", "    return 77")
        here.enter("first = 1")
        here.enter("second = 2")
        other.enter("late = 3")
        here.enter("third = 3")
        _up(here, "third = 3", "late = 3", "second = 2", "first = 1", "    return 77")
        _run(here)
        assert here.enter("block()") == ["77"]
        assert here.leave() == 0
    with _begin(target, bare_home, numbered=False) as bare:
        for text in ("first = 1", "second = 2", "third = 3"):
            bare.enter(text)
        bare.block("def block():", "    return 77")
        bare.enter("block()")
        assert bare.leave() == 0
    assert (home / ".python_history").read_bytes() == (bare_home / ".python_history").read_bytes()


@some_pythons
@pytest.mark.parametrize("old", ["", "kept, __builtins__.len = len, None\n"], ids=["new", "as in the session before"])
def test_a_first_input_that_leaves_no_builtins(tmp_path: Path, target: Target, old: str) -> None:
    """Nothing more can be loaded then, which may be said; the prompts behind it keep the number."""
    if target.mode != READLINE:
        pytest.skip("the others' line editors end by it")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".python_history").write_text(old)
    with _begin(target, home) as session:
        session.enter("kept, __builtins__.len = len, None")
        assert session.number == 1
        assert session.enter("1 + 1")[-1] == "2"
        assert session.number == 2
        session.enter("__builtins__.len = kept")
        assert session.number == 2


@some_pythons
def test_what_the_users_code_sees_of_the_memory(tmp_path: Path, target: Target) -> None:
    """While an input runs that asks, and when it has forgotten or cleared something, readline has Python's own inputs."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".python_history").write_text(_OLD)
    with _begin(target, home) as other:
        other.enter("of_another = 1")
        other.enter("secret = 'of another'")
        other.leave()
    shutil.rmtree(home / ".cache", ignore_errors=True)
    (home / ".python_history").write_text(_OLD)
    with _begin(target, home) as here:
        imports = "from _pyrepl import readline" if target.is_pyrepl else "import readline"
        here.enter(imports)
        here.enter("mine = 1")
        _up(here, "mine = 1", imports, "secret = 'of another'")
        here.interrupt()
        assert here.printed("readline.get_current_history_length()") == "5"
        assert here.printed("readline.get_history_item(3)") == imports
        here.enter("'gone'")
        here.enter("h.forget(1)")
        _up(here, "h.forget(1)", "print(readline.get_history_item(3))")
        here.interrupt()
        here.enter("readline.clear_history()")
        here.enter("after = 1")
        here.enter("again = 2")
        _up(here, "again = 2", "after = 1")
        here.press("up")
        here.interrupt()
        here.leave()
    kept = (home / ".python_history").read_text()
    assert "another" not in kept
    assert "gone" not in kept
    assert kept.endswith("after = 1\nagain = 2\n")


@some_pythons
def test_the_setting_leaves_them_as_they_were(tmp_path: Path, target: Target) -> None:
    """With `input_history = "python"` the arrow keys go through Python's own inputs alone."""
    home = tmp_path / "home"
    with _begin(target, home, PYTHON_HISTORY=str(tmp_path / "others")) as other:
        other.enter("of_another = 1")
        other.leave()
    (home / ".python_history").unlink(missing_ok=True)
    with _begin(target, home, HISTSHELL_INPUT_HISTORY="python") as here:
        here.enter("first = 1")
        here.enter("second = 2")
        _up(here, "second = 2", "first = 1")
        here.press("up")
        here.interrupt()
        assert here.enter("'of_another' in globals()") == ["False"]
        here.leave()


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("for x in y:\n    x", True),
        ("x = [1,\n  2,\n]", True),
        ("@one\n@two\ndef f():\n    pass", True),
        ("if x:\n    1\nelif y:\n    2\nelse:\n    3", True),
        ("try:\n    1\nexcept E:\n    2\nfinally:\n    3", True),
        ("x = 1\ny = 2", False),
        ("def f():\n    pass\nf()", False),
        ("def f():\n    1\n\n    2", False),
        ("    x\ny", False),
    ],
)
def test_what_the_loop_of_c_runs_as_a_whole(text: str, is_one: bool) -> None:
    """It reads one statement, and drops what stands behind it."""
    assert is_one_statement(text) == is_one
