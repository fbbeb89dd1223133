"""What a change means for the memory of the models that are loaded, as `what-if` tells it."""

from collections.abc import Sequence

from ollama_top.control.sight import name_of
from ollama_top.doctor.what_if import what_if
from ollama_top.doctor.wished import NotToldError, subject_of
from ollama_top.engine.answering import AskError, AskingFeed
from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Missing
from ollama_top.ollama.wishes import NAMES, Wish, WishError, parse_wish


async def of_memory(feed: AskingFeed, snapshot: Snapshot, changes: Sequence[Change]) -> tuple[str, ...]:
    """A sentence for each loaded model; none where no change has a say in it, or it cannot be told."""
    words = [f"{each.name}={each.value}" for each in changes if each.name in NAMES and each.value is not None]
    try:
        wish = parse_wish(words) if words else None
    except WishError:
        return ()  # what Ollama takes and no reckoning knows
    names = [name for each in snapshot.models if (name := name_of(each)) is not None]
    found = [await _of_model(feed, snapshot, name, wish) for name in names] if wish is not None else []
    return tuple(each for each in found if each is not None)


async def _of_model(feed: AskingFeed, snapshot: Snapshot, name: str, wish: Wish) -> str | None:
    try:
        described = await feed.describe(name)
        shape = described.shown.architecture
        if isinstance(shape, Missing):
            return None
        return f"{name}: {what_if(subject_of(described, shape, snapshot), wish, snapshot).sentence}"
    except (AskError, NotToldError):
        return None
