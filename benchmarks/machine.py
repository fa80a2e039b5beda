"""What the measurements run on: the machine, the interpreters, and the environment of a child."""

from __future__ import annotations

import datetime
import functools
import os
import platform
import subprocess
from pathlib import Path

from tests.pythons import found


def environment(home: str) -> dict[str, str]:
    """Return the environment of a child: a colour terminal, `home` as its home, and nothing of ours.

    PYTHONDONTWRITEBYTECODE above all is left behind: people do not set it, and with it each start compiles.
    """
    return {"HOME": home, "PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}


def pythons() -> list[str]:
    """Return the paths of the CPythons from 3.11 on that the tests find on this machine, sorted by version."""
    return [python.path for python in found() if python.implementation == "cpython" and python.version >= (3, 11)]


@functools.cache
def version(python: str) -> str:
    """Return the version of the interpreter `python`, such as ``3.13.0``."""
    return subprocess.check_output(
        [python, "-c", "import platform; print(platform.python_version())"], text=True
    ).strip()


def describe() -> str:
    """Return one line on the machine and the day."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return f"{platform.system()}, {model}, {os.cpu_count()} cores, {today}"
