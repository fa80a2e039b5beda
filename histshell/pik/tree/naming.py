"""The names that a file asks for, as lines: what each is, how often, and the one line that would load it."""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from histshell.pik.tree.builders import is_numpy_data
from histshell.pik.tree.names import BUILDS, PLAIN, RUNS, UNKNOWN, Name
from histshell.pik.tree.wish import Line, Wish
from histshell.preview import clip

_MOST = 30  # names that are listed
_TRUSTED = 200  # names in the line that loads it
_WIDEST = 60
_LONGEST = 200  # characters of a name that anybody would trust
_ORDER = {RUNS: 0, UNKNOWN: 1, BUILDS: 2}


def is_numpy(full: str) -> bool:
    """Tell whether a name is one of those that numpy's data is written with."""
    return is_numpy_data(full)


def together(found: Iterable[list[Name]]) -> list[Name]:
    """Put the names of several values into one list; what one asks for often counts as often."""
    known: dict[str, Name] = {}
    for some in found:
        for name in some:
            add(known, name)
    return list(known.values())


def add(known: dict[str, Name], name: Name) -> None:
    """Add a name to others, by its full one; what was there counts on."""
    before = known.get(name.full)
    many = name.count + (before.count if before is not None else 0)
    known[name.full] = Name(name.module, name.name, name.kind, many, name.verdict, name.words, name.asked)


def lines(found: list[Name], file: str, options: str, wish: Wish) -> Iterator[Line]:
    """Give the lines about all names, and the one that would load the file; *options* are what `load` needs beside them."""
    asked = sorted((name for name in found if name.verdict != PLAIN), key=lambda name: _ORDER[name.verdict])
    plain = [name for name in found if name.verdict == PLAIN]
    if asked:
        many = "one name that is" if len(asked) == 1 else f"{len(asked):,} names that are"
        yield Line(f"It asks for {many} not plain data:")
        most = len(asked) if wish.everything else max(_MOST, sum(name.verdict == RUNS for name in asked))
        room = min(max(len(name.shown) for name in asked[:most]), _WIDEST)
        digits = max(len(f"{name.count:,}") for name in asked[:most])
        for name in asked[:most]:
            words = f"  {clip(name.shown, 3 * _WIDEST):<{room}}  {name.kind:<8}  ×{name.count:<{digits},}"
            says = name.words if name.verdict != UNKNOWN else "unknown"
            yield Line(f"{words}  {says}", "runs" if name.verdict == RUNS else "")
        if len(asked) > most:
            yield Line(f"  and {len(asked) - most:,} more; --all lists them")
    if plain and (asked or any(name.asked for name in plain)):
        shown = ", ".join(f"{name.shown} ×{name.count:,}" for name in plain[:_MOST])
        more = f" and {len(plain) - _MOST:,} more" if len(plain) > _MOST else ""
        begin = f"{'And for' if asked else 'It asks for'} plain data: "
        yield Line(
            clip(f"{begin}{shown}{more}", wish.width if not wish.everything else len(begin) + len(shown) + len(more))
        )
    yield from _loading(found, file, options, wish)


def _loading(found: list[Name], file: str, options: str, wish: Wish) -> Iterator[Line]:
    """Give the line that would load the file, where there is one."""
    needed = [name for name in found if name.asked]
    if not needed or not file:
        return
    running = [name for name in needed if name.verdict == RUNS]
    if running:
        yield Line("No line is given to load it: it asks for what runs things.", "runs")
        return
    fine = [name.full for name in needed if len(name.full) <= _LONGEST and name.module and not name.full.endswith(".*")]
    if len(fine) < len(needed):
        yield Line("It cannot be loaded by trusting names: some are too long, or are none.")
        return
    begin = f"pik.open({file!a}).load(trust=["
    yield Line(
        "To load it, if you trust who made it:" if len(fine) <= _TRUSTED else "To load it, --all has all the names:"
    )
    flat = begin + ", ".join(f"{name!a}" for name in fine) + f"]{options})"
    if len(flat) + 2 <= wish.width:
        yield Line(f"  {flat}")
        return
    yield Line(f"  {begin}")
    row = ""
    for name in fine if wish.everything else fine[:_TRUSTED]:
        if row and len(row) + len(name) + 4 > wish.width - 6:
            yield Line(f"      {row}")
            row = ""
        row += f"{' ' if row else ''}{name!a},"
    yield Line(f"      {row}")
    yield Line(f"  ]{options})")


def as_json(name: Name) -> dict[str, Any]:
    """Give one name as JSON has it."""
    return {"name": name.shown, "kind": name.kind, "count": name.count, "verdict": name.verdict, "words": name.words}
