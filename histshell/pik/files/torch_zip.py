"""PyTorch's checkpoints, TorchScript and packages, all of them zip archives: a pickle, and storages of raw bytes beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Iterator

from histshell.pik.files import npy
from histshell.pik.files.bounds import Look, shown
from histshell.pik.files.guessing import HEAD, runs_too
from histshell.pik.files.model import ArrayHeader, Member

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source
    from histshell.pik.files.zip_directory import Entry

_FOLDERS = ("data/", "tensors/", "constants/")


@dataclass
class Layout:
    """What an archive of PyTorch's is: the folder that all of it stands in, with its slash, and in words."""

    folder: str
    words: str


def layout(entries: list[Entry]) -> Layout | None:
    """Return what an archive is, told from its names; PyTorch takes the folder of the first one."""
    if not entries or "/" not in entries[0].name:
        return None
    folder = entries[0].name.split("/")[0] + "/"
    names = {entry.name[len(folder) :] for entry in entries if entry.name.startswith(folder)}
    if ("archive_format" in names or "archive_version" in names) and ".data/extern_modules" not in names:
        return Layout(folder, "PyTorch exported program (zip)")
    if ".data/version" in names or ".data/extern_modules" in names:
        return Layout(folder, "PyTorch package (zip)")
    if "data.pkl" in names and ("version" in names or any(name.startswith("data/") for name in names)):
        return Layout(folder, "TorchScript (zip)" if "constants.pkl" in names else "PyTorch checkpoint (zip)")
    if "model.json" in names and "version" in names:
        return Layout(folder, "TorchScript (zip, before 1.0)")
    return None


def look(
    layout: Layout,
    entries: list[Entry],
    bytes_of: Callable[[Entry], Source],
    place: tuple[str, tuple[str, ...]],
    context: Context,
) -> Look:
    """Look at an archive of PyTorch's."""
    facts: dict[str, object] = {}
    for word in ("version", ".data/version", "byteorder"):
        said = next((bytes_of(entry) for entry in entries if entry.name == layout.folder + word), None)
        if said is not None:
            facts[word.rpartition("/")[2]] = said.read(0, 40).decode("latin-1").strip()
    if facts:
        context.note(", ".join(f"{word} {value}" for word, value in facts.items()))
    if facts.get("byteorder", "little") not in ("little", "big"):
        context.find(f"its byte order is {shown(str(facts['byteorder']))}, and neither little nor big", None)
    if layout.words == "PyTorch package (zip)":
        context.note("a package carries Python code with it, which runs when it is loaded")
    return Look(layout.words, _members(layout, entries, bytes_of, place, facts, context))


def _members(
    layout: Layout,
    entries: list[Entry],
    bytes_of: Callable[[Entry], Source],
    place: tuple[str, tuple[str, ...]],
    facts: dict[str, object],
    context: Context,
) -> Iterator[Member]:
    """Give the pickles, then what else there is, then the storages."""
    name, inside = place
    storages: dict[str, ArrayHeader] = {}
    raw: list[Member] = []
    others: list[Entry] = []
    for entry in entries:
        rest = entry.name[len(layout.folder) :] if entry.name.startswith(layout.folder) else ""
        folder = next((folder for folder in _FOLDERS if rest.startswith(folder) and len(rest) > len(folder)), "")
        if not rest:
            context.find(f"{shown(entry.name)} stands outside the folder that PyTorch reads", entry.offset, False)
        if not folder or layout.words.startswith("PyTorch package") and not rest.endswith(".storage"):
            others.append(entry)
            continue
        header = _storage(bytes_of(entry), entry)
        if folder == "data/":
            storages[rest[len(folder) :]] = header
        if _is_more(bytes_of(entry), rest[len(folder) :]):
            others.append(entry)
            continue
        raw.append(_member(f"{name}/{entry.name}" if name else entry.name, header, inside, facts))
    others.sort(key=lambda entry: entry.name != layout.folder + "data.pkl")
    for entry in others:
        label = f"{name}/{entry.name}" if name else entry.name
        for member in context.look(bytes_of(entry), label, inside).members:
            if member.kind == "pickle" and not member.storages:  # those of an archive within this one are its own
                member.storages, member.facts = storages, facts
            yield member
    yield from raw


def _member(name: str, header: ArrayHeader, inside: tuple[str, ...], facts: dict[str, object]) -> Member:
    data = lambda: header.read(0, header.size)  # noqa: E731  # one object's own
    return Member(name, "storage", header.offset, header.size, data, header, inside, facts=facts)


def _is_more(source: Source, key: str) -> bool:
    """Tell whether what stands where storages do is read by somebody as more than bytes: PyTorch calls a storage by a number."""
    if not key.isdecimal():
        return True
    begin = source.read(0, len(npy.MAGIC))
    return begin == npy.MAGIC or begin[:1] == b"\x80" and runs_too(source, source.read(0, HEAD))


def _storage(source: Source, entry: Entry) -> ArrayHeader:
    """Return the description of a storage: bytes, as long as no pickle says more."""

    def read(start: int, stop: int) -> bytes:
        start, stop = max(start, 0), min(stop, entry.size)
        return source.read(start, stop - start) if stop > start else b""

    return ArrayHeader("|u1", (entry.size,), False, entry.size, read, max(entry.data, 0))
