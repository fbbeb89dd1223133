"""The monitor over a Frame a second made by hand: 20 table rows, of which none or 4 change.

Must never look at anything: what is measured is the screen alone.
"""

import argparse
import asyncio
import math
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace

import frames

from ollama_top.engine.feed import ActionError
from ollama_top.model.frame import Frame
from ollama_top.model.history import History
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Source
from ollama_top.model.slot import SlotState
from ollama_top.tui.app import MonitorApp

MODELS, SLOTS, BUSY = 6, 12, 2
INTERVAL_S = 1.0
POINTS = 120


def still() -> Frame:
    """6 models, 12 slots and 2 requests: 20 rows in view at 120 x 40."""
    return frames.frame(
        queue=frames.queue(BUSY, 0),
        models=tuple(frames.model(f"model-{number}:8b", ModelState.BUSY) for number in range(MODELS)),
        slots=tuple(frames.slot(number, _state(number)) for number in range(SLOTS)),
        requests=tuple(frames.request(40_001 + number) for number in range(BUSY)),
        gpus=(frames.gpu(0), frames.gpu(1)),
        history=_history(80.0 for _ in range(POINTS)),
    )


def lively(tick: int) -> Frame:
    """The same, a second later with each tick: 2 slots have written more, and their 2 requests are older."""
    frame = still()
    snapshot, busy_percent = frame.snapshot, _wave(tick, 80.0, 99.0)
    moved = replace(
        snapshot,
        slots=tuple(
            replace(each, **_written(100 + 42 * tick)) if each.state is SlotState.DECODE else each
            for each in snapshot.slots
        ),
        requests=tuple(replace(each, age_s=Known(tick + 0.5, Source.SOCKETS)) for each in snapshot.requests),
        gpus=tuple(
            replace(each, utilization_percent=Known(busy_percent, Source.NVIDIA)) for each in snapshot.gpus
        ),
    )
    return replace(
        frame, snapshot=moved, history=_history(_wave(tick + at, 60.0, 90.0) for at in range(POINTS))
    )


def _state(number: int) -> SlotState:
    return SlotState.DECODE if number < BUSY else SlotState.IDLE


def _written(tokens: int) -> dict[str, Known[int] | Known[float]]:
    return {
        "decoded_tokens": Known(tokens, Source.SLOTS),
        "context_fill_percent": Known(min(99.0, tokens / 40.96), Source.SLOTS),
    }


def _history(tokens_per_s: Iterable[float]) -> History:
    return History(tuple(tokens_per_s), waiting=(0.0,) * POINTS, running=(float(BUSY),) * POINTS)


def _wave(tick: int, low: float, high: float) -> float:
    return round(low + (high - low) * (0.5 + 0.5 * math.sin(tick / 3)), 1)


class RowsFeed:
    """A Frame a second, without end."""

    def __init__(self, *, is_still: bool) -> None:
        self._is_still = is_still

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """The same Frame again and again, or each a second later."""
        tick = 0
        while True:
            yield still() if self._is_still else lively(tick)
            tick += 1
            await asyncio.sleep(INTERVAL_S)

    def look_now(self) -> None:
        """There is nothing to look at."""

    async def unload(self, model_name: str) -> None:
        """There is no server."""
        raise ActionError(f"{model_name} is made of paper")


def main() -> None:
    """Run the monitor over it until `q`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--still", action="store_true", help="let nothing change")
    is_still = parser.parse_args().still
    MonitorApp(
        lambda: RowsFeed(is_still=is_still),
        title="20 rows",
        read_only=False,
        interval_s=INTERVAL_S,
        theme=None,
        demo_offer=None,
    ).run()


if __name__ == "__main__":
    main()
