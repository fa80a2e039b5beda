"""What the bare prompt has shown, kept from one run of the tests to the next: half the time of a comparison.

It depends on the interpreter and on what is typed, and not on histshell. So it is kept by the name of the test, the interpreter's
file, the text of the test's own file and of all that types and reads; any change to these begins anew, and one to other tests does
not. Only what was right is kept, and a comparison that fails with what is kept is made again without.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import shutil
import time
from pathlib import Path

from tests.environments import cache_folder
from tests.pythons import Target

_TESTS = Path(__file__).resolve().parents[1]
#: What types, reads and compares, and what lies in the folder that is typed in.
_SHARED = (
    *(path for path in sorted(_TESTS.glob("*.py")) if not path.name.startswith("test_")),
    *(_TESTS / "prompt" / name for name in ("bare.py", "session.py")),
    *sorted((_TESTS / "prompt" / "desk").glob("*.py")),
)
#: Seconds after which what no run has asked for is thrown away.
_WEEK = 7 * 24 * 3600


class Kept:
    """The transcript of one comparison: `lines` is None where none is kept, and where none may be."""

    def __init__(self, target: Target, script: object, how: object) -> None:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        about = f"{test} {getattr(script, '__qualname__', script)} {how!r} {target} {_stamp(target.python.path)}"
        varies = not test or " object at 0x" in about or "/pytest-of-" in about
        about += _text(*_SHARED, *_files(test, script))
        self._path = None if varies else _folder() / hashlib.sha256(about.encode()).hexdigest()
        self.lines: list[str] | None = None
        with contextlib.suppress(FileNotFoundError):
            if self._path is not None:
                self.lines = json.loads(self._path.read_bytes())
                os.utime(self._path)

    def keep(self, lines: list[str]) -> None:
        """Keep a transcript, whole or not at all."""
        if self._path is not None and lines != self.lines:
            beside = self._path.with_suffix(f".{os.getpid()}")
            beside.write_text(json.dumps(lines))
            beside.replace(self._path)


def _files(test: str, script: object) -> list[Path]:
    """Return the files of the test that runs and of what it plays."""
    played = getattr(script, "__code__", None)
    files = {_TESTS.parent / test.partition("::")[0], *([Path(played.co_filename)] if played else [])}
    return sorted(path for path in files if path.is_file())


@functools.cache
def _text(*files: Path) -> str:
    """Stand for what the files have in them, and for where they lie, which a traceback shows."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path}".encode() + path.read_bytes())
    return digest.hexdigest()


@functools.cache
def _folder() -> Path:
    """Make the folder of what was shown; what nobody has asked for in a week goes."""
    folder = cache_folder() / "bare"
    folder.mkdir(parents=True, exist_ok=True)
    for kept in folder.iterdir():
        with contextlib.suppress(OSError):  # another run has thrown it away
            if time.time() - kept.stat().st_mtime > _WEEK:
                kept.unlink() if kept.is_file() else shutil.rmtree(kept)
    return folder


@functools.cache
def _stamp(path: str) -> str:
    status = os.stat(path)
    return f"{os.path.realpath(path)} {status.st_size} {status.st_mtime_ns}"
