"""A file of more pickles than are given one by one: all of them count, and none is kept."""

from __future__ import annotations

import json
import pickle
import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner

from histshell import pik
from histshell.cli import main
from tests.pik.files.making import ASKS, PLAIN, Record, narrow, zipped
from tests.pik.opened import shop

FIRST = b"".join(pickle.dumps([number, "x"]) for number in range(700))


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give 500 one by one."""
    narrow(monkeypatch)


def shown(path: Path, data: bytes, *options: str) -> tuple[int, str]:
    """Return status and output of the command."""
    path.write_bytes(data)
    done = CliRunner().invoke(main, ["pik", str(path), *options])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("rest", "status", "said"),
    [
        (b"", 0, ["700 values", "[19]   [19, 'x']", "and 680 more; --all shows the first of them"]),
        (b"\n", 0, ["700 values"]),
        (ASKS, 1, ["701 values", "os.system  function  ×1  runs a shell command"]),
        (ASKS * 3 + PLAIN, 1, ["704 values", "os.system  function  ×3"]),
        (b"I1\n." * 9 + PLAIN, 0, ["710 values"]),
        (b"junk" + PLAIN + b"more", 0, ["701 values", "between two pickles: 4 bytes", "after the last pickle: 4 bytes"]),
        (PLAIN[:-1], 2, ["701 values"]),
        (b"\x80\x04e.", 2, ["701 values"]),
        (b"\x80\x04e." + ASKS, 1, ["702 values", "os.system"]),
        (zipped(Record(b"a", ASKS)), 1, ["701 values", "which are looked into: zip", "os.system"]),
        (zipped(Record(b"a", b"text")), 0, ["700 values", "Also in the file: [700]/a."]),
        (pickle.dumps(shop.Plain()), 1, ["tests.pik.opened.shop.Plain  class  ×1  unknown"]),
    ],
)  # fmt: skip
def test_all_pickles_count(rest: bytes, status: int, said: list[str], tmp_path: Path) -> None:
    """Names, damage and how many there are; what lies between and behind is said."""
    path = tmp_path / "it.pkl"
    found, output = shown(path, FIRST + rest)
    squeezed = " ".join(output.split())
    assert found == status, output
    assert [text for text in said if " ".join(text.split()) not in squeezed] == []
    count = int(next(text for text in said if text.endswith(" values")).split()[0]) if "values" in said[0] else 701
    row = json.loads(shown(path, FIRST + rest, "--json")[1])
    assert (row["status"], len(row["values"]), row["more"]) == (status, 20, count - 20)
    assert "--all shows" not in shown(path, FIRST + rest, "--all")[1]


def test_an_open_file_gives_them_all() -> None:
    """Those of the run too, by number."""
    with pik.open(FIRST + ASKS) as file:
        assert len(file) == 701
        assert [name.full for name in file.names] == ["os.system"]
        assert file.values[600].load() == [600, "x"]
        assert file.values[700].name == "[700]"
    with pik.open(FIRST) as file:
        assert file.load() == [[number, "x"] for number in range(700)]


@pytest.mark.slow
def test_a_run_takes_no_memory(tmp_path: Path) -> None:
    """As many as one likes take as much as a few."""
    path = tmp_path / "it.pkl"
    peaks = []
    for many in (1, 30):
        path.write_bytes(b"".join(pickle.dumps([number, "x"]) for number in range(1_000 * many)))
        tracemalloc.start()
        with pik.open(path) as file:
            assert file.names == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 12_000_000
