"""A place in a runner where one request at a time is served."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class SlotState(Vocabulary):
    """What a slot is doing."""

    IDLE = "idle", "serves no request"
    PREFILL = "prefill", "reads the prompt"
    DECODE = "decode", "writes the answer"


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of one runner: of a llama-server, or of the C++ server before 0.3.14; others tell none."""

    model: Reading[str] = fact("Model that the runner holds.")
    runner_pid: int = fact("Process of the runner.")
    slot: int = fact("Number of the slot within its runner, from 0.")
    state: SlotState = fact("What it is doing.")
    prompt_tokens: Reading[int] = fact("Length of the prompt.")
    prompt_done_tokens: Reading[int] = fact(
        "What is read of the prompt, tokens taken from the prompt cache included."
    )
    decoded_tokens: Reading[int] = fact("Tokens written for this request so far.")
    context_tokens: Reading[int] = fact("Context of the slot.")
    context_fill_percent: Reading[float] = fact("Share of the context in use by the running request.")
    tokens_per_s: Reading[float] = fact(
        "Tokens written per second between the last two looks, both at the same answer."
    )
