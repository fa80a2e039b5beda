"""How much something is, as people write it."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def readable(size: int) -> str:
    """Return a number of bytes in powers of 1000.

    >>> readable(1), readable(999), readable(1234), readable(12_345_678)
    ('1 byte', '999 bytes', '1.2 kB', '12 MB')
    """
    if size == 1:
        return "1 byte"
    number, units = float(size), list(_UNITS)
    while number >= 999.5 and len(units) > 1:
        number /= 1000
        del units[0]
    return f"{number:.0f} {units[0]}" if units[0] == "bytes" or number >= 9.95 else f"{number:.1f} {units[0]}"
