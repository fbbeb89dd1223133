"""The bench that people use: the server that they have, changed as `ollama-top set` changes it, and put back.

Keeps the promise of a Bench by the journal: see `apply.series`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ollama_top.apply.hands import StepError
from ollama_top.apply.residents import NotLoadedError, Resident, bring_back
from ollama_top.apply.series import Series
from ollama_top.apply.watching import NotWellError
from ollama_top.control.edits import ChangedSinceError
from ollama_top.model.finding import Change
from ollama_top.model.receipt import Outcome
from ollama_top.model.sweep import SweepSetting
from ollama_top.sweep.bench import BenchError, Stand


@dataclass(slots=True)
class RealServer:
    """A server whose settings are a series of changes; those of before come back with its models."""

    series: Series
    stand: Stand
    residents: Sequence[Resident] = ()  # what is in memory before
    name: str = field(init=False)
    has_ended: bool = field(default=False, init=False)  # whoever keeps it starts it anew

    def __post_init__(self) -> None:
        self.name = self.stand.target.url

    async def look(self) -> Stand:
        """The server as it is."""
        return self.stand

    async def apply(self, settings: Sequence[SweepSetting]) -> Stand:
        """The server with these settings, ready and proven; raises BenchError."""
        try:
            await self.series.apply([Change(each.name, each.value) for each in settings])
        except (StepError, ChangedSinceError, NotWellError) as error:
            raise BenchError(str(error)) from None
        return self.stand

    async def last_words(self) -> tuple[str, ...]:
        """None: what it complained of stands in the error."""
        return ()

    async def put_back(self) -> None:
        """The settings and the models of before; raises BenchError where that fails."""
        receipt = await self.series.put_back()
        if receipt is None:
            return
        if receipt.outcome is Outcome.FAILED:
            raise BenchError(receipt.text, receipt.to_do)
        try:
            await bring_back(self.residents, self.stand.target.url, ())
        except NotLoadedError as error:
            raise BenchError(f"the settings are put back; {error}") from None
