"""What is histshell's own in pickles and copies: no name of ours in a pickle, and no copy but itself."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

#: Run first: a session with a value that cannot be pickled, and one thing of ours under each name.
SETUP = """
import sys
sys.ps1, sys.ps2 = ">>> ", "... "
import histshell
histshell.install(globals())
sys.displayhook(1)
sys.displayhook(lambda: (yield))
sys.displayhook("gone")
del h[3]
ours = {"h": h, "_h": _h, "pik": pik, "ps1": sys.ps1, "ps2": sys.ps2, "displayhook": sys.displayhook,
        "entry": h.entry(2), "view": h.show(), "rows": h.show()[1:], "freed": h[3]}
for what in (lambda: h.entry(9), lambda: h.find(3), h.sort, lambda: h.pop(3)):
    try:
        what()
    except Exception as error:
        ours[str(error)] = error
"""

_LOADED = """
import pickle, sys
with open({path!r}, "rb") as file:
    every = [pickle.loads(data) for data in pickle.load(file)]
assert not [name for name in sys.modules if name.startswith("histshell")]
for loaded in every:
    print([type(loaded[name]).__module__ + "." + type(loaded[name]).__name__ for name in loaded])
    assert loaded["h"] == loaded["_h"] == [] and loaded["pik"] is loaded["freed"] is None, loaded
    assert (loaded["ps1"], loaded["ps2"]) == ("h[4] >>> ", "     ... ")
    assert loaded["displayhook"] is sys.displayhook
    assert (loaded["entry"].number, loaded["entry"].source, loaded["entry"].cwd) == (2, "", {cwd!r})
    assert [row.number for row in loaded["view"]] == [1, 2, 3] and [row.number for row in loaded["rows"]] == [2, 3]
"""

ROOT = Path(__file__).resolve().parent.parent


def run(program: str) -> str:
    """Run a program in a fresh interpreter; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_histshell_it_is_something_plain(tmp_path: Path) -> None:
    """Every protocol, C's pickler and Python's: no name of ours in the bytes, and plain values where there is no histshell."""
    path = tmp_path / "saved"
    program = f"""{SETUP}
import pickle
datas = [dumps(ours, protocol) for protocol in range(6) for dumps in (pickle.dumps, pickle._dumps)]
from pickletools import genops
assert not [arg for data in datas for _, arg, _ in genops(data) if str(arg).startswith("histshell")]
with open({str(path)!r}, "wb") as file:
    pickle.dump(datas, file)
"""
    run(program)
    with open(path, "rb") as file:
        datas = pickle.load(file)
    assert len(datas) == 12
    done = subprocess.run(
        [sys.executable, "-c", _LOADED.format(path=str(path), cwd=str(ROOT))],
        capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    kinds = set(done.stdout.splitlines())
    assert len(kinds) == 1
    assert "histshell" not in kinds.pop()


def test_in_a_session_it_is_that_sessions_own(tmp_path: Path) -> None:
    """Loaded in another session, where other names are taken, the old history is the new one."""
    path = tmp_path / "saved"
    run(f"{SETUP}\nimport pickle\nwith open({str(path)!r}, 'wb') as file: pickle.dump(ours, file)")
    for taken in ("", "builtins.h = 5", "builtins._h = [5]", "h = 5"):
        run(f"""
import builtins, pickle, sys
{taken}
import histshell
histshell.install(globals())
sys.displayhook("new")
with open({str(path)!r}, "rb") as file:
    loaded = pickle.load(file)
assert loaded["h"] is loaded["_h"] is histshell.h and loaded["h"][1:] == ["new"]
assert loaded["pik"] is pik and loaded["displayhook"] is sys.displayhook
""")


def test_a_name_that_is_somebody_elses_is_not_taken_for_ours(tmp_path: Path) -> None:
    """Where there is no histshell, `h` and `_h` of another program are none of our business."""
    path = tmp_path / "saved"
    run(f"{SETUP}\nimport pickle\nwith open({str(path)!r}, 'wb') as file: pickle.dump(h, file)")
    run(f"""
import builtins, pickle
builtins.h, builtins._h = "theirs", ["theirs"]
with open({str(path)!r}, "rb") as file:
    assert pickle.load(file) == []
""")


def test_a_copy_is_itself() -> None:
    """Shallow or deep, alone or in something else."""
    run(f"""{SETUP}
import copy
for name, thing in ours.items():
    if not isinstance(thing, Exception):
        assert copy.copy(thing) is copy.deepcopy(thing) is copy.deepcopy([thing])[0] is thing, name
space = dict(globals(), __builtins__=None)
assert copy.copy(space)["h"] is h
""")


def test_errors_of_other_parts_stay_what_they_are() -> None:
    """Who calls `pik.loads` in a worker catches what it raises by its class."""
    from histshell.pik.errors import PikError

    error = pickle.loads(pickle.dumps(PikError("why")))
    assert type(error) is PikError
    assert str(error) == "why"


def test_other_processes_and_shelves(tmp_path: Path) -> None:
    """A spawned process has no session, and gets a list; a forked one has its own; a shelf is a pickle."""
    run(f"""{SETUP}
import multiprocessing, shelve
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(repr, [ours["h"]]) == ["[]"]
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map(len, [ours["h"]]) == [4]
    with shelve.open({str(tmp_path / "shelf")!r}) as shelf:
        shelf["all"] = ours
        assert shelf["all"]["h"] is h
""")
