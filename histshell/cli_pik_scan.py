"""`histshell pik` of folders and of many files: a table, JSON or SARIF."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable, Iterator

import click

from .cli_output import console as _console
from .cli_output import line as _line
from .pik.scan import sarif, table, verdict, walk
from .pik.tree.report import ASKS, BROKEN, FINE
from .preview import sentence

if TYPE_CHECKING:
    from .pik.scan.verdict import Row
    from .pik.tree.report import Wish

_EVERY = 0.1  # seconds between two lines of progress
STOPPED = 130
"""The exit status after Ctrl-C, as shells have it."""


class Scan:
    """What was seen of the files so far."""

    def __init__(self, names: list[str], wish: Wish, limit: int | None, as_json: bool) -> None:
        """Be about to look at *names*, files and folders; *as_json*: each is printed as soon as it was looked at."""
        self.walk = walk.Walk(names)
        self.rows: list[Row] = []
        self.others: Counter[str] = Counter()
        self._wish = wish
        self._limit = limit
        self._as_json = as_json
        self._given = frozenset(names)

    def run(self) -> None:
        """Look at all of them."""
        with _progress() as tell:
            for path in self.walk:
                tell(len(self.rows) + sum(self.others.values()), path)
                row = verdict.look(path, self._wish, self._limit, whole=self._as_json)
                if not row.verdict and path in self._given:
                    row.verdict = verdict.NO_PICKLE
                    row.report = {"file": row.shown, "kind": row.kind, "status": BROKEN, "verdict": row.verdict}
                self._keep(row)

    def _keep(self, row: Row) -> None:
        """Keep a row, or count it."""
        if not row.verdict:
            self.others[row.kind] += 1
            return
        if self._as_json:
            click.echo(json.dumps(row.report))
            row.report = None
        self.rows.append(row)

    @property
    def status(self) -> int:
        """The exit status: of several files, one that asks outranks one that is damaged."""
        found = {verdict.STATUSES[row.verdict] for row in self.rows}
        if ASKS in found:
            return ASKS
        return BROKEN if BROKEN in found or self.walk.problems else FINE


def scan(names: list[str], wish: Wish, *, as_json: bool, as_sarif: bool, limit: int | None) -> int:
    """Go through files and folders, print what was asked for, and return the exit status."""
    found = Scan(names, wish, limit, as_json)
    stopped = False
    try:
        found.run()
    except KeyboardInterrupt:
        stopped = True
    if as_sarif:
        click.echo(json.dumps(sarif.document(found.rows, os.getcwd(), found.status), indent=1))
    elif not as_json:
        _table(found, wish.ascii_only)
    _say(found, stopped, as_json or as_sarif)
    return STOPPED if stopped else found.status


def _table(found: Scan, ascii_only: bool) -> None:
    """Print the table."""
    out = _console()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for first, style, rest in table.lines(found.rows, width, ascii_only):
        _line(out, first, style, rest)
    if found.rows:
        _line(out, "")


def _say(found: Scan, stopped: bool, to_error: bool) -> None:
    """Say how many there are, and what was not looked at; to the standard error where programs read the other one."""
    for folder, why in found.walk.problems:
        click.echo(f"{sentence(folder, 800)}: {sentence(why)}", err=True)
    for text in table.summary(found.rows, found.others, found.walk.left):
        click.echo(text, err=to_error)
    if stopped:
        click.echo("Stopped: the other files were not looked at.", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[int, str], None]]:
    """Give what tells how far it is, on a terminal, in a line that is gone at the end."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _count, _path: None
        return
    last = time.monotonic() + _EVERY

    def tell(count: int, path: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY:
            last = now
            room = max(shutil.get_terminal_size().columns - 24, 10)
            sys.stderr.write(f"\r\x1b[K{count:,} looked at  {ascii(sentence(path, 4 * room))[1:-1][-room:]}")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
