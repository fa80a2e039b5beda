"""Every bomb is stopped, or loaded and printed, within 2 seconds and 512 MB."""

# ruff: noqa: E501 - a table row that is a stream and its meaning stays on one line

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pik.bombs import BOMBS

ROOT = Path(__file__).parents[2]
MEGABYTES = 512
SECONDS = 2.0

#: Loads each bomb in a fork with limits of its own; prints name, outcome, processor seconds and peak megabytes.
DRIVER = """
import os, resource, sys, time
sys.path.insert(0, sys.argv[1])
from tests.pik.bombs import BOMBS
from histshell.pik import PikError, loads
from histshell.pik.play import PLAY
from histshell.pik.printer import show
how, megabytes = sys.argv[2], int(sys.argv[3])
began = time.process_time()
for _ in range(2_000_000):
    pass
slow = max(1.0, (time.process_time() - began) / 0.1)  # how much slower than a quiet machine of the present
for name, (make, _) in BOMBS.items():
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        data = make()
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        began = time.process_time()
        try:
            if how == "safe":
                text = show(loads(data))
            else:
                text = str(loads(data, trust=PLAY, on_refused="show"))
            outcome = "value" if len(text) < 60_000 else "long"
        except PikError as error:
            outcome = "error" if len(str(error)) < 1000 else "long"
        except BaseException as error:
            outcome = type(error).__name__
        os.write(writing, f"{outcome}|{(time.process_time() - began) / slow:.2f}|{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}".encode())
        os._exit(0)
    os.close(writing)
    status = os.waitpid(child, 0)[1]
    said = os.read(reading, 1000).decode() or f"died {status}|99|0"
    os.close(reading)
    print(name, said, sep="|")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's")
@pytest.mark.parametrize("how", ["safe", "show"])
def test_bombs_are_stopped(how: str) -> None:
    """Each ends as expected, in the time, under the address-space limit; shown ones may show placeholders instead."""
    ran = subprocess.run(
        [sys.executable, "-c", DRIVER, str(ROOT), how, str(MEGABYTES)],
        capture_output=True, text=True, timeout=500, check=True, env={**os.environ, "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    wrong = []
    for line in ran.stdout.splitlines():
        name, outcome, seconds, _ = line.split("|")
        expected = BOMBS[name][1]
        fine = outcome in ("error", "value") if how == "show" or expected == "either" else outcome == expected
        if not fine or float(seconds) > SECONDS:
            wrong.append(line)
    assert wrong == []
    assert len(ran.stdout.splitlines()) == len(BOMBS) >= 25
