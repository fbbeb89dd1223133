"""Loading a model: what there is to choose from, whether it fits, what it costs, how it shows."""

from ollama_top.columns import formats
from ollama_top.control.deed import Deed, Outcome, Plan
from ollama_top.control.sight import is_answering, is_loading, model_named
from ollama_top.model.action import Load
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.installed import InstalledModel
from ollama_top.model.reading import Known
from ollama_top.model.verdict import Severity

LEAVING = "X ends it while it goes on; leaving ollama-top ends it too."


def choices(installed: tuple[InstalledModel, ...]) -> tuple[InstalledModel, ...]:
    """The models that can be loaded here, by name; those that run elsewhere are left out."""
    return tuple(sorted((each for each in installed if not each.is_remote), key=lambda each: each.name))


def about(model: InstalledModel, frame: Frame) -> str:
    """Size, and whether it fits, in a few words."""
    size = "size not told" if model.size_bytes is None else formats.size(model.size_bytes)
    is_there = model_named(frame, model.name) is not None
    return f"{size:<6} {'in memory already' if is_there else fit(model.size_bytes, frame.snapshot)}"


def fit(size_bytes: int | None, snapshot: Snapshot) -> str:
    """Whether weights fit into free VRAM, or without a card into RAM, as far as that is known."""
    vram_bytes = free_vram_bytes(snapshot)
    free_bytes, kind = (vram_bytes, "VRAM") if snapshot.gpus else (free_ram_bytes(snapshot), "RAM")
    if free_bytes is None or size_bytes is None:
        return "free memory not known"
    free = f"{formats.size(free_bytes)} free {kind}"
    return f"fits in {free}" if size_bytes <= free_bytes else f"more than {free}"


def free_ram_bytes(snapshot: Snapshot) -> int | None:
    """What this machine has left, if the server is known to run here."""
    host = snapshot.host
    if not isinstance(host.memory_total_bytes, Known) or not isinstance(host.memory_used_bytes, Known):
        return None
    is_here = isinstance(snapshot.server.pid, Known)
    return host.memory_total_bytes.value - host.memory_used_bytes.value if is_here else None


def free_vram_bytes(snapshot: Snapshot) -> int | None:
    """What all cards have left together; None as soon as one of them does not tell, or there is none."""
    left = [
        each.memory_total_bytes.value - each.memory_used_bytes.value
        for each in snapshot.gpus
        if isinstance(each.memory_total_bytes, Known) and isinstance(each.memory_used_bytes, Known)
    ]
    return sum(left) if left and len(left) == len(snapshot.gpus) else None


def plan(model: InstalledModel, frame: Frame) -> Plan:
    """To load an installed model."""
    return Plan(Load(model.name), f"Load {model.name}?", tuple(_costs(model, frame)), "Load it.")


def _costs(model: InstalledModel, frame: Frame) -> list[str]:
    if model_named(frame, model.name) is not None:
        return ["It is in memory already: this only sets the time anew for which it stays."]
    weights = "Its size is not told" if model.size_bytes is None else _weights(model.size_bytes, frame)
    return [
        f"{weights}; its context takes more.",
        "Where it does not fit, Ollama unloads others as soon as they are idle, or puts a part in RAM.",
        "Requests for models that are not loaded wait meanwhile.",
        "It stays as long as the server keeps idle models (OLLAMA_KEEP_ALIVE, else 5 minutes).",
        LEAVING,
    ]


def _weights(size_bytes: int, frame: Frame) -> str:
    return f"Its weights take {formats.size(size_bytes)} ({fit(size_bytes, frame.snapshot)})"


def _seen(action: Load, _: Frame, now: Frame) -> Outcome | None:
    model = model_named(now, action.model)
    if not is_answering(now) or model is None or is_loading(model):
        return None
    return Outcome(Severity.OK, f"{action.model} is loaded.")


LOAD = Deed(
    asking=lambda action: f"loading {action.model}",
    taken=lambda action: f"Ollama has loaded {action.model}; /api/ps does not list it yet",
    seen=_seen,
    limit_s=20.0,
    unseen=lambda action: (
        f"Ollama says it has loaded {action.model}, and does not list it: it may have been unloaded again,"
        " or be listed by another name of the same weights."
    ),
    failed=lambda action: f"{action.model} was not loaded",
    left="Others may have been unloaded for it.",
    can_end=True,
)
