"""Run by benchmarks/display.py, in an environment that has the peers or has none: each value shown in turn by each, in a new order.

Prints JSON: by value, by who shows it, the times in milliseconds. Standard library only, until something is measured.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any

COLUMNS = 120
_SLOW = 500  # ms: who takes that long is measured once


def values() -> dict[str, object]:
    """Return what is shown."""
    made: dict[str, object] = {
        "dict of 100 keys": {f"key {n}": n * 1.5 for n in range(100)},
        "list of 1,000,000": list(range(1_000_000)),
        "1,000 records": [{"id": n, "name": f"name {n}", "tags": ["a", "b"], "size": n / 7} for n in range(1000)],
        "nested, 8 levels": _nested(8),
        "text of 1 MB": "some words of a text\n" * 50_000,
        "small list": [1, 2, 3],
    }
    try:
        import pandas

        made["frame of 100,000 × 20"] = pandas.DataFrame({f"column{n}": range(100_000) for n in range(20)})
    except ImportError:
        pass
    return made


def _nested(depth: int) -> object:
    return {f"k{n}": _nested(depth - 1) for n in range(3)} if depth else list(range(20))


def contenders(peers: bool) -> dict[str, Callable[[Any], object]]:
    """Return who shows values, by name."""
    from histshell.display.showing import Showing

    ours = Showing(lambda number: f"h[{number}]")

    def shown(value: object) -> object:
        text, _, _ = ours.text(value, 1)
        return text if text is not None else ours.cut(repr(value), 1)

    found: dict[str, Callable[[Any], object]] = {"repr": repr, "histshell": shown}
    if not peers:
        return found
    try:
        from rich.pretty import pretty_repr

        found["rich"] = lambda value: pretty_repr(value, max_width=COLUMNS)
    except ImportError:
        pass
    try:
        from IPython.lib.pretty import pretty  # type: ignore[import-not-found]

        found["IPython"] = lambda value: pretty(value, max_width=COLUMNS)
    except ImportError:
        pass
    return found


def main() -> None:
    """Measure."""
    sys.path.insert(0, sys.argv[1])
    rounds = int(sys.argv[2])
    shown, who = values(), contenders(sys.argv[3] == "peers")
    times: dict[str, dict[str, list[float]]] = {name: {one: [] for one in who} for name in shown}
    for _ in range(rounds):
        for name, value in shown.items():
            for one in random.sample(list(who), len(who)):
                if times[name][one] and max(times[name][one]) > _SLOW:
                    continue
                begun = time.process_time()
                who[one](value)
                times[name][one].append((time.process_time() - begun) * 1000)
    print(json.dumps(times))


if __name__ == "__main__":
    main()
