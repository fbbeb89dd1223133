"""How many requests run and how many wait."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading, Source
from ollama_top.model.vocabulary import Vocabulary


class Precision(Vocabulary):
    """How far the count of waiting requests can be trusted."""

    EXACT = "exact", "every outstanding connection is a local inference request"
    UPPER_BOUND = "upper_bound", "others (pulls, uploads, pollers) may be counted in"
    UNKNOWN = "unknown", "there is no count"


@dataclass(frozen=True, slots=True)
class Queue:
    """The whole server's requests in flight."""

    running: Reading[int] = fact("Requests in service.")
    waiting: Reading[int] = fact("Requests accepted and not in service.")
    precision: Precision = fact("How far `waiting` can be trusted.")
    precision_note: str | None = fact("What keeps the count from being exact; null when it is.")
    oldest_wait_s: Reading[float] = fact("Age of the request that has waited longest.")
    source: Source | None = fact("Where the counts come from; null when there is no count.")
