"""`--cpu N`: the N tests that use most of the processor, their children's time included, which `--durations` does not tell.

Seconds of the clock say more about what else the machine does. A child that outlives its parent, as the completion process
of a prompt that was killed does for a moment, is made ours on Linux, and counts for the test during which it ends.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest

_PROPERTY = "cpu"


def used() -> float:
    """Return the seconds of processor time that this process and those of its children that have ended have used."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, who))


def adopt_orphans() -> None:
    """Become the parent of what our children leave behind; prctl(2), so nothing happens where there is no Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def bury_orphans() -> None:
    """Wait for those that have ended; others that somebody will still wait for are taken for over by subprocess."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


class Cpu:
    """The plugin: a worker notes what each test has used, the process that prints adds it up."""

    def __init__(self, rows: int) -> None:
        adopt_orphans()
        self._rows = rows
        self._before = 0.0
        self._tests: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        """Note where a test begins."""
        self._before = used()
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Put it into the last report of a test, which also has its fixtures' time."""
        if call.when == "teardown":
            bury_orphans()
            item.user_properties.append((_PROPERTY, used() - self._before))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the reports, those of other processes too."""
        if report.when == "teardown":
            self._tests[report.nodeid] += sum(
                float(str(value)) for name, value in report.user_properties if name == _PROPERTY
            )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the sum, then each file's share and the dearest tests."""
        whole = sum(self._tests.values())
        files: dict[str, float] = defaultdict(float)
        for name, seconds in self._tests.items():
            files[name.partition("::")[0]] += seconds
        terminalreporter.section(f"processor time: {whole:.1f} s, this process {used():.1f} s, {os.cpu_count()} cores")
        for table in (files, self._tests):
            for name in sorted(table, key=table.__getitem__, reverse=True)[: self._rows]:
                terminalreporter.line(f"{table[name]:8.2f} s {table[name] / (whole or 1):6.1%}  {name}")
            terminalreporter.line("")
