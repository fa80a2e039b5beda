"""Of plain data nothing is kept but what the tree shows, and the tree is what it is where all is kept."""

from __future__ import annotations

import json
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from histshell.pik import beginnings, fast, fast_cutting, fast_keys, fast_pages, fast_sharing, files
from histshell.pik.beginnings import Beginnings, Keep
from histshell.pik.fast_patterns import fetching
from histshell.pik.fast_renumbering import fetches
from histshell.pik.tree.report import Report
from histshell.pik.tree.wish import Wish

ROWS = 2_500
TEXTS = [f"country {number}" for number in range(300)]
LONG = "é" * 9_000


def _shared(number: int) -> dict[str, Any]:
    """Make a record whose texts are shared: with others, some of which come late, and within it."""
    own = f"own {number}"
    return {"id": number, "of": TEXTS[number * number % (1 + number // 10)], "a": own, "b": [own, own]}


def _repeated() -> bytes:
    """Write a dict that is given the same keys in each of its batches."""
    batch = pickle.dumps({f"key {number}": number for number in range(1_500)}, 4)
    pairs = batch[batch.index(b"(") : -1].replace(b"\x94", b"")
    return b"\x80\x04}\x94" + pairs * 3 + b"."


def _itself() -> list[Any]:
    made: list[Any] = [[number] for number in range(ROWS)]
    made[3] = made[ROWS - 1] = made
    return made


#: The value or its pickle, and whether it can be cut.
SHAPES: dict[str, tuple[Any, bool]] = {
    "records": ([{"id": n, "name": f"user {n}", "tags": [f"a{n % 7}", "b"]} for n in range(ROWS)], True),
    "records with texts of a hundred": ([{"id": n, "text": f"{n} {'of a hundred ' * 9}"} for n in range(ROWS)], True),
    "records with texts of three hundred": ([{"id": n, "text": f"{n} {'of them ' * 40}"} for n in range(ROWS)], False),
    "records with tuples": ([{"id": n, "at": (n, n + 0.5), "none": None} for n in range(ROWS)], True),
    "records that share": ([_shared(n) for n in range(ROWS)], True),
    "tuples that are shared": ([{"a": (part := (f"{n}", n)), "b": [part]} for n in range(ROWS)], False),
    "numbers": ([n * 2_654_435_761 % (1 << 31) for n in range(5 * ROWS)], True),
    "texts": ([f"text {n}" for n in range(ROWS)], True),
    "of several kinds": ([n if n % 3 else f"{n}" if n < 2_000 else (n, None) for n in range(ROWS)], True),
    "many of one kind, then others": ([1] * 100_001 + ["a", None, [1]], True),
    "nested lists": ([[n, [f"a{n}", n * 0.5], [[n, n + 1], [n]]] for n in range(ROWS)], True),
    "list of long lists": ([[n + m for m in range(700)] for n in range(90)], True),
    "dict of lists": ({name: [f"{name} {n}" for n in range(ROWS)] for name in "abc"}, True),
    "dict of ints in order": ({n: f"{n}" for n in range(-3, 2 * ROWS)}, True),
    "dict of ints": ({n * 7_919 % 100_003: f"{n}" for n in range(2 * ROWS)}, True),
    "dict of texts": ({f"key {n}": [n] for n in range(2 * ROWS)}, True),
    "dict of tuples": ({(n, str(n)): n for n in range(2 * ROWS)}, True),
    "dict of several kinds": ({(n if n < 3_000 else str(n) if n % 2 else n + 0.5): n for n in range(2 * ROWS)}, False),
    "dict whose keys are repeated": (_repeated(), False),
    "dict in which all is": ({"meta": {"x": 1}, "rows": [[n] for n in range(ROWS)], "at": {n: n for n in range(ROWS)}}, True),
    "set": ([{f"{n}" for n in range(ROWS)}, set(range(9))] * 2, True),
    "tuple": (tuple(f"text {n}" for n in range(ROWS)), True),
    "in itself": (_itself(), True),
    "long texts": ([f"{n}{LONG}" for n in range(9)] + [f"{n}{LONG}".encode() for n in range(9)], True),
    "long text as a key": ({f"{n}{LONG}": n for n in range(9)}, False),
    "long text in a tuple and twice": ([(text := f"{n}" * 8_500, (text, 1), {"a": text}) for n in range(9)], True),
}  # fmt: skip
PATHS = (
    "[1700]",
    "[70]['id']",
    "[3]",
    "['key 4000']",
    "[4000]",
    "[2]",
    "['rows'][2100]",
    "[(9, '9')]",
    "['b'][1]",
    "[9999999]",
)
WISHES: list[dict[str, Any]] = [{}, {"height": 12}, {"depth": 2}, *({"path": path} for path in PATHS)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have short streams cut, in short pieces."""
    monkeypatch.setattr(fast, "_LARGE", 600)
    monkeypatch.setattr(fast_cutting, "APART", 3_000)
    monkeypatch.setattr(fast_cutting, "_AHEAD", 1)
    monkeypatch.setattr(fast_keys, "WHOLE", 8_100)
    monkeypatch.setattr(fast_pages, "PART", 1 << 17)


class Whole(Wish):
    """A wish for which all is kept."""

    def keep(self) -> None:
        """Say nothing of what may go."""


def told(what: Any, wish: Wish) -> tuple[Any, ...]:
    """Give all that is said of a file but its name, and whether it was cut."""
    with files.open(what) as file:
        found = Report(file, wish, "it.pkl")
        lines = [line.text for line in found.lines()]
        done = any(value.read.beginnings.done for value in found.values)
        return lines, json.dumps({**found.as_json(), "file": ""}), found.status, done


def _stream(name: str) -> bytes:
    value = SHAPES[name][0]
    return value if type(value) is bytes else pickle.dumps(value, 4)


@pytest.mark.slow
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", SHAPES)
def test_the_tree_is_the_same(name: str, tmp_path: Path) -> None:
    """Lines, JSON and status, whatever is asked for."""
    path = tmp_path / "it.pkl"
    path.write_bytes(_stream(name))
    for options in WISHES:
        found = told(str(path), Wish(**options))
        assert found[:3] == told(str(path), Whole(**options))[:3], options
        assert found[3] == SHAPES[name][1] or "depth" in options, options


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", [name for name in SHAPES if name != "records that share"])
def test_it_is_where_only_the_first_numbers_are_fetched(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is proved of long streams, each of whose pieces has the first of the memo; of bytes in memory, too."""
    monkeypatch.setattr(fast_sharing, "_HEAD", 1_500)
    monkeypatch.setattr(fast_keys, "_LONG", 500)
    data = _stream(name)
    found = told(data, Wish())
    assert found == (*told(data, Whole())[:3], SHAPES[name][1])


@pytest.mark.slow
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("apart", [1, 50, 700])
def test_it_may_be_cut_anywhere(apart: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between any two opcodes, whatever lies on the stack."""
    monkeypatch.setattr(fast_cutting, "APART", apart)
    monkeypatch.setattr(fast_cutting, "_AHEAD", 0)
    value = [{"a": [n, (f"{n}", [n]), {n: {}}], "b": TEXTS[n]} for n in range(90)]
    data = pickle.dumps({"first": value, "second": {n: value[n % 90 :] for n in range(200)}}, 4)
    found = told(data, Wish())
    assert found == (*told(data, Whole())[:3], True)


def _ints(start: int, end: int) -> bytes:
    return b"(" + b"".join(b"J" + number.to_bytes(4, "little") for number in range(start, end)) + b"e"


@pytest.mark.usefixtures("small")
def test_an_item_that_is_given_by_its_number_is_that_item() -> None:
    """SETITEM takes a list, too; a number that counts from the end of one that was cut would be another's."""
    first, more = _ints(0, 1_000) + _ints(1_000, 2_000) + _ints(2_000, 3_000), _ints(3_001, 6_000)
    with files.open(b"\x80\x04]\x94" + first + more + b".") as file:
        value = Report(file, Wish(), "it.pkl").values[0].read.value
    kept = len(value)
    for number in (-1, -kept, 1 - kept):
        data = b"\x80\x04]\x94" + first + b"J" + number.to_bytes(4, "little", signed=True) + b"Ns" + more + b"."
        assert pickle.loads(data)[number + 3_000] is None
        with files.open(data) as file:
            found = Report(file, Wish(), "it.pkl").values[0].read
        assert not found.beginnings.done
        assert found.value[number + 3_000] is None


@pytest.mark.usefixtures("small")
def test_a_long_text_of_python_2_is_text() -> None:
    """Which text depends on the encoding; bytes that it does not have are its error."""
    for text in (b"a" * 9_000, b"\xe9" * 9_000):
        data = b"\x80\x04](T" + len(text).to_bytes(4, "little") + text + b"Ne" + _ints(0, 1_000) + b"."
        found = told(data, Wish())
        assert found == (*told(data, Whole())[:3], False)
        assert text.decode("latin1")[:20] in found[0][1]


def test_what_many_share_is_not_looked_through_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand lists of one that has thousands of items would take hours."""
    shared: list[Any] = [[[] for _ in range(100)] for _ in range(100)]
    outer = [[shared] for _ in range(20_000)]
    seen = 0

    class Holding(frozenset[type]):
        def __contains__(self, kind: object) -> bool:
            nonlocal seen
            seen += 1
            return super().__contains__(kind)

    monkeypatch.setattr(beginnings, "_HOLDING", Holding(beginnings._HOLDING))
    kept = Beginnings(Keep(300, 300))
    kept.cut_all([tuple(outer)])
    kept.finish(outer)
    assert 10_000 < seen < 1_000_000
    assert kept.done


def test_what_is_fetched_is_found_behind_many_opcodes() -> None:
    """More than one match crosses."""
    get, text = b"j\x05\x01\x00\x00", b"X\x00\x01\x00\x00" + b"j" * 256
    piece = bytearray(b"K\x01" * 300_000 + get + text + b"N" * 300_000 + get)
    at = 600_000
    assert fetches(piece, fetching(1)) == [(at, 261), (at + 5 + len(text) + 300_000, 261)]


@pytest.mark.usefixtures("small")
def test_a_long_list_in_a_dict_of_one_is_cut() -> None:
    """Whatever the bytes of its numbers are: those of opcodes that make tuples are none."""
    value = {"data": [0x85868785] * 5 * ROWS}
    data = pickle.dumps(value, 4)
    assert told(data, Wish()) == (*told(data, Whole())[:3], True)


@pytest.mark.usefixtures("small")
def test_damage_is_told_as_ever(tmp_path: Path) -> None:
    """Of a stream that is cut off or spoilt as much is shown as is there."""
    data = bytearray(_stream("records"))
    path = tmp_path / "it.pkl"
    rest = random.Random(1)
    for number in range(12):
        spoilt = bytearray(data)
        if number % 2:
            spoilt[rest.randrange(len(data))] = rest.randrange(256)
        else:
            del spoilt[rest.randrange(len(data)) :]
        path.write_bytes(spoilt)
        assert told(str(path), Wish())[:3] == told(str(path), Whole())[:3], number


@pytest.mark.usefixtures("small")
def test_a_file_that_changes_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What C reads is what was proved, or it is not believed."""
    path = tmp_path / "it.pkl"
    path.write_bytes(_stream("texts"))
    load = fast_cutting.load

    def change(*args: Any) -> Any:
        path.write_bytes(_stream("texts").replace(b"text 7", b"TEXT 7"))
        return load(*args)

    monkeypatch.setattr(fast_cutting, "load", change)
    lines, _, status, done = told(str(path), Wish())
    assert (status, done) == (0, False)
    assert "'TEXT 7'" in lines[1]


@pytest.mark.usefixtures("small")
def test_a_file_that_is_shortened_under_the_proof_is_said_to_end_too_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever of it was looked at."""
    path = tmp_path / "it.pkl"
    path.write_bytes(_stream("texts"))
    holds = fast_keys.KeyedProof.holds

    def shorten(proof: fast_keys.KeyedProof) -> int:
        os.truncate(path, 5_000)
        proof.data.rewind()
        return holds(proof)

    monkeypatch.setattr(fast_keys.KeyedProof, "holds", shorten)
    lines, _, status, done = told(str(path), Wish())
    assert (status, done) == (2, False)
    assert lines[1] == "list  (it ends too soon)"


@pytest.mark.usefixtures("small")
def test_ctrl_c_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever piece it comes."""

    def press(what: str, done: int, total: int) -> None:
        if what == "building it" and done > total // 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("histshell.pik.fast_reading.step", press)
    with pytest.raises(KeyboardInterrupt):
        told(_stream("records"), Wish())


def test_keys_that_were_cut_off_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one may have come twice, it is not done."""
    monkeypatch.setattr(beginnings, "_SLACK", 0)
    cases: list[tuple[Any, list[Any], bool]] = [
        (range(1_000), [1_500, 1_600], True),
        (range(1_000), [400], False),
        (range(1_000), [0], True),
        (range(1_000), ["a"], True),
        (range(1_000), [1_500.0], False),
        (range(1_000, 0, -1), [5_000, 2_000], True),
        (range(1_000, 0, -1), [400], False),
        (map(str, range(1_000)), ["a", 7], True),
        (map(str, range(1_000)), ["a", "400"], False),
        ([(n, n) for n in range(1_000)], [(400, 400)], False),
    ]
    for first, later, done in cases:
        kept = Beginnings(Keep(10, 10))
        value: dict[Any, Any] = dict.fromkeys(first)
        kept.cut_all([(value,)])
        value.update(dict.fromkeys(later))
        kept.cut_all([(value,)])
        kept.finish(value)
        assert (kept.done, len(value)) == (done, 10), later


_PEAK = """
import sys
{}
with open("/proc/self/status") as file: print([line.split()[1] for line in file if line.startswith("VmHWM")][0])
"""
_C = "import pickle; value = pickle.loads(open(sys.argv[1], 'rb').read())"
_TREE = "from histshell.pik.tree.shown import look; assert 'of 3' in repr(look(sys.argv[1]))"


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="its peak is read from the system")
@pytest.mark.skipif(sys.implementation.name != "cpython", reason="what is let go of stays with the process")
def test_memory_is_not_the_files(tmp_path: Path) -> None:
    """The tree of sixty megabytes takes less than they are, and less than a third of what C takes for the value."""
    path = str(tmp_path / "large.pkl")
    rows = 60_000_000 // 26
    value = {
        "floats": [n * 1.1 for n in range(rows)],
        "texts": [f"{n}" for n in range(rows)],
        "ints": list(range(rows)),
    }
    Path(path).write_bytes(pickle.dumps(value, 4))
    del value
    peaks = [
        int(
            subprocess.run(
                [sys.executable, "-c", _PEAK.format(way), path], capture_output=True, text=True, check=True
            ).stdout
        )
        for way in (_TREE, _C)
    ]
    assert peaks[0] * 1024 < os.path.getsize(path)
    assert peaks[0] * 3 < peaks[1]
