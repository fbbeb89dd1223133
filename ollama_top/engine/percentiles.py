"""Percentiles of few values: the nearest rank, which is always a value that occurred. Pure."""

from collections.abc import Sequence


def percentile(ascending: Sequence[float], percent: int) -> float:
    """The least value that `percent` of a hundred do not exceed; of one value at least, in order."""
    rank = max(1, -(-percent * len(ascending) // 100))
    return ascending[rank - 1]
