"""The command `histshell pik`: the pickle mode, or what is in a file, as a tree."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from .cli_output import console as _console
from .cli_output import line as _line
from .preview import sentence

if TYPE_CHECKING:
    from .pik.tree.wish import Wish

STYLES = {"title": "bold", "note": "cyan", "problem": "bold red", "runs": "bold red"}
_PIPED = (100, 60)  # columns and lines where there is no terminal
STOPPED = 130  # the exit status after Ctrl-C
_KEPT = 3  # lines of a terminal that the title and the prompt want


@click.command(short_help="Open the pickle mode, or show what is in pickle files.")
@click.argument("files", metavar="[FILE|DIR]...", nargs=-1, type=click.Path(allow_dash=True))
@click.option("--depth", type=click.IntRange(0, 100), metavar="N", help="Show N levels of the tree.")
@click.option("--all", "everything", is_flag=True, help="Show all of it, up to 300,000 lines.")
@click.option(
    "--path", metavar="PATH", help="Show what lies at a path of the tree: estimators_[3].tree_ or ['key'][0]."
)
@click.option("--json", "as_json", is_flag=True, help="Print the tree and the names as JSON, an object a file.")
@click.option(
    "--sarif", "as_sarif", is_flag=True, help="Print what is to be told as SARIF, for a code scanning service."
)
@click.option("--table", "as_table", is_flag=True, help="Print a line a file, as for a folder.")
@click.option("--effects", is_flag=True, help="List what the stream asks for, each call with its arguments.")
@click.option("--code", is_flag=True, help="Show the instructions of functions that the stream brings.")
@click.option("--encoding", metavar="NAME", help="Read texts of Python 2 so: latin1, utf-8, bytes.")
@click.option("--limit", type=click.IntRange(1), metavar="BYTES", help="Unpack up to so many bytes, from however few.")
@click.option(
    "-p", "python", metavar="PYTHON", help="Open the mode in this Python: a version, a path, or . for a .venv."
)
@click.option("--home", is_flag=True, help="Open the mode in histshell's own Python.")
def pik(files: tuple[str, ...], python: str | None, home: bool, **options: Any) -> None:
    """Open the pickle mode, or show what is in pickle files ("-" is standard input).

    A file is shown as a tree, whatever it is packed in, with all names that it asks for. Nothing of it is run or imported. The
    exit code says what it is: 0 plain data, numpy's too, 1 it asks for more than that (whatever else is wrong with it), 2 it is
    damaged, no pickle, or cannot be read.

    Of a folder, all files that can be pickles are looked at, and there is a line for each. Of several files the exit code is 1
    if one asks for more than plain data, else 2 if one is damaged.

    The mode opens in the Python of the active environment, else in "python3" of PATH; files are shown by histshell's own.
    Without a terminal the mode takes its lines from standard input and prints values only; its exit code is the same.
    """
    from .pik.mode import console

    if (python or home) and not files:
        from . import start

        sys.exit(start.run([*(["-p", python] if python else []), *(["--home"] if home else []), "pik"]))
    if files:
        from .pik.mode import showing

        if sys.stdout is None:  # whoever has closed it wants the status alone
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # to the end
        try:
            status = show(list(files), **options)
            sys.stdout.flush()
        except BrokenPipeError:
            status = showing.unread()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            status = STOPPED
        sys.exit(status)
    if sys.stdin is None or not sys.stdin.isatty():
        sys.exit(console.read_lines())
    console.prepare_terminal()
    console.enter()


def show(names: list[str], as_json: bool = False, limit: int | None = None, **options: Any) -> int:
    """Show files; return the exit status."""
    from .pik.mode import showing

    as_sarif, as_table = options.pop("as_sarif", False), options.pop("as_table", False)
    names = [os.path.expanduser(name) if name.startswith("~") else name for name in names]
    wish = _wish(**options)
    if as_sarif or as_table or any(map(os.path.isdir, names)):
        return _scan(names, wish, as_json, as_sarif, limit)
    out = _console()

    def put(text: str, style: str) -> None:
        if style == "error":
            sys.stdout.flush()
            click.echo(text, err=True)
        elif style == "json":
            click.echo(text)
        else:
            _line(out, text, STYLES.get(style, ""))

    return showing.show(names, wish, put, as_json, limit)


def _scan(names: list[str], wish: Wish, as_json: bool, as_sarif: bool, limit: int | None) -> int:
    """Go through folders and files."""
    from . import cli_pik_scan

    if as_json and as_sarif:
        raise click.UsageError("--json or --sarif, not both")
    if "-" in names:
        raise click.UsageError("standard input (-) is no folder: look at it alone")
    if wish.path or wish.depth is not None or wish.effects or wish.code:
        raise click.UsageError("--path, --depth, --effects and --code are for one file at a time")
    return cli_pik_scan.scan(names, wish, as_json=as_json, as_sarif=as_sarif, limit=limit)


def _wish(path: str | None = None, encoding: str | None = None, **options: Any) -> Wish:
    """Put together what is wanted, and what the terminal has room for."""
    import codecs

    from .pik.tree.shown import draws_lines
    from .pik.tree.wish import Wish

    if encoding and encoding != "bytes":
        try:
            codecs.lookup(encoding)
        except (LookupError, ValueError):
            raise click.BadParameter(
                f"{sentence(encoding, 60)}: no encoding of that name", param_hint="--encoding"
            ) from None
    width, height = shutil.get_terminal_size() if sys.stdout.isatty() else _PIPED
    return Wish(
        max(width, 40), max(height - _KEPT, 10), path=path or "", encoding=encoding or "", ascii_only=not draws_lines(), **options
    )  # fmt: skip
