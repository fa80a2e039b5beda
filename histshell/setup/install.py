"""Planning and carrying out an installation, and its undoing: what `histshell install` and `uninstall` do.

A plan is made first, from what is there, and changes nothing; so it can be shown, or refused as a whole.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from histshell import places
from histshell.errors import HistshellError

from . import dialects, leftovers, rcfile, stub
from .small_files import FileError, Snapshot, read, remove, replace, shown

RECORD = "rcfiles.json"
BACKUP = ".histshell-backup"

# `PYTHONSTARTUP=`, `export PYTHONSTARTUP=`, `set -gx PYTHONSTARTUP …`, `setenv PYTHONSTARTUP …`
_SETS_IT = re.compile(rb"(?!\s*alias\s)[^#]*?(?:(?:^|[\s;&])PYTHONSTARTUP=|\bset(?:env)?\s[^#;]*\bPYTHONSTARTUP\s+\S)")


@dataclass(frozen=True)
class Edit:
    """A change to one shell's start-up file. `after` is None where the file is to be removed."""

    file: Snapshot
    after: bytes | None

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.file.data != self.after

    def diff(self) -> list[str]:
        """Return the change, as the lines of a unified diff."""
        return rcfile.diff(self.file.data, self.after, shown(self.file.path))

    def carry_out(self) -> str | None:
        """Make the change; return the path of the backup, None if there is none afterwards. Raises `FileError`.

        The backup is the file as it was before histshell put its block in; an update leaves it alone. When the
        block comes out and the file is that again, the backup goes.
        """
        if self.changes:
            self._back_up_and_write()
        backup = read(self.file.path + BACKUP)
        if backup.data is not None and backup.data == self.after:
            remove(backup)
            return None
        return None if backup.data is None else backup.path

    def _back_up_and_write(self) -> None:
        """Write the backup, where this change puts the block in, and then the file; both or none."""
        backup = read(self.file.path + BACKUP)
        made = self.file.data is not None and rcfile.find(self.file.data, shown(self.file.path)) is None
        if made and self.file.data is not None:
            replace(backup, self.file.data, like=self.file.status)
        try:
            if self.after is None:
                remove(self.file)
            else:
                replace(self.file, self.after)
        except BaseException:  # also Ctrl-C
            if made and backup.data is None:
                remove(read(backup.path))
            raise


@dataclass(frozen=True)
class Installation:
    """What an installation wrote: files in the data directory, and the backup of the shell's file, if there is one."""

    written: list[str]
    backup: str | None


@dataclass(frozen=True)
class Removal:
    """What a removal left behind: the retired stub's path, backups kept, other files with a block, files made and edited."""

    stub: str | None
    backups: list[str]
    others: list[str]
    edited: list[str] = field(default_factory=list)


def choose_shell(named: str | None, rc: str | None, environ: Mapping[str, str]) -> str:
    """Return the shell to install for: the one named, the one the file's name tells, the one we run in, the login shell."""
    shell = (
        named
        or (dialects.shell_of(rc) if rc else None)
        or _running_shell()
        or os.path.basename(environ.get("SHELL", ""))
    )
    if not shell:
        raise HistshellError("cannot tell which shell this is: say --shell bash, zsh, fish, sh or xonsh")
    return shell.lower()


def plan(shell: str, rc: str | None, environ: Mapping[str, str]) -> Edit:
    """Plan the block for `shell` in `rc`, by default the file that the shell reads.

    Raises `UnknownShellError`, `BlockError` for a damaged block, `FileError`.
    """
    dialect = dialects.DIALECTS.get(shell)
    if dialect is None:
        raise dialects.UnknownShellError(shell, stub.installed())
    file = read(os.path.abspath(rc or dialect.rc_file(environ)))
    lines = dialect.lines(os.fsencode(stub.installed()))
    return Edit(file, rcfile.put_in(file.data, lines, shown(file.path)))


def install(edit: Edit) -> Installation:
    """Place the stub, then carry out the plan. Raises `HistshellError`."""
    written = stub.place()
    _record(edit.file.path, present=True)
    try:
        return Installation(written, edit.carry_out())
    except FileError as error:
        remedy = "histshell install --dry-run shows the lines to put there by hand"
        raise FileError(error.attempt, error.path, error.reason, remedy) from error


def plan_removal(rc: str | None, environ: Mapping[str, str]) -> list[Edit]:
    """Plan to take the block out of `rc`, or of every file that has it. Raises as `plan` does, before any change."""
    paths = [os.path.abspath(rc)] if rc else carriers(environ)
    files = [read(path) for path in paths]
    edits = [Edit(file, rcfile.take_out(file.data, shown(file.path))) for file in files if file.data is not None]
    return [edit for edit in edits if edit.changes]


