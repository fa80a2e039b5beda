"""What the doctor says of the journals: how much there is, what is wrong, what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from histshell.journal import forgetting, selecting
from histshell.setup import journals
from tests.journal.written import Written


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the journals, which is not there yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "state").mkdir()
    return tmp_path / "state" / "histshell" / "journal"


def told(level: str, keeps: bool = True) -> str:
    """All that is said of that level, with the remedies."""
    return "\n".join(f"{what} → {remedy}" for rank, what, remedy in journals.examine(keeps) if rank == level)


def test_nothing_has_been_written_yet(folder: Path) -> None:
    """That is no problem; with `journal = false` it is said that nothing will be."""
    assert "no journal has been written yet" in told(journals.OK)
    assert told(journals.PROBLEM) == ""
    assert "journal is off" in told(journals.NOTE, keeps=False)
    assert not folder.exists()


def test_size_and_newest_record_are_told(folder: Path) -> None:
    """Of all files together."""
    one = Written(folder)
    one.input("x", "'x'", value=b"v" * 2_000_000)
    Written(folder, name="other-1").input("y")
    os.utime(one.path, (1e9, 1e9))
    said = told(journals.OK)
    assert "2 journals in" in said
    assert ", 2.0 MB with saved values, the newest record of 20" in said
    assert told(journals.PROBLEM) == told(journals.NOTE) == ""


def test_what_others_can_read_is_a_problem(folder: Path) -> None:
    """Folder and files; the remedy is the command that mends it."""
    one = Written(folder)
    one.path.chmod(0o644)
    folder.chmod(0o755)
    said = told(journals.PROBLEM)
    assert "can be read by others → chmod 700 " in said
    assert f"{one.path.name} in " in said
    assert "→ chmod 600 " in said


def test_a_file_in_the_place_of_the_folder_is_a_problem(folder: Path) -> None:
    """And so is what is no file in the place of a journal."""
    folder.parent.mkdir(parents=True)
    folder.write_text("")
    assert "is no folder" in told(journals.PROBLEM)
    folder.unlink()
    Written(folder)
    (folder / "x\x1b[31m.jsonl").mkdir()
    said = told(journals.PROBLEM)
    assert "cannot be read, or is no file" in said
    assert "\x1b" not in said


def test_damage_is_told(folder: Path) -> None:
    """A line that is no record; one that is being written is not damage."""
    one = Written(folder)
    one.put(b'{"kind": "input", "seq": 9, "sou')
    assert told(journals.NOTE) == ""
    one.put(b"\n")
    assert f"{one.path.name} has lines that are damaged" in told(journals.NOTE)


def test_what_was_left_half_way_or_has_come_back_is_repaired(folder: Path) -> None:
    """The doctor says so, and `--repair` does it."""
    one = Written(folder)
    one.input("plumtree")
    copy = one.path.read_bytes()
    found, _ = selecting.select(str(folder), selecting.ToSelect(("plumtree",)))
    forgetting.carry_out(str(folder), found)
    one.path.write_bytes(copy)
    left = folder / f"x.elsewhere.1{forgetting.NEW}"
    left.write_bytes(b"plumtree")
    os.utime(left, (1, 1))
    said = told(journals.PROBLEM)
    assert "left when forgetting was ended half way → histshell doctor --repair" in said
    assert "has come back with an older copy" in said
    assert journals.repair() == [f"removed {left.name}", "took forgotten records out of 1 journal"]
    assert told(journals.PROBLEM) == ""
    assert journals.repair() == []


def test_a_folder_that_cannot_be_written_to_is_a_problem(folder: Path) -> None:
    """Nothing can be kept there."""
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    Written(folder)
    folder.chmod(0o500)
    try:
        assert "cannot be written to" in told(journals.PROBLEM)
    finally:
        folder.chmod(0o700)
