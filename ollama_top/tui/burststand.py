"""How far a burst is, as its process told so far. Pure."""

from dataclasses import dataclass, replace

from ollama_top.burst.course import Course
from ollama_top.burst.events import Begun, Ended, Event, Failed, Moved, Parted, newest


@dataclass(frozen=True, slots=True)
class BurstStand:
    """All that the screen of a burst is drawn from."""

    begun: Begun | None = None
    now_s: float = 0.0  # of the clock of the courses
    courses: tuple[Course, ...] = ()
    ended: Ended | None = None
    problem: str | None = None  # why nothing could be measured

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.ended is not None or self.problem is not None

    @property
    def alone(self) -> Course | None:
        """The request before the others."""
        return next((each for each in self.courses if each.number == 0), None)

    @property
    def together(self) -> tuple[Course, ...]:
        """The requests that are sent at once."""
        return tuple(each for each in self.courses if each.number > 0)


def follow(stand: BurstStand, event: Event) -> BurstStand:
    """How it stands after what was told."""
    match event:
        case Begun():
            return replace(stand, begun=event)
        case Moved(now_s, courses):
            return replace(stand, now_s=now_s, courses=newest(stand.courses, courses))
        case Ended():
            return replace(stand, ended=event)
        case Failed(text):
            return replace(stand, problem=text)
        case Parted(notes):
            return replace(stand, problem=" ".join(("it was cancelled.", *notes)))
