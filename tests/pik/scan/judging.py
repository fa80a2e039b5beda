"""Show hostile files as the command does, each in a process with limits, and tell what was said and what it cost."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.pik.scan.comparing import FILES as CORPUS
from tests.pik.scan.hostile import HOSTILE

ROOT = Path(__file__).resolve().parents[3]
MEGABYTES = 512
SECONDS = (
    20  # of the processor's time; far above what any takes, so that a slow machine makes a test slow and not wrong
)


class Judged(NamedTuple):
    """What became of a file: the exit status, or how the process died; what was printed; whether its code ran; the cost."""

    status: int
    text: str
    ran: bool
    seconds: float
    megabytes: int


def judged(names: list[str]) -> Iterator[tuple[str, Judged]]:
    """Show each file, in forks of one process that has loaded everything."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from tests.pik.scan.judging import serve; serve()", *names],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        name, *facts = json.loads(line)
        yield name, Judged(*facts)
    process.communicate()


def serve() -> None:
    """Print a line for each name in the arguments."""
    from histshell import cli_pik

    first = io.StringIO()
    with redirect_stdout(first):
        cli_pik.show([str(CORPUS / "numpy-plain.npz")])  # so that all of it is loaded before the first fork
    assert first.getvalue()
    with TemporaryDirectory() as folder:
        for number, name in enumerate(sys.argv[1:]):
            mark = f"{folder}/ran{number}"
            path = f"{folder}/{number}.bin"
            Path(path).write_bytes(HOSTILE[name][0](mark))
            child = os.fork()
            if not child:
                os._exit(_child(cli_pik.show, path, f"{folder}/said"))
            _, status, used = os.wait4(child, 0)
            said = Path(f"{folder}/said").read_bytes().decode("utf-8", "backslashreplace")
            os.unlink(path)
            found = os.listdir(folder)
            facts = (
                os.waitstatus_to_exitcode(status), said, found != ["said"],
                round(used.ru_utime + used.ru_stime, 2), used.ru_maxrss >> 10,
            )  # fmt: skip
            print(json.dumps([name, *facts]), flush=True)


def _child(show: object, path: str, said: str) -> int:
    """Show one file under the limits; return the status."""
    import resource

    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(out, descriptor)
    os.chdir(os.path.dirname(path))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        assert callable(show)
        status = int(show([path]))
        sys.stdout.flush()
    except BaseException:
        import traceback

        traceback.print_exc()
        return 99
    return status
