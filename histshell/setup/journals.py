"""What the doctor looks at in the journals: where they are, how much they are, and what keeps them from being written or read."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator

from histshell import preview
from histshell.journal import forgetting, place, reader
from histshell.preview.amounts import readable

from .small_files import shown

PATIENCE = 2.0
"""Seconds that damage is looked for."""

Row = tuple[str, str, str]  # level, what was found, remedy
OK, NOTE, PROBLEM = "ok", "note", "problem"


def examine(keeps: bool) -> Iterator[Row]:
    """Yield what there is to say; `keeps` is whether the settings have journals written."""
    folder = place.folder()
    name = shown(folder)
    if not keeps:
        yield NOTE, "what you type is not kept: journal is off in the settings", ""
    if not os.path.lexists(folder):
        yield from _nowhere(folder, keeps)
        return
    if not os.path.isdir(folder):
        yield PROBLEM, f"{name} is no folder, so no journal can be kept", f"move it away: mv {name} {name}.old"
        return
    about = os.stat(folder)
    if hasattr(os, "getuid") and about.st_uid != os.getuid():
        yield PROBLEM, f"the journals' folder {name} belongs to somebody else", f"move it away: mv {name} {name}.old"
    elif about.st_mode & 0o077 and os.name != "nt":
        yield PROBLEM, f"the journals' folder {name} can be read by others", f"chmod 700 {name}"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield (
            PROBLEM,
            f"the journals' folder {name} cannot be written to",
            f"chmod 700 {name}, or a file system that is not read-only",
        )
        return
    yield _sizes(folder)
    yield from _files(folder)


def _nowhere(folder: str, keeps: bool) -> Iterator[Row]:
    """Say what there is where no journal has been written yet."""
    above = os.path.dirname(folder)
    while above != os.path.dirname(above) and not os.path.lexists(above):
        above = os.path.dirname(above)
    if not keeps:
        return
    if os.path.isdir(above) and os.access(above, os.W_OK | os.X_OK):
        yield OK, f"no journal has been written yet; they will lie in {shown(folder)}", ""
    else:
        yield (
            PROBLEM,
            f"no journal can be kept in {shown(folder)}: {shown(above)} cannot be written to",
            f"make {shown(above)} yours",
        )


def _sizes(folder: str) -> Row:
    """Say how many journals there are, how large they are, and when something was written last."""
    paths = reader.files(folder)
    size = 0
    for name in os.listdir(folder):
        try:
            size += os.lstat(os.path.join(folder, name)).st_size
        except OSError:
            pass
    newest = max((_changed(path) for path in paths), default=0.0)
    when = f", the newest record of {time.strftime('%Y-%m-%d %H:%M', time.localtime(newest))}" if newest else ""
    many = f"{len(paths):,} journal{'' if len(paths) == 1 else 's'}"
    return OK, f"{many} in {shown(folder)}, {readable(size)} with saved values{when}", ""


def _changed(path: str) -> float:
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return 0.0


def _files(folder: str) -> Iterator[Row]:
    """Say what is wrong with single files."""
    open_ones, foreign, damaged = _odd(folder)
    where = shown(folder)
    if open_ones:
        yield PROBLEM, f"{_named(open_ones)} in {where} can be read by others", f"chmod 600 {where}/*"
    if foreign:
        remedy = f"move it away: mv {where}/{preview.printable(foreign[0])} ~"
        yield PROBLEM, f"{_named(foreign)} in {where} cannot be read, or is no file", remedy
    if damaged:
        read = f"{_named(damaged)} has lines that are damaged; all others are read"
        yield NOTE, read, "no need: they are passed over"
    left = [os.path.basename(path) for path in forgetting.stale(folder)]
    if left:
        remedy = "histshell doctor --repair removes it"
        yield PROBLEM, f"{_named(left)} was left when forgetting was ended half way", remedy
    records = forgetting.forgotten(folder)
    if records and any(_has_come_back(path, records) for path in reader.files(folder)):
        remedy = "histshell doctor --repair takes it out again"
        yield PROBLEM, "what was forgotten has come back with an older copy of a journal", remedy


def _odd(folder: str) -> tuple[list[str], list[str], list[str]]:
    """Return the files that others can read, those that are no files or cannot be looked at, and those with damaged lines."""
    open_ones: list[str] = []
    foreign: list[str] = []
    damaged: list[str] = []
    end = time.monotonic() + PATIENCE
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not name.endswith((place.SUFFIX, place.VALUES, place.FORGOTTEN)):
            continue
        try:
            about = os.lstat(path)
            if not stat.S_ISREG(about.st_mode):
                foreign.append(name)
            elif about.st_mode & 0o077 and os.name != "nt":
                open_ones.append(name)
            if name.endswith(place.SUFFIX) and stat.S_ISREG(about.st_mode) and time.monotonic() < end and _damage(path):
                damaged.append(name)
        except OSError:
            foreign.append(name)
    return open_ones, foreign, damaged


def _has_come_back(path: str, records: forgetting.Records) -> bool:
    try:
        return any(forgetting.come_back(path, records))
    except OSError:
        return False


def _damage(path: str) -> bool:
    """Return whether a journal has a line that is no record; a last one without its end is not damage, but one being written."""
    with reader.opened(path) as file:
        while line := file.readline(reader.LONGEST):
            if len(line) == reader.LONGEST or (line.endswith(b"\n") and line.strip() and reader.parsed(line) is None):
                return True
    return False


def _named(names: list[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return preview.printable(names[0])[:100] + more


def repair() -> list[str]:
    """Do what the doctor says of forgotten records and files left half way; return what was done."""
    folder = place.folder()
    left = forgetting.stale(folder)
    count = forgetting.clean(folder)
    done = [f"removed {_named([os.path.basename(path) for path in left])}"] if left else []
    return done + ([f"took forgotten records out of {count} journal{'' if count == 1 else 's'}"] if count else [])
