"""The models that a restart takes out of memory, and their way back: as they were loaded, and for as long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ollama_top.columns.formats import FOREVER_S
from ollama_top.control.sight import name_of
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.reading import value_or
from ollama_top.ollama import keeping, replies
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.wishes import CONTEXT
from ollama_top.sources.commands import Commands
from ollama_top.sources.http import Access, Http, HttpError

LOAD_LIMIT_S = 600.0
SOONEST_S = 60.0  # what is left of less would be over before anybody could use it


@dataclass(frozen=True, slots=True)
class Resident:
    """A model in memory, and how it came there."""

    name: str
    context_tokens: int | None  # of one request; None where that is not known
    expires_at: datetime | None  # None where it is not known


class NotLoadedError(Exception):
    """A model did not come back; the text says why."""


def residents_of(frame: Frame) -> tuple[Resident, ...]:
    """The models that are in memory now."""
    return tuple(
        Resident(name, value_or(each.context_tokens, None), value_or(each.expires_at, None))
        for each in frame.snapshot.models
        if (name := name_of(each)) is not None
    )


async def bring_back(models: Sequence[Resident], url: str, changes: Sequence[Change]) -> None:
    """Load models again, one by one; raises NotLoadedError.

    The context is that of before, unless its default is what was changed.
    """
    http = Http(url, timeout_s=LOAD_LIMIT_S, loopback=True, access=Access())
    is_context_changed = any(each.name == CONTEXT for each in changes)
    try:
        for each in models:
            await _bring_back(Commands(http), each, keeps_context=not is_context_changed)
    finally:
        await http.close()


async def _bring_back(commands: Commands, model: Resident, *, keeps_context: bool) -> None:
    try:
        shown = replies.parse_show(await commands.http.post("/api/show", {"model": model.name}))
        version = replies.parse_version(await commands.http.get("/api/version"))
        context = model.context_tokens if keeps_context else None
        options = keeping.options(context, shown, version)
        await commands.load_for(model.name, keeping.keep_alive(_keep_s(model)), options)
    except (HttpError, BadReplyError) as error:
        raise NotLoadedError(f"{model.name} does not load with it: {error}") from None


def _keep_s(model: Resident) -> float | None:
    """For how long it is to stay; None for ever."""
    if model.expires_at is None:
        return SOONEST_S
    left_s = (model.expires_at - datetime.now(UTC)).total_seconds()
    return None if left_s > FOREVER_S else max(left_s, SOONEST_S)
