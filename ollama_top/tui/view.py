"""All that the screen is drawn from, beside its size: a Frame and what the user did to the view.

Must never hold the time of day: every time shown follows from the Frame's own values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ollama_top.columns.cell import Cell
from ollama_top.model.frame import Frame
from ollama_top.model.light import Light, LightState
from ollama_top.tui.arrangement import Arrangement
from ollama_top.tui.layout import Panel
from ollama_top.tui.prompt import Prompt
from ollama_top.tui.tables import Stand

if TYPE_CHECKING:
    from ollama_top.control.deed import Doing
    from ollama_top.record.replay import ReplayStand
    from ollama_top.tui.tabs import Tabs

STALE_INTERVALS = 3  # a value this many intervals old is shown as old
STALE_FLOOR_S = 5.0


@dataclass(frozen=True, slots=True)
class View:
    """What there is to show."""

    frame: Frame | None  # None before the first look
    title: str  # what is looked at, in words for a person
    interval_s: float
    is_read_only: bool = False
    is_paused: bool = False
    offers_demo: bool = False
    trouble: str | None = None  # why no Frame comes any more; None while they come
    silent_s: float | None = None  # how long no Frame has come; None while that is usual
    notice: Cell | None = None  # what came of the last action
    recording: str | None = None  # the file that Frames are recorded in
    replay: "ReplayStand | None" = None  # where a replay stands; None where what is shown is of now
    tabs: "Tabs | None" = None  # the hosts that are watched, where they are several
    doings: "tuple[Doing, ...]" = ()  # actions under way
    changing: str | None = None  # what a change of settings does just now; None where none is under way


@dataclass(frozen=True, slots=True)
class Looks:
    """How the user looks at it."""

    focus: Panel = Panel.MODELS
    zoomed: Panel | None = None
    prompt: Prompt[Stand] | None = None
    searched: str = ""  # what was last looked for
    stands: Mapping[Panel, Stand] = field(default_factory=dict)
    arrangement: Arrangement = Arrangement()

    def stand(self, panel: Panel) -> Stand:
        """Where the user stands in a table."""
        return self.stands.get(panel, Stand())


def stale_age_s(light: Light | None, interval_s: float) -> float | None:
    """Age of a source's values where they are too old to pass for the present; else None."""
    if light is None or light.age_s is None or light.state is LightState.ABSENT:
        return None
    limit_s = max(STALE_FLOOR_S, STALE_INTERVALS * interval_s)
    is_old = light.age_s > limit_s or light.state is LightState.FAILED
    return light.age_s if is_old else None


def is_stale(view: View, *lights: str) -> bool:
    """Whether the values of any of these sources are too old to pass for the present."""
    if view.frame is None:
        return False
    ages = (stale_age_s(light_named(view.frame, name), view.interval_s) for name in lights)
    return any(age_s is not None for age_s in ages)


def light_named(frame: Frame, name: str) -> Light | None:
    """The light of a source; None where the Frame has none of that name."""
    return next((light for light in frame.snapshot.sources if light.name == name), None)
