"""What was seen of one request of a burst: moments of one monotonic clock, and the server's word."""

from dataclasses import dataclass

from ollama_top.model.burst import BurstOutcome

ALONE = 0  # the number of the request before the others


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the last object of an answer says of the whole; None where it does not say it."""

    load_s: float | None = None
    prefill_s: float | None = None
    decode_s: float | None = None
    prompt_tokens: int | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """One request from its sending to its end; None is what has not come about, or not yet."""

    number: int  # from 1; ALONE is the one before
    sent_s: float | None = None
    first_s: float | None = None  # the first piece of the answer
    end_s: float | None = None
    status: int | None = None
    pieces: int = 0  # of the answer, with text
    statistics: Statistics | None = None
    outcome: BurstOutcome | None = None  # None while it goes on
    problem: str | None = None