def uninstall(edits: list[Edit], environ: Mapping[str, str], everywhere: bool = True) -> Removal:
    """Carry out a removal; when no file has the block any more, retire the stub too. Raises `FileError`.

    Unless it is to be gone `everywhere`, a removal that changes nothing leaves the stub alone as well.
    """
    backups = []
    edited = [edit.file.path for edit in edits if edit.after is not None and _was_made(edit.file)]
    for edit in edits:
        backup = edit.carry_out()
        if backup is not None:
            backups.append(backup)
        _record(edit.file.path, present=False)
    others = carriers(environ)
    if others or not (edits or everywhere):
        return Removal(None, backups, others, edited)
    record = read(_record_path())
    if record.data is not None:
        remove(record)
    return Removal(stub.retire(), backups, [], edited)


def farewell(removal: Removal, environ: Mapping[str, str]) -> list[str]:
    """Return what a user should know after a removal: what is left, and why."""
    said = [f"{shown(path)} still has the block" for path in removal.others]
    said += [f"{shown(path)} is left, without the block: it has lines of yours" for path in removal.edited]
    for path in removal.backups:
        said.append(f"{shown(path)} is kept: it is the file from before histshell, which you have changed since")
    if removal.stub is not None or stub.state() == stub.GONE:
        said.append(
            f"{shown(stub.installed())} is left, as a file that does nothing of its own: terminals that are open now "
            "still name it, and some Pythons end when it is missing; delete it when they are closed"
        )
    if staying := leftovers.find():
        said += [f"this stays: {one}" for one in staying]
        said.append("histshell uninstall --purge removes what stays")
    if environ.get("PYTHONSTARTUP") == stub.installed() and not removal.others:
        if environ.get("HISTSHELL_CHAIN"):
            remedy = 'export PYTHONSTARTUP="$HISTSHELL_CHAIN"'
        else:
            remedy = "unset PYTHONSTARTUP, in fish: set -e PYTHONSTARTUP"
        said.append(f"this terminal still has the variable; to clear it: {remedy}")
    return said


def carriers(environ: Mapping[str, str]) -> list[str]:
    """Return the files with a block, or what is left of one, where shells look and where one was put by name."""
    found = []
    for path in dict.fromkeys([*dialects.candidates(environ), *_recorded()]):
        try:
            data = read(path).data
            if data is not None and rcfile.find(data, path) is not None:
                found.append(path)
        except FileError:
            continue  # what cannot be read is no file that a shell reads either
        except rcfile.BlockError:
            found.append(path)
    return found


def assignments(data: bytes, name: str) -> list[tuple[int, bool]]:
    """Return the lines that set PYTHONSTARTUP outside the block: their numbers from 1, and whether they come after it."""
    block = rcfile.find(data, name)
    found = []
    position = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        inside = block is not None and block.start <= position < block.stop
        if not inside and _SETS_IT.match(line):
            found.append((number, block is not None and position >= block.stop))
        position += len(line) + 1
    return found


def notes(edit: Edit, shell: str, environ: Mapping[str, str]) -> list[str]:
    """Return what a user should know about an installation: what is chained, and what may keep it from working."""
    said = []
    data, name = edit.file.data or b"", shown(edit.file.path)
    current = environ.get("PYTHONSTARTUP")
    if current and not stub.is_ours(current) and current != stub.installed():
        said.append(f"PYTHONSTARTUP is {shown(current)}: that file is kept, and runs after histshell's")
    for number, after in assignments(data, name):
        if after:
            said.append(f"{name}:{number} sets PYTHONSTARTUP after histshell's block and wins: move that line up")
        else:
            said.append(f"{name}:{number} sets PYTHONSTARTUP: what it names is kept, and runs after histshell's")
    login = dialects.login_note(environ, edit.file.path) if shell == "bash" else None
    if login:
        said.append(login)
    if edit.file.status is not None and edit.file.status.st_nlink > 1:
        said.append(f"{name} is a hard link: its other names keep the text without the block")
    return said


def _was_made(file: Snapshot) -> bool:
    """Return whether a file was made for its block."""
    block = rcfile.find(file.data or b"", shown(file.path))
    return block is not None and block.notes(rcfile.FILE_MADE)


def _running_shell() -> str | None:
    """Return the shell that this process was started from, None if that cannot be told."""
    import shellingham  # type: ignore[import-untyped]  # it ships no types

    try:
        return str(shellingham.detect_shell()[0])
    except (shellingham.ShellDetectionFailure, OSError, NotImplementedError):
        return None


def _record_path() -> str:
    """Return the path of the list of files that have a block."""
    return os.path.join(places.data_dir(), RECORD)


def _recorded() -> list[str]:
    """Return the files into which a block was put; none where the list is missing or damaged."""
    try:
        paths = json.loads(read(_record_path()).data or b"[]")
    except (FileError, ValueError):
        return []
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


def _record(path: str, present: bool) -> None:
    """Add a file to the list, or take it off. Raises `FileError`."""
    before = _recorded()
    after = [other for other in before if other != path] + [path] * present
    if after != before:
        replace(read(_record_path()), json.dumps(after).encode("ascii") + b"\n")
