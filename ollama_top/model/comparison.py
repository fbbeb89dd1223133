"""The same bursts sent to several servers in turn, side by side."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading


@dataclass(frozen=True, slots=True)
class Contender:
    """One server of a comparison; of several rounds the median."""

    name: str = fact("What it is called here.")
    url: str = fact("Its address, without credentials.")
    model: str = fact("Model that it was asked for.")
    sent: int = fact("Requests sent to it, in all rounds.")
    errors: int = fact("Of them not answered to their end.")
    problem: str | None = fact("What went wrong first; null when nothing did.")
    tokens_per_s: Reading[float] = fact("Tokens written by all together, per second.")
    ttft_p50_s: Reading[float] = fact("From sending to the first piece of an answer: half took no longer.")
    ttft_p95_s: Reading[float] = fact("The same, at 95 of 100.")
    fairness: Reading[float] = fact(
        "The slowest against the fastest request, by tokens per second from its sending: 1 is alike."
    )
    ratio: Reading[float] = fact("Its tokens per second against those of the first server.")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the same bursts measured of several servers, sent in turn."""

    taken_at: datetime = fact("When it began, RFC 3339.")
    demo: bool = fact("True when the first server is simulated.")
    requested: int = fact("Requests sent at once.")
    answer_tokens: int = fact("Tokens that each was allowed to write.")
    prompt_tokens: int = fact("Tokens that each prompt was meant to have: an estimate.")
    rounds: int = fact("How often each server was asked.")
    servers: tuple[Contender, ...] = fact("The servers, Ollama first.")
    caveats: tuple[str, ...] = fact("What makes it another comparison than it seems, in sentences.")
