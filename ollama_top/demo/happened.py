"""What happens in the simulated world that a server would write to its log. Pure."""

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum

from ollama_top.demo.catalogue import Model
from ollama_top.demo.connection import Request
from ollama_top.demo.scheduler import Ask, Runner
from ollama_top.demo.slotbank import Slot

MOST = 4096


class What(Enum):
    """The kinds of things that are written down."""

    STARTED = "started"  # the process of a runner
    LOADED = "loaded"
    EVICTING = "evicting"  # others have to go for a model
    SERVED = "served"  # a request got its slot
    ANSWERED = "answered"
    REFUSED = "refused"  # the server was busy
    LEFT = "left"  # the client would not wait any longer


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing, at a second of the simulation; only what it is about is given."""

    at_s: float
    what: What
    model: Model
    runner: Runner | None = None
    slot: Slot | None = None  # as it was then
    request: Request | None = None
    port: int = 0  # of the runner
    took_s: float = 0.0


class Chronicle:
    """What has happened since somebody last asked; as much as is kept where nobody does."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._all: deque[Happened] = deque(maxlen=MOST)

    def of_request(self, what: What, request: Request | None, now_s: float) -> None:
        """Something happened to a request, if there is one."""
        if request is not None:
            slot = replace(request.slot) if request.slot else None
            model, took_s = request.ask.model, now_s - request.asked_s
            self._all.append(Happened(now_s, what, model, slot=slot, request=request, took_s=took_s))

    def of_runner(
        self, what: What, runner: Runner, now_s: float, *, port: int = 0, began_s: float = 0.0
    ) -> None:
        """Something happened to a runner, on a port or since a moment."""
        self._all.append(Happened(now_s, what, runner.model, runner, port=port, took_s=now_s - began_s))

    def of_stop(self, head: Ask | None, now_s: float) -> None:
        """A runner is ended; to make room where a request waits at the head of the queue."""
        if head is not None:
            self._all.append(Happened(now_s, What.EVICTING, head.model))

    def told(self) -> list[Happened]:
        """All of it, which is thereby told."""
        found = list(self._all)
        self._all.clear()
        return found
