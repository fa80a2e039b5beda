"""What is hard for a completer: very many of everything, and code that does not come back. Part of `benchmarks.completion`."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from histshell.completion import BUDGET_MS, complete


class Sleeper:
    """Takes ten seconds to say what it has."""

    def __dir__(self) -> list[str]:
        time.sleep(10)
        return ["late"]

    plain = 1


def cases(folder: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield name, line and globals of each case."""
    import pandas

    for number in range(100_000):
        os.close(os.open(os.path.join(folder, f"file_{number}.txt"), os.O_CREAT | os.O_WRONLY, 0o600))
    keys = {f"key_{number}": number for number in range(1_000_000)}
    yield "a dict of 10⁶ keys", 'd["key_9999', {"d": keys}
    yield "the same, nothing typed", 'd["', {"d": keys}
    yield "the same, an attribute of a value", 'd["key_999999"].bit_l', {"d": keys}
    mixed: dict[object, int] = {(number, str(number)): number for number in range(300_000)}
    mixed.update((number, number) for number in range(300_000))
    yield "a dict of 6 × 10⁵ numbers and tuples", "d[2999", {"d": mixed}
    yield "10⁵ names", "name_9999", {f"name_{number}": number for number in range(100_000)}
    yield "the same, letters in order", "nme9", {f"name_{number}": number for number in range(100_000)}
    frame = pandas.DataFrame([[1.0] * 10_000], columns=[f"column_{number}" for number in range(10_000)])
    yield "a DataFrame of 10⁴ columns, attribute", "df.column_99", {"df": frame}
    yield "the same, key", 'df["column_99', {"df": frame}
    yield "a `__dir__` that sleeps for 10 s", "x.pl", {"x": Sleeper()}
    yield "a directory of 10⁵ files", f'open("{folder}/file_9999', {}
    yield "a line of 10⁵ characters", "x = [" + "1, " * 33_000 + "os.pa", {"os": os}
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    yield "a list nested 10⁵ deep", "x[0][0][0].app", {"x": deep}


def table() -> str:
    """Return the slowest of a first and four further answers to each, and how many completions came."""
    lines = [
        f"### What is hard (budget {BUDGET_MS} ms)",
        "",
        "| | first, ms | slowest, ms | completions |",
        "|---|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory(prefix="histshell-bench-", ignore_cleanup_errors=True) as folder:
        for name, line, namespace in cases(folder):
            times = []
            for _ in range(5):
                begun = time.perf_counter()
                found = complete(line, namespace=namespace, allowed="basic")
                times.append((time.perf_counter() - begun) * 1000)
            lines.append(f"| {name} | {times[0]:.1f} | {max(times):.1f} | {len(found)} |")
    return "\n".join(lines) + "\n"
