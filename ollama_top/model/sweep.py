"""A sweep: bursts under one setting after another; what each came to, and which is best."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class Certainty(Vocabulary):
    """How sure it is that one combination is the best."""

    CLEAR = "clear", "it is faster than every other by more than measurements of the same differ"
    TIE = "tie", "others are as fast as far as can be told; of them it changes least, and is the smallest"
    ONCE = "once", "each was measured once, so that it is not known how much measurements differ"
    ALONE = "alone", "no other combination could be recommended at all"


@dataclass(frozen=True, slots=True)
class SweepSetting:
    """One variable as the server was started with it."""

    name: str = fact("Name of the variable.")
    value: str | None = fact("Its value; null where it was left unset.")


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """What bursts of one size measured under one combination."""

    at_once: int = fact("Requests sent at once.")
    sent: int = fact("Requests sent, in all repeats.")
    answered: int = fact("Of them answered to their end.")
    tokens_per_s: Reading[float] = fact("Tokens written by all together, per second: the median of repeats.")
    least_tokens_per_s: Reading[float] = fact("The same, of the slowest repeat.")
    most_tokens_per_s: Reading[float] = fact("The same, of the fastest repeat.")
    ttft_p50_s: Reading[float] = fact("From sending to the first piece of an answer: half took no longer.")
    ttft_p95_s: Reading[float] = fact("The same, at 95 of 100.")
    is_usable: bool = fact("Whether all were answered, and the first piece came within the limit.")


@dataclass(frozen=True, slots=True)
class SweepCombination:
    """One combination of settings, and what the server did under it."""

    settings: tuple[SweepSetting, ...] = fact("The settings that were swept.")
    problem: str | None = fact("Why it could not be measured, or not to its end; null when it was.")
    log: tuple[str, ...] = fact("The last lines of the server's log, where there is a problem.")
    repeats: int = fact("How often it was measured.")
    start_s: Reading[float] = fact("From the start of the server to its first answer, the median.")
    load_s: Reading[float] = fact("How long the server says that it loaded the model, the median.")
    size_bytes: Reading[int] = fact("What the model takes in memory.")
    vram_bytes: Reading[int] = fact("Of it on GPUs; before 0.30 an estimate made ahead of the load.")
    spilled_bytes: Reading[int] = fact("Of it in RAM, where a GPU holds the rest or could.")
    measured_parallel: Reading[int] = fact("Requests that were served at once, by the largest bursts.")
    measured_is_least: bool = fact("Whether it may be more, since no request had to wait.")
    points: tuple[SweepPoint, ...] = fact("What was measured, by the requests at once.")


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The combination that is best, and how that is known."""

    combination: int = fact("Its place among the combinations, from 0.")
    at_once: int = fact("Requests at once at which it wrote most.")
    certainty: Certainty = fact("How sure it is.")
    tied: tuple[int, ...] = fact("Places of those that are as fast, as far as can be told.")
    spread_tokens_per_s: Reading[float] = fact("How far repeats of the same lay apart; less is called a tie.")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep measured."""

    taken_at: datetime = fact("When it began, RFC 3339.")
    demo: bool = fact("True when the server is simulated.")
    server: str = fact("The program that was started, or the address of the server.")
    version: Reading[str] = fact("The server's release.")
    model: str = fact("Model that was asked.")
    answer_tokens: int = fact("Tokens that each request was allowed to write.")
    prompt_tokens: int = fact("Tokens that each prompt was meant to have: an estimate.")
    repeats: int = fact("How often each combination was to be measured.")
    ttft_limit_s: float = fact("The limit: 95 of 100 first pieces are to come within it.")
    took_s: float = fact("How long all of it took.")
    combinations: tuple[SweepCombination, ...] = fact("The combinations, as they were asked for.")
    recommended: Recommendation | None = fact("The best of them; null where none can be recommended.")
    notes: tuple[str, ...] = fact("What else there is to know, in sentences.")
    verdict: str = fact("What it means, in one sentence; its wording may change.")


@dataclass(frozen=True, slots=True)
class KeptCombination:
    """What is kept of a combination."""

    settings: str = fact("The settings, as NAME=VALUE.")
    problem: str | None = fact("Why it could not be measured; null when it was.")
    at_once: int | None = fact("Requests at once at which it wrote most within the limit; null if none.")
    tokens_per_s: float | None = fact("How fast all were answered together then.")
    ttft_p95_s: float | None = fact("From sending to the first piece then, at 95 of 100.")
    vram_bytes: int | None = fact("What the model took on GPUs; null where it was not told.")
    measured_parallel: int | None = fact("Requests that were served at once; null where it was not seen.")


@dataclass(frozen=True, slots=True)
class KeptSweep:
    """What is kept of a sweep."""

    taken_at: datetime = fact("When it began.")
    model: str = fact("Model that was asked.")
    version: str | None = fact("The server's release; null where it was not told.")
    answer_tokens: int = fact("Tokens that each request was allowed to write.")
    prompt_tokens: int = fact("Tokens that each prompt was meant to have.")
    repeats: int = fact("How often each combination was to be measured.")
    ttft_limit_s: float = fact("The limit for first pieces.")
    start_s: float | None = fact("What a start took, with the load of the model; null where none did.")
    wave_s: float | None = fact("What it took to answer as many at once as are served; null without any.")
    recommended: str | None = fact("The settings that were recommended; null where none were.")
    certainty: str | None = fact("How sure that was.")
    combinations: tuple[KeptCombination, ...] = fact("The combinations.")
