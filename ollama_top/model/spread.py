"""How times and rates of many exchanges are spread."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading


@dataclass(frozen=True, slots=True)
class Spread:
    """Of some values the middle, and what is far from it."""

    count: int = fact("How many values there are.")
    p5: Reading[float] = fact("Five of a hundred are no larger.", sourced=True)
    p50: Reading[float] = fact("Half of them are no larger.", sourced=True)
    p95: Reading[float] = fact("95 of a hundred are no larger.", sourced=True)


@dataclass(frozen=True, slots=True)
class Served:
    """The last metered exchanges of one model, or of one client, as far back as the proxies remember."""

    name: str = fact("Name of the model, or of the client's process, else its address.")
    last_at: datetime = fact("When the last of them began.")
    running: int = fact("Those that are being answered.")
    waiting: int = fact("Those of which nothing of the answer has come.")
    answered: int = fact("Those that were answered.")
    failed: int = fact("Those that failed.")
    left: int = fact("Those whose client left before the end.")
    prompt_tokens: Reading[int] = fact(
        "Length of their prompts together, as far as it is told.", sourced=True
    )
    output_tokens: Reading[int] = fact(
        "Tokens written for them together, as far as they are told.", sourced=True
    )
    queue_s: Spread = fact("How long they waited for a place in the runner.")
    ttft_s: Spread = fact("Their times to the first token.")
    total_s: Spread = fact("How long those took that were answered.")
    tokens_per_s: Spread = fact("Tokens written a second, of each.")
