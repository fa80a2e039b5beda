"""The derived files: segments of inputs, and a catalogue that says which they are and how far each journal has been read.

Nothing in them is needed: what is missing, damaged, of another version or changed by another hand is made anew from the journals,
and where they cannot be written they are made in memory, each time. No lock: a file is written beside and renamed, and a catalogue
takes the place of another only if that is the one that was read.
"""

from __future__ import annotations

import gc
import os
import struct
import time
from typing import Callable, Dict, List, Set, Tuple

from . import catalogue, derived, place
from .catalogue import NO_REST, CatalogueRow, Stat
from .harvest import Followed, Harvest
from .segment import BYTES, KINDS, ROWS, Row, Segment, build, stat_of

_CATALOGUE = "catalogue-1"
_SAVE = 1 << 16  # bytes of journals; so much is read anew rather than written each time
_MANY = 64  # journals that have changed: opening them costs as much
_TAIL = 1024  # rows that are put together anew when more come
_WEIGHT = 16 << 20  # bytes of journals whose rows are held at a time
_FEW = ROWS // 2  # rows of a segment that is put together with others ...
_SMALL = 8  # ... when there are more such segments
_WATCHED = 64
_OLD = 600  # seconds after which a file that no catalogue names is nobody's any more

Progress = Callable[[int, int], None]


