"""Numbers in the few characters that a table has room for.

Must never round a small value to a bare 0 that was not measured as one.
"""

from datetime import timedelta

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
FOREVER_S = 10 * 365 * DAY_S  # a negative keep-alive is sent as a moment centuries ahead


def count(number: float) -> str:
    """A plain number: 950, 1.2k, 12k, 3.4M."""
    return _scaled(number, 1000, ("", "k", "M", "G", "T"))


def size(amount_bytes: float) -> str:
    """Bytes in binary steps, without the B: 512, 1.2K, 14.1G."""
    return _scaled(amount_bytes, 1024, ("", "K", "M", "G", "T", "P"))


def memory(amount_bytes: float) -> str:
    """Memory in a sentence: 42 MiB, 12.3 GiB."""
    gibibytes = amount_bytes / (1 << 30)
    if abs(gibibytes) >= 0.95:
        return f"{gibibytes:.1f} GiB"
    mebibytes = amount_bytes / (1 << 20)
    return f"{mebibytes:.1f} MiB" if 0 < abs(mebibytes) < 9.95 else f"{mebibytes:.0f} MiB"


def used_of(used_bytes: float, total_bytes: float) -> str:
    """Bytes in use and in all, the unit said once where it is the same: 14.1/24.0G."""
    used, total = size(used_bytes), size(total_bytes)
    unit = total[-1] if total[-1].isalpha() else ""
    return f"{used.removesuffix(unit)}/{total}"


def context(tokens: int) -> str:
    """A context length: 4k for 4096, as people say it; other numbers as counts."""
    return f"{tokens // 1024}k" if tokens and tokens % 1024 == 0 else count(tokens)


def percent(share: float) -> str:
    """A percentage: 3%, 97%, and <1% where something is there."""
    return "<1%" if 0 < share < 1 else f"{share:.0f}%"


def rate(per_s: float) -> str:
    """A rate: 0, 0.4, 44.0, 212, 1.2k."""
    return count(per_s) if per_s >= 99.95 or per_s == 0 else f"{per_s:.1f}"


def age(seconds: float) -> str:
    """An age that is being watched: 0.4s, 12s, 4m51s, 2h13m."""
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f}s"
    if seconds < MINUTE_S - 0.5:
        return f"{seconds:.0f}s"
    return _two_units(round(seconds))


def span(seconds: float) -> str:
    """A span in coarse units, which seldom change: 45s, 4m, 3h12m, 2d4h, forever."""
    if seconds >= FOREVER_S:
        return "forever"
    if seconds < MINUTE_S:
        return f"{int(max(seconds, 0))}s"
    return f"{int(seconds) // MINUTE_S}m" if seconds < HOUR_S else _two_units(int(seconds))


def time_left(left: timedelta) -> str:
    """A span from now on; `now` where it is over."""
    return span(left.total_seconds()) if left.total_seconds() > 0 else "now"


def _two_units(seconds: int) -> str:
    if seconds < HOUR_S:
        return f"{seconds // MINUTE_S}m{seconds % MINUTE_S:02d}s"
    if seconds < DAY_S:
        return f"{seconds // HOUR_S}h{seconds % HOUR_S // MINUTE_S:02d}m"
    return f"{seconds // DAY_S}d{seconds % DAY_S // HOUR_S}h"


def _scaled(number: float, step: int, units: tuple[str, ...]) -> str:
    """Three significant digits at the most, in the first unit that needs no more than three places."""
    for unit in units[:-1]:
        if abs(number) < 999.5:
            return _digits(number, unit)
        number /= step
    return _digits(number, units[-1])


def _digits(number: float, unit: str) -> str:
    if unit and abs(number) < 99.95:
        return f"{number:.1f}{unit}"
    return f"{number:.0f}{unit}"
