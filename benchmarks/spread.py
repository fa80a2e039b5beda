"""How far the times of one contender lie apart, and whether a table of them says something.

A busy machine is not told from a slow contender by a median alone: bare Python once had 62 ms in one table and 37 in another.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

#: The most that a table's contenders may spread and drift, on the median of them, as a share of the time itself.
LIMIT = 0.10


def spread(times: Sequence[float]) -> float:
    """Return the distance between the quartiles, as a share of the median."""
    low, middle, high = statistics.quantiles(times, n=4)
    return (high - low) / middle


def drift(times: Sequence[float]) -> float:
    """Return how far the medians of the first and of the second half of the rounds lie apart, as a share of the whole one's."""
    half = len(times) // 2
    halves = abs(statistics.median(times[:half]) - statistics.median(times[half:]))
    return halves / statistics.median(times)


def noise(times: Mapping[str, Sequence[float]]) -> str:
    """Return why a table is too noisy to publish, in a sentence; empty if it is not. Times are in the order of the rounds.

    Half of its contenders may be worse than the limit: some shells wait for a thread of theirs or for the network.
    """
    measured = [row for row in times.values() if len(row) >= 2]
    if not measured:
        return "too noisy to publish: nothing was measured twice."
    for what, measure in (("drift", drift), ("spread", spread)):
        seen = statistics.median(map(measure, measured))
        if seen > LIMIT:
            return f"too noisy to publish: a {what} of {seen:.0%}, {LIMIT:.0%} is allowed; measure again on a quiet machine."
    return ""
