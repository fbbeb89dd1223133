"""Which model is asked: the one that was named, else the smallest that writes."""

from collections.abc import Awaitable, Callable

from ollama_top.burst import spec as specs
from ollama_top.burst.spec import CannotMeasureError
from ollama_top.model.installed import InstalledModel
from ollama_top.ollama.replies import DescribedModel

TRIED = 8  # of those installed, until one is found that writes


async def described(
    named: str | None,
    installed: tuple[InstalledModel, ...],
    describe: Callable[[str], Awaitable[DescribedModel]],
    purpose: str,
) -> DescribedModel:
    """What the server says of it; raises CannotMeasureError, and what `describe` raises."""
    if named is not None:
        if specs.is_cloud(named, installed):
            raise CannotMeasureError(f"{named} runs on another server: {purpose} would measure that one")
        return await describe(named)
    for each in specs.smallest(installed)[:TRIED]:
        found = await describe(each.name)
        if specs.writes(found):
            return found
    raise CannotMeasureError("no model is installed that writes answers; --model names one that embeds")
