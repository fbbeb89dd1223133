"""What a sweep needs of a server whose settings it may choose: one Protocol, whoever keeps that server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ollama_top.burst.wire import Address
from ollama_top.model.sweep import SweepSetting
from ollama_top.ollama.host import Target
from ollama_top.sources.http import Access, Http


class BenchError(Exception):
    """The server is not there as it was wanted; the text says why, `log` holds its own last words."""

    def __init__(self, problem: str, log: Sequence[str] = ()) -> None:
        super().__init__(problem)
        self.log = tuple(log)


@dataclass(frozen=True, slots=True)
class Stand:
    """A server that answers, and how it is reached."""

    target: Target
    address: Address
    start_s: float | None = None  # from its start to its first answer; None where it was not started for this
    access: Access = Access()  # what it wants to see, and whom to take for it

    def http(self, timeout_s: float) -> Http:
        """A client of it, to be closed by whoever asks for one; raises HttpError for a bad CA file."""
        target = self.target
        return Http(target.url, timeout_s=timeout_s, loopback=target.is_loopback, access=self.access)


class Bench(Protocol):
    """A server whose settings a sweep chooses, one combination after another. Used from one event loop.

    Its promise: whatever ends this program - its end, an error, a cancel, a signal, a closed terminal,
    kill -9 - the server is then as it was before. So whatever `apply` changes is noted, where it outlives
    this program, *before* it is changed, with somebody who puts it back: another process, or the next start.
    """

    @property
    def name(self) -> str:
        """What is measured, for a person: a program or an address."""
        ...

    async def look(self) -> Stand:
        """A server of the same release and with the same models, to ask what there is; raises BenchError."""
        ...

    async def apply(self, settings: Sequence[SweepSetting]) -> Stand:
        """The server with these settings and no others of the sweep, ready; raises BenchError.

        A setting without a value is left unset. After an error another combination can be applied.
        """
        ...

    @property
    def has_ended(self) -> bool:
        """Whether the server that `apply` gave has ended by itself."""
        ...

    async def last_words(self) -> tuple[str, ...]:
        """The last lines of its log, as far as they are known."""
        ...

    async def put_back(self) -> None:
        """Leave everything as it was before `look`; may be called at any time, and again."""
        ...