class Index:
    """The rows of all journals in a folder, as far as they were read. `parts` are the segments, in no order."""

    def __init__(self, folder: str, cache: str) -> None:
        self.folder = folder
        self.cache = cache
        self.opened: Dict[str, Segment] = {}
        self.usable = True  # whether the cache is a folder of ours
        self.writable = True
        self._forget()
        self.watched: List[str] = []  # the journals that changed last
        self.folder_seen: Stat | None = None
        self.token = b""
        self.seen: Stat | None = None  # the catalogue that was read
        self.loaded = False

    def _forget(self) -> None:
        """Know nothing."""
        self.known: Dict[str, Stat] = {}  # each journal, as it was when it was read
        self.files: Dict[str, Followed] = {}  # how far, of those that were asked for
        self.rest = NO_REST  # and of all in the catalogue
        self.notes = ""
        self.parts: List[CatalogueRow] = []
        self.tail: List[Row] = []
        self.tail_part: CatalogueRow | None = None
        self.unsaved = 0
        self.opened.clear()

    def segments(self) -> List[CatalogueRow]:
        """Return all segments, that of what came last too."""
        if self.tail and self.tail_part is None:
            self.tail_part = _part(build(self.tail))
        return [*self.parts, *([self.tail_part] if self.tail_part else ())]

    def segment(self, part: CatalogueRow) -> Segment:
        """Open a segment. Raises OSError, Damaged."""
        if part.segment is not None:
            return part.segment
        found = self.opened.get(part.name)
        if found is None:
            path = os.path.join(self.cache, part.name)
            found = self.opened[part.name] = Segment(path, (part.inode, part.size, part.modified))
        return found

    def update(self, progress: Progress | None = None, quick: bool = False) -> None:
        """Read what the journals have got. With `quick` it is enough to look at the folder and the journals that changed last.

        Raises Damaged if a derived file has to be put together with others, and is damaged.
        """
        if quick and self._quiet():
            return
        self._begin()
        self.folder_seen = self._folder_stat()
        listed = self._listed()
        if listed is None:
            return
        journals, notes = listed
        if notes != self.notes:  # something was to be forgotten, perhaps on another machine: copies of it go as well
            from . import forgetting

            self._forget()
            forgetting.clean(self.folder)
            self.token = derived.content(os.path.join(self.cache, derived.TOKEN)) if self.usable else b""
            self.seen = self._catalogue() if self.usable else None
            listed = self._listed()
            if listed is None:
                return
            journals, notes = listed
        self.notes = notes
        self.watched = sorted(journals, key=lambda name: journals[name][2])[-_WATCHED:]
        if journals == self.known:
            return
        changed = [name for name, about in journals.items() if self.known.get(name) != about]
        gone = {name for name in self.known if name not in journals}
        gone |= {name for name in changed if name in self.known and not self._same(name)}
        if gone:
            self._drop(gone)
        if changed:
            self._read(changed, journals, progress)
        if self.writable and (self.unsaved > _SAVE or len(changed) > _MANY or gone):
            self.writable = self._save()

    def again(self) -> None:
        """A derived file is damaged, or was replaced: read the catalogue once more; if it is the same, do without."""
        before = self.seen
        self._forget()
        self._load()
        if self.seen == before:
            self._forget()

    # What is there

    def _begin(self) -> None:
        """See whether the derived files are those that are known: another may have made them anew, or removed them."""
        self.usable = self.usable and derived.private(self.cache)
        self.writable = self.writable and self.usable
        token = derived.content(os.path.join(self.cache, derived.TOKEN)) if self.usable else b""
        if not self.loaded or token != self.token or (self.usable and self._catalogue() != self.seen):
            self._forget()
            self.token, self.loaded = token, True
            self._load()

    def _listed(self) -> Tuple[Dict[str, Stat], str] | None:
        """Return the journals, and what is known of the notes of what was forgotten; None if the folder cannot be read."""
        journals: Dict[str, Stat] = {}
        notes = []
        try:
            with os.scandir(self.folder) as found:
                for one in found:
                    name = one.name
                    if name[-6:] == place.SUFFIX and one.is_file(follow_symlinks=False):
                        about = one.stat(follow_symlinks=False)
                        journals[name] = about.st_ino, about.st_size, about.st_mtime_ns
                    elif name.endswith(place.FORGOTTEN):
                        notes.append((name, *stat_of(one.stat(follow_symlinks=False))))
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError:
            return None
        return journals, repr(sorted(notes)) if notes else ""

    def _quiet(self) -> bool:
        """Return whether no journal came, went or was replaced, and none of those grew that were in use not long ago."""
        if not self.watched or self._folder_stat() != self.folder_seen:
            return False
        for name in self.watched:
            try:
                if stat_of(os.lstat(os.path.join(self.folder, name))) != self.known.get(name):
                    return False
            except OSError:
                return False
        return not self.usable or derived.content(os.path.join(self.cache, derived.TOKEN)) == self.token

    def _folder_stat(self) -> Stat | None:
        try:
            return stat_of(os.stat(self.folder))
        except OSError:
            return None

    def _same(self, name: str) -> bool:
        """Return whether a journal is the one that was read before; one that cannot be read counts as such."""
        try:
            harvest = Harvest(self.folder, self._followed(name), {}, [])
        except OSError:
            return True
        with harvest.file:
            return harvest.same()

    def _followed(self, name: str) -> Followed:
        """Return how far a journal was read."""
        found = self.files.get(name)
        if found is None:
            found = self.files[name] = self.rest.get(name)
        return found

    # What is new

    def _read(self, names: List[str], journals: Dict[str, Stat], progress: Progress | None) -> None:
        """Read on in some journals. Cycles are not looked for meanwhile: there are none, and it takes a fifth of the time."""
        enabled = gc.isenabled()
        gc.disable()
        try:
            self._read_on(names, journals, progress)
        finally:
            if enabled:
                gc.enable()

    def _read_on(self, names: List[str], journals: Dict[str, Stat], progress: Progress | None) -> None:
        forgotten: Dict[str, Set[int]] = {}
        if self.notes:
            from . import forgetting

            forgotten = forgetting.forgotten(self.folder)
        total = sum(max(journals[name][1] - self._followed(name).offset, 0) for name in names)
        done = 0
        self.tail_part = None
        weight = 0
        for name in sorted(names):
            try:
                harvest = Harvest(self.folder, self._followed(name), forgotten, self.tail)
                with harvest.file:
                    while True:
                        step = harvest.step()
                        if not step:
                            break
                        done, weight, self.unsaved = done + step, weight + step, self.unsaved + step
                        if len(self.tail) >= ROWS or weight > _WEIGHT:
                            self._cut(ROWS if weight <= _WEIGHT else 1)
                            weight = 0
                        if progress is not None:
                            progress(done, total)
                    self.files[name] = harvest.done()
                    self.known[name] = journals[name]
            except OSError:
                continue
        if len(self.tail) > _TAIL:
            self._cut(_TAIL)

    def _cut(self, least: int) -> None:
        """Make segments of the rows, as long as so many are left."""
        rows, start = self.tail, 0
        while len(rows) - start >= least:
            some = _some(rows, start)
            start += len(some)
            self._add(build(some))
        del rows[:start]

    def _add(self, data: bytes) -> None:
        """Add a segment: a file, or in memory where none can be written."""
        made = _part(data)
        name = f"s-{os.urandom(8).hex()}"
        path = os.path.join(self.cache, name)
        try:
            if self.unsaved <= _SAVE:
                raise OSError
            derived.write(path, data)
            inode, size, modified = stat_of(os.stat(path))
            made = made._replace(name=name, inode=inode, size=size, modified=modified, segment=None)
        except OSError:
            derived.remove(path)
        self.parts.append(made)

    def _drop(self, gone: Set[str]) -> None:
        """Take out the rows of journals that are not there any more, and their bytes."""
        for part in self.parts[:]:
            segment = self.segment(part)
            if any(one.journal in gone for one in segment.places):
                self.parts.remove(part)
                self.tail.extend(row for row in segment.all() if row[3].journal not in gone)
                self.unsaved += _SAVE + 1
                if part.name:
                    self.opened.pop(part.name, None)
                    derived.remove(os.path.join(self.cache, part.name))
                self._cut(ROWS)
        self.tail[:] = [row for row in self.tail if row[3].journal not in gone]
        self.tail_part = None
        for name in gone:
            del self.known[name]
            self.files[name] = Followed(name)

    # What is kept

    def _save(self) -> bool:
        """Write what is not written yet, if the files are still those that were read. Return whether they can be written."""
        if not self._ours():
            return True
        self.unsaved = max(self.unsaved, _SAVE + 1)
        small = [part for part in self.parts if part.rows < _FEW]
        for part in self.parts[:]:
            if part.rows < _FEW and (part.segment or len(small) > _SMALL):
                self.tail.extend(self.segment(part).all())
                self.parts.remove(part)
            elif part.segment:
                self.parts.remove(part)
                self._add(part.segment.whole())
        self._cut(1)
        self.tail_part = None
        if any(part.segment for part in self.parts):
            return False
        path = os.path.join(self.cache, _CATALOGUE)
        if not self._ours():
            return True
        try:
            files = [self._followed(name) for name in self.known]
            data = catalogue.packed(self.known, files, self.parts, self.notes)
            derived.write(path + f".{os.urandom(8).hex()}", data, path)
        except (OSError, struct.error):
            return False
        self.seen = self._catalogue()
        if not self._ours():  # something was to be forgotten just now, and may be in these
            for name in (_CATALOGUE, *(part.name for part in self.parts)):
                derived.remove(os.path.join(self.cache, name))
            return True
        self.unsaved = 0
        self._sweep()
        return True

    def _ours(self) -> bool:
        """Return whether nobody has changed the derived files since they were read."""
        return derived.content(os.path.join(self.cache, derived.TOKEN)) == self.token and self._catalogue() == self.seen

    def _catalogue(self) -> Stat | None:
        try:
            return stat_of(os.stat(os.path.join(self.cache, _CATALOGUE)))
        except OSError:
            return None

    def _sweep(self) -> None:
        """Remove files that nobody needs any more."""
        needed = {_CATALOGUE, derived.TOKEN, *(part.name for part in self.parts)}
        try:
            with os.scandir(self.cache) as found:
                for one in found:
                    if one.name not in needed and one.stat(follow_symlinks=False).st_mtime < time.time() - _OLD:
                        derived.remove(one.path)
        except OSError:
            pass

    def _load(self) -> None:
        """Read the catalogue; what is no catalogue of this version is none."""
        self.seen = self._catalogue() if self.usable else None
        data = derived.content(os.path.join(self.cache, _CATALOGUE)) if self.usable else b""
        try:
            read = catalogue.unpacked(data)
        except catalogue.DAMAGE:
            self._forget()
            return
        if read is not None:
            self.known, self.rest, self.parts, self.notes = read


def _part(data: bytes) -> CatalogueRow:
    """Return a segment in memory."""
    segment = Segment(data)
    return CatalogueRow("", 0, len(data), 0, segment.rows, segment.whens[0], segment.whens[-1], segment)


def _some(rows: List[Row], start: int) -> List[Row]:
    """Return so many rows that they make one segment."""
    some = rows[start : start + ROWS]
    if sum(len(row[1]) for row in some) > BYTES:
        size = 0
        for at, row in enumerate(some):
            size += len(row[1])
            if size > BYTES:
                some = some[: max(at, 1)]
                break
    kinds: Set[str] = {row[4] for row in some}
    if len(kinds) > KINDS:
        kinds.clear()
        for at, row in enumerate(some):
            kinds.add(row[4])
            if len(kinds) > KINDS:
                return some[:at]
    return some
