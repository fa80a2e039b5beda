"""Searching the journals: what is found is what is there, whatever state the derived files and the journals are in."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from histshell.journal import harvest, index, reader, search, segment, segment_search
from histshell.journal.file_format import Input
from histshell.journal.matching import BadQuery, Query, Wanted, fold
from histshell.journal.search import Searcher
from tests.journal import journals as written
from tests.journal.written import Written

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for journals."""
    return tmp_path / "journal"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A place for derived files."""
    return tmp_path / "cache" / "search"


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of a few rows, each search writing what is new."""
    for module in (segment, index):
        monkeypatch.setattr(module, "ROWS", 40)
    monkeypatch.setattr(index, "_FEW", 20)
    monkeypatch.setattr(index, "_TAIL", 10)
    monkeypatch.setattr(index, "_SAVE", 1)
    monkeypatch.setattr(segment_search, "_PATIENCE", 3)


def found(folder: Path, cache: Path, *words: str, limit: int = 1000) -> list[str]:
    """Return the sources that a new searcher finds."""
    return [hit.source for hit in Searcher(str(folder), str(cache)).find(Query(words), limit)]


def everything(folder: Path) -> list[Input]:
    """Return all inputs, as they are read without any derived file."""
    return [one for path in reader.files(str(folder)) for log in reader.read(path) for one in log.inputs]


def key(one: Input) -> tuple[float, str, int]:
    """Return what an input is told by."""
    return one.when, one.session.id, one.seq


def queries(inputs: list[Input], seed: int, count: int) -> list[Query]:
    """Return all sorts of queries, most of which find something."""
    chosen = random.Random(seed)
    made = []
    for _ in range(count):
        words = []
        for _ in range(chosen.choice([0, 1, 1, 2, 3])):
            text = chosen.choice(inputs).source
            start = chosen.randrange(len(text))
            words += text[start : start + chosen.randint(1, 6)].swapcase().split()[:1]
        since = chosen.choice(inputs).when if chosen.random() < 0.2 else None
        made.append(
            Query(
                tuple(words), since=since, until=since and since + chosen.random() * 1e4,
                cwd=chosen.choice(["", "", "/home/me/2", "/home/me", "/nowhere"]),
                session=chosen.choice(["", "", "", "20261101-000001"]), host=chosen.choice(["", "", "LAB", "laptop"]),
                python=chosen.choice(["", "", "3.13", "3.8.1"]), failed=chosen.random() < 0.2,
                type=chosen.choice(["", "", "int", "dataframe", "numpy.ndarray", "KeyError", "Odd Error", "ünï", 'A"b']),
                regex=chosen.choice(["", "", "", r"^al", r"\d$", "(?m)^ +x"]),
            )
        )  # fmt: skip
    return made


@pytest.mark.slow
@pytest.mark.usefixtures("small_segments")
def test_what_is_found_is_what_is_there(folder: Path, cache: Path) -> None:
    """Every query finds the inputs that a look at each of them finds, the newest first, from files and from memory."""
    written.some(folder, 12, 40, seed=1)
    inputs = everything(folder)
    searcher = Searcher(str(folder), str(cache))
    for query in queries(inputs, 2, 150):
        expected = sorted((one for one in inputs if Wanted(query).input(one)), key=key, reverse=True)
        hits = [hit.input for hit in searcher.find(query, 1000)]
        assert sorted(hits, key=key, reverse=True) == expected, query
        assert [one.when for one in hits] == [one.when for one in expected], query
        assert [one.when for one in Searcher(str(folder), str(cache)).find(query, 5)] == [
            one.when for one in expected[:5]
        ], query
    assert len(os.listdir(cache)) > 10
    assert {stat.st_mode & 0o777 for stat in map(os.stat, cache.iterdir())} == {0o600}
    assert cache.stat().st_mode & 0o777 == 0o700


def test_a_source_is_found_once_with_distinct(folder: Path, cache: Path) -> None:
    """The newest input that has it."""
    written.put(folder, 1, written.session(1, ["a = 1", "b", "a = 1"]))
    hits = Searcher(str(folder), str(cache)).find(Query(("a",)), distinct=True)
    assert [(hit.source, hit.number) for hit in hits] == [("a = 1", 3)]


