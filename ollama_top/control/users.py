"""Who uses a model now, in sentences: what any action that touches it may cost them."""

from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import value_or


def counted(model: LoadedModel, in_service: str, waiting: str) -> list[str]:
    """What happens to the requests of a model, said only of those there are; that none is known is said."""
    running, queued = value_or(model.running, None), value_or(model.waiting, None)
    sentences = []
    if running:
        sentences.append(f"{running} in service: {in_service}")
    if queued:
        sentences.append(f"{queued} waiting for it: {waiting}")
    if running is None:
        sentences.append("Whether it serves a request now cannot be told.")
    return sentences
