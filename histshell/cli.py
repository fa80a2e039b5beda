"""The command `histshell`: parses what was typed, calls `histshell.setup`, prints what it answers."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from . import __version__, cli_config, cli_history, cli_import, cli_pik, preview
from .cli_output import console as _console
from .cli_output import line as _line
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

    "histshell [-q] [--asyncio] [--resume] [-p PYTHON | --home] [-m MODULE | -c CODE | SCRIPT] [ARGUMENT]..." opens the rich prompt,
    in the Python of the active environment, else in "python3" of PATH.

    \b
      -p PYTHON  in this Python: a version, a path, or . for the project's .venv
      --home     in histshell's own Python

    "histshell install" numbers the results of Python's own prompt in new terminals, "histshell doctor" says what is
    wrong.
    """  # noqa: D301  # click's mark: the lines of a paragraph stay as they are
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # no terminal's encoding may end a command
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@main.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
    options_metavar="[-q] [--asyncio] [--resume[=ID]] [-p PYTHON | --home]",
    short_help="Open the rich prompt, after a script, a module or code.",
)
@click.argument("words", metavar="[-m MODULE | -c CODE | SCRIPT] [ARGUMENT]...", nargs=-1, type=click.UNPROCESSED)
def repl(words: tuple[str, ...]) -> None:
    """Open the rich prompt: ptpython, with numbered results. Needs no word: "histshell" alone does the same."""
    from . import start

    sys.exit(start.run(list(words)))


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
    from .setup.small_files import shown

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
@click.option("--purge", is_flag=True, help="Remove cache, all that you typed, and settings too, after a question.")
@click.option("--yes", is_flag=True, help="With --purge: do not ask.")
def uninstall(rc: str | None, dry_run: bool, purge: bool, yes: bool) -> None:
    """Take out again exactly what install put in, and say what stays."""
    from .setup import install as setup
    from .setup import leftovers

    if purge and rc:
        raise click.UsageError("--purge is for all of histshell, --rc for one shell's file: type one of them.")
    edits = setup.plan_removal(rc, os.environ)
    staying = leftovers.find()
    console = _console()
    if dry_run:
        _print_edits(console, edits)
        _print_notes(console, [f"this {'goes' if purge else 'stays'}: {one}" for one in staying])
        _line(console, "Nothing was changed.")
        return
    if purge and staying and not yes:
        _ask(console, [str(one) for one in staying])
    result = setup.uninstall(edits, os.environ, everywhere=rc is None)
    _print_edits(console, edits)
    if purge:
        leftovers.remove(staying)
        for one in staying:
            _line(console, "removed  ", STYLES["ok"], str(one))
    _print_notes(console, setup.farewell(result, os.environ))
    _line(console, "Done." if edits or result.stub or (purge and staying) else "There was nothing to take out.")


def _ask(console: Console, going: list[str]) -> None:
    """Ask whether all that may go; end the command with exit code 1, nothing changed, for any answer but yes."""
    for one in going:
        _line(console, "this goes for good: ", "bold", one)
    if not sys.stdin.isatty():
        _fail("nothing was changed: there is nobody to ask whether this may go; --purge --yes does not ask")
    click.confirm("Remove it?", abort=True)


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
    diagnoses = examine()
    for diagnosis in diagnoses:
        _line(console, f"{diagnosis.level:<8} ", STYLES[diagnosis.level], diagnosis.what)
        if diagnosis.remedy:
            _line(console, f"{'':8} → ", "bold", diagnosis.remedy)
    problems = sum(diagnosis.level == PROBLEM for diagnosis in diagnoses)
    _line(console, f"{problems or 'No'} problem{'' if problems == 1 else 's'}.")
    sys.exit(1 if problems else 0)


@main.command(short_help="Forget inputs, in all sessions, for good.")
@click.argument("text", metavar="[TEXT]...", nargs=-1)
@click.option("--session", metavar="ID", help="All of this session.")
@click.option("--before", metavar="DATE", help="All that is older: 2026-11-20, or 30d.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(text: tuple[str, ...], session: str | None, before: str | None, yes: bool) -> None:
    """Take inputs out of the journals of all sessions, with their results and saved values, so that their bytes are gone.

    All words of TEXT must occur in an input, in what it showed, or in its exception's message, upper and lower case alike. First it
    shows what would go. Ends with exit code 1 if there is nothing.
    """
    from .journal import forgetting, inputs_file, matching, place, query_text, selecting, sessions

    if not any(map(str.strip, text)) and not session and not before:
        raise click.UsageError("what? A text, --session ID, or --before DATE")
    folder = place.folder()
    if session:
        session = sessions.of_name(folder, session)
    try:
        moment = query_text.moment(before or None)
    except matching.BadQuery as error:
        raise click.UsageError(str(error)) from error
    wanted = selecting.ToSelect(tuple(" ".join(text).split()), session or "", moment)
    forgetting.clean(folder)
    found, gone = selecting.select(folder, wanted)
    typed = inputs_file.count(selecting.matcher(wanted, gone))
    console = _console()
    for line in selecting.shown(gone, found, typed):
        _line(console, line)
    if not found and not typed:
        sys.exit(1)
    if not yes:
        if not sys.stdin.isatty():
            _fail("nothing was changed: there is nobody to ask whether this may go; --yes does not ask")
        click.confirm("Forget it?", abort=True)
    try:
        problems = forgetting.carry_out(folder, found)
        inputs_file.forget(selecting.matcher(wanted, gone))
    except OSError as error:
        _fail(f"nothing was forgotten: {folder}: {error.strerror or error}")
    for problem in problems:
        _line(console, "problem  ", STYLES["problem"], f"not forgotten: {preview.sentence(problem)}")
    _line(console, "Done." if not problems else "The rest is done.")
    sys.exit(1 if problems else 0)


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


for _command in (cli_config.config, cli_import.import_, cli_pik.pik, *cli_history.COMMANDS):
    main.add_command(_command)
