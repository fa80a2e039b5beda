"""Pik against the C loader of the Python that this is started with: the telling streams, and random ones.

`python versions.py COUNT` prints the differences and how many streams were compared. The tests start it under each Python.
"""

from __future__ import annotations

import os
import pickle
import sys
from random import Random

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

OPTIONS: list[dict[str, object]] = [
    {},
    {"encoding": "latin-1"},
    {"encoding": "bytes"},
    {"encoding": "utf-8", "errors": "replace"},
    {"fix_imports": False},
    {"encoding": "no such encoding"},
]
"""The arguments of `loads` that the telling streams are tried with."""


def main(count: int) -> int:
    """Compare, and print what differs."""
    sys.path.insert(0, ROOT)
    from tests.pik import streams

    found = [streams.difference(stream, **options) for options in OPTIONS for stream in streams.TELLING]
    for seed in range(count):
        rng = Random(seed)
        if seed % 2:
            stream = streams.generated(rng)
        else:
            stream = streams.mutated(rng, pickle.dumps(streams.value(rng), rng.randrange(6)))
        found.append(streams.difference(stream, **OPTIONS[seed % len(OPTIONS) if seed % 3 == 0 else 0]))
    for difference in filter(None, found):
        print(difference)
    print(f"{len(found)} streams")
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
