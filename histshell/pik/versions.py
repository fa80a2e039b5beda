"""Where the C loaders of different Python versions part ways: one table, keyed by `sys.version_info`.

Each switch was found by running the C loader of each version; the differential tests run it again.
"""

from __future__ import annotations

import sys


def framed_lines_checked(version: tuple[int, ...]) -> bool:
    """Return whether a line argument may not cross the end of its frame (CPython gh-154848)."""
    if version >= (3, 15):
        return True
    return version[:2] == (3, 14) and version >= (3, 14, 7) or version[:2] == (3, 13) and version >= (3, 13, 15)


VERSION = sys.version_info[:3]

#: Base of the text of INT and LONG: 0 means that 0x10 and 010 are read as in C (CPython gh-126992).
INT_BASE = 10 if VERSION >= (3, 14) else 0
#: INT takes ``00`` and ``01`` for bools only when spelled so; before, any three-byte line worth 0 or 1.
EXACT_BOOLS = VERSION >= (3, 15)
#: A memo number far beyond the others is kept apart, and does not count for MEMOIZE (CPython gh-115952).
SPARSE_MEMO = VERSION >= (3, 15)
#: APPENDS and ADDITEMS look at what is below the mark even where nothing is above it.
EMPTY_CHECKED = VERSION >= (3, 15)
#: BINBYTES8 makes room for all that it announces before it reads, and fails at once where no bytes object is that long.
BYTES_AT_ONCE = VERSION < (3, 15)
FRAMED_LINES = framed_lines_checked(VERSION)
