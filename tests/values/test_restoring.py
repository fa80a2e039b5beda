"""Files of values that anybody may have written: they are read within bounds, and nothing of them runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from histshell.history import History
from histshell.values import restoring
from tests.values.journals import Written

HERE = Path(__file__).parent


def test_a_value_is_read_from_where_it_lies(tmp_path: Path) -> None:
    """Those bytes and no others."""
    path = tmp_path / "x.values"
    path.write_bytes(b"aaK\x07.bb")
    assert restoring.load(restoring.read(str(path), 2, 3)) == 7


@pytest.mark.parametrize(("at", "size"), [(5, 3), (2**62, 1), (0, 2**40), (7, 1)])
def test_what_lies_outside_is_not_there(tmp_path: Path, at: int, size: int) -> None:
    """A place behind the end, or more than is ever read."""
    path = tmp_path / "x.values"
    path.write_bytes(b"aaK\x07.bb")
    with pytest.raises(restoring.NotThere):
        restoring.read(str(path), at, size)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_only_plain_files_are_read(tmp_path: Path) -> None:
    """No link to another file, no pipe that would wait, no folder, no device."""
    (tmp_path / "secret").write_bytes(b"K\x07.")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder", "missing", "/dev/zero", "a\0b"):
        with pytest.raises(restoring.NotThere):
            restoring.read(str(tmp_path / name), 0, 3)


def test_places_that_overlap_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No session of ours has such: what says so is not believed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session = Written(tmp_path / "histshell" / "journal", "20261120-090000-aa", 1.7e9)
    session.result("'one'", "one")
    session.result("'two'", "two", at=2, size=9)
    found = History().past[-1]
    assert "another's too" in repr(found[1])
    assert "another's too" in repr(found[2])


@pytest.mark.slow
def test_a_thousand_tampered_sessions_run_nothing(tmp_path: Path) -> None:
    """Flipped bytes, foreign pickles, wrong places, shuffled records: no code, no write, no error, and much is still found."""
    variables = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, str(HERE / "tampered.py"), str(tmp_path / "histshell" / "journal"), "1000"]
    shown = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=240, check=False)
    assert shown.returncode == 0, shown.stderr[-2000:]
    found = json.loads(shown.stdout)
    assert found["ran"] == []
    assert not found["touched"]
    assert found["found"] > 6000
