"""Measures one combination: loads the model, sends bursts of rising size, sees what it takes in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ollama_top.burst import driver
from ollama_top.burst.course import ALONE, Course
from ollama_top.burst.service import WHOLE
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.sources.commands import Commands
from ollama_top.sources.http import HttpError
from ollama_top.sweep.axes import Settings
from ollama_top.sweep.bench import BenchError, Stand
from ollama_top.sweep.plan import Plan

ASK_S = 20.0

Tell = Callable[[int], None]
"""Hears of every burst before it is sent: how many requests at once."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a model takes, as /api/ps tells it; None where it does not."""

    size_bytes: int | None = None
    vram_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One burst of one repeat."""

    at_once: int
    courses: tuple[Course, ...]


@dataclass(slots=True)
class Seen:
    """What was seen of one combination so far."""

    settings: Settings
    rounds: list[Round] = field(default_factory=list)
    repeats: int = 0
    starts_s: list[float] = field(default_factory=list)
    loads_s: list[float] = field(default_factory=list)
    memory: Memory = Memory()
    problem: str | None = None
    log: tuple[str, ...] = ()

    def fail(self, problem: str, log: tuple[str, ...] = ()) -> None:
        """Note why it cannot be measured any further."""
        self.problem, self.log = problem, log


async def load(stand: Stand, plan: Plan, number: int) -> Course:
    """One request alone, which loads the model and warms it up; raises BenchError if it is not answered."""
    (alone,) = await driver.burst(stand.address, plan.dialect(number), [ALONE], plan.spec.limit_s)
    if alone.outcome not in WHOLE:
        raise BenchError(f"the first request was not answered: {_why(alone)}")
    return alone


def _why(course: Course) -> str:
    return course.problem or (course.outcome.doc if course.outcome is not None else "it did not end")


async def ladder(stand: Stand, plan: Plan, at: int, number: int, tell: Tell) -> tuple[Round, ...]:
    """One repeat: every size once, the smallest first; raises BenchError where nothing is answered.

    Cancelling it closes every request.
    """
    rounds: list[Round] = []
    for offset, at_once in enumerate(plan.levels(at)):
        tell(at_once)
        dialect, numbers = plan.dialect(number + offset), range(1, at_once + 1)
        courses = await driver.burst(stand.address, dialect, numbers, plan.spec.limit_s)
        rounds.append(Round(at_once, courses))
        if not any(each.outcome in WHOLE for each in courses):
            raise BenchError(f"none of {at_once} at once was answered: {_why(courses[0])}")
    return tuple(rounds)


async def memory(stand: Stand, model: str) -> Memory:
    """What the model takes now; nothing where that is not told."""
    http = stand.http(ASK_S)
    try:
        found = next((each for each in await Commands(http).loaded() if each.name == model), None)
    except (HttpError, BadReplyError):
        return Memory()
    finally:
        await http.close()
    return Memory(found.size_bytes, found.vram_bytes) if found is not None else Memory()


def load_s_of(alone: Course) -> float | None:
    """How long the server says that it loaded the model for a request."""
    return alone.statistics.load_s if alone.statistics is not None else None
