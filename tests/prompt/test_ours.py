"""What is histshell's own at the prompt: no result, freed by `del`, and in a saved session nothing that needs histshell."""

from __future__ import annotations

from pathlib import Path

from tests.environments import prompts_with_packages, with_packages
from tests.prompt.session import Session, Start
from tests.pythons import Target, by_turns, numbered_prompts, numbered_pythons

SAVERS = ("dill", "cloudpickle", "joblib")


@numbered_prompts
def test_what_is_no_result_gets_no_number(start: Start, target: Target) -> None:
    """What Python's `site` has for people who type a name, and what histshell shows of itself."""
    session = start(target, rows=60).wait_for_prompt()
    session.enter("'first'")
    for line in ("exit", "quit", "help", "copyright", "credits", "license"):
        if target.is_pyrepl and line != "credits":
            continue  # a command of that prompt, which leaves, or pages
        assert session.enter(line)
        assert session.prompt == "h[2] >>> ", line
    for line in ("h", "_h", "h.entry(1)", "h.show()", "h.find('first')[0]", "h.show()[:1]", "pik", "sys.displayhook"):
        session.enter(f"import sys; {line}")
        assert session.prompt == "h[2] >>> ", line
    session.enter("del h[1]")
    assert session.enter("h[1]") == ["<result 1: freed>"]
    assert session.prompt == "h[2] >>> "
    for line in ("h.show().numbers", "h[:]", "exit.name", "(exit, h)", "len(h)"):
        number = session.number
        session.enter(line)
        assert session.number == (number or 0) + 1, line


@numbered_pythons
def test_del_frees_a_place(start: Start, target: Target) -> None:
    """The numbers of the others stay, the table says so, and what would move them says what to type."""
    session = start(target).wait_for_prompt()
    for line in ("'a'", "'b'", "'c'"):
        session.enter(line)
    session.enter("del h[2]")
    assert session.printed("h[3], h[1]") == "c a"
    assert [row.split()[:2] for row in session.enter("h")[1:]][1] == ["2", "(freed)"]
    assert session.enter("del h[2]")[-1].endswith("result 2 has been freed")
    assert "sorted(h[1:])" in session.enter("h.sort()")[-1]
    assert session.enter("h.pop()") == ["'c'"]
    assert session.prompt == "h[5] >>> "
    session.enter("h[:] = []")
    assert session.prompt == "h[1] >>> "
    session.enter("'again'")
    assert session.prompt == "h[2] >>> "


@numbered_prompts
def test_tab_offers_what_the_docs_name(start: Start, target: Target) -> None:
    """After `h.` there is nothing for our own use, and after a freed place nothing at all."""
    session = start(target, rows=60, columns=200).wait_for_prompt()
    session.enter("'a'; 5")
    session.type("h.")
    session.press("tab")
    session.press("tab")
    known = ("append", "entry", "find", "show", "sort")
    session.wait_for(lambda: all(name in "\n".join(session.history()) for name in known))
    shown = "\n".join(session.history())
    for ours in ("record", "reset", "_place"):
        assert ours not in shown


def _fill(session: Session) -> None:
    for line in (
        "import sys",
        "(x for x in 'abc')",
        "41",
        "def f(): return h, nested",
        "nested = {'h': [h, _h], 'pik': pik, 'ps1': sys.ps1, 'entry': h.entry(2), 'view': h.show()}",
        "hook = sys.displayhook; other = h",
    ):
        if line.startswith("def"):
            session.block(line)
        else:
            session.enter(line)


_SAVE = {
    "dill": "import dill; dill.dump_session('saved')",
    "dill-byref": "import dill; dill.dump_session('saved', byref=False)",
    "dill-recurse": "import dill; dill.settings['recurse'] = True; dill.dump_session('saved')",
    "dill-settings": "import dill; dill.settings['byref'] = True; dill.dump_session('saved')",
    "cloudpickle": "import cloudpickle as c; k = open('saved', 'wb').write(c.dumps((f, nested, hook, other)))",
    "joblib": "import joblib; k = joblib.dump((nested, hook, other), 'saved')",
}
_LOAD = {
    "dill": "import dill; dill.load_session('saved')",
    "cloudpickle": "import pickle; f, nested, hook, other = pickle.load(open('saved', 'rb'))",
    "joblib": "import joblib; nested, hook, other = joblib.load('saved')",
}


@by_turns("how", _SAVE, prompts_with_packages)
def test_a_saved_session(start: Start, target: Target, how: str, tmp_path: Path) -> None:
    """It is loaded where histshell is not; in a session of ours `h` is that session's, and so is the name."""
    python = with_packages(target.python, SAVERS)
    first = start(target, python=python, cwd=tmp_path).wait_for_prompt()
    _fill(first)
    assert not [row for row in first.enter(_SAVE[how]) if "Error" in row]
    assert first.leave() == 0
    load = _LOAD[how.partition("-")[0]]
    bare = start(target, python=python, numbered=False, cwd=tmp_path).wait_for_prompt()
    assert bare.enter(load) == []
    assert bare.printed("other, nested['h'], nested['pik']") == "[] [[], []] None"
    assert bare.printed("hook is __import__('sys').displayhook") == "True"
    assert bare.printed("[m for m in __import__('sys').modules if 'histshell' in m]") == "[]"
    if how != "joblib":
        assert bare.printed("f()[1] is nested") == "True"
    ours = start(target, python=python, cwd=tmp_path).wait_for_prompt()
    ours.enter("'mine'")
    assert ours.enter(load) == []
    assert ours.prompt == "h[2] >>> "
    assert ours.printed("other is h is _h is nested['h'][0], h[1]") == "True mine"
    assert ours.printed("nested['pik'] is pik, hook is __import__('sys').displayhook") == "True True"
    ours.enter("'next'")
    assert ours.prompt == "h[3] >>> "
