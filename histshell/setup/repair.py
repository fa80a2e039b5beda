"""Repairing an installation: what the doctor's remedies "histshell install" would do, all at once."""

from __future__ import annotations

from collections.abc import Mapping

from . import dialects, install, journals, rcfile, stub
from .small_files import shown


def repair(environ: Mapping[str, str]) -> list[str]:
    """Bring the start-up file and every block up to date; say what was done, nothing if all was right.

    Where no shell's file has a block it is put into the one of this shell, unless PYTHONSTARTUP names the start-up file
    already: then somebody has set it by hand. A damaged block is left alone, as everywhere. Raises `HistshellError`.
    """
    done = [f"{shown(path)} is written anew" for path in stub.place()]
    paths = install.carriers(environ)
    by_hand = stub.is_ours(environ.get("PYTHONSTARTUP", ""))
    if paths:
        edits = []
        for path in paths:
            try:
                edits.append(install.plan(dialects.shell_of(path) or "sh", path, environ))
            except rcfile.BlockError:
                continue
    else:
        edits = [] if by_hand else [install.plan(install.choose_shell(None, None, environ), None, environ)]
    for edit in edits:
        if edit.changes:
            install.install(edit)
            done.append(f"{shown(edit.file.path)} has the block of this version")
    return done + journals.repair()
