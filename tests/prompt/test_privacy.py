"""What is not kept, at real prompts: secrets, inputs that begin with a space, pauses, what is forgotten at once."""

from __future__ import annotations

import re
from pathlib import Path

from histshell.journal import reader
from tests.journal import made_up
from tests.journal.written import holds
from tests.prompt.session import Session, Start
from tests.pythons import Target, numbered_prompts, some_pythons


def _sources(home: Path) -> list[str]:
    """The inputs that the journals of a home hold."""
    folder = home / ".local" / "state" / "histshell" / "journal"
    return [one.source for path in folder.glob("*.jsonl") for log in reader.read(str(path)) for one in log.inputs]


def _forgets(session: Session) -> None:
    """Forget a result, and one of two that came of one input."""
    session.enter("'plum' + 'tree'")
    said = session.enter("h.forget(1)")[0]
    assert re.fullmatch(r"forgot result 1: its record, the value(, what the line editor had of it)?", said)
    assert session.enter("h[1]") == ["<result 1: forgotten>"]
    session.block("for n in (1, 2):", "    n * 1111111")
    assert "forgot results 2, 3 (3 came of the same input)" in "".join(session.enter("h.forget(2)"))


@numbered_prompts
def test_what_is_forgotten_or_typed_in_a_pause_is_in_no_file(start: Start, target: Target, tmp_path: Path) -> None:
    """The bytes are gone from every file, the line editor has them no more, and a pause keeps nothing."""
    session = start(target, rows=60).wait_for_prompt()
    session.enter("first = 1")
    _forgets(session)
    assert "nothing is kept of what you type" in session.enter("h.pause()")[0]
    session.enter("'apri' + 'cot'")
    assert session.enter("h.pause(False)") == ["what you type is kept again"]
    session.block("with h.pause():", "    'cherry'.upper()")
    session.enter(" 'with a space'")
    session.enter("last = 1")
    session.enter("print([n for n in range(99) if 'plum' in str(h[n]) or 1111111 in (h[n], _)])")
    assert session.leave() == 0
    kept = _sources(tmp_path / "home")
    assert kept[0] == "first = 1"
    assert "last = 1" in kept
    for gone in ("plum' +", "n * 1111111", "apri", "cherry", "CHERRY", "with a space"):
        assert not holds(tmp_path / "home" / ".local" / "state", gone)


@some_pythons
def test_no_byte_of_a_secret_is_in_any_file(start: Start, target: Target, tmp_path: Path) -> None:
    """Typed, displayed, raised, with a name and without one."""
    session = start(target, rows=60).wait_for_prompt()
    tokens = dict(made_up.tokens())
    chosen = [tokens[name] for name in ("github", "openai", "slack", "aws", "huggingface")]
    session.enter(f"x = '{chosen[0]}'; x")
    session.enter(f"'{chosen[1]}'")
    session.enter(f"raise ValueError('{chosen[2]}')")
    session.enter(f"d = {{'k': ['{chosen[3]}']}}; d")
    session.enter("password = 'hunter2abc'")
    session.enter("password")
    session.enter(f"'a ' * 92 + '{chosen[4]}'")
    assert session.leave() == 0
    assert len(_sources(tmp_path / "home")) >= 7
    for secret in (*chosen, "hunter2abc"):
        assert not holds(tmp_path / "home" / ".local" / "state", secret[:9])
        assert not holds(tmp_path / "home" / ".local" / "state", secret[-8:])
