"""Runs the monitor in the terminal it is started in, on Frames of one name.

Must never be collected as a test: `python play.py NAME INTERVAL_S [THEME]`.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

import feeds
import frames
import scenes
import troubles

from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Source
from ollama_top.tui.app import MonitorApp


def four_of_twenty(at: int) -> Frame:
    """20 requests, of which 4 grow older; cards and history go on."""
    shown = scenes.busy(at)
    requests = tuple(
        frames.request(40000 + row, age_s=100.0 + (at if row % 5 == 0 else 0)) for row in range(20)
    )
    same = scenes.busy().snapshot
    snapshot = replace(same, requests=requests, gpus=shown.snapshot.gpus, taken_at=shown.snapshot.taken_at)
    return replace(shown, snapshot=snapshot)


def still(_: int) -> Frame:
    """The same moment over and over, its sources a little older or younger."""
    shown = scenes.busy()
    younger = tuple(replace(light, age_s=0.1 + (_ % 7) / 10) for light in shown.snapshot.sources)
    return replace(shown, snapshot=replace(shown.snapshot, sources=younger))


def moving(at: int) -> Frame:
    """Everything changes, and models come and go."""
    shown = scenes.busy(at)
    models = shown.snapshot.models[: 1 + at % 2]
    gpus = tuple(
        replace(gpu, utilization_percent=Known(float(7 * at % 100), Source.NVIDIA))
        for gpu in shown.snapshot.gpus
    )
    return replace(shown, snapshot=replace(shown.snapshot, models=models, gpus=gpus))


def storm(at: int) -> Frame:
    """Every row changes with every Frame: more than a thin line can carry."""
    shown = moving(at)
    requests = tuple(frames.request(40000 + row, age_s=100.0 + 61 * at + row) for row in range(20))
    models = scenes.busy().snapshot.models
    return replace(shown, snapshot=replace(shown.snapshot, requests=requests, models=models))


PLAYS: dict[str, Callable[[int], Frame]] = {
    "four_of_twenty": four_of_twenty,
    "still": still,
    "moving": moving,
    "storm": storm,
    "crowded": lambda _: scenes.crowded(),
    "hostile": lambda _: troubles.hostile(),
}
MADE = 60  # Frames made beforehand and shown over and over, so that the screen alone is at work
LAST = 30  # a play of known length stands still after so many Frames


def main(name: str, interval_s: float, theme: str | None) -> None:
    """Run until the user leaves."""

    def make() -> feeds.PlayedFeed:
        if name == "hanging":
            return feeds.HangingFeed([scenes.busy()])
        if name == "ending":
            return feeds.PlayedFeed([moving(at) for at in range(LAST)], interval_s=interval_s)
        made = [PLAYS[name](at) for at in range(MADE)]
        return feeds.PlayedFeed(cycle(made), interval_s=interval_s)

    MonitorApp(
        make, title="a play", read_only=False, user="ollama", interval_s=2.0, theme=theme, demo_offer=None
    ).run()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
