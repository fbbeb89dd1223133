"""The monitor on its way to a plan, and a planner whose steps are those of no machine."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import frames
import pytest
from changes import N, plan, watched
from monitoring import Monitor

from ollama_top.apply import planning
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan
from ollama_top.model.setting import SettingStatus

SETTINGS = (
    frames.setting(N, "2", "2", SettingStatus.SET),
    frames.setting("OLLAMA_MAX_QUEUE"),
    frames.setting("OLLAMA_HOST"),
)
FRAME = watched(settings=SETTINGS)


class Planner:
    """Plans in place of the real one, whose steps are those of a machine; remembers what for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, path: Path, **differences: Any) -> None:
        self.asked: list[tuple[Change, ...]] = []
        self.path = path
        self.differences = differences
        monkeypatch.setattr(planning, "plan", self.plan)

    def plan(self, frame: Frame, wanted: Sequence[Change]) -> Plan:
        assert frame.snapshot.server.url
        self.asked.append(tuple(wanted))
        return plan(self.path, **{"changes": tuple(wanted), **self.differences})


async def shown(monitor: Monitor, kind: type) -> None:
    await monitor.until(lambda: isinstance(monitor.app.screen, kind))


async def planned(monitor: Monitor, value: str = "8") -> None:
    """As far as the plan for another value of the first variable."""
    await monitor.press("e", "enter", "ctrl+u", *value, "enter", "w")
    await monitor.until(lambda: "What is done" in monitor.text)
