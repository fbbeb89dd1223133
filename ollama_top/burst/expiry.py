"""Puts a model's expiry back to where it was before a burst: every request moves it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ollama_top.columns.formats import FOREVER_S
from ollama_top.sources.commands import Commands

CLOSE = timedelta(seconds=0.4)
ATTEMPTS = 4
TOO_LATE = "The time to let the model go came while it was measured: it stays as after any request."
PUT_BACK = (
    "Its expiry is where it was. To set it Ollama had to be given a keep_alive, which now holds for further"
    " requests that bring none: {seconds:.0f} s."
)
SOONEST_S = 1.0  # less would let it go while it is asked


async def put_back(
    commands: Commands, model: str, wanted: datetime, options: Mapping[str, Any]
) -> str | None:
    """Set the moment at which a model is let go; what there is to say about it, None when nothing is.

    Ollama takes a span, not a moment: by the moment that it then tells, the span is corrected, so that its
    clock need not be ours. Raises HttpError and BadReplyError.
    """
    asked_at = datetime.now(UTC)
    seconds = (wanted - asked_at).total_seconds()
    for attempt in range(ATTEMPTS):
        told = {each.name: each.expires_at for each in await commands.loaded()}.get(model)
        if told is None:
            return None
        if abs(told - wanted) <= CLOSE:
            return PUT_BACK.format(seconds=seconds) if attempt else None
        if attempt:
            seconds -= (told - wanted + datetime.now(UTC) - asked_at).total_seconds()
        if seconds < SOONEST_S:
            return TOO_LATE
        asked_at = datetime.now(UTC)
        await commands.expire_in(model, seconds, options)
    return "Its expiry could not be put back to where it was."


def is_forever(moment: datetime) -> bool:
    """Whether a model is kept for ever: no request changes that."""
    return (moment - datetime.now(UTC)).total_seconds() > FOREVER_S