def test_the_newest_inputs_come_once_and_in_order(folder: Path, cache: Path) -> None:
    """Of all sessions, whole, without lines of the pickle mode, the newest last."""
    lines = [written.head(1), written.typed(1, "if x:\n    y", 1.7e9), written.over(2),
             written.typed(3, "(I1", 1.7e9 + 5, language="pik"), written.typed(4, "b", 1.7e9 + 7)]  # fmt: skip
    written.put(folder, 1, "".join(lines))
    written.put(folder, 2, written.session(2, ["b", "c", "b"], when=1.7e9 + 2))
    assert search.Searcher(str(folder), str(cache)).inputs(10) == ["if x:\n    y", "c", "b"]
    assert search.Searcher(str(folder), str(cache)).inputs(2) == ["c", "b"]


@pytest.mark.parametrize("language", ["", "pik"])
def test_of_one_time_the_last_one_is_the_newest(folder: Path, cache: Path, language: str) -> None:
    """Many programs keep no times, and all that is brought in from one has the time of its file."""
    sources = [f"x = {number}" for number in (1, 2, 3, 1)]
    lines = [written.typed(number, source, 1.7e9) for number, source in enumerate(sources, 1)]
    written.put(folder, 1, "".join([written.head(1), *lines, written.typed(5, "N.", 1.6e9, language=language)]))
    assert found(folder, cache, "x", limit=3) == ["x = 1", "x = 3", "x = 2"]
    assert search.Searcher(str(folder), str(cache)).inputs(3) == ["x = 2", "x = 3", "x = 1"]


def test_case_is_alike_and_so_are_ways_to_write_a_letter() -> None:
    """As Unicode has it."""
    assert fold("STRASSE") in fold("die Straße")
    assert fold("istanbul") == fold("İSTANBUL") == fold("İstanbul")
    assert fold("e\u0301") == fold("É")
    assert fold("a") != fold("á")


def test_a_pattern_that_is_none_is_told(folder: Path, cache: Path) -> None:
    """And no other exception is."""
    for pattern in ("(", "*", "(?P<a", "a{9999999999}"):
        with pytest.raises(BadQuery):
            Searcher(str(folder), str(cache)).find(Query(regex=pattern))


# The journals change


@pytest.mark.usefixtures("small_segments")
def test_journals_grow_shrink_vanish_and_are_replaced(folder: Path, cache: Path) -> None:
    """Each search, by one that is kept open and by a new one, finds what is there now and nothing else."""
    kept = Searcher(str(folder), str(cache))

    def check(*expected: str) -> None:
        assert sorted(found(folder, cache)) == sorted(expected)
        assert sorted(hit.source for hit in kept.find(Query(), 99)) == sorted(expected)

    check()
    first = written.put(folder, 1, written.session(1, ["one", "two"]))
    check("one", "two")
    with first.open("a") as file:
        file.write(written.typed(5, "three") + '{"kind": "outcome", "seq": 6, "of": 5,')
    check("one", "two", "three")
    assert kept.find(Query(("three",)))[0].input.outcome == ""
    with first.open("a") as file:
        file.write(' "seconds": 0.5, "error": {"type": "KeyError", "message": "m"}}\n')
    check("one", "two", "three")
    assert [hit.source for hit in kept.find(Query(failed=True, type="keyerror"))] == ["three"]
    second = written.put(folder, 2, written.session(2, ["four"]))
    check("one", "two", "three", "four")
    first.unlink()
    check("four")
    written.put(folder, 3, written.session(2, ["five"])).replace(second)
    check("five")
    written.put(folder, 2, written.session(2, ["5"]))
    check("5")
    assert b"four" not in b"".join(path.read_bytes() for path in cache.iterdir())


def test_an_input_that_turned_out_to_be_none_is_not_found(folder: Path, cache: Path) -> None:
    """Nor one of which a copy of the journal tells again."""
    lines = written.head(1) + written.typed(1, "gone") + '{"kind": "outcome", "seq": 2, "of": 1, "void": true}\n'
    written.put(folder, 1, lines + written.typed(3, "there"))
    written.put(folder, 2, lines + written.typed(3, "there"))
    assert found(folder, cache) == ["there"]


def test_what_is_no_plain_file_is_not_opened(folder: Path, cache: Path, tmp_path: Path) -> None:
    """A pipe, a folder, a link that are called like a journal."""
    written.put(folder, 1, written.session(1, ["one"]))
    os.mkfifo(folder / "20261101-000002-a.jsonl")
    (folder / "20261101-000003-a.jsonl").mkdir()
    elsewhere = written.put(tmp_path / "elsewhere", 4, written.session(4, ["two"]))
    (folder / "20261101-000004-a.jsonl").symlink_to(elsewhere)
    assert found(folder, cache) == ["one"]


