"""Histories that are texts: their forms, blocks of several lines, and what is new where an earlier state was seen."""

from __future__ import annotations

import os
import random
from datetime import datetime
from pathlib import Path

import pytest

from histshell.journal import reader
from histshell.journal.imports import align, blocks, listed
from tests.journal.histories import bring, text_source, written

FORMS = [
    ("python", b"a = 1\n", ["a = 1"]),
    ("python", b"a = 1\n\n   \nb\n", ["a = 1", "b"]),
    ("python", b"def f():\r\n    return 1\r\n\nf()\n", ["def f():\n    return 1", "f()"]),
    ("python", b"a\r\nb\r\n", ["a", "b"]),  # all of it: a file that went through Windows
    ("python", b"s = '''x\ny'''\nz\n", ["s = '''x\ny'''", "z"]),
    ("python", b"no end", ["no end"]),
    ("python", b"_HiStOrY_V2_\na\\040=\\0401\nback\\134slash\n", ["a = 1", "back\\slash"]),
    ("python", b"_HiStOrY_V2_\ndef\\040f():\\012\\040return\\0401\n", ["def f():\n return 1"]),
    ("python", b"_HiStOrY_V2_\nx\\011y\\040\xc3\xbc\\040\\303\\274\n", ["x\ty ü ü"]),
    ("python", b"a\n\0\0\0\0b\n\0\0\0", ["a", "b"]),
    ("python", b"'\xe9t\xe9 is Latin-1'\nb\n", ["'\ufffdt\ufffd is Latin-1'", "b"]),
    ("python", b"\x01\x02\x03\nb\n\x89PNG\x1a\n", ["b"]),
    ("python", b"", []),
    ("ptpython", b"\n# 2026-11-29 07:16:14.787385\n+1+1\n\n# 2026-11-29 07:16:16\n+if x:\n+    y\n", ["1+1", "if x:\n    y"]),
    ("ptpython", b"+no time\n\n# not a time\n+b\n+", ["no time", "b"]),
    ("histshell", b"\n# 2026-11-29 07:16:14+00:00\n++1\n+\n+# 3\n", ["+1\n\n# 3"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "expected"), FORMS)
def test_each_form_is_read(tmp_path: Path, kind: str, data: bytes, expected: list[str]) -> None:
    """What was typed comes out, whoever wrote it; what cannot have been typed does not."""
    path = tmp_path / "history"
    path.write_bytes(data)
    entries, _, changed = listed.read(text_source(kind, path))
    assert [entry.source for entry in entries] == expected
    assert changed == os.stat(path).st_mtime


BLOCKS = [
    ("def f(x):|    return x|f(3)", ["def f(x):|    return x", "f(3)"]),
    ("if a:|    b|else:|    c|d", ["if a:|    b|else:|    c", "d"]),
    ("try:|    a|except E:|    b|finally:|    c", ["try:|    a|except E:|    b|finally:|    c"]),
    ("@cache|def f():|    pass|g()", ["@cache|def f():|    pass", "g()"]),
    ("x = [1,|2,|3]|y", ["x = [1,|2,|3]", "y"]),
    ("s = '''|a|  b|'''|t", ["s = '''|a|  b|'''", "t"]),
    ("a = 1 + \\|2|b", ["a = 1 + \\|2", "b"]),
    (
        "class A:|    x = 1|    def f(self):|        return 1|A()",
        ["class A:|    x = 1|    def f(self):|        return 1", "A()"],
    ),
    ("for i in x:|print(i)|b", ["for i in x:", "print(i)", "b"]),  # it never ran
    ("x = (1|y = 2|z", ["x = (1", "y = 2", "z"]),
    ("a| b|c", ["a", " b", "c"]),  # begins with a space on purpose
    ("match a:|    case 1:|        b|c", ["match a:|    case 1:|        b", "c"]),
    ("d = {1: 2}|    stray", ["d = {1: 2}", "    stray"]),
]


@pytest.mark.parametrize(("lines", "inputs"), BLOCKS)
def test_the_lines_of_a_block_are_one_input(lines: str, inputs: list[str]) -> None:
    """Where a history has a line for each line, what was one input is one again, and nothing more."""
    assert [one.replace("\n", "|") for one in blocks.joined(lines.split("|"))] == inputs


def test_hostile_lines_are_joined_in_time() -> None:
    """No line makes the rest of the file one block, or is parsed again and again."""
    opened = ["x = ("] * 800 + ["'''"] * 501 + ["(" * 3900] * 20 + ["a:" + "-" * 3000 + "1"] * 30
    assert sum(one.count("\n") + 1 for one in blocks.joined(opened)) == len(opened)


STATES = [
    ("", "abc", "abc"),
    ("abc", "abc", ""),
    ("abc", "abcd", "d"),
    ("abcde", "cdefg", "fg"),  # the oldest were dropped
    ("abcde", "cde", ""),
    ("abcX", "abcY", "Y"),  # another session wrote over it
    ("abcXY", "abcZX", "Z"),
    ("abab", "ababa", "a"),
    ("abcdefgh", "xdefghi", "i"),  # the first is what is left of a block
    ("abc", "", ""),
    ("abc", "cab", ""),
]


@pytest.mark.parametrize(("seen", "now", "new"), STATES)
def test_what_is_new_is_found_beside_what_was_seen(seen: str, now: str, new: str) -> None:
    """Grown, cut at its beginning, written over: only what was never seen is new."""
    assert "".join(now[place] for place in align.fresh(list(seen), list(now))) == new


FORGOTTEN = [
    ("a?c", "abc", ""),
    ("ab?", "abcd", "d"),
    ("?bc", "abcd", "d"),
    ("abcd?f", "cdefg", "g"),
    ("a?cX", "abcY", "Y"),
    ("ab?dX", "bcdeY", "eY"),
    ("a?c", "acd", "d"),  # its owner has removed it there, too
]


@pytest.mark.parametrize(("seen", "now", "new"), FORGOTTEN)
def test_what_was_forgotten_is_not_new(seen: str, now: str, new: str) -> None:
    """Its text is known to nobody, so its place is what it is known by."""
    marked = [None if key == "?" else key for key in seen]
    assert "".join(now[place] for place in align.fresh(marked, now)) == new


def test_however_a_history_is_written_over_nothing_multiplies() -> None:
    """Two states that take turns, each cut and grown at random: at most as many of an input as the longest of them had."""
    rng = random.Random(7)
    for _ in range(300):
        states = ["".join(rng.choices("abcdef", k=rng.randint(0, 12))) for _ in range(3)]
        seen: list[str] = []
        for turn in range(30):
            now = states[turn % 3]
            seen += [now[place] for place in align.fresh(seen, now)]
        size = len(seen)
        for turn in range(30):
            now = states[turn % 3]
            seen += [now[place] for place in align.fresh(seen, now)]
        assert len(seen) == size, states


def test_a_history_that_its_program_cuts_is_gone_on_with(tmp_path: Path) -> None:
    """Each state of a file of ten lines comes in whole, and no line twice."""
    path, folder = tmp_path / "pythonhist", tmp_path / "journal"
    typed = [f"x{number} = {number}" for number in range(60)]
    for end in range(5, 61, 5):
        path.write_text("".join(f"{line}\n" for line in typed[max(0, end - 10) : end]))
        assert bring("bpython", path, folder).new == 5
        assert bring("bpython", path, folder).new == 0
    assert written(folder) == typed


def test_times_are_those_of_the_history_and_a_zone_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written in local time and read elsewhere, an input is still the one that was brought in."""
    import time

    path, folder = tmp_path / "history", tmp_path / "journal"
    path.write_text("\n# 2026-11-29 07:16:14.500000\n+a\n\n# 2026-11-29 07:17:00\n+a\n")
    assert bring("ptpython", path, folder).new == 2
    [file] = reader.files(str(folder))
    [log] = reader.read(file)
    assert [one.when for one in log.inputs] == [
        datetime(2026, 11, 29, 7, 16, 14, 500000).timestamp(),
        datetime(2026, 11, 29, 7, 17, 0).timestamp(),
    ]
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        assert bring("ptpython", path, folder).new == 0
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_list_without_times_has_that_of_its_file(tmp_path: Path) -> None:
    """All that is known is when the file was changed."""
    path = tmp_path / "history"
    path.write_text("a\nb\n")
    os.utime(path, (1.7e9, 1.7e9))
    bring("python", path, tmp_path / "journal")
    [file] = reader.files(str(tmp_path / "journal"))
    [log] = reader.read(file)
    assert [one.when for one in log.inputs] == [1.7e9, 1.7e9]
    assert log.session.imported == log.session.shell == "python"
