"""No stream runs foreign code under the safe policy: each of these does in the C loader."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pik.dangers import DANGERS

ROOT = Path(__file__).parents[2]

#: Loads each stream in a process of its own (a fork of one interpreter) and prints the names of those that made their file.
DRIVER = """
import os, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
from tests.pik.dangers import DANGERS
import pickle
from histshell.pik import PikError, loads
from histshell.pik.policy.play import PLAY
folder, how = sys.argv[2:4]
load = {
    "c": pickle.loads,
    "safe": loads,
    "show": lambda data: str(loads(data, on_refused="show")),
    "play": lambda data: str(loads(data, trust=PLAY, on_refused="show")),
}[how]
quiet = os.open(os.devnull, os.O_RDWR)
for number, (name, make) in enumerate(DANGERS.items()):
    path = os.path.join(folder, f"{how}{number}")
    child = os.fork()
    if not child:
        for fd in (0, 1, 2):
            os.dup2(quiet, fd)
        code = 3
        try:
            load(make(path))
            code = 0
        except PikError:
            code = 4
        except BaseException:
            code = 5
        finally:
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(name, os.path.lexists(path), status, sep="|")
"""


def driven(folder: Path, how: str) -> dict[str, tuple[bool, int]]:
    """Load every stream in a child: name -> (its file is there, exit code)."""
    ran = subprocess.run(
        [sys.executable, "-c", DRIVER, str(ROOT), str(folder), how],
        capture_output=True, text=True, timeout=100, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    rows = (line.rsplit("|", 2) for line in ran.stdout.splitlines())
    return {name: (made == "True", int(code)) for name, made, code in rows}


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forks")


def test_there_are_enough_dangers() -> None:
    """The list is long."""
    assert len(DANGERS) >= 60


@pytest.mark.slow
def test_every_danger_fires_in_the_c_loader(tmp_path: Path) -> None:
    """Each stream is dangerous indeed: the C loader makes its file."""
    results = driven(tmp_path, "c")
    assert [name for name, (made, _) in results.items() if not made] == []
    assert len(results) == len(DANGERS)


@pytest.mark.parametrize(("how", "codes"), [("safe", {4}), ("show", {0, 4}), ("play", {0, 4})])
def test_no_danger_fires_in_pik(tmp_path: Path, how: str, codes: set[int]) -> None:
    """None makes its file, and each ends with a value or with an error of Pik's own."""
    results = driven(tmp_path, how)
    assert [name for name, (made, _) in results.items() if made] == []
    assert {name: code for name, (_, code) in results.items() if code not in codes} == {}
    assert list(tmp_path.iterdir()) == []
    assert len(results) == len(DANGERS)
