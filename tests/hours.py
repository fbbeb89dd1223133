"""Hours for views, with something in every series.

Must never be random: an hour is the same at every call.
"""

import math
from dataclasses import replace

import frames
import log_frames
import scenes

from ollama_top.model.curve import Curve
from ollama_top.model.event import Event, EventKind
from ollama_top.model.frame import Frame
from ollama_top.model.hour import Hour

POINTS = 1800
GAP = range(600, 750)  # points of which nothing is known


def wave(low: float, high: float, period: float, *, whole: bool = False) -> Curve:
    """A series that swings, with a gap."""
    swing = [max(0, low + (high - low) * (0.5 + 0.5 * math.sin(at / period))) for at in range(POINTS)]
    shown = [float(round(each)) if whole else round(each, 1) for each in swing]
    return Curve.of(None if at in GAP else each for at, each in enumerate(shown))


def hour() -> Hour:
    """An hour of two cards and some requests through a proxy."""
    newest_s = frames.NOW.timestamp()
    return Hour(
        at_s=Curve.of(newest_s - 2.0 * (POINTS - 1 - at) for at in range(POINTS)),
        waiting=wave(-3, 6, 40, whole=True),
        running=wave(0, 2, 25, whole=True),
        tokens_per_s=wave(0, 230, 60),
        vram_bytes=wave(20 * frames.GIB, 40 * frames.GIB, 150, whole=True),
        gpu_percent=wave(5, 95, 45),
        gpu_busiest_percent=wave(20, 100, 45),
        ttft_p50_s=wave(0.4, 3, 70),
        ttft_p95_s=wave(0.8, 20, 70),
    )


def events() -> tuple[Event, ...]:
    """One of each that is marked."""
    return (
        log_frames.event(EventKind.RESTART, 3300),
        log_frames.event(EventKind.LOAD, 2500),
        log_frames.event(EventKind.SETTINGS, 2450),
        log_frames.event(EventKind.BUSY_503, 1600, count=4),
        log_frames.event(EventKind.EVICTED, 1599),
        log_frames.event(EventKind.OUT_OF_MEMORY, 700),
        log_frames.event(EventKind.ERROR, 690),
        log_frames.event(EventKind.UNLOADED, 120),
    )


def past() -> Frame:
    """A busy server with an hour behind it."""
    frame = scenes.busy()
    return replace(frame, hour=hour(), snapshot=replace(frame.snapshot, events=events()))
