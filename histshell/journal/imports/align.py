"""Which inputs of a list are new, where an earlier state of it was seen: without times, and with the oldest dropped meanwhile.

A history without times says only what was typed, in order; its program drops the oldest (bpython keeps 1,000 lines), drops a
repeated one, or writes back what it read at its start over what others have written meanwhile. So it is laid beside what was
seen, as well as that can be done; where it cannot, inputs are counted. An input may then be missed that was typed before,
but none is ever taken twice.

What was seen is a list with None for each input that the user had forgotten: it must not come back, and nobody knows its text.
"""

from __future__ import annotations

from collections import Counter
from typing import Dict, Hashable, List, Sequence, Tuple

_WORK = 20_000_000  # comparisons that an overlap may take

Key = Hashable


def fresh(seen: Sequence[Key | None], now: Sequence[Key]) -> List[int]:
    """Return the places in `now` of what is new, ascending."""
    start = _overlap(seen, now)
    if start is not None:
        return list(range(len(seen) - start, len(now)))
    start = _overlap(seen, now[1:])  # the first may be the rest of a block whose first lines were dropped
    if start:
        return list(range(len(seen) - start + 1, len(now)))
    same = 0
    while same < len(seen) and same < len(now) and _same(seen[same], now[same]):
        same += 1
    return _counted(seen, now, same)


def _same(one: Key | None, other: Key) -> bool:
    return one is None or one == other


def _overlap(seen: Sequence[Key | None], now: Sequence[Key]) -> int | None:
    """Return the first place from which on all that was seen is how `now` begins; None if that proves nothing."""
    if not seen or not now:
        return None if seen else 0
    work = _WORK
    for start in range(max(0, len(seen) - len(now)), len(seen)):
        size = len(seen) - start
        if start and size * 2 <= len(now):  # the rest is too short to be more than chance
            return None
        if not _same(seen[start], now[0]):
            continue
        for index in range(size):
            if not _same(seen[start + index], now[index]):
                work -= index + 1
                break
        else:
            return start
        if work < 0:
            return None
    return None


def _counted(seen: Sequence[Key | None], now: Sequence[Key], same: int) -> List[int]:
    """Return the places of what occurs more often than it was seen, beyond the first `same`, which are the same."""
    before = Counter(key for key in seen if key is not None)
    before.subtract(key for index, key in enumerate(now[:same]) if seen[index] is not None)
    found: List[int] = []
    for index in range(same, len(now)):
        key = now[index]
        if before[key] > 0:
            before[key] -= 1
        else:
            found.append(index)
    return _without_forgotten(found, now, *_gaps(seen)) if None in seen else found


def _gaps(seen: Sequence[Key | None]) -> Tuple[Dict[Key, int], Dict[Key, int]]:
    """Return how many inputs were forgotten right behind each key, and how many right before."""
    behind: Dict[Key, int] = {}
    ahead: Dict[Key, int] = {}
    size = 0
    last: Key | None = None
    for key in seen:
        if key is None:
            size += 1
            if last is not None:
                behind[last] = max(size, behind.get(last, 0))
            continue
        if size:
            ahead[key] = max(size, ahead.get(key, 0))
        size, last = 0, key
    return behind, ahead


def _without_forgotten(
    found: List[int], now: Sequence[Key], behind: Dict[Key, int], ahead: Dict[Key, int]
) -> List[int]:
    """Return the new places but those where forgotten inputs may stand: these had better be missed than brought back."""
    kept: List[int] = []
    at = 0
    while at < len(found):
        run = [found[at]]
        while at + len(run) < len(found) and found[at + len(run)] == run[-1] + 1:
            run.append(found[at + len(run)])
        at += len(run)
        first = behind.get(now[run[0] - 1], 0) if run[0] else 0
        last = ahead.get(now[run[-1] + 1], 0) if run[-1] + 1 < len(now) else 0
        kept += run[first : len(run) - last] if last else run[first:]
    return kept
