"""The command `histshell config`: shows the settings, and changes one in the settings file."""

from __future__ import annotations

import os

import click

from . import preview
from .cli_output import console, line


@click.group(invoke_without_command=True, short_help="Show the settings, or change one.")
@click.pass_context
def config(ctx: click.Context) -> None:
    """Show each setting, its value, and where that comes from; or change one.

    What a command sets stands in the settings file, and counts for the prompts that are opened from now on.
    """
    if ctx.invoked_subcommand is None:
        _show_settings()


@config.command(name="list")
def list_() -> None:
    """Show each setting, its value, and where that comes from."""
    _show_settings()


@config.command()
@click.argument("name")
def get(name: str) -> None:
    """Print the value of a setting, and nothing else."""
    from . import settings, settings_edit

    click.echo(getattr(settings.load(), settings_edit.named(name).name))


@config.command(name="set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("value", nargs=-1, required=True)
def set_(name: str, value: tuple[str, ...]) -> None:
    """Write a setting into the settings file; words of a VALUE need no quotes.

    All else in the file, comments too, stays as it is.
    """
    from . import settings_edit

    changed = settings_edit.keep(name, " ".join(value))
    _say_kept(name, f"{name} is {'now' if changed else 'already'} {preview.sentence(' '.join(value))!r}")


@config.command()
@click.argument("name")
def unset(name: str) -> None:
    """Take a setting out of the settings file, so that its default holds."""
    from . import settings_edit

    changed = settings_edit.keep(name, None)
    _say_kept(name, f"{name} is {'no longer' if changed else 'not'} set")


@config.command(name="path")
def config_path() -> None:
    """Print the path of the settings file, whether it is there or not."""
    from . import places

    click.echo(os.fsencode(places.config_file()))  # bytes: the path as it is, whatever the terminal's encoding


def _say_kept(name: str, said: str) -> None:
    """Say what stands in the settings file now, and what wins over it."""
    from . import places, settings_edit
    from .setup.small_files import shown

    out = console()
    line(out, f"{said} in {shown(places.config_file())}")
    variable = settings_edit.named(name).env
    if os.environ.get(variable):
        line(out, "note     ", "cyan", f"{variable} is set here, and wins over the file")


def _show_settings() -> None:
    """Print the table of the settings, and what is wrong in them."""
    from rich.table import Table
    from rich.text import Text

    from . import places, settings
    from .setup.small_files import shown

    loaded = settings.load()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("setting", "value", "from", "meaning"):
        table.add_column(title)
    for setting in settings.SETTINGS:
        row = (setting.name, repr(getattr(loaded, setting.name)), shown(loaded.origin(setting.name)), setting.doc)
        table.add_row(*map(Text, row))
    out = console()
    out.print(table)
    file = places.config_file()
    line(out, f"Settings file: {shown(file)}{'' if os.path.exists(file) else ' (there is none)'}")
    for problem in loaded.problems:
        click.echo(f"ignored: {shown(problem)}", err=True)
