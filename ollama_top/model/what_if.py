"""What other settings would cost in memory, for one model."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class Memory(Vocabulary):
    """Which memory a model is in, or would be put into."""

    VRAM = "vram", "that of the GPUs, all of them together"
    RAM = "ram", "that of the machine"


class Fit(Vocabulary):
    """Whether there is room for it."""

    FITS = "fits", "even the most that it may take"
    MAY_FIT = "may_fit", "the least that it may take, and not the most"
    DOES_NOT_FIT = "does_not_fit", "not even the least; on GPUs some layers would move to RAM"
    REFUSED = "refused", "the runner refuses such settings, whatever is free"
    UNKNOWN = "unknown", "what it takes or what is free is not known"


@dataclass(frozen=True, slots=True)
class CacheUse:
    """A K/V cache under one set of settings."""

    parallel: int = fact("Requests served at once.")
    context_tokens: int = fact("Context of one of them.")
    kv_cache_type: str = fact("Type of K and V; of each by a slash if they differ.")
    least_bytes: int = fact("The least that it takes.")
    most_bytes: int = fact("The most that it takes; the same where the model and the server tell enough.")
    slot_least_bytes: int = fact("The least for one request.")
    slot_most_bytes: int = fact("The most for one request.")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The price of other settings for one model, in memory."""

    model: str = fact("Name of the model.")
    sentence: str = fact("All of it in one sentence; its wording may change.")
    now: Reading[CacheUse] = fact("Its K/V cache as it is.")
    then: CacheUse = fact("Its K/V cache under the settings asked about.")
    more_least_bytes: Reading[int] = fact(
        "The least that is wanted beyond what is taken now, below 0 where memory is saved;"
        " of a model that is not loaded, its file and its cache."
    )
    more_most_bytes: Reading[int] = fact("The most, likewise.")
    place: Memory = fact("Which memory is meant.")
    free_bytes: Reading[int] = fact("What is free there now.")
    kept_free_bytes: int = fact(
        "What llama-server leaves free of it, 1 GiB a GPU unless LLAMA_ARG_FIT_TARGET says another."
    )
    fit: Fit = fact("Whether there is room.")
    predicted_bytes: Reading[int] = fact("What Ollama itself takes the model to need, before a load.")
    evicts_others: Reading[bool] = fact(
        "Whether it would unload other models for that, also where all would fit."
    )
    largest_parallel: Reading[int] = fact(
        "The most requests at once, up to 16, for which there is room with this context and type."
    )
    notes: tuple[str, ...] = fact("What else bears on it, in sentences.")
