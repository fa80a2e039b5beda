"""The newest inputs for a line editor: from the ends of the journals, bounded, and what cannot be typed again left out."""

from __future__ import annotations

import shutil
from pathlib import Path

from histshell.journal.newest import MOST, Newest
from tests.journal.journals import head, name, over, typed


def _write(folder: Path, number: int, *lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name(number)}.jsonl"
    path.write_text(head(number) + "".join(lines))
    return path


def _all(newest: Newest) -> list[str]:
    """Look until all is read; return the sources by their time."""
    newest.look(60.0)
    assert newest.whole
    return [source for _, source in sorted(newest.found)]


def test_what_is_added_to_an_open_session_is_seen(tmp_path: Path) -> None:
    """And nothing of this session's own, nor of one that has said goodbye and is not looked at again."""
    path = _write(tmp_path, 1, typed(1, "one = 1", 1.0), over(2))
    _write(tmp_path, 2, typed(1, "mine = 1", 2.0), over(2))
    newest = Newest(str(tmp_path), name(2))
    assert _all(newest) == ["one = 1"]
    assert newest.look(1.0) == []
    with path.open("a") as file:
        file.write(typed(3, "two = 2", 3.0) + typed(5, "cut off", 4.0)[:-9])
    assert newest.look(1.0) == [(3.0, "two = 2")]
    _write(tmp_path, 3, typed(1, "of a new one", 5.0))
    assert newest.look(1.0) == [(5.0, "of a new one")]
    shutil.rmtree(tmp_path)
    assert newest.look(1.0) == []


def test_what_cannot_be_typed_again_is_left_out(tmp_path: Path) -> None:
    """Control characters, what was masked, other languages, damaged lines, what was forgotten."""
    _write(
        tmp_path,
        1,
        typed(1, "good = 'ü \U0001f600'", 1.0),
        typed(3, "escape = '\x1b]0;x\x07'", 2.0),
        typed(5, "password = '***'", 3.0, masked=True),
        typed(7, "INT 1", 4.0, language="pik"),
        '{"kind": "input", "seq": 9, "when": oops, "source": "bad"}\n',
        '{"kind": "input", "seq": 9, "when": 5.0, "source": "bad\n',
        typed(11, "forgotten = 1", 6.0),
        typed(13, "def f():\n\treturn 1", 7.0),
        typed(15, "lone = '\ud800'", 8.0),
    )
    (tmp_path / "x.forgotten").write_text(f'{{"v": 1, "records": {{"{name(1)}": [[11, 12]]}}}}')
    assert _all(Newest(str(tmp_path), "")) == ["good = 'ü \U0001f600'", "def f():\n\treturn 1"]


def test_a_hundred_thousand_inputs(tmp_path: Path) -> None:
    """No more than what is offered is read, the newest sessions first, and some at each look however little time there is."""
    for session in range(100):
        inputs = [typed(n, f"x{session}_{n} = 1", 1000.0 * session + n) for n in range(1, 1001)]
        _write(tmp_path, session, *inputs)
    newest = Newest(str(tmp_path), "")
    looks = 0
    while not newest.whole:
        newest.look(0.0)
        looks += 1
    assert len(newest.found) == MOST
    assert looks == MOST // 1000 + 1  # the last one finds that it is enough
    assert max(newest.found)[1] == "x99_1000 = 1"
    assert min(newest.found)[1] == "x95_1 = 1"
    assert newest.look(0.0) == []


def test_no_folder_is_no_error(tmp_path: Path) -> None:
    """Nothing has been kept yet."""
    assert _all(Newest(str(tmp_path / "none"), "")) == []
