"""Bars, sparks and plots as text.

Must never draw a value that is not there: a gap in a series stays a gap.
"""

from collections.abc import Sequence

from ollama_top.model.history import Series

_BAR, _HALF_BAR, _TRACK = "━", "╸", "─"
_EIGHTHS_UP = "▁▂▃▄▅▆▇█"
_BRAILLE = 0x2800
_DOTS_LEFT = (0x40, 0x04, 0x02, 0x01)  # from the bottom of a character up
_DOTS_RIGHT = (0x80, 0x20, 0x10, 0x08)
_DOTS_UP = len(_DOTS_LEFT)


def bar(share: float, width: int) -> tuple[str, str]:
    """A bar `width` cells long as its filled and its empty part; `share` runs from 0 to 1."""
    halves = round(max(0.0, min(1.0, share)) * width * 2)
    if share > 0 and width > 0:
        halves = max(1, halves)
    full, half = divmod(halves, 2)
    filled = _BAR * full + _HALF_BAR * half
    return filled, _TRACK * (width - len(filled))


def top_of(series: Series) -> float:
    """The value that the top of a plot stands for: the greatest there is; 1 where all is 0."""
    return max((value for value in series if value is not None), default=0.0) or 1.0


def spark(series: Series, width: int, top: float) -> str:
    """The newest `width` values as one line of blocks, the newest at the right."""
    shown = _newest(series, width)
    return "".join(" " if value is None else _EIGHTHS_UP[_level(value, top, 8) - 1] for value in shown)


def braille(series: Series, width: int, height: int, top: float) -> list[str]:
    """The newest values as a filled plot, two to a character; the uppermost line first."""
    levels = [
        0 if value is None else _level(value, top, height * _DOTS_UP) for value in _newest(series, 2 * width)
    ]
    return [
        "".join(_character(levels[at], levels[at + 1], row) for at in range(0, 2 * width, 2))
        for row in range(height - 1, -1, -1)
    ]


def _newest(series: Series, length: int) -> Sequence[float | None]:
    tail = series[-length:] if length > 0 else ()
    return (None,) * (length - len(tail)) + tuple(tail)


def _level(value: float, top: float, steps: int) -> int:
    """1 for nothing up to `steps` for the top, so that a measured zero shows as a line."""
    return max(1, round(min(1.0, value / top) * steps)) if top > 0 else 1


def _character(left: int, right: int, row: int) -> str:
    dots = _column(_DOTS_LEFT, left, row) | _column(_DOTS_RIGHT, right, row)
    return chr(_BRAILLE + dots) if dots else " "


def _column(dots: tuple[int, ...], level: int, row: int) -> int:
    return sum(dots[: max(0, min(_DOTS_UP, level - row * _DOTS_UP))])
