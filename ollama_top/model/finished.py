"""Requests that have been answered, as far as the server's log tells."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading


@dataclass(frozen=True, slots=True)
class Finished:
    """The inference requests of the last minutes.

    The log names no model, and a request that only loads or unloads one looks like any other.
    """

    window_s: Reading[float] = fact("How far back the log was read for these: five minutes, or less.")
    per_minute: Reading[float] = fact("Requests answered a minute.")
    succeeded: Reading[int] = fact("Answered with a status below 400.")
    refused: Reading[int] = fact("Answered with a status from 400 to 499; 499 is a client that left early.")
    failed: Reading[int] = fact("Answered with a status from 500 on, those of `busy` included.")
    busy: Reading[int] = fact("Of them answered 503: the server was busy.")
    duration_p50_s: Reading[float] = fact("Half of those that succeeded took no longer, waiting included.")
    duration_p95_s: Reading[float] = fact(
        "Of those that succeeded 95 of 100 took no longer; above a minute the log tells whole seconds."
    )
