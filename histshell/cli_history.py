"""The commands that look into past sessions: search, sessions, show and export. What they need is loaded when they run."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .errors import HistshellError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .journal.file_format import SessionLog
    from .journal.index import Progress

_LATER = 1.0  # seconds after which it is shown how far it is


@click.command(short_help="Find inputs of all sessions.")
@click.argument("words", nargs=-1)
@click.option("--since", metavar="TIME", help="Not older: 2026-11-20, 2026-11-20T10:30, yesterday, 2h, 3d.")
@click.option("--until", metavar="TIME", help="Not newer.")
@click.option("--cwd", metavar="PATH", help="Typed in this folder, or below it.")
@click.option("--here", is_flag=True, help="Typed in the folder you are in, or below it.")
@click.option("--session", metavar="ID", help="Of this session; the beginning of its name will do.")
@click.option("--host", metavar="NAME", help="On this machine.")
@click.option("--python", metavar="VERSION", help="Under this Python: 3.11, or 3.11.2.")
@click.option("--failed", is_flag=True, help="That raised an exception.")
@click.option("--type", "kind", metavar="NAME", help="With a result, or an exception, of this type.")
@click.option("--regex", metavar="PATTERN", help="In whose source this regular expression is found.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
@click.option(
    "-n", "limit", metavar="N", type=click.IntRange(min=1), default=20, help="So many at most.  [default: 20]"
)
def search(words: tuple[str, ...], as_json: bool, limit: int, here: bool, **options: Any) -> None:
    """Find the inputs of all sessions in which all WORDS occur, newest first; upper and lower case are alike.

    Ends with exit code 1 if nothing is found.
    """
    from .journal.matching import BadQuery
    from .journal.query_text import query
    from .journal.search import Searcher

    if here and options["cwd"]:
        raise click.UsageError("--here is --cwd with the folder you are in: type one of them.")
    options["type"] = options.pop("kind")
    try:
        asked = query(words, here=here, **{name: value for name, value in options.items() if value})
        with _progress() as tell:
            hits = Searcher(progress=tell).find(asked, limit)
    except BadQuery as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        import json

        _print(json.dumps(hit.fields()) for hit in hits)
    elif sys.stdout.isatty():
        from .journal.found_lines import table
        from .views import columns

        _print(table(hits, columns(), time.time()) if hits else ["nothing found"])
    else:
        from .journal.found_lines import line

        _print("\t".join(line(hit, time.time(), whole=True)) for hit in hits)
    sys.exit(0 if hits else 1)


@click.command(short_help="List past sessions.")
@click.option(
    "-n", "limit", metavar="N", type=click.IntRange(min=1), default=20, help="The last so many.  [default: 20]"
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def sessions(limit: int, as_json: bool) -> None:
    """List the last sessions, newest last: name, age, inputs, folder, Python, how it ended."""
    from .journal import found_lines, place
    from .journal import sessions as past
    from .preview import printable
    from .values import crashed

    logs = past.last(place.folder(), limit)
    now = time.time()
    if as_json:
        import json

        _print(json.dumps(past.fields(log)) for log in logs)
    else:
        rows = [
            (
                printable(log.session.id),
                found_lines.age(log.last or log.session.when, now),
                f"{len(log.inputs):,}",
                found_lines.folder(log.session.cwd),
                printable(log.session.python[:40]),
                printable((log.session.imported or log.session.shell)[:40]),
                "" if log.left or log.session.imported else "open" if crashed.runs(log.session) else "no goodbye",
            )
            for log in logs
        ]
        if sys.stdout.isatty() and rows:
            from .views import columns

            titles = ("session", "age", "inputs", "cwd", "Python", "shell", "end")
            _print(found_lines.grid([titles, *rows], columns(), folder=3, whole=(0,)))
        elif sys.stdout.isatty():
            _print(["no sessions yet"])
        else:
            _print("\t".join(row) for row in rows)
    sys.exit(0 if logs else 1)


@click.command(short_help="Show what a session did.", context_settings={"ignore_unknown_options": True})
@click.argument("session")
def show(session: str) -> None:
    """Show the inputs of SESSION and what came of them.

    SESSION is its name or the beginning of it, or -1 for the last one, -2 for the one before.
    """
    from .journal.export import shown

    _print(shown(_session(session)))


@click.command(short_help="Write a session as a script, a notebook, Markdown or JSON.",
               context_settings={"ignore_unknown_options": True})  # fmt: skip
@click.argument("session")
@click.option("--format", "form", metavar="FORMAT", type=click.Choice(["script", "markdown", "ipynb", "json"]),
              default="script", help="script, markdown, ipynb or json.  [default: script]")  # fmt: skip
@click.option("-o", "--output", "file", metavar="FILE", type=click.Path(), help="Write it there, for your eyes alone.")
@click.option("--force", is_flag=True, help="With -o: in the place of a file that is there.")
def export(session: str, form: str, file: str | None, force: bool) -> None:
    """Write SESSION to standard output or a file. What failed is in it as a comment.

    On a terminal, what it would obey instead of showing it is escaped.

    SESSION is its name or the beginning of it, or -1 for the last one.
    """
    from .journal import export as exporting

    text = exporting.export(_session(session), form)
    if file is None:
        lines = text.split("\n")[:-1]
        _print(map(_on_screen, lines) if sys.stdout.isatty() else lines)
        return
    try:
        exporting.write(file, text, force)
    except FileExistsError:
        raise HistshellError(
            f"{file} is there already, and stays as it is; --force puts the export in its place"
        ) from None
    except OSError as error:
        raise HistshellError(f"{file}: {error.strerror or error}") from error


def _on_screen(line: str) -> str:
    from .preview import printable

    return "\t".join(map(printable, line.split("\t")))


def _session(name: str) -> SessionLog:
    from .journal import place
    from .journal import sessions as past

    return past.named(place.folder(), name)


def _print(lines: Iterable[str]) -> None:
    """Print lines; a reader that goes away before the end is not told of."""
    try:
        sys.stdout.writelines(f"{line}\n" for line in lines)  # `click.echo` would flush each of a million
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Show on a terminal how far the search has read, once it has taken a second."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    begun = time.monotonic()
    bar: Any = None
    task: Any = None

    def tell(done: int, total: int) -> None:
        nonlocal bar, task
        if bar is None and time.monotonic() - begun > _LATER:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("reading what was typed"), BarColumn(), TimeRemainingColumn())
            bar = Progress(*columns, console=Console(stderr=True), transient=True)
            task = bar.add_task("", total=total)
            bar.start()
        if bar is not None:
            bar.update(task, completed=done, total=total)

    try:
        yield tell
    finally:
        if bar is not None:
            bar.stop()


COMMANDS = (search, sessions, show, export)


def main(words: list[str]) -> None:
    """Run one of these commands, without loading the others."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # no terminal's encoding may end a command
    command = next(one for one in COMMANDS if one.name == words[0])
    try:
        command.main(words[1:], prog_name=f"histshell {words[0]}")
    except HistshellError as error:
        click.ClickException(" ".join(str(error).split())).show()
        sys.exit(1)
