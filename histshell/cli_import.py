"""The command `histshell import`: brings the histories that are on the machine into the journal, and says what it found."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from .cli_output import console, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .journal.imports.foreign import ForeignHistory, ImportReport
    from .journal.imports.importing import Tell

KINDS = ("ipython", "python", "ptpython", "bpython", "xonsh", "histshell")
_LATER = 1.0  # seconds after which it is shown how far it is


@click.command(name="import", short_help="Bring the histories of other programs into the journal.")
@click.argument("kind", metavar="[PROGRAM]", required=False, type=click.Choice(KINDS))
@click.argument("file", metavar="[FILE]", required=False, type=click.Path())
@click.option("--dry-run", is_flag=True, help="Only say what would be new.")
def import_(kind: str | None, file: str | None, dry_run: bool) -> None:
    """Bring the histories of other programs into the journal, so that they are found as well.

    PROGRAM is ipython, python (its own prompt), ptpython, bpython, xonsh or histshell (the file of the rich prompt);
    without it, all of them. FILE is a history that lies elsewhere. Nothing is changed in a history, and what was brought in before
    is not brought in again. Ends with exit code 1 if there is none, or one cannot be read.
    """
    from .journal import place
    from .journal.imports import locations
    from .journal.imports.importing import bring

    found = (
        locations.named(kind, file)
        if kind and file
        else [one for each in _chosen(kind) for one in locations.find(each)]
    )
    reports = []
    for source in found:
        with _progress(source) as tell:
            reports.append(bring(source, place.folder(), dry_run, tell))
        _say(reports[-1], dry_run)
    if not found:
        line(console(), f"There is no history of {kind or ', '.join(KINDS)} on this machine.")
    sys.exit(0 if found and not any(report.faults for report in reports) else 1)


def _chosen(kind: str | None) -> tuple[str, ...]:
    return (kind,) if kind else KINDS


def _say(report: ImportReport, dry: bool) -> None:
    """Print what came of one history."""
    from .preview import sentence
    from .setup.small_files import shown

    out = console()
    kind = report.source.kind
    said = f"{shown(report.source.path)}: {_count(report.inputs, 'input')}"
    if report.sessions and report.source.form != "text":
        said += f" in {_count(report.sessions, 'session')}"
    said += f", {report.new:,} new" + (" (nothing was written)" if dry and report.new else "")
    line(out, f"{kind:<9} ", "green" if report.new else "cyan", said)
    if report.masked:
        line(out, f"{'':9} ", "", f"in {report.masked:,} of them a secret was masked")
    if report.private:
        line(
            out,
            f"{'':9} ",
            "",
            f"{_count(report.private, 'input')} left out that begin{'s' * (report.private == 1)} with a space",
        )
    for fault in report.faults:
        line(out, f"{'':9} ", "bold red", sentence(fault))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


@contextmanager
def _progress(source: ForeignHistory) -> Iterator[Tell | None]:
    """Show on a terminal how far an import is, once it has taken a second."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    begun = time.monotonic()
    columns = (
        TextColumn(os.path.basename(source.path), markup=False),
        BarColumn(),
        TextColumn("{task.completed:,} inputs"),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None)

    def tell(number: int) -> None:
        bar.update(task, completed=number)
        if not bar.live.is_started and time.monotonic() - begun > _LATER:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()
