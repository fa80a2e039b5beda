"""The command `histshell`: parses what was typed, calls `histshell.setup`, prints what it answers."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from . import __version__
from .errors import HistshellError

if TYPE_CHECKING:
    from rich.console import Console

    from .setup.install import Edit

STYLES = {"ok": "green", "note": "cyan", "problem": "bold red"}
DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


class _Commands(click.Group):
    """The commands, with our own errors shown as one line and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except HistshellError as error:
            _fail(str(error))


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Number the results of every Python prompt on this machine.

    "histshell [-q] [--asyncio] [-m MODULE | -c CODE | SCRIPT] [ARGUMENT]..." opens the rich prompt.
    "histshell install" numbers the results of Python's own prompt in new terminals, "histshell doctor" says what is
    wrong.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # no terminal's encoding may end a command
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@main.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
    options_metavar="[-q] [--asyncio]",
    short_help="Open the rich prompt, after a script, a module or code.",
)
@click.argument("words", metavar="[-m MODULE | -c CODE | SCRIPT] [ARGUMENT]...", nargs=-1, type=click.UNPROCESSED)
def repl(words: tuple[str, ...]) -> None:
    """Open the rich prompt: ptpython, with numbered results. Needs no word: "histshell" alone does the same."""
    from . import by_hand

    sys.exit(by_hand.rich(list(words)))


@main.command()
@click.option(
    "--shell", metavar="NAME", help="The shell to set up: bash, zsh, fish, sh or xonsh.  [default: the one you are in]"
)
@click.option("--rc", metavar="FILE", type=click.Path(), help="Its start-up file.  [default: the usual one]")
@click.option("--dry-run", is_flag=True, help="Only show what would be changed.")
def install(shell: str | None, rc: str | None, dry_run: bool) -> None:
    """Make every Python started in new terminals number its results."""
    from .setup import dialects, stub
    from .setup import install as setup
    from .setup.files import shown

    chosen = setup.choose_shell(shell, rc, os.environ)
    try:
        edit = setup.plan(chosen, rc, os.environ)
    except dialects.UnknownShellError:
        if not dry_run:
            stub.place()  # what its owner is told to name has to be there
        raise
    said = setup.notes(edit, chosen, os.environ)
    console = _console()
    if dry_run:
        _print_edits(console, [edit])
        _print_notes(console, said)
        _line(console, "Nothing was changed.")
        return
    done = setup.install(edit)
    _print_edits(console, [edit])
    if edit.changes and done.backup:
        said.append(f"the file as it was is kept as {shown(done.backup)}")
    _print_notes(console, said)
    if edit.changes:
        _line(console, f"Done: open a new terminal and start {'xonsh' if chosen == 'xonsh' else 'python'}.")
    else:
        _line(console, "Done: brought up to date." if done.written else "It is installed already.")


@main.command()
@click.option("--rc", metavar="FILE", type=click.Path(), help="Only take it out of this file.  [default: out of all]")
@click.option("--dry-run", is_flag=True, help="Only show what would be changed.")
def uninstall(rc: str | None, dry_run: bool) -> None:
    """Take out again exactly what install put in."""
    from .setup import install as setup

    edits = setup.plan_removal(rc, os.environ)
    console = _console()
    if dry_run:
        _print_edits(console, edits)
        _line(console, "Nothing was changed.")
        return
    result = setup.uninstall(edits, os.environ, everywhere=rc is None)
    _print_edits(console, edits)
    _print_notes(console, setup.farewell(result, os.environ))
    _line(console, "Done." if edits or result.stub else "There was nothing to take out.")


@main.command()
def path() -> None:
    """Print the path of the start-up file, for PYTHONSTARTUP."""
    from .setup import stub

    found = stub.installed()
    if stub.state() in (stub.MISSING, stub.GONE):
        found = stub.packaged()
        click.echo("not installed: this is the start-up file of the package itself", err=True)
    click.echo(os.fsencode(found))  # bytes: the path as it is, whatever the terminal's encoding


@main.command()
@click.option("--repair", is_flag=True, help="First bring the start-up file and the shells' blocks up to date.")
def doctor(repair: bool) -> None:
    """Find what is wrong, and say what to do about it.

    Ends with exit code 1 if there is a problem.
    """
    from .setup.doctor import PROBLEM, examine
    from .setup.repair import repair as carry_out

    console = _console()
    for done in carry_out(os.environ) if repair else []:
        _line(console, "repaired ", STYLES["ok"], done)
    findings = examine()
    for finding in findings:
        _line(console, f"{finding.level:<8} ", STYLES[finding.level], finding.what)
        if finding.remedy:
            _line(console, f"{'':8} → ", "bold", finding.remedy)
    problems = sum(finding.level == PROBLEM for finding in findings)
    _line(console, f"{problems or 'No'} problem{'' if problems == 1 else 's'}.")
    sys.exit(1 if problems else 0)


@main.command()
def config() -> None:
    """Show each setting, its value, and where that comes from."""
    from rich.table import Table
    from rich.text import Text

    from . import places, settings
    from .setup.files import shown

    loaded = settings.load()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("setting", "value", "from", "meaning"):
        table.add_column(title)
    for setting in settings.SETTINGS:
        row = (setting.name, repr(getattr(loaded, setting.name)), shown(loaded.origin(setting.name)), setting.doc)
        table.add_row(*map(Text, row))
    console = _console()
    console.print(table)
    file = places.config_file()
    _line(console, f"Settings file: {shown(file)}{'' if os.path.exists(file) else ' (there is none)'}")
    for problem in loaded.problems:
        click.echo(f"ignored: {shown(problem)}", err=True)


@main.command(short_help="Open the pickle mode, or show what is in pickle files.")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(allow_dash=True))
def pik(files: tuple[str, ...]) -> None:
    """Open the pickle mode, or show what is in pickle files ("-" is standard input).

    Files are loaded by the safe policy: nothing of theirs is run. Ends with exit code 1 if one is refused or broken.
    """
    from histshell.pik import console

    if files:
        sys.exit(0 if console.show_files(list(files)) else 1)
    console.prepare_terminal()
    console.enter()


def _console() -> Console:
    """Where the commands print: coloured in a terminal that has colours, unwrapped in a pipe."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 10_000)


def _line(console: Console, text: str, style: str = "", rest: str = "") -> None:
    """Print one line: `text` in a style, then the plain `rest`. The terminal does the wrapping."""
    from rich.text import Text

    console.print(Text.assemble((text, style), rest), soft_wrap=True)


def _print_edits(console: Console, edits: list[Edit]) -> None:
    """Print the changes as a diff."""
    for edit in edits:
        for line in edit.diff():
            _line(
                console,
                "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in line),
                DIFF_STYLES.get(line[:1], ""),
            )


def _print_notes(console: Console, said: list[str]) -> None:
    """Print what the user should know."""
    for note in said:
        _line(console, "note     ", STYLES["note"], note)


def _fail(text: str) -> NoReturn:
    """End the command with one line and exit code 1."""
    raise click.ClickException(" ".join(text.split()))
