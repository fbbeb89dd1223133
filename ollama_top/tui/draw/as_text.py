"""A value in full, in the unit that its name ends with."""

from collections.abc import Callable
from datetime import datetime

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN
from ollama_top.model.vocabulary import Vocabulary

_UNITS: tuple[tuple[str, Callable[[float], str]], ...] = (  # units stand in names
    ("_bytes", lambda value: f"{formats.size(value)} ({value:,} bytes)"),
    ("_percent", lambda value: f"{value:.1f} %"),
    ("_celsius", lambda value: f"{value:.0f} °C"),
    ("_per_s", lambda value: f"{value:.1f} per second"),
    ("_s", lambda value: f"{formats.age(value)} ({value:.2f} s)"),
    ("_mhz", lambda value: f"{value:,} MHz"),
    ("_w", lambda value: f"{value:.1f} W"),
    ("_j", lambda value: f"{value:,.0f} J"),
    ("_tokens", lambda value: f"{value:,}"),
)


def as_text(name: str, value: object) -> str:
    """A value in full; of several things their words, or how many there are."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S %Z}".rstrip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return next((text(value) for unit, text in _UNITS if name.endswith(unit)), str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        words = [each.value for each in value if isinstance(each, Vocabulary)]
        return ", ".join(words) or str(len(value) or "none")
    if value is None:
        return UNKNOWN.text
    return str(getattr(value, "value", value))
