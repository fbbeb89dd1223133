"""A model in memory, or on its way there."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.gpu import GpuShare
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class ModelState(Vocabulary):
    """What a model is doing."""

    LOADING = "loading", "being read into memory: its runner says so, or /api/ps does not list it yet"
    IDLE = "idle", "loaded, no request"
    BUSY = "busy", "loaded, serving"
    STOPPING = "stopping", "past its expiry and not serving: being unloaded"
    GONE = "gone", "listed by /api/ps, but its runner has died"
    LOADED = "loaded", "in memory or on its way there; whether it serves cannot be told"


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """One model of /api/ps, joined to its runner by the path of its weights."""

    name: Reading[str] = fact("Name it was loaded under.")
    state: ModelState = fact("What it is doing.")
    load_percent: Reading[float] = fact("How far its load is.")
    family: Reading[str] = fact("Architecture family, which decides whether Ollama allows parallel requests.")
    parameter_size: Reading[str] = fact("Number of parameters, as Ollama prints it.")
    quantization: Reading[str] = fact("Quantization level of the weights.")
    size_bytes: Reading[int] = fact("Memory in all, by Ollama's account.")
    vram_bytes: Reading[int] = fact("Of it on GPUs; before 0.30 an estimate made ahead of the load.")
    gpus: Reading[tuple[GpuShare, ...]] = fact("Its share of each GPU, as the GPUs' drivers tell it.")
    context_tokens: Reading[int] = fact("Context of one request (one slot).")
    kv_cache_type: Reading[str] = fact(
        "Type of the K/V cache, as given to the runner; K and V by a slash if they differ."
    )
    batch_tokens: Reading[int] = fact("Tokens of a prompt that its runner reads in one step.")
    kv_cache_bytes: Reading[int] = fact(
        "Memory of the K/V cache, recurrent state included, as its runner told when it was loaded."
    )
    layers_on_gpu: Reading[int] = fact("Layers on GPUs, the output layer counted in.")
    layers: Reading[int] = fact("Layers in all, the output layer counted in.")
    load_s: Reading[float] = fact("How long its runner took to load it.")
    expires_at: Reading[datetime] = fact(
        "When it is unloaded if nothing asks for it; set anew when it falls idle."
    )
    runner_pid: Reading[int] = fact("Process that holds the weights.")
    parallel: Reading[int] = fact("Requests that it serves at once.", sourced=True)
    held_at_one: str | None = fact(
        "Why it is served one request at a time whatever OLLAMA_NUM_PARALLEL says; null when it is not."
    )
    request_kv_bytes: Reading[int] = fact(
        "K/V cache that one more request at once would take, worked out from the model's shape, with what"
        " it is served with now; of shapes that the model may have the largest."
    )
    prompt_cache_bytes: Reading[int] = fact(
        "Memory of the prompts that its runner remembers, as it told at the last request."
    )
    running: Reading[int] = fact("Requests in service now.", sourced=True)
    waiting: Reading[int] = fact("Requests that wait for a slot of it.", sourced=True)
    tokens_per_s: Reading[float] = fact(
        "Tokens that its slots write per second now, added up. `slots` where each that writes was seen"
        " writing the same answer at the last look too; `estimate` where some were not, which count at"
        " the mean of the others or at the rhythm of the runner's connections.",
        sourced=True,
    )
