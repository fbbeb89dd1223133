"""A burst: several requests sent at once, to measure what the settings claim; and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class BurstOutcome(Vocabulary):
    """How one request of a burst ended."""

    ANSWERED = "answered", "answered to its end, with the server's statistics where it gives any"
    NO_STATISTICS = "no_statistics", "ended without statistics, as Ollama ends an answer that repeats itself"
    BUSY = "busy", "refused with 503: the server was busy"
    REFUSED = "refused", "answered with an error"
    CUT = "cut", "its connection broke off before its end"
    UNSENT = "unsent", "there was no connection to send it over"
    TIMED_OUT = "timed_out", "not answered to its end within the time given"


@dataclass(frozen=True, slots=True)
class BurstRequest:
    """One request of a burst; times are from the moment at which the burst was sent."""

    number: int = fact("Its number, from 1.")
    outcome: BurstOutcome = fact("How it ended.")
    problem: str | None = fact("What went wrong, in one line; null when nothing did.")
    sent_s: Reading[float] = fact("When it was sent.")
    load_s: Reading[float] = fact("How long the server says it saw to the load of its model.")
    queue_s: Reading[float] = fact("How long it waited for its turn, the load left out.")
    prefill_s: Reading[float] = fact("How long the server read its prompt.")
    ttft_s: Reading[float] = fact("From its sending to the first piece of its answer.")
    end_s: Reading[float] = fact("When its answer had ended.")
    prompt_tokens: Reading[int] = fact("Tokens of its prompt that were read; cached ones may be left out.")
    tokens: Reading[int] = fact("Tokens of its answer; of embeddings none.")
    tokens_per_s: Reading[float] = fact("Tokens written per second while it was in service.")


@dataclass(frozen=True, slots=True)
class Percentiles:
    """How a value is spread over the requests that were answered."""

    p50: Reading[float] = fact("Half of them are no higher.")
    p95: Reading[float] = fact("Of 100 of them 95 are no higher.")


@dataclass(frozen=True, slots=True)
class BurstRate:
    """How fast tokens were written; of embeddings, how fast prompts were read."""

    each: Reading[float] = fact("By one request in service, the median.")
    together: Reading[float] = fact("By all, from the first that was sent to the last that ended.")


@dataclass(frozen=True, slots=True)
class Burst:
    """What a burst measured, beside what was configured."""

    taken_at: datetime = fact("When it was sent, RFC 3339.")
    demo: bool = fact("True when the server is simulated.")
    server: str = fact("Address of the server.")
    version: Reading[str] = fact("The server's release.")
    model: str = fact("Model that was asked.")
    requested: int = fact("Requests sent at once.")
    answered: int = fact("Of them answered to their end.")
    answer_tokens: int = fact("Tokens that each was allowed to write.")
    prompt_tokens: int = fact("Tokens that each prompt was meant to have: an estimate.")
    configured_parallel: Reading[int] = fact("Requests at once that are configured; absent where nothing is.")
    configured_in: str | None = fact("Where that is configured; null where it is not.")
    effective_parallel: Reading[int] = fact("Requests at once that hold for the model; 1 where unset.")
    measured_parallel: Reading[int] = fact(
        "The largest number in service for at least a fifth of the time in which others waited."
    )
    measured_is_least: bool = fact("Whether it may be more, since no request had to wait.")
    mean_in_service: Reading[float] = fact("How many were in service in that time, on average.")
    queue_s: Percentiles = fact("How long they waited for their turn.")
    ttft_s: Percentiles = fact("From sending to the first piece of the answer.")
    tokens_per_s: BurstRate = fact("How fast they were answered.")
    alone_tokens_per_s: Reading[float] = fact("How fast one request was answered, sent alone just before.")
    scaling: Reading[float] = fact("All together against one alone: 1 is no gain.")
    is_disturbed: bool = fact("Whether the server served others as well, as far as could be seen.")
    requests: tuple[BurstRequest, ...] = fact("The requests, by number.")
    notes: tuple[str, ...] = fact("What else there is to know, in sentences.")
    verdict: str = fact("What it means, in one sentence; its wording may change.")


@dataclass(frozen=True, slots=True)
class KeptBurst:
    """What is kept of a burst: its numbers, and the settings that it was measured under."""

    taken_at: datetime = fact("When it was sent.")
    model: str = fact("Model that was asked.")
    version: str | None = fact("The server's release; null where it was not told.")
    context_tokens: int | None = fact("Context of one request; null where it was not told.")
    kv_cache_type: str | None = fact("Type of the K/V cache; null where it was not told.")
    gpus: tuple[str, ...] = fact("Identities of the GPUs that held the model, as far as drivers told.")
    vram_percent: float | None = fact("Share of the model that lay on GPUs; null where it was not told.")
    requested: int = fact("Requests sent at once.")
    answered: int = fact("Of them answered to their end.")
    answer_tokens: int = fact("Tokens that each was allowed to write.")
    prompt_tokens: int = fact("Tokens that each prompt was meant to have.")
    written_tokens: int = fact("Tokens that were written in all.")
    took_s: float | None = fact("From the first that was sent to the last that ended; null without one.")
    configured_parallel: int | None = fact("Requests at once that were configured; null where none were.")
    effective_parallel: int | None = fact("Requests at once that held; null where they were not known.")
    measured_parallel: int | None = fact("Requests at once that were measured; null where none could be.")
    queue_p95_s: float | None = fact("How long they waited, at 95 of 100.")
    ttft_p95_s: float | None = fact("From sending to the first piece of the answer, at 95 of 100.")
    alone_tokens_per_s: float | None = fact("How fast one request was answered alone.")
    each_tokens_per_s: float | None = fact("How fast each was answered, the median.")
    together_tokens_per_s: float | None = fact("How fast all were answered together.")
    scaling: float | None = fact("All together against one alone.")
    is_disturbed: bool = fact("Whether the server served others as well.")