# The derived files are damaged


def a_later_version(cache: Path) -> None:
    """Another version has written the catalogue."""
    path = cache / "catalogue-1"
    path.write_bytes(b"histcat9" + path.read_bytes()[8:])


def cut(name: str, size: int) -> Callable[[Path], None]:
    """Return what cuts a derived file."""

    def damage(cache: Path) -> None:
        for path in cache.glob(name):
            path.write_bytes(path.read_bytes()[:size])

    return damage


def changed(cache: Path) -> None:
    """Bytes of each file are changed, in place and with the time as it was."""
    for path in cache.iterdir():
        about, data = path.stat(), bytearray(path.read_bytes())
        for at in range(0, len(data), 7):
            data[at] ^= 0x55
        path.write_bytes(data)
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def removed(cache: Path) -> None:
    """The segments are gone, the catalogue is there."""
    for path in cache.glob("s-*"):
        path.unlink()


def folders(cache: Path) -> None:
    """Folders stand in their places."""
    for path in list(cache.iterdir()):
        path.unlink()
        path.mkdir()


def pipes(cache: Path) -> None:
    """Pipes stand in their places."""
    for path in list(cache.iterdir()):
        path.unlink()
        os.mkfifo(path)


def a_file(cache: Path) -> None:
    """A file stands in the place of their folder."""
    for path in cache.iterdir():
        path.unlink()
    cache.rmdir()
    cache.write_text("")


def locked(cache: Path) -> None:
    """The folder cannot be written, or even read."""
    cache.chmod(0)


@pytest.mark.usefixtures("small_segments")
@pytest.mark.parametrize(
    "damage",
    [a_later_version, cut("catalogue-1", 40), cut("catalogue-1", 0), cut("s-*", 300), cut("s-*", 0), changed, removed,
     folders, pipes, a_file, locked],
)  # fmt: skip
def test_whatever_state_derived_files_are_in_a_search_answers(
    damage: Callable[[Path], None], folder: Path, cache: Path
) -> None:
    """As it did before, also one that had them open."""
    written.some(folder, 4, 20, seed=3)
    kept = Searcher(str(folder), str(cache))
    expected = [hit.input for hit in kept.find(Query(("a",)), 999)]
    assert expected
    damage(cache)
    try:
        assert [hit.input for hit in Searcher(str(folder), str(cache)).find(Query(("a",)), 999)] == expected
        assert [hit.input for hit in kept.find(Query(("a",)), 999)] == expected
    finally:
        if cache.is_dir():
            cache.chmod(0o700)


@pytest.mark.usefixtures("small_segments")
def test_what_is_removed_while_a_search_reads_is_not_written_by_it(folder: Path, cache: Path) -> None:
    """Something is forgotten meanwhile: the bytes that the search has read do not come back to the disk."""
    written.some(folder, 4, 20, seed=4)
    done = False

    def forget(_done: int, _total: int) -> None:
        nonlocal done
        if not done:
            search.discard(str(cache))
            done = True

    assert Searcher(str(folder), str(cache), progress=forget).find(Query())
    assert not (cache / "catalogue-1").exists()
    search.discard(str(cache))
    assert os.listdir(cache) == ["token"]
    assert len(found(folder, cache)) == 80


def test_forgotten_records_are_left_out(folder: Path, cache: Path) -> None:
    """Where a note says that they are, and a copy of the journal has them."""
    written.put(folder, 1, written.session(1, ["secret", "open"]))
    (folder / "20261102-000000-0.forgotten").write_text(f'{{"session": "{written.name(1)}", "seq": [[1, 2]]}}\n')
    before = Searcher(str(folder), str(cache)).find(Query())
    from histshell.journal import forgetting

    known = forgetting.forgotten(str(folder)).get(written.name(1), set())
    assert [hit.source for hit in before if hit.input.seq in known] == []


