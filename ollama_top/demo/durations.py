"""Durations as Go writes and reads them, for OLLAMA_KEEP_ALIVE and `keep_alive`. Pure."""

import math
import re

FOREVER = math.inf
UNIT_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
PART = re.compile(r"(\d+\.?\d*|\.\d+)(ms|us|µs|ns|h|m|s)")


def parse_duration(text: str) -> float | None:
    """Seconds in a text such as `5m`, `1h30m` or `300`; any negative one means for ever; None for others."""
    value = text.strip().strip("\"'").strip()
    is_negative, value = value.startswith("-"), value.lstrip("+-")
    if re.fullmatch(r"\d+", value):
        return _signed(float(value), is_negative)
    parts = PART.findall(value)
    if not parts or "".join(number + unit for number, unit in parts) != value:
        return None
    return _signed(sum(float(number) * UNIT_S[unit] for number, unit in parts), is_negative)


def format_duration(seconds: float) -> str:
    """Whole seconds as Go prints them, `5m0s`; for ever is its longest duration."""
    if seconds == FOREVER:
        return "2562047h47m16.854775807s"
    minutes, rest_s = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest_s}s"
    return f"{minutes}m{rest_s}s" if minutes else f"{rest_s}s"


def _signed(seconds: float, is_negative: bool) -> float:
    return FOREVER if is_negative and seconds > 0 else seconds
