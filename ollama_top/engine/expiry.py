"""Which listed models have not served anything yet, told by their expiry. Pure.

Before 0.30 /api/ps lists a model as soon as its load begins. Until its first request has ended it has
no expiry, and the server tells the moment of the question plus the time to live: it moves with
the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ollama_top.sources.api import ApiLook

AGREE_S = 0.03  # the two clocks, over a question on the loopback


@dataclass(frozen=True, slots=True)
class Expiries:
    """When each model was said to expire, and whose moment moves."""

    at_s: float = 0.0
    moments: Mapping[str, datetime] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()


def follow(last: Expiries, api: ApiLook | None) -> Expiries:
    """The expiries at a new look at the API; the last ones as long as there is none."""
    if api is None or api.at_s == last.at_s:
        return last
    moments = {each.name: each.expires_at for each in api.models if each.expires_at is not None}
    elapsed_s = api.at_s - last.at_s
    moved_s = {
        name: (moment - last.moments[name]).total_seconds()
        for name, moment in moments.items()
        if name in last.moments
    }
    moving = frozenset(name for name, moved in moved_s.items() if abs(moved - elapsed_s) <= AGREE_S)
    return Expiries(api.at_s, moments, moving)