@pytest.mark.slow
def test_several_searches_at_once(folder: Path, cache: Path) -> None:
    """Each answers, and what they leave is sound."""
    written.some(folder, 20, 100, seed=5)
    code = (
        "import sys; from histshell.journal import index; index._SAVE = 1\n"
        "from histshell.journal.search import *\n"
        "for _ in range(3): print(len(Searcher(*sys.argv[1:]).find(Query(), 9999)))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, folder, cache], stdout=subprocess.PIPE, cwd=ROOT)
        for _ in range(4)
    ]
    assert [one.communicate(timeout=60)[0].split() for one in running] == [[b"2000"] * 3] * 4
    assert len(found(folder, cache, limit=9999)) == 2000


# The journals are hostile

HOSTILE = [
    b"\0" * 50, b"[" * 100_000, b'{"kind": "input", "seq": ' + b"9" * 5000 + b"}", b'"kind"', b"{}", b"null", b"\xff\xfe{}",
    b'{"kind": "input", "seq": true, "source": 1}', b'{"kind": "input", "seq": 77, "when": 1e400, "source": ["x"]}',
    b'{"kind": "input", "seq": 78, "when": -9e99, "source": null, "cwd": 5, "language": {}}', b'{"kind": ["input"], "seq": 1}',
    b'{"kind": "outcome", "seq": 79, "of": {}, "results": {"n": 1}, "error": []}', b"x" * 3_000_000,
    b'{"kind": "outcome", "seq": 80, "of": 1, "results": [{"n": 1e9}, 5, null, {"n": -3}, {"n": 2, "type": [], "at": -1}]}',
    b'{"kind": "input", "seq": 81, "when": 1700000000.5, "source": "\\ud800\\u0000\\u001b[2J"}', b"\r\r\r", b"",
    b'{"kind": "session", "seq": 0, "v": 1, "id": "../../x", "when": "y"}', b'{"kind": "session", "seq": 0}',
    '{"kind": "whole", "seq": 82, "when": NaN, "source": "\u2028é"}'.encode(), b'{"a":' * 3000,
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.usefixtures("small_segments")
def test_a_thousand_tampered_journals(folder: Path, cache: Path) -> None:
    """Every record that was left alone is found, the quick reader and the other agree, and nothing is raised."""
    chosen = random.Random(6)
    kept: set[str] = set()
    for number in range(1000):
        lines = written.session(number, [f"w{number}x{at} = 'é'" for at in range(4)]).encode().splitlines(keepends=True)
        which = chosen.randrange(len(lines))
        line = bytearray(lines[which][:-1])
        for _ in range(chosen.randint(1, 4)):
            at = chosen.randrange(len(line))
            line[at : at + chosen.randint(0, 2)] = bytes(chosen.choice(b'\n\0\x80\xff{}[]"\\:,0a') for _ in range(2))
        lines[which] = bytes(line) + b"\n"
        if chosen.random() < 0.3:
            lines.insert(chosen.randrange(len(lines)), chosen.choice(HOSTILE) + b"\n")
        folder.mkdir(exist_ok=True)
        (folder / f"{written.name(number)}.jsonl").write_bytes(b"".join(lines))
        kept.update(f"w{number}x{at} = 'é'" for at in range(4) if which != 2 * at + 1)
    hits = Searcher(str(folder), str(cache)).find(Query(), 99_999)
    assert kept - {hit.source for hit in hits} == set()
    read = everything(folder)
    assert kept - {one.source for one in read} == set()
    assert {(*key(hit.input), hit.source) for hit in hits} == {(*key(one), one.source) for one in read}
    assert found(folder, cache, "w77x")


def test_the_expression_for_records_gives_up_in_time(folder: Path, cache: Path) -> None:
    """A long text with what it does not expect behind it."""
    long = written.typed(1, "a\\" * 200_000).replace("}\n", ', "odd": "' + "\\\\" * 100_000 + '"}\n')
    written.put(folder, 1, written.head(1) + long)
    assert len(found(folder, cache)) == 1
    assert harvest.Followed("x").offset == 0


@pytest.mark.skipif(not hasattr(os, "SEEK_DATA"), reason="nobody knows where a hole ends")
def test_a_hole_in_a_journal_is_stepped_over(folder: Path, cache: Path) -> None:
    """A file may say that it has twenty gigabytes, and have none of them; what stands behind them is read."""
    one = Written(folder)
    one.input("before = 1")
    os.truncate(one.path, 20 << 30)
    one.put(b"\n")
    one.input("behind = 2")
    assert [each.source for log in reader.read(str(one.path)) for each in log.inputs] == ["before = 1", "behind = 2"]
    assert found(folder, cache, "behind") == ["behind = 2"]
